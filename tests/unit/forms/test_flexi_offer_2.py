"""The second FLEXI offer as it is published: its own trials, its texts, its lists, its tariff."""

import json
from collections.abc import Iterator

import pytest

from smartclient.forms.exporting import ExportMap
from smartclient.forms.layout import Element, FieldLayout, HeadingLayout
from smartclient.forms.meaning import carry
from smartclient.forms.migration import migrate
from smartclient.forms.model import Sensitivity
from smartclient.forms.session import FormSession
from smartclient.forms.states import Severity
from smartclient.forms.trials import Trial, made, read_trials
from smartclient.premium.covers import LevelCover, RateCover
from tests.unit.forms.household import TODAY
from tests.unit.forms.published import (
    REPOSITORY,
    answers,
    form,
    form_files,
    texts_that_differ,
)
from tests.unit.premium.flexi import flexi

OFFER = "flexi-offer"
TRIALS = read_trials(form_files(OFFER, 2))
TOUR_ANSWERS = REPOSITORY / "tour" / "answers" / "flexi-offer.json"


def offer(name: str = "family") -> FormSession:
    return FormSession.begun_with(
        form(OFFER, 2),
        answers(OFFER, name, 2),
        today=TODAY,
        tariff=flexi(2),
        header={"signing_installed": True, "number": "7200041870"},
    )


@pytest.mark.parametrize("trial", TRIALS, ids=[trial.name for trial in TRIALS])
def test_that_the_offer_does_what_its_trial_expects(trial: Trial) -> None:
    assert made(trial, form(OFFER, 2), flexi(2)).differences == ()


def test_that_both_languages_have_the_same_texts() -> None:
    files = form_files(OFFER, 2)
    folders = {name.removesuffix("i18n/cs.json") for name in files if name.endswith("i18n/cs.json")}
    for folder in folders:
        own = {name.removeprefix(folder): files[name] for name in files if name.startswith(folder)}
        assert texts_that_differ(own) == [], folder


def test_that_every_cover_and_variant_offered_is_in_the_tariff() -> None:
    covers, variants = form(OFFER, 2).lists["covers"], form(OFFER, 2).lists["variants"]
    assert covers.options.keys() == flexi(2).covers.keys()
    for code, option in covers.options.items():
        cover = flexi(2).covers[code]
        offered = {name for name, each in variants.options.items() if each.cells[code] is True}
        of_tariff = set(cover.variants) if isinstance(cover, LevelCover | RateCover) else set()
        assert option.cells["end_age"] == cover.limits.end_age
        assert (option.cells["variants"] is True) == (len(of_tariff) > 1)
        assert offered == (of_tariff if len(of_tariff) > 1 else set())


def test_that_covers_excluded_for_class_four_are_those_the_tariff_does_not_price() -> None:
    covers = form(OFFER, 2).lists["covers"]
    for code, option in covers.options.items():
        cover = flexi(2).covers[code]
        if option.cells["adult"] is not True:
            continue
        match cover:
            case LevelCover():
                priced = 4 not in cover.excluded_classes
            case RateCover():
                priced = 4 in cover.class_factors
            case _:
                priced = True
        assert option.cells["class4"] is priced, code


def test_that_sections_stand_in_the_order_of_a_conversation() -> None:
    assert [section.title for section in form(OFFER, 2).layout("cs")] == [
        "Pojistník",
        "Potřeby klienta",
        "Pojištěné osoby",
        "Pojištění a částky",
        "Zdravotní dotazy",
        "Investice",
        "Placení",
        "Obmyšlení a zástava",
        "Doporučení",
        "Ověření totožnosti",
        "Souhlasy a podpis",
    ]


def fields(elements: tuple[Element, ...]) -> Iterator[FieldLayout]:
    for each in elements:
        if isinstance(each, FieldLayout):
            yield each
        elif not isinstance(each, HeadingLayout):
            yield from fields(each.elements)


def test_that_every_health_question_names_its_period_or_what_it_asks_of_today() -> None:
    periods = (
        *("v posledních", "v příštích", "na příštích", "nyní", "dnes", "někdy", "37. týdnem"),
        *("Máte cukrovku", "Máte oční vadu"),
    )
    (health,) = (each for each in form(OFFER, 2).layout("cs") if each.id == "health")
    questions = [each.label for each in fields(health.elements) if each.path.endswith(".answer")]
    assert len(questions) == 9 + 18 + 8
    assert [each for each in questions if not any(period in each for period in periods)] == []
    assert [each for each in questions if not each.rstrip().endswith(("?", "neuvádějte."))] == []


def test_that_health_consents_and_signatures_stay_behind_when_a_document_is_copied() -> None:
    kept = [spec for spec in form(OFFER, 2).model.fields() if not spec.copied]
    around = {".".join(spec.path.split(".")[:2]) for spec in kept}
    assert around == {
        "insured.health",
        "insured.questionnaire",
        "insured.child_health",
        "insured.consent",
        *(f"declarations.{name}" for name in ("truth", "product_information")),
        *(f"declarations.{name}" for name in ("personal_information", "health_processing")),
        *(f"declarations.{name}" for name in ("medical_secrecy", "electronic")),
        *(f"signing.{name}" for name in ("digital", "place", "date")),
    }
    sets = ("insured.health.", "insured.questionnaire.", "insured.child_health.")
    health = [spec for spec in kept if spec.path.startswith(sets)]
    assert all(spec.sensitivity is Sensitivity.HEALTH for spec in health)


def test_that_what_is_known_of_a_client_finds_its_field() -> None:
    wanted = (
        "title given_name surname national_id foreigner birth_date sex citizenship birth_place "
        "street house_number postcode city country company_name company_number document_kind "
        "document_number document_issuer document_issued document_valid_to business_number kind"
    )
    meanings = [f"policyholder.{name}" for name in wanted.split()]
    meanings += ["contact.mobile", "contact.email", "contact.phone", "signing.digital"]
    assert [name for name in meanings if form(OFFER, 2).path_of(name) is None] == []


def test_that_the_whole_offer_has_two_adults_five_children_and_every_cover() -> None:
    session = offer("full")
    assert session.rows("insured") == 7
    assert session.premium is not None
    used = {line.line.cover for line in session.premium.lines}
    assert used == set(flexi(2).covers)
    assert session.is_complete


def test_that_a_premium_of_every_line_is_the_tariffs() -> None:
    session = offer("full")
    assert session.premium is not None
    waiver = next(line for line in session.premium.lines if line.line.cover == "WOP")
    assert waiver.line.amount > 0
    assert session.field("insured.0.covers.11.sum").relevant is False


def test_that_a_refused_line_is_reported_in_words_at_its_field() -> None:
    session = offer("family")
    session.set("insured.1.covers.1.sum", "6 000 000")
    problems = session.field("insured.1.covers.1.sum").problems
    told = [each.message for each in problems if each.severity is Severity.ERROR]
    assert len(told) == 1
    assert "5\u00a0000\u00a0000" in told[0]
    assert not session.is_complete


def test_that_the_answers_of_the_tour_make_a_complete_offer_on_any_day() -> None:
    typed = json.loads(TOUR_ANSWERS.read_bytes())
    for day in (TODAY, TODAY.replace(year=2028, month=2, day=29)):
        session = FormSession.begun_with(
            form(OFFER, 2),
            typed,
            today=day,
            tariff=flexi(2),
            header={"signing_installed": True},
        )
        assert session.is_complete
        assert session.premium is not None
        assert 1_000 <= session.premium.payable <= 2_000


@pytest.mark.parametrize("name", ["smallest", "family", "company", "full"])
def test_that_answers_of_the_offer_fit_their_own_schema(name: str) -> None:
    session = offer(name)
    form(OFFER, 2).require_shape(session.answers)
    form(OFFER, 2).require_shape(session.answers_in_force)


def test_that_a_draft_of_the_first_version_moves_without_losing_an_answer() -> None:
    moved = migrate(form(OFFER, 1), form(OFFER, 2), answers(OFFER, "family"), language="cs")
    assert moved.lost == ()
    assert moved.changed == ()
    assert moved.taken > 120
    session = FormSession(form(OFFER, 2), moved.answers, today=TODAY, tariff=flexi(2))
    assert session.field("aml.document_number").value == "208123456"
    assert session.field("aml.origin").value == "wage"
    assert session.field("insured.0.covers.1.variant").value == "linear"
    assert session.field("insured.1.health.hospital.detail.diagnosis").value is not None


def test_that_a_moved_draft_says_what_the_second_version_asks_besides() -> None:
    moved = migrate(form(OFFER, 1), form(OFFER, 2), answers(OFFER, "family"), language="cs")
    session = FormSession(form(OFFER, 2), moved.answers, today=TODAY, tariff=flexi(2))
    missing = {item.path for item in session.missing()}
    assert {"aml.copy", "insured.0.hand", "needs.handed_over", "guardian.who"} <= missing
    assert not any(path.startswith("policyholder.") for path in missing)
    children = [path for path in session.paths() if path.startswith("insured.2.covers.")]
    problems = {path for path in children if session.field(path).problems}
    assert problems == {"insured.2.covers.0.code", "insured.2.covers.1.code"}


def test_that_every_answer_has_its_name_for_the_core_system() -> None:
    names = list(exported_paths(form(OFFER, 2).export_map))
    fields = [spec.path for spec in form(OFFER, 2).model.fields()]
    assert sorted(names) == sorted(fields)
    record = offer("full").record
    assert record["PH_SURNAME"] == "Novák"
    persons = record["INS"]
    assert isinstance(persons, list)
    assert len(persons) == 7


def exported_paths(record: ExportMap) -> Iterator[str]:
    for each in record:
        if each.record:
            yield from exported_paths(each.record)
        else:
            yield each.spec.path


def test_that_a_birth_date_alone_is_enough_for_a_premium() -> None:
    session = offer("smallest")
    before = session.premium
    session.set("policyholder.national_id", None)
    assert session.premium is None
    assert not session.field("policyholder.birth_date").readonly
    session.set("policyholder.birth_date", "12. 4. 1985")
    assert session.premium == before
    assert [item.path for item in session.missing()] == [
        "policyholder.national_id",
        "policyholder.sex",
    ]


def test_that_a_modelling_fills_in_an_offer_with_the_same_premium() -> None:
    modelling = FormSession.begun_with(
        form("flexi-modelling"),
        answers("flexi-modelling", "family"),
        today=TODAY,
        tariff=flexi(2),
    )
    carried = carry(modelling, form(OFFER, 2))
    session = FormSession.begun_with(form(OFFER, 2), carried.answers, today=TODAY, tariff=flexi(2))
    assert {moved.path.partition(".")[0] for moved in carried.left} == {"modelling"}
    assert modelling.premium is not None
    assert session.premium is not None
    assert session.premium.payable == modelling.premium.payable


def test_that_a_premium_below_the_least_is_a_problem_of_the_whole() -> None:
    session = offer("smallest")
    session.set("insured.0.covers.0.sum", "50 000")
    assert [problem.code for problem in session.premium_problems] == ["SC-FORM-206"]
    assert not session.is_complete


def test_that_a_payment_by_postal_order_costs_more() -> None:
    session = offer("smallest")
    before = session.premium
    session.set("payment.way", "postal")
    assert before is not None
    assert session.premium is not None
    assert session.premium.payable - before.payable == 10


def test_that_what_is_invested_is_projected() -> None:
    assert offer("smallest").projection is None
    projection = offer("full").projection
    assert projection is not None
    assert [len(each.years) for each in projection.scenarios] == [24, 24, 24]
