"""What must hold of every form in the catalogue, whatever people type into it."""

from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartclient.dossier.judgement import judge, premium_json
from smartclient.forms.carrying import leaves
from smartclient.forms.meaning import carry
from smartclient.forms.migration import migrate
from smartclient.forms.model import FieldSpec, RepeatSpec
from smartclient.forms.reading import Typed
from smartclient.forms.session import FormSession
from smartclient.wire.messages import JsonObject
from tests.unit.forms.contract_change import change_request
from tests.unit.forms.contract_change import package as change_package
from tests.unit.forms.household import TODAY
from tests.unit.forms.published import CATALOGUE, answers, form
from tests.unit.forms.test_evaluation import edits, states

PUBLISHED = sorted(
    (path.parent.name, int(path.name)) for path in (CATALOGUE / "forms").glob("*/*/")
)
ONCE_IN_A_WHILE = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@cache
def begun(form_id: str, version: int) -> JsonObject:
    """A new form with a second row wherever there may be one."""
    package = form(form_id, version)
    session = FormSession(package, {}, today=TODAY)
    for spec in package.model.specs:
        if isinstance(spec, RepeatSpec) and spec.max > 1 and not spec.repeats:
            while session.rows(spec.path) < 2:
                session.add_row(spec.path)
    return session.answers


def opened(form_id: str, version: int) -> FormSession:
    return FormSession(form(form_id, version), begun(form_id, version), today=TODAY)


@pytest.mark.parametrize(("form_id", "version"), PUBLISHED)
@ONCE_IN_A_WHILE
@given(st.data())
def test_that_no_value_and_no_order_of_values_harms_a_published_form(
    form_id: str, version: int, data: st.DataObject
) -> None:
    one, other = opened(form_id, version), opened(form_id, version)
    every = edits(one.package, one)
    made: list[tuple[str, Typed]] = data.draw(
        st.lists(every, max_size=15, unique_by=lambda edit: edit[0])
    )
    for path, typed in made:
        one.set(path, typed)
    data.draw(st.randoms()).shuffle(made)
    for path, typed in made:
        other.set(path, typed)
    assert states(one) == states(other)
    assert states(FormSession(one.package, one.answers, today=TODAY)) == states(one)
    body: JsonObject = {
        "form_id": form_id,
        "form_version": version,
        "created_at": "2026-11-21T09:00:00.000Z",
        "answers": one.answers_in_force,
        "premium": premium_json(None),
        "digital": one.is_digital,
    }
    assert judge(body, one.package, None, signed=None).code or one.is_complete


@settings(max_examples=40, deadline=None)
@given(st.data(), st.randoms())
def test_that_neither_harms_a_change_request(data: st.DataObject, chance: Random) -> None:
    one, other = change_request(), change_request()
    made = data.draw(
        st.lists(edits(change_package(), one), max_size=10, unique_by=lambda edit: edit[0])
    )
    for path, typed in made:
        one.set(path, typed)
    chance.shuffle(made)
    for path, typed in made:
        before = {path: other.field(path) for path in other.paths()}
        changes = other.set(path, typed)
        if changes.structure:
            continue
        differ = {path for path in other.paths() if other.field(path) != before[path]}
        inside = {path for path in differ if any(path.startswith(f"{at}.") for at in changes.paths)}
        assert differ - inside <= changes.paths
    assert states(one) == states(other)
    assert one.differences() == other.differences()
    assert one.record == other.record


def test_that_a_whole_modelling_fills_in_the_offer() -> None:
    modelling = FormSession.begun_with(
        form("flexi-modelling"), answers("flexi-modelling", "family"), today=TODAY
    )
    found = carry(modelling, form("flexi-offer", 2))
    assert {each.path for each in found.left} <= {"modelling.variant", "modelling.note"}
    offer = FormSession.begun_with(form("flexi-offer", 2), found.answers, today=TODAY)
    for each in found.taken:
        assert offer.field(each.path).value is not None


def test_that_a_whole_offer_moves_to_its_next_version() -> None:
    draft: dict[str, Any] = answers("flexi-offer", "family")
    found = migrate(form("flexi-offer"), form("flexi-offer", 2), draft, language="cs", today=TODAY)
    given = [
        leaf
        for leaf in leaves(form("flexi-offer"), draft)
        if isinstance(leaf.spec, FieldSpec) and leaf.value is not None
    ]
    assert found.lost == ()
    assert found.taken + len(found.changed) >= len(given) - 20  # some were always calculated
