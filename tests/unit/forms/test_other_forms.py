"""The group Ostatní as it is published: each kind is found, filled in, signed and printed."""

import re

import pypdfium2
import pytest

from smartclient.domain.document_life import DocumentKind
from smartclient.forms.manifest import SignatureWay
from smartclient.forms.model import FieldSpec, Sensitivity
from smartclient.forms.session import FormSession
from smartclient.forms.trials import Trial, made, read_trials
from tests.unit.forms.household import TODAY
from tests.unit.forms.published import (
    CATALOGUE,
    NUMBER,
    answers,
    form,
    form_files,
    on_paper,
    texts_that_differ,
)

TITLES = {
    "other-revocation": "Odvolání nabídky",
    "other-claim": "Oznámení pojistné události",
    "other-nontechnical": "Netechnická změna",
    "other-payer": "Prohlášení plátce",
    "other-surrender": "Částečný odkup",
    "other-authorisation": "Plná moc",
    "other-complaint": "Stížnost",
    "other-aml": "Aktualizace AML údajů",
}
FORMS = sorted(path.name for path in (CATALOGUE / "forms").glob("other-*"))
TRIALS = [(name, trial) for name in FORMS for trial in read_trials(form_files(name))]
FILLED = [
    (name, path.stem)
    for name in FORMS
    for path in sorted((CATALOGUE / "forms" / name / "1" / "tests" / "answers").glob("*.json"))
]


def filled(name: str, answered: str, language: str = "cs") -> FormSession:
    return FormSession.begun_with(
        form(name),
        answers(name, answered),
        today=TODAY,
        language=language,
        header={"signing_installed": True},
    )


def words_of(pdf: bytes) -> str:
    """All text of a document, lines and no-break spaces as plain spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(found).split())


def test_that_every_kind_of_the_group_is_there_under_its_name() -> None:
    assert {name: form(name).title("cs") for name in FORMS} == TITLES
    assert {form(name).document_kind for name in FORMS} == {DocumentKind.OTHER}
    assert {form(name).template_id for name in FORMS} == {"other"}
    assert {form(name).tariff_id for name in FORMS} == {""}


@pytest.mark.parametrize(
    ("name", "trial"), TRIALS, ids=[f"{name}: {trial.name}" for name, trial in TRIALS]
)
def test_that_a_form_does_what_its_trial_expects(name: str, trial: Trial) -> None:
    assert made(trial, form(name), None).differences == ()


@pytest.mark.parametrize("name", FORMS)
def test_that_both_languages_have_the_same_texts(name: str) -> None:
    assert texts_that_differ(form_files(name)) == []


@pytest.mark.parametrize("name", FORMS)
def test_that_what_is_known_of_a_client_is_filled_in(name: str) -> None:
    person = ("title", "given_name", "surname", "national_id", "foreigner", "birth_date")
    address = ("street", "house_number", "postcode", "city", "country")
    wanted = {f"policyholder.{each}" for each in (*person, *address)}
    wanted |= {"contact.mobile", "contact.email"}
    assert [each for each in sorted(wanted) if form(name).path_of(each) is None] == []


@pytest.mark.parametrize("name", FORMS)
def test_that_the_digital_signature_is_offered_as_the_form_says(name: str) -> None:
    way = SignatureWay.NEVER if name == "other-authorisation" else SignatureWay.CHOICE
    assert form(name).manifest.signature is way
    assert (form(name).path_of("signing.digital") is None) == (way is SignatureWay.NEVER)


@pytest.mark.parametrize("name", FORMS)
def test_that_declarations_and_the_signature_stay_behind_when_a_form_is_copied(name: str) -> None:
    kept = [spec for spec in form(name).model.fields() if not spec.copied]
    assert {spec.path.split(".")[0] for spec in kept} <= {"declarations", "signing", "health"}
    assert all(not spec.copied for spec in form(name).model.fields() if _is_declared(spec))


def _is_declared(spec: FieldSpec) -> bool:
    return spec.path.startswith(("declarations.", "signing."))


def test_that_health_in_a_claim_is_protected_and_not_copied() -> None:
    health = [
        spec for spec in form("other-claim").model.fields() if spec.path.startswith("health.")
    ]
    assert len(health) > 10
    assert all(spec.sensitivity is Sensitivity.HEALTH and not spec.copied for spec in health)


@pytest.mark.parametrize(("name", "answered"), FILLED)
def test_that_every_answer_leaves_under_a_name_of_its_own(name: str, answered: str) -> None:
    record = filled(name, answered).record
    assert record["CLIENT_KIND"] in ("person", "company")
    assert len(record) >= 12
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", each) for each in record)


@pytest.mark.parametrize(("name", "answered"), FILLED)
def test_that_a_filled_form_becomes_a_letter_to_sign(name: str, answered: str) -> None:
    session = filled(name, answered)
    drawn = on_paper(session)
    words = words_of(drawn.pdf)
    assert [place.name for place in drawn.places] == [each.field for each in session.signers()]
    assert words.count(form(name).title("cs")) >= 1 + drawn.pages
    assert f"Číslo {NUMBER}" in words
    assert "Adresát PČS" in words
    assert "…" not in words.split("Co se")[0]
    assert drawn.pages <= 3


@pytest.mark.parametrize("name", FORMS)
def test_that_each_kind_opens_with_a_sentence_of_its_own(name: str) -> None:
    answered = next(each for form_, each in FILLED if form_ == name)
    for language, usual in (("cs", "Předkládám pojišťovně"), ("en", "I present this document")):
        words = words_of(on_paper(filled(name, answered, language), language=language).pdf)
        assert usual not in words


def test_that_a_letter_says_who_sends_it() -> None:
    payer = words_of(on_paper(filled("other-payer", "employer")).pdf)
    assert "Odesílatel Stavby Polabí s.r.o. jedná Ing. Tomáš Dub, jednatel" in payer
    client = words_of(on_paper(filled("other-complaint", "payment")).pdf)
    assert "Odesílatel Ing. Petr Novák Široká 12 530 02 Pardubice" in client


def test_that_a_kind_unknown_to_the_template_gets_the_usual_sentence() -> None:
    session = filled("other-complaint", "payment")
    drawn = on_paper(session, {"form_id": "other-of-tomorrow"})
    assert "Předkládám pojišťovně tento dokument." in words_of(drawn.pdf)
