"""The printed FLEXI offer: what a client reads first, and that nothing is lost on the way to it."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from smartclient.documents.rendering import Rendered
from smartclient.domain.presentation import NBSP
from smartclient.forms.session import FormSession
from tests.unit.documents.test_judges import VERA, run, tool, vera_classpath
from tests.unit.forms.household import TODAY
from tests.unit.forms.published import NUMBER, answers, form, on_paper
from tests.unit.premium.flexi import flexi

OFFERS = ("smallest", "family", "company", "full")
ORPHAN = re.compile(r"(?:^| )[KkSsVvZzOoUuAaIi]$")


@cache
def filled(name: str, language: str = "cs") -> FormSession:
    return FormSession.begun_with(
        form("flexi-offer", 2),
        answers("flexi-offer", name, 2),
        today=TODAY,
        tariff=flexi(2),
        language=language,
        header={"signing_installed": True, "number": NUMBER},
    )


@cache
def drawn(name: str, language: str = "cs") -> Rendered:
    return on_paper(filled(name, language), language=language, version=2)


@cache
def pages(name: str, language: str = "cs") -> tuple[str, ...]:
    document = pypdfium2.PdfDocument(drawn(name, language).pdf)
    try:
        return tuple(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def spaced(text: str) -> str:
    """The words of a page, however its lines break."""
    return " ".join(text.replace(NBSP, " ").split())


def test_that_the_first_page_says_who_what_how_much_and_when() -> None:
    first = spaced(pages("family")[0])
    for wanted in (
        "Ing. Petr Novák",
        "Lenka Nováková dospělý, vstupní věk 39",
        "Adam Novák dítě, vstupní věk 9",
        "1. 12. 2026 – 1. 12. 2050",
        "1 640 Kč",
        "Invalidita III. stupně",
        "rovnoměrně klesající · čekací doba 24 měsíců",
        "za den léčení",
        "K placení měsíčně",
    ):
        assert wanted in first


def test_that_amounts_say_for_what_time_they_are() -> None:
    said = spaced("".join(pages("full")[:4]))
    assert "15 000 Kč" in said
    assert "z investice" in said
    for each in ("za den v nemocnici", "za den léčení", "měsíčně", "ročně"):
        assert each in said


def test_that_loading_and_exclusion_stand_at_their_cover() -> None:
    first = spaced(pages("full")[0])
    assert "přirážka 50 %" in first
    assert "výluka: následky operace bederní páteře" in first


@pytest.mark.parametrize("name", OFFERS)
def test_that_every_page_is_counted(name: str) -> None:
    found = pages(name)
    for position, page in enumerate(found, start=1):
        assert f"strana {position} z {len(found)}" in spaced(page)


@pytest.mark.parametrize("name", OFFERS)
def test_that_no_line_ends_with_a_lonely_preposition(name: str) -> None:
    lines = [line.strip() for page in pages(name) for line in page.splitlines()]
    assert [line for line in lines if ORPHAN.search(line)] == []


@pytest.mark.parametrize("name", OFFERS)
def test_that_everybody_who_signs_has_a_place(name: str) -> None:
    assert [place.name for place in drawn(name).places] == [
        signer.field for signer in filled(name).signers()
    ]


def test_that_beneficiaries_stand_under_the_person_whose_they_are() -> None:
    said = spaced("".join(pages("family")))
    (part,) = re.findall(r"Obmyšlení a zástava(.*?)Záznam z jednání: doporučení", said)
    petr, lenka = part.index("1. Petr Novák"), part.index("2. Lenka Nováková")
    assert petr < part.index("jmenovitě") < part.index("Adam") < lenka < part.index("podle zákona")


def test_that_what_follows_a_yes_is_printed_with_it() -> None:
    said = spaced("".join(pages("full")))
    for each in ("výhřez ploténky L5/S1", "propouštěcí zpráva, kontrola z 11/2023", "trvá"):
        assert each in said


def test_that_a_group_nobody_was_asked_leaves_no_title() -> None:
    said = spaced("".join(pages("full")))
    assert said.count("Zdravotní dotazník") == 2  # of the two adults, and of no child


def test_that_the_values_of_covers_left_out_below_stand_in_the_summary() -> None:
    session = filled("full")
    summary = spaced("".join(pages("full")[:4]))
    assert session.premium is not None
    for line in session.premium.lines:
        label = session.package.lists["covers"].label(line.line.cover, "cs")
        assert label in summary


def test_that_the_paper_says_what_happens_to_it() -> None:
    assert "Podepsanou nabídku předá poradce pojišťovně." in spaced("".join(pages("family")[:3]))


def test_that_the_offer_is_printed_in_english_too() -> None:
    first = spaced(pages("family", "en")[0])
    assert "What is insured and what it costs" in first
    assert "Adam Novák child, 9 at the start" in first


@pytest.mark.long
def test_that_every_offer_is_pdf_a_3b_and_pdf_ua_1(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    files = []
    for name in OFFERS:
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(drawn(name).pdf)
    said = run(tool("java"), "-cp", vera_classpath(), VERA / "Judge.java", *files)
    record_property("verapdf", said)
    assert said.count("compliant=true") == 2 * len(files)
