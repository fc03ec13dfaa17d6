"""The first FLEXI offer as it is published: its own trials, its texts, its code lists, its tariff."""

import json
import re

import pytest

from smartclient.forms.layout import FieldLayout, GroupLayout, RepeatLayout
from smartclient.forms.model import FieldSpec, FieldType, Sensitivity
from smartclient.forms.session import FormSession
from smartclient.forms.trials import Trial, made, read_trials
from smartclient.premium.covers import LevelCover, RateCover
from tests.unit.forms.household import TODAY, family, flexi_files, flexi_offer
from tests.unit.premium.flexi import flexi

TRIALS = read_trials(flexi_files())


def offer() -> FormSession:
    return FormSession(
        flexi_offer(), family(), today=TODAY, tariff=flexi(), header={"signing_installed": True}
    )


@pytest.mark.parametrize("trial", TRIALS, ids=[trial.name for trial in TRIALS])
def test_that_the_offer_does_what_its_trial_expects(trial: Trial) -> None:
    assert made(trial, flexi_offer(), flexi()).differences == ()


def test_that_both_languages_have_the_same_texts() -> None:
    czech, english = (
        json.loads(flexi_files()[f"i18n/{language}.json"]) for language in ("cs", "en")
    )
    for part in czech.keys() - {"title"}:
        assert czech[part].keys() == english[part].keys()
    for name, text in czech["messages"].items():
        holes = re.findall(r"\{[^}]*\}", text)
        assert sorted(holes) == sorted(re.findall(r"\{[^}]*\}", english["messages"][name]))


def test_that_every_cover_and_variant_offered_is_in_the_tariff() -> None:
    covers, variants = flexi_offer().lists["covers"], flexi_offer().lists["variants"]
    assert covers.options.keys() == flexi().covers.keys()
    for code, option in covers.options.items():
        cover = flexi().covers[code]
        offered = {name for name, each in variants.options.items() if each.cells[code] is True}
        assert isinstance(cover, LevelCover | RateCover)
        assert option.cells["end_age"] == cover.limits.end_age
        assert (option.cells["variants"] is True) == (len(cover.variants) > 1)
        assert offered == (set(cover.variants) if len(cover.variants) > 1 else set())


def test_that_sections_stand_as_people_know_them() -> None:
    assert [section.title for section in flexi_offer().layout("cs")] == [
        "Pojistník",
        "Pojištěné osoby",
        "Pojištění a částky",
        "Zdravotní dotazy",
        "Placení",
        "Obmyšlené osoby",
        "Potřeby a doporučení",
        "Souhlasy a podpis",
    ]


def test_that_no_row_of_the_grid_is_wider_than_six_columns() -> None:
    def fields(elements: object) -> list[FieldLayout]:
        assert isinstance(elements, tuple)
        found: list[FieldLayout] = []
        for each in elements:
            if isinstance(each, FieldLayout):
                found.append(each)
            elif isinstance(each, GroupLayout | RepeatLayout):
                found += fields(each.elements)
        return found

    for section in flexi_offer().layout("cs"):
        assert all(1 <= field.columns <= 6 for field in fields(section.elements))


def test_that_health_answers_and_declarations_stay_behind_when_a_document_is_copied() -> None:
    kept = [spec for spec in flexi_offer().model.fields() if not spec.copied]
    around = {spec.path.split(".")[0] + "." + spec.path.split(".")[1] for spec in kept}
    assert around == {
        "insured.health",
        "declarations.truth",
        "declarations.product_information",
        "declarations.personal_information",
        "declarations.health_processing",
        "signing.digital",
    }
    health = [spec for spec in kept if spec.path.startswith("insured.health")]
    assert all(spec.sensitivity is Sensitivity.HEALTH for spec in health)


def test_that_what_is_known_of_a_client_finds_its_field() -> None:
    wanted = {
        *(f"policyholder.{name}" for name in ("title", "given_name", "surname", "national_id")),
        *(f"policyholder.{name}" for name in ("foreigner", "birth_date", "sex", "citizenship")),
        *(f"policyholder.{name}" for name in ("street", "house_number", "postcode", "city")),
        *("policyholder.country", "contact.mobile", "contact.email", "signing.digital"),
    }
    assert [name for name in sorted(wanted) if flexi_offer().path_of(name) is None] == []
    assert flexi_offer().path_of("policyholder.street") == "policyholder.address.street"


def test_that_only_adults_are_shown_among_health_questions() -> None:
    session = offer()
    health = next(section for section in session.layout if section.id == "health")
    rows = health.elements[0]
    assert isinstance(rows, RepeatLayout)
    assert session.rows_shown(rows) == (0, 1)
    assert [session.row_title("insured", row) for row in range(3)] == [
        "1. Petr Novák",
        "2. Lenka Nováková",
        "dítě · Adam (9)",
    ]


def test_that_a_refused_line_is_reported_in_words_and_the_others_stay_priced() -> None:
    session = offer()
    before = session.premium
    changes = session.set("insured.1.covers.1.sum", "6 000 000")
    message = session.field("insured.1.covers.1.sum").problems[0].message
    assert changes.premium
    assert "5\u00a0000\u00a0000" in message
    assert before is not None
    assert session.premium is not None
    assert len(session.premium.lines) == len(before.lines) - 1
    assert [problem.code for problem in session.premium_problems] == ["SC-PREM-014"]
    assert not session.is_complete


def test_that_a_premium_below_the_least_is_a_problem_of_the_whole() -> None:
    session = offer()
    for person, covers in ((0, 4), (1, 3), (2, 2)):
        for _cover in range(covers - 1):
            session.remove_row(f"insured.{person}.covers", 1)
    for person in (2, 1):
        session.remove_row("insured", person)
    session.set("insured.0.covers.0.sum", "50 000")
    assert [problem.code for problem in session.premium_problems] == ["SC-FORM-206"]
    assert not session.is_complete


def test_that_a_line_refused_as_before_changes_nothing_of_the_premium() -> None:
    session = offer()
    assert session.set("insured.1.covers.1.sum", "6 000 000").premium
    assert not session.set("insured.1.covers.1.sum", "7 000 000").premium


def test_that_a_key_press_that_prices_nothing_leaves_the_premium_alone() -> None:
    session = offer()
    assert not session.set("insured.0.occupation", "pokrývač").premium
    assert session.set("insured.0.covers.0.sum", "1 600 000").premium
    assert session.set("payment.frequency", "4").premium


def test_that_the_choice_to_sign_digitally_is_there_only_with_the_signing_component() -> None:
    with_it = FormSession(flexi_offer(), {}, today=TODAY, header={"signing_installed": True})
    without = FormSession(flexi_offer(), {}, today=TODAY, header={"signing_installed": False})
    assert with_it.field("signing.digital").relevant
    assert not without.field("signing.digital").relevant


def test_that_every_choice_has_a_label_and_every_identifier_a_kind() -> None:
    for spec in flexi_offer().model.fields():
        assert isinstance(spec, FieldSpec)
        assert (spec.type is FieldType.IDENTIFIER) == bool(spec.identifier)


def test_that_answers_of_the_offer_fit_their_own_schema() -> None:
    flexi_offer().require_shape(offer().answers)
    flexi_offer().require_shape(offer().answers_in_force)
