"""How typed text is understood, in the habits of people who write Czech."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.presentation import NBSP
from smartclient.forms.fitting import to_json
from smartclient.forms.guards import Value
from smartclient.forms.model import FieldSpec, FieldType, Sensitivity
from smartclient.forms.reading import TYPED, Reader, Typed
from smartclient.forms.showing import Showing, shown_identifier
from smartclient.forms.states import Severity
from smartclient.wire.messages import Json
from tests.unit.forms.household import TODAY

READER = Reader(TODAY, {"colours": frozenset({"red", "blue"})})


def field(kind: FieldType, **more: object) -> FieldSpec:
    spec = FieldSpec(1, "it", "it", 0, (), True, Sensitivity.ORDINARY, type=kind)
    for name, value in more.items():
        object.__setattr__(spec, name, value)
    return spec


MONEY = field(FieldType.MONEY, scale=2)
SHARE = field(FieldType.DECIMAL, scale=2, unit="%")
FINE = field(FieldType.DECIMAL, scale=4)
WHOLE = field(FieldType.INTEGER, unit="cm")
DAY = field(FieldType.DATE)
MOMENT = field(FieldType.DATETIME)
TRUTH = field(FieldType.BOOL)
COLOUR = field(FieldType.CHOICE, choices="colours")
COLOURS = field(FieldType.MULTI_CHOICE, choices="colours")
NAME = field(FieldType.TEXT, max_length=20)
NOTE = field(FieldType.MULTILINE, max_length=200)
BIRTH_NUMBER = field(FieldType.IDENTIFIER, identifier="cz_rc")
PHONE = field(FieldType.IDENTIFIER, identifier="phone")
ALL = (MONEY, SHARE, FINE, WHOLE, DAY, TRUTH, COLOUR, COLOURS, NAME, NOTE, BIRTH_NUMBER, PHONE)


@pytest.mark.parametrize(
    ("spec", "typed", "value", "stored"),
    [
        (MONEY, "34 500,50", Decimal("34500.50"), "34500.50"),
        (MONEY, f"34{NBSP}500,50{NBSP}Kč", Decimal("34500.50"), "34500.50"),
        (MONEY, "34.500", Decimal("34500.00"), "34500.00"),
        (MONEY, "1.234.567,5", Decimal("1234567.50"), "1234567.50"),
        (MONEY, "1,234,567.50", Decimal("1234567.50"), "1234567.50"),
        (MONEY, "34500.5", Decimal("34500.50"), "34500.50"),
        (MONEY, "500,-", Decimal("500.00"), "500.00"),
        (MONEY, "500 CZK", Decimal("500.00"), "500.00"),
        (MONEY, "1'000", Decimal("1000.00"), "1000.00"),
        (MONEY, "-5", Decimal("-5.00"), "-5.00"),
        (MONEY, "\u22125", Decimal("-5.00"), "-5.00"),
        (SHARE, "33,33 %", Decimal("33.33"), "33.33"),
        (SHARE, ",5", Decimal("0.50"), "0.50"),
        (FINE, "1.500", Decimal("1.5000"), "1.5000"),
        (WHOLE, "168", 168, 168),
        (WHOLE, "168 cm", 168, 168),
        (WHOLE, "168,0", 168, 168),
        (WHOLE, "007", 7, 7),
        (DAY, "9.3.2026", date(2026, 3, 9), "2026-03-09"),
        (DAY, "9. 3. 2026", date(2026, 3, 9), "2026-03-09"),
        (DAY, f"9.{NBSP}3.{NBSP}2026", date(2026, 3, 9), "2026-03-09"),
        (DAY, "9. 3. 26", date(2026, 3, 9), "2026-03-09"),
        (DAY, "12.6.84", date(1984, 6, 12), "1984-06-12"),
        (DAY, "1.1.41", date(2041, 1, 1), "2041-01-01"),
        (DAY, "1.1.42", date(1942, 1, 1), "1942-01-01"),
        (DAY, "9/3/2026", date(2026, 3, 9), "2026-03-09"),
        (DAY, "9-3-2026", date(2026, 3, 9), "2026-03-09"),
        (DAY, "09032026", date(2026, 3, 9), "2026-03-09"),
        (DAY, "090326", date(2026, 3, 9), "2026-03-09"),
        (DAY, "2026-03-09", date(2026, 3, 9), "2026-03-09"),
        (TRUTH, True, True, True),
        (TRUTH, False, False, False),
        (TRUTH, "Ano", True, True),
        (TRUTH, "ne", False, False),
        (COLOUR, "red", "red", "red"),
        (COLOURS, ["blue", "red", "blue"], ("blue", "red"), ["blue", "red"]),
        (NAME, "  Eva   Černá\t", "Eva Černá", "Eva Černá"),
        (NAME, "Eva\nČerná", "Eva Černá", "Eva Černá"),
        (NAME, "Zˇ\u0000a", "Zˇa", "Zˇa"),
        (NAME, "C\u030cerna\u0301", "Černá", "Černá"),
        (NOTE, "první\r\ndruhý", "první\ndruhý", "první\ndruhý"),
        (BIRTH_NUMBER, "850412/1208", "8504121208", "8504121208"),
        (PHONE, "777 123 456", "+420777123456", "+420777123456"),
    ],
)
def test_that_typed_text_becomes_an_answer(
    spec: FieldSpec, typed: Typed, value: Value, stored: Json
) -> None:
    reading = READER.typed(spec, typed)
    assert reading.problems == ()
    assert (reading.value, reading.json) == (value, stored)
    assert READER.stored(spec, reading.json) == reading


@pytest.mark.parametrize(
    ("spec", "typed", "words"),
    [
        (MONEY, "milion", "not an amount"),
        (MONEY, "1,2,3", "not an amount"),
        (MONEY, "5,123", "at most 2 digits"),
        (MONEY, "1" * 20, "not an amount"),
        (MONEY, "1e5", "not an amount"),
        (MONEY, "٣", "not an amount"),
        (SHARE, "půl", "not a number"),
        (WHOLE, "1,82", "whole number"),
        (DAY, "31. 2. 2026", "no such day"),
        (DAY, "zítra", "not a date"),
        (DAY, "2026", "not a date"),
        (DAY, "0.0.2026", "no such day"),
        (TRUTH, "možná", "yes or no"),
        (COLOUR, "green", "one of the options"),
        (COLOURS, ["red", "green"], "one of the options"),
        (BIRTH_NUMBER, "850412/1209", "check digit"),
        (PHONE, "volejte", "not a telephone number"),
    ],
)
def test_that_what_cannot_be_read_is_kept_with_a_sentence(
    spec: FieldSpec, typed: Typed, words: str
) -> None:
    reading = READER.typed(spec, typed)
    assert reading.value is None
    kept = typed if isinstance(typed, str) else "red, green"
    assert reading.json == {TYPED: kept}
    assert words in reading.problems[0].message
    assert READER.stored(spec, reading.json).json == reading.json


@pytest.mark.parametrize(
    ("spec", "typed", "words"),
    [
        (NAME, "x" * 21, "at most 20 characters"),
        (field(FieldType.INTEGER, least=Decimal(30), unit="cm"), "29", "at least 30"),
        (field(FieldType.MONEY, scale=2, most=Decimal(5000)), "5001", "at most 5\u00a0000\u00a0Kč"),
    ],
)
def test_that_a_limit_of_the_model_is_an_error_at_a_readable_answer(
    spec: FieldSpec, typed: str, words: str
) -> None:
    reading = READER.typed(spec, typed)
    assert reading.value is not None
    assert words in reading.problems[0].message


@pytest.mark.parametrize(
    ("stored", "value"),
    [("1.500", Decimal("1.500")), ("34500.5", Decimal("34500.5")), (1500, Decimal(1500))],
)
def test_that_a_stored_amount_is_never_read_by_the_habits_of_typing(
    stored: Json, value: Decimal
) -> None:
    assert READER.stored(MONEY, stored).value == value


def test_that_a_stored_amount_with_too_many_digits_is_an_error() -> None:
    reading = READER.stored(MONEY, "5.123")
    assert (reading.value, reading.json) == (None, "5.123")
    assert "at most 2 digits" in reading.problems[0].message


def test_that_a_doubtful_identifier_is_only_a_warning() -> None:
    reading = READER.typed(PHONE, "+45 11 11 11 11")
    assert reading.json == "+4511111111"
    assert [problem.severity for problem in reading.problems] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("spec", "value", "text"),
    [
        (MONEY, Decimal("34500.50"), "34 500,50 Kč"),
        (MONEY, Decimal("1500000.00"), "1 500 000 Kč"),
        (SHARE, Decimal("50.00"), "50"),
        (SHARE, Decimal("33.30"), "33,3"),
        (WHOLE, 1200, "1 200"),
        (DAY, date(2026, 3, 9), "9. 3. 2026"),
        (TRUTH, True, "Yes"),
        (NAME, "Eva", "Eva"),
        (BIRTH_NUMBER, "8504121208", "850412/1208"),
        (PHONE, "+420777123456", "+420 777 123 456"),
        (PHONE, "+4511111111", "+4511111111"),
        (NAME, None, ""),
    ],
)
def test_that_an_answer_is_shown_as_people_write_it(
    spec: FieldSpec, value: Value, text: str
) -> None:
    assert Showing({}, "en").text(spec, value).replace(NBSP, " ") == text


def test_that_an_iban_is_shown_in_groups() -> None:
    assert shown_identifier("iban", "CZ6508000000192000145399") == "CZ65 0800 0000 1920 0014 5399"


ANYTHING = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=40)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([TYPED, "x"]), inner)
    ),
    max_leaves=5,
)


@given(st.sampled_from(ALL), ANYTHING)
def test_that_any_stored_value_is_kept_as_it_is_or_read(spec: FieldSpec, stored: Json) -> None:
    reading = READER.stored(spec, stored)
    text = stored.get(TYPED) if isinstance(stored, dict) else stored
    if reading.json is None:
        assert text in (None, []) or not any(map(str.isprintable, str(text).strip()))
    assert reading.value is not None or reading.json is None or reading.problems


@given(
    st.sampled_from(ALL),
    st.one_of(
        st.none(),
        st.booleans(),
        st.text(max_size=40),
        st.text(alphabet="0123456789 .,-/%Kč", max_size=14),
        st.lists(st.text(max_size=5), max_size=3),
    ),
)
def test_that_what_is_shown_can_be_typed_again(spec: FieldSpec, typed: Typed) -> None:
    reading = READER.typed(spec, typed)
    assert READER.stored(spec, reading.json) == reading
    if reading.value is not None and spec not in (TRUTH, COLOURS):
        assert to_json(spec, reading.value) == reading.json
        shown = Showing({}, "en").text(spec, reading.value)
        assert READER.typed(spec, shown).value == reading.value


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("9. 3. 2026 14:30", "2026-03-09T14:30"),
        ("9.3.26 8.05", "2026-03-09T08:05"),
        ("9. 3. 2026 v 14:30 hod.", "2026-03-09T14:30"),
        ("2026-03-09T14:30", "2026-03-09T14:30"),
        ("2026-03-09 0:00", "2026-03-09T00:00"),
        ("25. 10. 2026 2:30", "2026-10-25T02:30"),
    ],
)
def test_that_a_moment_is_read_as_people_write_it(typed: str, stored: str) -> None:
    reading = READER.typed(MOMENT, typed)
    assert (reading.json, reading.problems) == (stored, ())
    assert isinstance(reading.value, datetime)
    assert to_json(MOMENT, reading.value) == stored
    shown = Showing({}, "cs").text(MOMENT, reading.value)
    assert READER.typed(MOMENT, shown).json == stored
    assert READER.stored(MOMENT, stored) == reading


@pytest.mark.parametrize(
    "typed",
    [
        "9. 3. 2026",
        "14:30",
        "9. 3. 2026 25:00",
        "31. 2. 2026 10:00",
        "29. 3. 2026 2:30",
        "T" * 9_999,
        "1. 1. 0001 0:10",
        "31. 12. 9999 23:59 x",
    ],
)
def test_that_what_is_no_moment_is_kept_as_typed(typed: str) -> None:
    reading = READER.typed(MOMENT, typed)
    assert (reading.value, reading.json) == (None, {TYPED: typed})
    assert reading.problems


def test_that_a_moment_is_its_day_where_a_day_is_asked() -> None:
    moment = READER.typed(MOMENT, "9. 3. 2026 14:30").value
    assert to_json(DAY, moment) == "2026-03-09"
    assert to_json(MOMENT, date(2026, 3, 9)) is None
