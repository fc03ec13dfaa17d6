"""A document is priced with its own tariff for good, whatever is published later."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from smartclient.domain.errors import NotAllowed
from smartclient.dossier.judgement import judge, premium_json
from smartclient.forms.session import FormSession
from smartclient.premium import Cause, Tariff, changes
from smartclient.premium.covers import LevelCover
from smartclient.wire.messages import JsonObject
from tests.simulators.laptop import Laptop
from tests.unit.forms.household import TODAY, family, flexi_offer
from tests.unit.premium.flexi import flexi

LATER = date(2026, 12, 24)


def dearer() -> Tariff:
    """A version that was published after the document was made."""
    death = flexi().covers["DTH"]
    assert isinstance(death, LevelCover)
    dear = {
        name: replace(basis, loadings=replace(basis.loadings, beta=Decimal("0.2")))
        for name, basis in death.variants.items()
    }
    covers = {**flexi().covers, "DTH": replace(death, variants=dear)}
    return replace(flexi(), version=2, label="dearer", monthly_fee=Decimal(45), covers=covers)


def opened(tariff: Tariff, today: date = TODAY) -> FormSession:
    return FormSession(flexi_offer(), family(), today=today, tariff=tariff)


def body() -> JsonObject:
    session = opened(flexi())
    return {
        "schema": 1,
        "document_kind": "offer",
        "form_id": "flexi-offer",
        "form_version": 1,
        "tariff_id": "flexi",
        "tariff_version": 1,
        "answers": session.answers_in_force,
        "premium": premium_json(session.premium),
        "digital": False,
        "created_at": "2026-11-20T10:00:00.000Z",
    }


def test_that_the_premium_of_an_old_offer_is_recomputed_with_its_own_tariff() -> None:
    found = judge(body(), flexi_offer(), flexi(1), signed=None)
    assert found.code != "SC-FORM-303"
    stored = body()["premium"]
    assert isinstance(stored, dict)
    dearer = {**body(), "premium": {**stored, "payable": "1"}}
    assert judge(dearer, flexi_offer(), flexi(1), signed=None).code == "SC-FORM-303"


def test_that_a_later_tariff_never_prices_an_old_offer() -> None:
    assert judge(body(), flexi_offer(), dearer(), signed=None).code == "SC-FORM-306"


def test_that_another_tariff_is_the_reason_why_the_premium_differs() -> None:
    before, after = opened(flexi()).premium, opened(dearer()).premium
    assert before is not None
    assert after is not None
    (reason,) = changes(before, after)
    assert reason.causes == (Cause.TARIFF,)
    assert reason.difference == after.payable - before.payable > 0


def test_that_the_premium_of_an_offer_does_not_depend_on_when_it_is_asked_for() -> None:
    assert opened(flexi(), LATER).premium == opened(flexi()).premium


def test_that_a_new_document_takes_the_newest_tariff_that_its_form_can_work_with(
    laptop: Laptop,
) -> None:
    manifests = {version: laptop.library.manifest("flexi-offer", version) for version in (1, 2)}
    for version, manifest in manifests.items():
        assert laptop.library.newest_tariff(manifest, laptop.clock.now().date()) == version
    beyond = replace(manifests[2], tariff_from=8, tariff_to=9)
    with pytest.raises(NotAllowed, match="SC-CAT-020"):
        laptop.library.newest_tariff(beyond, laptop.clock.now().date())


def test_that_both_tariffs_of_the_catalogue_can_be_opened_side_by_side(laptop: Laptop) -> None:
    assert [laptop.library.tariff("flexi", version).label for version in (1, 2)] == [
        "2026-11",
        "2026-11b",
    ]
