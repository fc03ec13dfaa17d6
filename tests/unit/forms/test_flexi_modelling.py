"""The stand-alone modelling as it is published: little is asked, and the value is projected."""

from decimal import Decimal
from io import BytesIO

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from smartclient.domain.document_life import DocumentKind
from smartclient.forms.manifest import SignatureWay
from smartclient.forms.meaning import carry
from smartclient.forms.model import Sensitivity
from smartclient.forms.session import FormSession
from smartclient.forms.trials import Trial, made, read_trials
from smartclient.premium.projection import ProjectionRequest, project
from tests.unit.forms.household import TODAY
from tests.unit.forms.published import (
    answers,
    form,
    form_files,
    on_paper,
    source_of,
    texts_that_differ,
)
from tests.unit.premium.flexi import flexi

MODELLING = "flexi-modelling"
OFFER = ("flexi-offer", 2)
TRIALS = read_trials(form_files(MODELLING))


def family(language: str = "cs") -> FormSession:
    return FormSession.begun_with(
        form(MODELLING),
        answers(MODELLING, "family"),
        today=TODAY,
        tariff=flexi(2),
        language=language,
    )


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


@pytest.mark.parametrize("trial", TRIALS, ids=[trial.name for trial in TRIALS])
def test_that_the_modelling_does_what_its_trial_expects(trial: Trial) -> None:
    assert made(trial, form(MODELLING), flexi(2)).differences == ()


def test_that_it_is_a_modelling_that_nobody_signs() -> None:
    package = form(MODELLING)
    assert package.title("cs") == "Samostatná modelace FLEXI životní pojištění"
    assert package.document_kind is DocumentKind.MODELLING
    assert package.manifest.signature is SignatureWay.NEVER
    assert list(family().signers()) == []


def test_that_both_languages_have_the_same_texts() -> None:
    assert texts_that_differ(form_files(MODELLING)) == []


def test_that_nothing_is_asked_of_health_identity_or_the_origin_of_money() -> None:
    fields = list(form(MODELLING).model.fields())
    assert all(spec.sensitivity is not Sensitivity.HEALTH for spec in fields)
    asked = {spec.name for spec in fields}
    assert not asked & {"national_id", "document_number", "pep", "origin", "answer", "doctor"}


def test_that_everything_it_asks_is_known_to_the_offer_by_the_same_meaning() -> None:
    of_offer = {spec.meaning: spec for spec in form(*OFFER).model.fields() if spec.meaning}
    for spec in form(MODELLING).model.fields():
        if spec.meaning:
            assert of_offer[spec.meaning].path == spec.path
            assert of_offer[spec.meaning].type is spec.type
    unknown = {spec.path for spec in form(MODELLING).model.fields() if not spec.meaning}
    assert unknown == {
        "insured.entry_age",
        "contract.term",
        "modelling.variant",
        "modelling.note",
    }


@pytest.mark.parametrize(
    "file", sorted(each.name for each in (source_of(MODELLING) / "choices").iterdir())
)
def test_that_its_code_lists_are_those_of_the_offer(file: str) -> None:
    name = f"choices/{file}"
    assert form_files(MODELLING)[name] == form_files(*OFFER)[name]


def test_that_the_value_is_projected_as_the_tariff_does() -> None:
    found = family().projection
    asked = ProjectionRequest(
        start_age=41, months=288, regular=Decimal(800), frequency=12, single=Decimal(50_000)
    )
    assert found == project(flexi(2), asked)
    assert [each.name for each in found.scenarios] == ["low", "middle", "high"]


def test_that_without_an_investment_there_is_no_projection() -> None:
    session = family()
    session.remove_row("insured.0.covers", 3)
    session.set("investment.extra", "")
    assert session.projection is None
    words = " ".join(pages_of(on_paper(session).pdf))
    assert "Jak se může vyvíjet hodnota" not in words
    assert "Co je pojištěno a kolik to stojí" in words


def test_that_the_premium_stands_first_and_every_year_of_the_projection_follows() -> None:
    first, *others = pages_of(on_paper(family()).pdf)
    assert "Samostatná modelace FLEXI životní pojištění" in first
    assert "2 467 Kč" in first
    assert "rodinná" in first
    rest = " ".join(others)
    assert "bez výnosu · 0 % střední výnos · 2,5 % vyšší výnos · 5 %" in rest
    for year in range(1, 25):
        assert f" {year} {41 + year} " in rest
    assert "490 646 Kč" in rest


def test_that_the_chart_is_told_to_whoever_cannot_see_it() -> None:
    told = _alternatives(on_paper(family()).pdf)
    (chart,) = [each for each in told if each.startswith("Graf")]
    assert "24 let" in chart
    assert "střední výnos: 337 472 Kč" in chart.replace("\u00a0", " ")


def test_that_it_is_printed_in_english_as_well() -> None:
    words = " ".join(pages_of(on_paper(family("en"), language="en").pdf))
    assert "How the value may develop" in words
    assert "no return · 0 %" in words


def _alternatives(pdf: bytes) -> list[str]:
    """The alternative texts of the structure tree."""
    found: list[str] = []
    waiting = [PdfFileReader(BytesIO(pdf)).root["/StructTreeRoot"]["/K"]]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(
                inner.get_object() if hasattr(inner, "get_object") else inner for inner in each
            )
        elif isinstance(each, dict):
            if "/Alt" in each:
                found.append(str(each["/Alt"]))
            if "/K" in each:
                waiting.append(each["/K"])
    return found


def test_that_an_offer_takes_everything_but_the_words_to_the_client() -> None:
    carried = carry(family(), form(*OFFER))
    assert len(carried.taken) > 40
    assert {leaf.path for leaf in carried.left} == {"modelling.variant", "modelling.note"}
    offer = FormSession.begun_with(
        form(*OFFER), carried.answers, today=TODAY, tariff=flexi(2), header={}
    )
    assert offer.rows("insured") == 3
    assert offer.field("policyholder.surname").value == "Novák"
    assert offer.field("insured.2.birth_date").value == "2017-06-15"
    assert offer.field("insured.0.covers.3.code").value == "INVEST"
    assert offer.field("funds.1.share").value == "40.00"
