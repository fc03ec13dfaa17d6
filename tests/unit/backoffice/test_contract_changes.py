"""What the changes of a request make of the settings: rows by their keys, new rows, nothing else."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.backoffice.operations.contract_changes import policyholder_of, settings_after
from smartclient.domain.errors import BadInput
from smartclient.wire.messages import Json, JsonObject, mapping
from tests.simulators.contracts import settings


def _after(
    changes: list[Json], answers: JsonObject, before: JsonObject | None = None
) -> JsonObject:
    body: JsonObject = {"answers": answers, "changes": changes}
    return settings_after(before or settings(), body)


def _change(path: str, new: Json) -> Json:
    return {"path": path, "old": None, "new": new}


def _rows(place: Json, name: str) -> list[JsonObject]:
    rows = mapping(place)[name]
    assert isinstance(rows, list)
    return [mapping(row) for row in rows]


def test_that_a_field_is_changed_and_everything_else_stays() -> None:
    after = _after([_change("contact.email", "new@example.com")], settings())
    assert after == settings(contact={"email": "new@example.com"})


def test_that_a_field_is_emptied_and_a_group_is_made() -> None:
    changes = [_change("contact.email", None), _change("payment.method", "transfer")]
    after = _after(changes, settings(payment={"method": "transfer"}))
    assert after == {**settings(contact={}), "payment": {"method": "transfer"}}


def test_that_a_row_is_found_by_its_key_whatever_its_number() -> None:
    answers = settings()
    _rows(answers, "insured")[0]["covers"] = [
        {"key": "TNU", "code": "TNU", "sum": "900000"},
        {"key": "DTH", "code": "DTH", "sum": "500000"},
    ]
    after = _after([_change("insured.0.covers.0.sum", "900000")], answers)
    covers = _rows(_rows(after, "insured")[0], "covers")
    assert [cover["sum"] for cover in covers] == ["500000", "900000"]


def test_that_a_new_row_gets_a_key_of_its_own() -> None:
    answers = settings()
    _rows(answers, "insured")[0]["covers"] = [
        {"key": "DTH", "code": "DTH"},
        {"key": "TNU", "code": "TNU"},
        {"code": "HOSP", "sum": "500"},
        {"code": "DTH", "sum": "100000"},
    ]
    changes = [
        _change("insured.0.covers.2.code", "HOSP"),
        _change("insured.0.covers.2.sum", "500"),
        _change("insured.0.covers.3.code", "DTH"),
        _change("insured.0.covers.3.sum", "100000"),
    ]
    covers = _rows(_rows(_after(changes, answers), "insured")[0], "covers")
    assert covers[2] == {"key": "HOSP", "code": "HOSP", "sum": "500"}
    assert covers[3] == {"key": "1", "code": "DTH", "sum": "100000"}


def test_that_a_new_person_with_a_new_cover_is_added() -> None:
    answers = settings()
    insured = answers["insured"]
    assert isinstance(insured, list)
    insured.append({"surname": "Malá", "covers": [{"code": "DTH", "sum": "1"}]})
    changes = [
        _change("insured.2.surname", "Malá"),
        _change("insured.2.covers.0.code", "DTH"),
        _change("insured.2.covers.0.sum", "1"),
    ]
    added = _rows(_after(changes, answers), "insured")[2]
    assert added["key"] == "3"
    assert added["surname"] == "Malá"
    assert added["covers"] == [{"key": "DTH", "code": "DTH", "sum": "1"}]


def test_that_a_row_that_ends_is_no_setting_any_more() -> None:
    answers = settings()
    _rows(_rows(answers, "insured")[0], "covers")[1]["ends"] = True
    after = _after([_change("insured.0.covers.1.ends", True)], answers)
    covers = _rows(_rows(after, "insured")[0], "covers")
    assert [cover["key"] for cover in covers] == ["DTH"]


def test_that_rows_without_keys_go_by_their_numbers() -> None:
    before = settings(funds=[{"code": "A", "share": "60"}, {"code": "B", "share": "40"}])
    funds: Json = [{"code": "A", "share": "50"}, {"code": "B"}, {"code": "C"}]
    answers: JsonObject = {**before, "funds": funds}
    changes = [
        _change("funds.0.share", "50"),
        _change("funds.1.share", None),
        _change("funds.2.code", "C"),
    ]
    after = _after(changes, deepcopy(answers), before)
    assert after["funds"] == [{"code": "A", "share": "50"}, {"code": "B"}, {"code": "C"}]


def test_that_a_change_is_laid_over_settings_that_changed_meanwhile() -> None:
    before = settings(contact={"email": "meanwhile@example.com"})
    _rows(before, "insured").reverse()
    meanwhile = deepcopy(before)
    insured = meanwhile["insured"]
    assert isinstance(insured, list)
    insured.reverse()
    after = _after([_change("insured.0.covers.0.sum", "1")], settings(), meanwhile)
    assert after["contact"] == {"email": "meanwhile@example.com"}
    adult = next(row for row in _rows(after, "insured") if row["key"] == "1")
    assert _rows(adult, "covers")[0]["sum"] == "1"


@pytest.mark.parametrize(
    "path",
    [
        "insured.9.sum",
        "insured.0",
        "insured",
        "",
        ".",
        "contact.email.0",
        "contact.email.deep",
        "x" * 400,
    ],
)
def test_that_a_path_that_leads_nowhere_is_refused_and_nothing_is_altered(path: str) -> None:
    before = settings()
    with pytest.raises(BadInput, match="SC-SYNC-010"):
        _after([_change(path, "1")], settings(), before)
    assert before == settings()


def test_that_the_policyholder_is_named_as_people_do() -> None:
    assert policyholder_of(settings()) == "Petr Novák"
    company: JsonObject = {"kind": "company", "company": {"name": "Pila s.r.o."}}
    assert policyholder_of({"policyholder": company}) == "Pila s.r.o."
    assert policyholder_of({}) == ""


_EMAILS = st.one_of(st.none(), st.text("ab@.", min_size=1, max_size=5))
_SUMS = st.lists(st.sampled_from(["100", "200", None]), min_size=2, max_size=2)


@given(_EMAILS, _SUMS)
def test_that_laying_the_same_changes_twice_is_laying_them_once(
    email: str | None, sums: list[str | None]
) -> None:
    changes = [_change("contact.email", email)]
    changes += [_change(f"insured.0.covers.{row}.sum", each) for row, each in enumerate(sums)]
    once = _after(changes, settings())
    assert _after(changes, settings(), once) == once
