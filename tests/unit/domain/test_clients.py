"""What was typed of a client, read and judged; and the record there and back."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.clients import FIELDS, PersonRecord, check, read_date, slashed

TODAY = date(2026, 11, 21)
VALID: dict[str, str | bool] = {
    "given_name": "Eva",
    "surname": "Černá",
    "national_id": "845612/1234",
    "house_number": "12",
    "postcode": "53002",
    "city": "Pardubice",
}


def test_that_a_whole_client_is_read_as_the_register_wants_it() -> None:
    checked = check({**VALID, "phone": "777123456", "email": "Eva@Example.CZ"}, TODAY)
    assert checked.record is not None
    assert checked.record.national_id == "8456121234"
    assert checked.record.birth_date == date(1984, 6, 12)
    assert checked.record.sex == "F"
    assert checked.record.address.postcode == "530 02"
    assert checked.record.phone == "+420777123456"
    assert checked.record.email == "Eva@example.cz"
    assert checked.objections == {}


def test_that_each_empty_mandatory_field_is_an_error_of_its_own() -> None:
    checked = check({}, TODAY)
    assert checked.record is None
    assert set(checked.objections) == {
        "given_name",
        "surname",
        "national_id",
        "house_number",
        "postcode",
        "city",
    }
    assert checked.first_error == "given_name"


def test_that_a_wrong_check_digit_names_the_field() -> None:
    checked = check({**VALID, "national_id": "845612/1235"}, TODAY)
    assert checked.first_error == "national_id"
    assert "check digit" in checked.objections["national_id"].message


def test_that_a_doubtful_phone_may_be_saved() -> None:
    checked = check({**VALID, "phone": "+45111111111"}, TODAY)
    assert checked.objections["phone"].severity == "warning"
    assert checked.record is not None


def test_that_a_foreigner_needs_a_birth_date_and_no_number() -> None:
    foreigner: dict[str, str | bool] = {**VALID, "national_id": "nonsense", "foreigner": True}
    assert check(foreigner, TODAY).first_error == "birth_date"
    checked = check({**foreigner, "birth_date": "1. 2. 1990", "sex": "M"}, TODAY)
    assert checked.record is not None
    assert checked.record.national_id == ""
    assert checked.record.birth_date == date(1990, 2, 1)
    assert checked.record.sex == "M"


def test_that_dates_are_read_as_people_write_them() -> None:
    born = date(1984, 3, 9)
    assert all(read_date(w) == born for w in ("9. 3. 1984", "9.3.1984", "09-03-1984", "1984-03-09"))
    assert read_date("31. 2. 1984") is None
    assert read_date("9. 3. 84") is None
    assert read_date("včera") is None


def test_that_numbers_of_other_lengths_are_shown_as_they_are() -> None:
    assert slashed("8456121234") == "845612/1234"
    assert slashed("123") == "123"


def test_that_a_record_is_the_same_after_being_kept() -> None:
    record = check({**VALID, "title": "Ing.", "note": "volat večer"}, TODAY).record
    assert record is not None
    assert PersonRecord.from_json({**record.to_json(), "added_later": [1]}) == record
    assert check(record.typed(), TODAY).record == record


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=150) | st.booleans()))
def test_that_nothing_typed_can_break_the_check(typed: dict[str, str | bool]) -> None:
    checked = check(typed, TODAY)
    assert (checked.record is None) == bool(checked.first_error)
