"""Rules that ask what is to be paid: a warning when the premium passes the client's budget."""

import json
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.forms.faults import PackageRefused
from smartclient.forms.package import FormPackage
from smartclient.forms.reading import Typed
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject
from tests.unit.forms.household import TODAY, family, flexi_files
from tests.unit.forms.test_evaluation import states
from tests.unit.premium.flexi import flexi


def with_rules(*rules: JsonObject) -> FormPackage:
    found = flexi_files()
    document = json.loads(found["rules.json"])
    document["rules"] += rules
    return FormPackage.from_files(found | {"rules.json": json.dumps(document).encode()})


@cache
def package() -> FormPackage:
    return with_rules(
        {
            "id": "within-budget",
            "path": "needs.budget",
            "kind": "warning",
            "expression": "premium() == None or premium() * number(payment.frequency) / 12 <= budget",
            "message": "declaration-needed",
        },
        {"path": "needs.difference", "kind": "required", "expression": "premium() > 2000"},
    )


def opened(answers: JsonObject | None = None) -> FormSession:
    return FormSession(package(), answers or family(), today=TODAY, tariff=flexi())


def warned(session: FormSession) -> bool:
    return "within-budget" in {each.rule for each in session.field("needs.budget").problems}


def test_that_a_rule_sees_the_premium_as_it_changes() -> None:
    session = opened()
    assert session.premium is not None
    assert str(session.premium.payable) == "1650"
    session.set("needs.budget", "1700")
    assert not warned(session)
    changes = session.set("insured.0.covers.0.sum", "9000000")
    assert warned(session)
    assert "needs.budget" in changes.paths
    session.undo()
    assert not warned(session)
    session.set("needs.budget", "1649")
    assert warned(session)


def test_that_paying_less_often_is_seen_as_well() -> None:
    session = opened()
    session.set("needs.budget", "1640")
    assert warned(session)
    session.set("payment.frequency", "1")
    assert session.premium is not None
    assert session.premium.payable / 12 < 1640
    assert not warned(session)


def test_that_without_a_premium_there_is_none_to_ask() -> None:
    session = FormSession(package(), family(), today=TODAY)
    session.set("needs.budget", "1")
    assert not warned(session)


def test_that_a_premium_that_depends_on_itself_is_a_circle() -> None:
    rule: JsonObject = {
        "path": "insured.covers.sum",
        "kind": "calculate",
        "expression": "premium() * 100",
    }
    with pytest.raises(PackageRefused) as refused:
        with_rules(rule)
    (fault,) = refused.value.faults
    assert fault.code == "SC-FORM-009"
    assert "premium()" in str(fault.values["field"])


EDITS: st.SearchStrategy[tuple[str, Typed]] = st.sampled_from(
    [
        ("insured.0.covers.0.sum", "9000000"),
        ("insured.0.covers.0.sum", "x"),
        ("insured.0.covers.0.end_age", "60"),
        ("insured.0.covers.1.code", None),
        ("payment.frequency", "1"),
        ("payment.frequency", None),
        ("policyholder.is_insured", False),
        ("needs.budget", "1700"),
        ("needs.budget", "1"),
        ("contract.start", "1. 1. 2027"),
    ]
)


@settings(max_examples=30, deadline=None)
@given(st.lists(EDITS, max_size=8))
def test_that_step_by_step_the_premium_is_the_same_as_all_at_once(
    edits: list[tuple[str, Typed]],
) -> None:
    session = opened()
    for path, typed in edits:
        session.set(path, typed)
    again = opened(session.answers)
    assert states(again) == states(session)
    assert again.premium == session.premium
    budget: Json = session.field("needs.budget").value
    if session.premium is not None and isinstance(budget, str):
        a_month = session.premium.payable * session.premium.frequency / 12
        assert warned(session) == (a_month > Decimal(budget))
