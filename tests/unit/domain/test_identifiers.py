"""Typed numbers and addresses: ok, a warning that may be saved, an error that may not."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smartclient.domain.identifiers import IdentifierKind, Verdict, check

TODAY = date(2026, 11, 21)
OK, WARNING, ERROR = Verdict.OK, Verdict.WARNING, Verdict.ERROR


TYPED = (
    ("cz_rc", "710319/2745", OK, "7103192745"),
    ("cz_rc", " 710319 2745 ", OK, "7103192745"),
    ("cz_rc", "7103192746", ERROR, "7103192746"),
    ("cz_rc", "991231123", OK, "991231123"),
    ("cz_rc", "590312/123", ERROR, "590312/123"),
    ("cz_rc", "1103492745", ERROR, "1103492745"),
    ("cz_rc", "8443121239", ERROR, "8443121239"),  # month 43
    ("cz_rc", "abc", ERROR, "abc"),
    ("cz_ico", "25123891", OK, "25123891"),
    ("cz_ico", "27074358", OK, "27074358"),
    ("cz_ico", "6947", OK, "00006947"),
    ("cz_ico", "25123890", ERROR, "25123890"),
    ("cz_ico", "0", ERROR, "0"),
    ("cz_ico", "123456789", ERROR, "123456789"),
    ("cz_dic", "cz 25123891", OK, "CZ25123891"),
    ("cz_dic", "7103192745", OK, "CZ7103192745"),
    ("cz_dic", "CZ640903926", OK, "CZ640903926"),
    ("cz_dic", "CZ25123890", ERROR, "CZ25123890"),
    ("cz_account", "19-2000145399/0800", OK, "19-2000145399/0800"),
    ("cz_account", "000019-2000145399 / 0800", OK, "19-2000145399/0800"),
    ("cz_account", "2000145399/0800", OK, "2000145399/0800"),
    ("cz_account", "2000145398/0800", ERROR, "2000145398/0800"),
    ("cz_account", "2000145399/0001", WARNING, "2000145399/0001"),
    ("cz_account", "2000145399/080", ERROR, "2000145399/080"),
    ("cz_account", "0000000000/0800", ERROR, "0000000000/0800"),
    ("cz_account", "19-2000145399/08009", ERROR, "19-2000145399/08009"),
    ("pl_pesel", "44051401359", OK, "44051401359"),
    ("pl_pesel", "44051401358", WARNING, "44051401358"),
    ("pl_pesel", "44133101359", ERROR, "44133101359"),
    ("pl_pesel", "4405140135", ERROR, "4405140135"),
    ("pl_nip", "PL 856-734-62-15", OK, "8567346215"),
    ("pl_nip", "8567346216", ERROR, "8567346216"),
    ("pl_regon", "192598184", OK, "192598184"),
    ("pl_regon", "12345678512347", OK, "12345678512347"),
    ("pl_regon", "192598183", ERROR, "192598183"),
    ("dk_cvr", "DK 13585628", OK, "13585628"),
    ("dk_cvr", "13585627", ERROR, "13585627"),
    ("iban", "CZ65 0800 0000 1920 0014 5399", OK, "CZ6508000000192000145399"),
    ("iban", "CZ66 0800 0000 1920 0014 5399", ERROR, "CZ66 0800 0000 1920 0014 5399"),
    ("iban", "CZ65", ERROR, "CZ65"),
    ("vin", "tmbjj7ne8h0012345", OK, "TMBJJ7NE8H0012345"),
    ("vin", "1M8GDM9AXKP042788", OK, "1M8GDM9AXKP042788"),
    ("vin", "1M8GDM9A1KP042788", WARNING, "1M8GDM9A1KP042788"),
    ("vin", "TMBJJ7NE8H001234O", ERROR, "TMBJJ7NE8H001234O"),
    ("vin", "TMBJJ7NE8H001234", ERROR, "TMBJJ7NE8H001234"),
    ("phone", "605 602 164", OK, "+420605602164"),
    ("phone", "+45111111111", WARNING, "+45111111111"),
    ("phone", "call me", ERROR, "call me"),
    ("mobile", "605602164", OK, "+420605602164"),
    ("mobile", "958 888 888", ERROR, "+420958888888"),
    ("email", "Eva.Cerna@Example.CZ", OK, "Eva.Cerna@example.cz"),
    ("email", "eva@localhost", ERROR, "eva@localhost"),
    ("email", "eva@@example.cz", ERROR, "eva@@example.cz"),
    ("email", "eva cerna@example.cz", ERROR, "eva cerna@example.cz"),
    ("email", "eva@example..cz", ERROR, "eva@example..cz"),
    ("email", "a" * 250 + "@b.cz", ERROR, "a" * 250 + "@b.cz"),
    ("postcode", "53002", OK, "530 02"),
    ("postcode", "530 02", OK, "530 02"),
    ("postcode", "5300", ERROR, "5300"),
    ("plate", "1ab 2345", OK, "1AB2345"),
    ("plate", "1AO 2345", WARNING, "1AO2345"),
    ("plate", "ELEFANTX", OK, "ELEFANTX"),
    ("plate", "", ERROR, ""),
)


@pytest.mark.parametrize(("kind", "typed", "verdict", "normalised"), TYPED)
def test_that_a_czech_adviser_gets_the_verdict(
    kind: str, typed: str, verdict: Verdict, normalised: str
) -> None:
    checked = check(IdentifierKind(kind), typed, today=TODAY)
    assert (checked.verdict, checked.normalised) == (verdict, normalised)
    assert bool(checked.message) == (verdict is not OK)


@pytest.mark.parametrize(
    ("kind", "typed", "country", "verdict", "normalised"),
    [
        ("postcode", "00950", "PL", OK, "00-950"),
        ("postcode", "00-950", "PL", OK, "00-950"),
        ("postcode", "8000", "DK", OK, "8000"),
        ("postcode", "80001", "DK", ERROR, "80001"),
        ("postcode", "SW1A 1AA", "GB", OK, "SW1A 1AA"),
        ("postcode", " ", "GB", ERROR, ""),
        ("plate", "wa 12345", "PL", OK, "WA12345"),
        ("plate", "ab 12 345", "DK", OK, "AB12345"),
        ("plate", "a 12 345", "DK", WARNING, "A12345"),
        ("plate", "xx", "FR", OK, "XX"),
        ("phone", "20 12 34 56", "DK", OK, "+4520123456"),
        ("phone", "601 234 567", "PL", OK, "+48601234567"),
    ],
)
def test_that_the_country_decides_where_shapes_differ(
    kind: str, typed: str, country: str, verdict: Verdict, normalised: str
) -> None:
    checked = check(IdentifierKind(kind), typed, country=country)
    assert (checked.verdict, checked.normalised) == (verdict, normalised)


@pytest.mark.parametrize(
    ("kind", "typed", "born", "sex"),
    [
        ("cz_rc", "7103192745", date(1971, 3, 19), "M"),
        ("cz_rc", "8456121234", date(1984, 6, 12), "F"),
        ("cz_rc", "991231123", date(1899, 12, 31), "M"),
        ("cz_rc", "530101123", date(1953, 1, 1), "M"),
        ("pl_pesel", "44051401359", date(1944, 5, 14), "M"),
        ("pl_pesel", "02211307589", date(2002, 1, 13), "F"),
        ("dk_cpr", "211062-0629", date(1962, 10, 21), "M"),
    ],
)
def test_that_a_number_of_a_person_tells_birth_and_sex(
    kind: str, typed: str, born: date, sex: str
) -> None:
    checked = check(IdentifierKind(kind), typed)
    assert (checked.birth_date, checked.sex) == (born, sex)


def _with_check(digits: str) -> str:
    return f"{digits}{int(digits) % 11 % 10}"


def test_that_an_overflowed_month_is_possible_only_since_2004() -> None:
    late, early = _with_check("052101000"), _with_check("032101000")
    assert check(IdentifierKind.CZ_RC, late).birth_date == date(2005, 1, 1)
    assert check(IdentifierKind.CZ_RC, early).verdict is ERROR


def test_that_a_remainder_of_ten_is_doubted_only_when_dated_1985_or_later() -> None:
    old = next(n for n in range(840101000, 840101999) if n % 11 == 10)
    new = next(n for n in range(850101000, 850101999) if n % 11 == 10)
    assert check(IdentifierKind.CZ_RC, f"{old}0").verdict is OK
    doubted = check(IdentifierKind.CZ_RC, f"{new}0")
    assert doubted.verdict is WARNING
    assert doubted.birth_date == date(1985, 1, 1)


def test_that_an_age_above_110_is_doubted() -> None:
    checked = check(IdentifierKind.DK_CPR, "211062-5629", today=TODAY)
    assert checked.birth_date == date(1862, 10, 21)
    assert checked.verdict is WARNING


def test_that_nobody_is_born_after_today() -> None:
    checked = check(IdentifierKind.CZ_RC, "7103192745", today=date(1970, 1, 1))
    assert checked.verdict is ERROR


@given(st.sampled_from(IdentifierKind), st.text(max_size=40), st.sampled_from(["CZ", "PL", "XX"]))
def test_that_anything_typed_gets_a_verdict_and_never_an_exception(
    kind: IdentifierKind, typed: str, country: str
) -> None:
    checked = check(kind, typed, country=country, today=TODAY)
    assert bool(checked.message) == (checked.verdict is not OK)


@st.composite
def _taken(draw: st.DrawFn) -> tuple[IdentifierKind, str]:
    """What is taken as it was typed, with blanks and other digits here and there."""
    good = [(IdentifierKind(kind), typed) for kind, typed, verdict, _ in TYPED if verdict is OK]
    kind, typed = draw(st.sampled_from(good))
    for _change in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(typed) - 1))
        typed = typed[:place] + draw(st.sampled_from(" 0123456789")) + typed[place + 1 :]
    return kind, typed


@given(_taken())
def test_that_what_was_normalised_is_normal(taken: tuple[IdentifierKind, str]) -> None:
    kind, typed = taken
    checked = check(kind, typed)
    assume(checked.verdict is OK)
    again = check(kind, checked.normalised)
    assert (again.verdict, again.normalised) == (OK, checked.normalised)
