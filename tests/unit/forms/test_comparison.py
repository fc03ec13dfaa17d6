"""A change request: old beside new, and only what differs leaves."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.domain.errors import NotAllowed
from smartclient.forms.session import FormSession
from tests.unit.forms.contract_change import SETTINGS, change_request, package
from tests.unit.forms.household import TODAY, opened


def changed_paths(session: FormSession) -> list[str]:
    return [each.path for each in session.differences()]


def settings_with(**changed: Any) -> dict[str, Any]:
    return {**copy.deepcopy(SETTINGS), **changed}


def test_that_a_request_begins_as_the_settings_are() -> None:
    session = change_request()
    assert session.field("persons.0.covers.0.sum").value == "2000000"
    assert session.field("request.agreed").value is True
    assert session.differences() == ()
    assert session.record == {}
    assert not session.is_complete


def test_that_what_the_form_does_not_know_of_the_settings_is_kept() -> None:
    assert change_request().answers["unknown"] == {"kept": True}


def test_that_the_old_answer_stands_beside_the_new_one() -> None:
    session = change_request()
    session.set("persons.0.covers.1.sum", "750000")
    assert session.field("persons.0.covers.1.sum").before == "500\u00a0000\u00a0Kč"
    assert session.field("persons.0.covers.0.sum").before is None
    (change,) = session.differences()
    assert (change.path, change.label, change.section) == (
        "persons.0.covers.1.sum",
        "Sum",
        "persons",
    )
    assert (change.before, change.after) == ("500\u00a0000\u00a0Kč", "750\u00a0000\u00a0Kč")
    assert (change.old, change.new) == ("500000.00", "750000.00")


def test_that_the_same_amount_written_differently_is_no_change() -> None:
    session = change_request()
    session.set("persons.0.covers.0.sum", "2 000 000,00 Kč")
    assert session.differences() == ()


def test_that_an_answer_typed_back_is_no_change() -> None:
    session = change_request()
    session.set("holder.surname", "Nový")
    assert changed_paths(session) == ["holder.surname"]
    session.set("holder.surname", "Novák")
    assert session.differences() == ()


def test_that_a_cleared_answer_is_a_change_to_nothing() -> None:
    session = change_request()
    session.set("holder.mail", "")
    (change,) = session.differences()
    assert (change.before, change.after, change.new) == ("p.novak@example.com", "", None)


def test_that_an_answer_no_longer_asked_is_a_change_to_nothing() -> None:
    session = change_request()
    session.set("payment.way", "order")
    assert changed_paths(session) == ["payment.way", "payment.account"]
    session.set("payment.way", "wages")
    session.set("payment.employer", "Škoda")
    assert session.field("payment.employer").before == ""
    assert len(session.differences()) == 3


def test_that_settings_the_form_would_not_have_asked_are_no_change() -> None:
    on = settings_with(payment={"way": "order", "account": "19-2000145399/0800"})
    session = change_request(settings=on)
    assert session.differences() == ()
    session.set("payment.way", "debit")
    assert changed_paths(session) == ["payment.way"]


@pytest.mark.parametrize("code", ["cheque", "stamps"])
def test_that_what_is_offered_no_more_may_stay_but_not_be_chosen_anew(code: str) -> None:
    session = change_request(settings=settings_with(payment={"way": code}))
    assert session.field("payment.way").problems == ()
    session.set("payment.way", "order")
    session.set("payment.way", code)
    assert session.differences() == ()
    other = change_request()
    other.set("payment.way", code)
    assert len(other.field("payment.way").problems) == 1


def test_that_a_calculated_answer_is_compared_only_where_the_settings_hold_one() -> None:
    session = change_request()
    session.set("holder.surname", "Nová")
    assert "holder.initial" not in changed_paths(session)
    on = settings_with(holder={"surname": "Novák", "initial": "novák"})
    other = change_request(settings=on)
    assert other.differences() == ()
    other.set("holder.surname", "Nová")
    assert "holder.initial" in changed_paths(other)


def test_that_what_is_not_compared_is_no_change() -> None:
    session = change_request()
    session.set("request.from", "1. 2. 2027")
    assert session.differences() == ()
    assert session.field("request.from").before is None


def test_that_a_new_row_is_new_in_every_answer() -> None:
    session = change_request()
    row = session.add_row("persons.1.covers")
    session.set(f"persons.1.covers.{row}.code", "CI")
    session.set(f"persons.1.covers.{row}.sum", "100000")
    assert changed_paths(session) == ["persons.1.covers.1.code", "persons.1.covers.1.sum"]
    assert session.field("persons.1.covers.1.code").before == ""
    assert session.is_row_kept("persons.1.covers", 0)
    assert not session.is_row_kept("persons.1.covers", 1)
    session.remove_row("persons.1.covers", 1)
    assert session.differences() == ()


def test_that_a_row_of_the_contract_cannot_be_removed() -> None:
    with pytest.raises(NotAllowed) as refused:
        change_request().remove_row("persons", 1)
    assert refused.value.code == "SC-FORM-207"


def test_that_rows_are_matched_by_their_key_and_not_by_their_number() -> None:
    answers = change_request().answers
    answers["persons"] = list(reversed(answers["persons"]))  # type: ignore[arg-type]
    session = change_request(answers)
    assert session.differences() == ()
    session.set("persons.0.covers.0.sum", "950000")
    assert session.field("persons.0.covers.0.sum").before == "900\u00a0000\u00a0Kč"


def test_that_a_row_taken_out_of_stored_answers_is_named() -> None:
    answers: dict[str, Any] = change_request().answers
    del answers["persons"][0]["covers"][1]
    session = change_request(answers)
    assert session.lost_rows() == ("persons.0.covers.1",)
    del answers["persons"][1]
    assert change_request(answers).lost_rows() == (
        "persons.1",
        "persons.0.covers.1",
        "persons.1.covers.0",
    )


def test_that_rules_ask_what_was_before_and_what_changed() -> None:
    session = change_request()
    assert not session.field("persons.0.health.well").relevant
    session.set("persons.0.covers.1.sum", "400000")
    assert not session.field("persons.0.health.well").relevant
    assert session.field("persons.0.covers.1.raised").value is False
    changes = session.set("persons.0.covers.1.sum", "600000")
    assert session.field("persons.0.health.well").relevant
    assert session.field("persons.0.covers.1.raised").value is True
    assert "persons.0.health" in changes.paths
    assert not session.field("persons.1.health.well").relevant
    session.add_row("persons.1.covers")
    assert session.field("persons.1.health.well").relevant


def test_that_rules_count_the_changes() -> None:
    session = change_request()
    assert [each.rule for each in session.field("request.agreed").problems] == ["changes-something"]
    session.set("holder.surname", "Nová")
    session.set("payment.way", "order")
    assert session.field("request.count").value == 3
    assert session.field("request.agreed").problems == ()
    assert session.is_complete
    session.undo()
    session.undo()
    assert session.field("request.count").value == 0


def test_that_the_record_holds_only_differences_and_what_is_asked_beside_them() -> None:
    session = change_request()
    session.set("payment.way", "order")
    session.set("request.from", "1. 2. 2027")
    session.set("persons.1.covers.0.sum", "1000000")
    session.set("persons.1.health.well", "yes")
    assert session.record == {
        "WAY": "order",
        "ACCOUNT": None,
        "FROM": "2027-02-01",
        "PERSONS": [{"KEY": "2", "WELL": True, "COVERS": [{"KEY": "DTH", "SUM": "1000000.00"}]}],
    }


def test_that_a_stored_request_opens_with_the_same_changes() -> None:
    session = change_request()
    session.set("holder.surname", "Nová")
    row = session.add_row("persons")
    session.set(f"persons.{row}.name", "Jan")
    again = change_request(session.answers)
    assert again.differences() == session.differences()


def test_that_given_answers_are_laid_over_the_rows_with_their_key() -> None:
    answers: dict[str, Any] = {
        "persons": [{"key": "2", "covers": [{"key": "CI", "code": "CI", "sum": "5"}]}]
    }
    session = FormSession.begun_with(
        package(), answers, today=TODAY, language="en", baseline=SETTINGS
    )
    assert session.rows("persons") == 2
    assert changed_paths(session) == [
        "persons.1.covers.1.code",
        "persons.1.covers.1.sum",
    ]


def test_that_a_form_without_settings_compares_nothing() -> None:
    session = opened({"share": "5"})
    assert session.differences() == ()
    assert session.field("share").before is None
    assert session.lost_rows() == ()


PATHS = (
    "holder.surname",
    "payment.way",
    "payment.account",
    "persons.0.name",
    "persons.1.covers.0.sum",
    "persons.0.covers.1.ends",
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PATHS),
            st.sampled_from(["", "Novák", "order", "debit", "900000", "7", "1. 1. 2027", "x"]),
        ),
        max_size=8,
    )
)
def test_that_changes_are_always_those_between_the_settings_and_the_form(
    edits: list[tuple[str, str]],
) -> None:
    session = change_request()
    for path, typed in edits:
        session.set(path, typed)
    again = change_request(session.answers)
    assert again.differences() == session.differences()
    assert session.field("request.count").value == len(session.differences())
    for each in session.differences():
        assert each.before != each.after
        assert session.field(each.path).before == each.before
    while session.can_undo:
        session.undo()
    assert session.differences() == ()
