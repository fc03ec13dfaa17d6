"""The record of a client: what is kept, there and back."""

from datetime import date

import pytest

from smartclient.domain.clients import Address, PersonRecord, slashed

EVA = PersonRecord(
    "Eva",
    "Černá",
    Address("", "12", "530 02", "Pardubice", "CZ"),
    title="Ing.",
    national_id="8456121234",
    birth_date=date(1984, 6, 12),
    sex="F",
    phone="+420777123456",
    email="eva@example.cz",
    note="volat večer",
)


def test_that_numbers_of_other_lengths_are_shown_as_they_are() -> None:
    assert slashed("8456121234") == "845612/1234"
    assert slashed("123") == "123"


def test_that_a_record_is_the_same_after_being_kept() -> None:
    assert PersonRecord.from_json({**EVA.to_json(), "added_later": [1]}) == EVA


@pytest.mark.parametrize(
    ("country", "postcode", "phone", "kept"),
    [
        ("CZ", "53002", "777 123 456", ("530 02", "+420777123456")),
        ("PL", "00950", "512 345 678", ("00-950", "+48512345678")),
        ("DE", "04109", "+49 151 23456789", ("04109", "+4915123456789")),
    ],
)
def test_that_an_entered_record_has_postcode_and_phone_as_the_country_writes_them(
    country: str, postcode: str, phone: str, kept: tuple[str, str]
) -> None:
    answers = {**EVA.to_json(), "country": country, "postcode": postcode, "phone": phone}
    record = PersonRecord.entered(answers)
    assert (record.address.postcode, record.phone) == kept


def test_that_an_entered_record_without_a_phone_has_none() -> None:
    assert PersonRecord.entered({**EVA.to_json(), "phone": ""}).phone == ""
