"""The change request as it is published: opened on a contract, only what differs is a change."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import cast

import pypdfium2
import pytest

from smartclient.backoffice.operations.contract_changes import settings_after
from smartclient.domain.document_life import DocumentKind
from smartclient.dossier.judgement import changes_json, judge, premium_json
from smartclient.forms.manifest import SignatureWay
from smartclient.forms.model import Sensitivity
from smartclient.forms.session import FormSession
from smartclient.forms.trials import Trial, made, read_trials
from smartclient.wire.messages import Json, JsonObject
from tests.unit.forms.household import TODAY
from tests.unit.forms.published import (
    REPOSITORY,
    answers,
    form,
    form_files,
    on_paper,
    source_of,
    texts_that_differ,
)
from tests.unit.premium.flexi import flexi

CHANGE = "flexi-change"
OFFER = ("flexi-offer", 2)
TRIALS = read_trials(form_files(CHANGE))
PRACTICE = REPOSITORY / "development" / "contracts.json"
OF_CONTRACT_ONLY = {"key", "ends", "touched", "riskier", "creditor_agrees"}
AGE_OF_COVER = "insured.covers.entry_age"
NO_SETTINGS = ("request", "premium", "declarations", "signing", "aml", "contract.number")


def contract() -> JsonObject:
    """The settings of a family's contract."""
    return answers(CHANGE, "contract")


def opened(
    wished: Mapping[str, Json] | None = None, settings: JsonObject | None = None, tariff: int = 2
) -> FormSession:
    return FormSession.begun_with(
        form(CHANGE),
        wished or {},
        today=TODAY,
        tariff=flexi(tariff),
        header={"signing_installed": True},
        baseline=contract() if settings is None else settings,
    )


def wished(name: str) -> FormSession:
    return opened(answers(CHANGE, name))


def body_of(session: FormSession, settings: JsonObject | None = None) -> JsonObject:
    """The body of the document that the form makes."""
    return {
        "document_kind": "change_request",
        "number": "7200041873",
        "form_id": CHANGE,
        "form_version": 1,
        "tariff_id": "flexi",
        "tariff_version": 2,
        "answers": session.answers_in_force,
        "premium": premium_json(session.premium),
        "digital": session.is_digital,
        "created_at": "2026-11-21T09:00:00+00:00",
        "contract": {"number": "7200000017", "revision": 1, "tariff_version": 2},
        "baseline": contract() if settings is None else settings,
        "changes": changes_json(session),
    }


def words_of(session: FormSession) -> str:
    pdf = on_paper(session, body_of(session)).pdf
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("trial", TRIALS, ids=[trial.name for trial in TRIALS])
def test_that_a_request_does_what_its_trial_expects(trial: Trial) -> None:
    assert made(trial, form(CHANGE), flexi(2)).differences == ()


def test_that_it_bears_its_exact_name_and_may_be_signed_digitally() -> None:
    package = form(CHANGE)
    assert package.title("cs") == "Žádost o změnu v pojistné smlouvě FLEXI životní pojištění"
    assert package.document_kind is DocumentKind.CHANGE_REQUEST
    assert package.manifest.compares
    assert package.manifest.signature is SignatureWay.CHOICE


def test_that_both_languages_have_the_same_texts() -> None:
    assert texts_that_differ(form_files(CHANGE)) == []


def test_that_settings_stand_under_the_paths_of_the_offer() -> None:
    offered = {spec.path: spec for spec in form(*OFFER).model.fields()}
    for spec in form(CHANGE).model.fields():
        if spec.name in OF_CONTRACT_ONLY or spec.path.startswith((AGE_OF_COVER, *NO_SETTINGS)):
            continue
        assert offered[spec.path].type is spec.type, spec.path


@pytest.mark.parametrize(
    "file", sorted(each.name for each in (source_of(CHANGE) / "choices").iterdir())
)
def test_that_its_code_lists_are_those_of_the_offer(file: str) -> None:
    own = form(CHANGE).lists[file.removesuffix(".csv")]
    assert own.options == form(*OFFER).lists[own.name].options


def test_that_health_is_neither_compared_nor_copied() -> None:
    health = [
        spec for spec in form(CHANGE).model.fields() if spec.sensitivity is Sensitivity.HEALTH
    ]
    assert len(health) > 100
    assert all(not spec.compared and not spec.copied for spec in health)


@pytest.mark.parametrize("number", range(3))
def test_that_the_contracts_of_practice_open_without_a_change(number: int) -> None:
    found = json.loads(PRACTICE.read_bytes())[number]
    session = opened(settings=found["settings"], tariff=found["tariff_version"])
    assert session.differences() == ()
    assert session.wrong() == ()
    assert session.lost_rows() == ()
    assert session.premium is not None
    assert str(session.premium.payable) == found["settings"]["premium"]["payable"]


def test_that_present_covers_keep_the_age_at_which_they_were_agreed() -> None:
    session = wished("scope")
    assert session.premium is not None
    ages = {
        line.line.cover: line.line.age
        for line in session.premium.lines
        if line.line_id.startswith("insured.0.")
    }
    assert (ages["DTH"], ages["CI"]) == (38, 41)


def test_that_ended_covers_are_not_priced() -> None:
    session = wished("scope")
    assert session.premium is not None
    assert "DNL" not in {line.line.cover for line in session.premium.lines}


@pytest.mark.parametrize("name", ["scope", "address", "transfer"])
def test_that_a_complete_request_is_judged_as_the_adviser_saw_it(name: str) -> None:
    body = body_of(wished(name)) | {"digital": False}
    answered = cast("JsonObject", body["answers"])
    answered["signing"] = {"digital": False}
    verdict = judge(body, form(CHANGE), flexi(2), signed=None)
    assert (verdict.code, verdict.exportable) == ("", True)


def test_that_a_request_without_a_change_is_not_exportable() -> None:
    session = opened({"declarations": {"only_changes": True, "truth": True}})
    verdict = judge(body_of(session), form(CHANGE), flexi(2), signed=None)
    assert not verdict.exportable


def test_that_an_accepted_request_becomes_the_settings_of_the_next_one() -> None:
    session = wished("scope")
    after = settings_after(contract(), body_of(session))
    again = opened(settings=deepcopy(after))
    assert again.differences() == ()
    assert again.wrong() == ()
    assert again.premium is not None
    assert session.premium is not None
    assert again.premium.payable == session.premium.payable
    ages = {line.line.cover: line.line.age for line in again.premium.lines}
    assert (ages["INV3"], ages["CHDNL"]) == (38, 9)


def test_that_an_added_child_reaches_the_contract_with_all_that_was_worked_out() -> None:
    session = wished("address")
    row = session.add_row("insured")
    for name, typed in (
        ("relation", "child"),
        ("given_name", "Ema"),
        ("surname", "Nováková"),
        ("national_id", "2158201001"),
        ("covers.0.code", "CHTNU"),
        ("covers.0.sum", "500 000"),
        ("covers.0.end_age", "20"),
    ):
        session.set(f"insured.{row}.{name}", typed)
    after = settings_after(contract(), body_of(session))
    child = cast("list[JsonObject]", after["insured"])[row]
    assert (child["birth_date"], child["sex"], child["entry_age"]) == ("2021-08-20", "F", 5)
    again = opened(settings=after)
    assert again.premium is not None
    assert session.premium is not None
    assert again.premium.payable == session.premium.payable


def test_that_the_paper_shows_old_and_new_side_by_side_and_only_what_changes() -> None:
    words = words_of(wished("scope"))
    assert "Trvalé bydliště nebo sídlo Široká 12, 530 02 Pardubice" in words
    assert "Na Dlouhém lánu 1234/56, 160 00 Praha 6" in words
    assert "Smrt – částka 1 500 000 Kč 2 000 000 Kč" in words
    assert "Denní odškodné varianta od 15. dne, částka 300 Kč, do věku 65 ukončeno" in words
    assert "přidáno: varianta rozšířený rozsah, částka 400 000 Kč, do věku 65" in words
    assert "Lenka Nováková – podíl 70 % 100 %" in words
    assert "petr.novak@example.cz" not in words
    assert "Hana" not in words


def test_that_the_paper_shows_the_premium_before_and_after() -> None:
    words = words_of(wished("scope"))
    assert "Dosud se platí měsíčně 2 334 Kč" in words
    assert "Po změně se bude platit čtvrtletně 8 396 Kč" in words
    assert "+5 576 Kč za rok" in words
    assert "Změna má platit od 1. 1. 2027" in words
    assert "Pojištění po změně" in words


def test_that_a_non_technical_request_has_no_premium_part() -> None:
    words = words_of(wished("address"))
    assert "Pojistné se nemění 2 334 Kč" in words
    assert "Pojištění po změně" not in words
    assert "Změna má platit od" not in words
    assert "Zdravotní dotazy" not in words


def test_that_a_transfer_names_whose_contract_it_is_and_identifies_who_takes_it_over() -> None:
    words = words_of(wished("transfer"))
    assert "Petr Novák rodné číslo 850412/1208 Smlouvu přebírá nový pojistník" in words
    assert "Rodné číslo 850412/1208 580312/0015" in words
    assert "Ověření nového pojistníka" in words
    assert "Ověření nového pojistníka" not in words_of(wished("scope"))


def test_that_everybody_whose_signature_is_needed_has_a_place() -> None:
    session = wished("scope")
    drawn = on_paper(session, body_of(session))
    assert [place.name for place in drawn.places] == ["policyholder", "insured_2", "adviser"]


def test_that_a_change_taken_back_is_no_change() -> None:
    session = opened()
    for path, other in (
        ("policyholder.surname", "Nová"),
        ("insured.0.covers.0.sum", "900 000"),
        ("payment.way", "postal"),
        ("insured.1.covers.1.ends", True),
        ("funds.0.share", "50"),
    ):
        before = session.field(path)
        session.set(path, other)
        assert path in [each.path for each in session.differences()]
        session.set(path, before.typed if before.value is not None else None)
    session.set("payment.way", "direct_debit")
    assert session.differences() == ()
    assert session.premium is not None
    assert session.premium.payable == 2334
