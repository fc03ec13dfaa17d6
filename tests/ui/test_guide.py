"""The guide for advisers names what they see: words in bold and quoted ones stand on the screen."""

import re
import shlex
from pathlib import Path

import pytest

from smartclient import locale
from smartclient.backoffice.commands import program
from smartclient.domain.errors import BadInput
from smartclient.ui.help_contacts import contacts

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
PERSON = ROOT / "smartclient" / "services" / "clients" / "person"
EMPHASIS = {
    "Bez SignPadu.",
    "Co napíšete, je uloženo.",
    "Když se něco nepovede, přečtěte si hlášení.",
    "Nic nemažte a neinstalujte aplikaci znovu.",
    "Potřebujete-li archivovaný dokument",
    "Připojení k internetu potřebujete jen k aktivaci a k synchronizaci.",
    "Uprostřed",
    "Vpravo",
    "Vlevo dole",
    "editovat vždy",
    "nynější nastavení smlouvy",
    "svou verzi",
    "téže kanceláře",
    "Čtrnáct dní předem",
}
"""What is only said with stress."""
EXAMPLES = {"+", "STU-430 připojen", "chybí doklad totožnosti"}
"""What is drawn, or filled in by the pad and by the insurer."""


def plain(words: str) -> str:
    """Without what differs in print only."""
    words = words.replace("\u00a0", " ").replace('\\"', '"')
    return re.sub(r"[\s…]+", " ", words).strip().rstrip(".:").casefold()


@pytest.fixture(scope="module")
def said() -> str:
    """Everything that the program and its forms say in Czech."""
    folder = Path(locale.__file__).parent / "cs"
    spoken = [each.read_text("utf-8").replace('"\n"', "") for each in folder.glob("*.po")]
    texts = [re.sub(r"\{[^}]*\}", "…", each) for each in spoken]
    for forms in (ROOT / "catalogue" / "forms", ROOT / "catalogue" / "parts", PERSON):
        texts += [each.read_text("utf-8") for each in forms.rglob("*.json")]
    texts += [contact.value for contact in contacts()]
    return plain(re.sub(r"\s+", " ", " ".join(texts)))


def test_that_the_guide_for_advisers_quotes_the_screen_word_by_word(said: str) -> None:
    guide = re.sub(r"\s+", " ", (GUIDES / "adviser.md").read_text("utf-8"))
    quoted = set(re.findall(r"\*\*(.+?)\*\*", guide)) | set(re.findall(r"„(.+?)“", guide))
    unknown = {each for each in quoted - EMPHASIS - EXAMPLES if plain(each) not in said}
    assert unknown == set()


def typed(guide: Path) -> list[list[str]]:
    """The commands of a guide as somebody would type them, what is optional included."""
    text = guide.read_text("utf-8").replace("\\\n", " ")
    lines = re.findall(
        r"^ *smartclient-backoffice (.+)$|`smartclient-backoffice ([^`]+)`", text, re.M
    )
    found = [
        shlex.split(re.sub(r"[\[\]]", "", first or other), comments=True) for first, other in lines
    ]
    return [words for words in found if words and words[-1] != "…"]  # which stands for any


@pytest.mark.parametrize("guide", sorted(GUIDES.glob("*.md")), ids=lambda path: path.stem)
def test_that_every_command_of_a_guide_is_one_that_the_program_knows(guide: Path) -> None:
    for words in typed(guide):
        try:
            program._parser(words).parse_args(words)
        except BadInput as refusal:
            pytest.fail(f"{words}: {refusal}")
