"""What the form of a person asks and refuses: its package is the only place of these rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.forms.states import Severity
from smartclient.services.clients import first_fault, typed_in
from smartclient.services.clients.person_form import person_form
from smartclient.wire.messages import JsonObject

TODAY = date(2026, 11, 21)
VALID = {
    "person.given_name": "Eva",
    "person.surname": "Černá",
    "person.national_id": "845612/1234",
    "residence.house_number": "12",
    "residence.postcode": "53002",
    "residence.city": "Pardubice",
}


def filled(**typed: str | bool) -> FormSession:
    """A new form with a whole client, and what else is typed (`__` stands for the dot)."""
    session = FormSession(person_form("en"), {}, today=TODAY, language="en")
    for path, text in VALID.items():
        session.set(path, text)
    for name, value in typed.items():
        session.set(name.replace("__", "."), value)
    return session


def severities(session: FormSession, path: str) -> list[Severity]:
    return [problem.severity for problem in session.field(path).problems]


def test_that_a_whole_client_may_be_saved() -> None:
    session = filled(contact__phone="777123456", contact__email="Eva@Example.CZ")
    assert session.is_complete
    assert first_fault(session) == ("", "")
    assert session.field("person.birth_date").value == "1984-06-12"
    assert session.field("person.sex").value == "F"
    assert session.field("contact.email").value == "Eva@example.cz"
    assert session.field("residence.country").value == "CZ"


def test_that_each_empty_mandatory_field_is_missing_of_its_own() -> None:
    session = FormSession(person_form("en"), {}, today=TODAY)
    assert [item.path for item in session.missing()] == list(VALID)
    assert first_fault(session)[0] == "person.given_name"


def test_that_a_wrong_check_digit_names_the_field() -> None:
    session = filled(person__national_id="845612/1235")
    path, why = first_fault(session)
    assert path == "person.national_id"
    assert "check digit" in why
    assert typed_in(session)["national_id"] == {"$typed": "845612/1235"}


def test_that_a_doubtful_phone_may_be_saved_and_nonsense_may_not() -> None:
    assert severities(filled(contact__phone="+45111111111"), "contact.phone") == [Severity.WARNING]
    assert filled(contact__phone="+45111111111").is_complete
    assert severities(filled(contact__phone="zítra"), "contact.phone") == [Severity.ERROR]


def test_that_a_foreigner_needs_a_birth_date_and_no_number() -> None:
    session = filled(person__national_id="nonsense", person__foreigner=True)
    assert first_fault(session)[0] == "person.birth_date"
    session.set("person.birth_date", "1. 2. 1990")
    assert session.is_complete
    kept: JsonObject = session.answers_in_force
    assert kept["person"] == {
        "given_name": "Eva",
        "surname": "Černá",
        "birth_date": "1990-02-01",
        "foreigner": True,
        "citizenship": "CZ",
    }


@pytest.mark.parametrize("born", ["1. 1. 2027", "1. 1. 1890", "31. 2. 1984", "včera"])
def test_that_nobody_is_born_in_the_future_or_before_all_who_live(born: str) -> None:
    session = filled(person__foreigner=True, person__birth_date=born)
    assert first_fault(session)[0] == "person.birth_date"


@pytest.mark.parametrize(
    ("country", "postcode", "fits"),
    [("CZ", "530 02", True), ("CZ", "8000", False), ("DK", "8000", True), ("GB", "SW1A 1AA", True)],
)
def test_that_a_postcode_is_judged_by_its_country(country: str, postcode: str, fits: bool) -> None:
    session = filled(residence__country=country, residence__postcode=postcode)
    assert session.is_complete is fits


@pytest.mark.parametrize("language", ["cs", "en"])
def test_that_the_near_countries_come_first_and_the_others_in_the_order_of_the_language(
    language: str,
) -> None:
    package: FormPackage = person_form(language)
    names = [option.labels[language] for option in package.lists["countries"].options.values()]
    near = {"cs": ["Česko", "Slovensko", "Polsko"], "en": ["Czechia", "Slovakia", "Poland"]}
    assert names[:3] == near[language]
    late, early = {"cs": ("Chorvatsko", "Honduras"), "en": ("Zambia", "Yemen")}[language]
    assert names.index(late) > names.index(early)
    assert not {"EU", "UN"} & set(package.lists["countries"].options)


@given(
    st.dictionaries(
        st.sampled_from([spec.path for spec in person_form("en").model.fields()]),
        st.text(max_size=150) | st.booleans(),
    )
)
def test_that_nothing_typed_can_break_the_form(typed: dict[str, str | bool]) -> None:
    session = FormSession(person_form("en"), {}, today=TODAY)
    for path, value in typed.items():
        session.set(path, value)
    assert session.is_complete == (first_fault(session) == ("", ""))
