"""The template of the authors' guide draws a document as it stands there."""

import json
import re

import pypdfium2

from smartclient.documents.rendering import render
from smartclient.documents.template import MANIFEST, Template, assembled
from tests.unit.documents.workshop import BODY, NOW, REPOSITORY, fonts, printed_offer
from tests.unit.forms.published import CATALOGUE, files_below

GUIDE = REPOSITORY / "docs" / "template-authoring.md"


def smallest() -> Template:
    guide = GUIDE.read_text(encoding="utf-8")
    (drawing,) = re.findall(r"```typst\n(.*?)```", guide, re.DOTALL)
    manifest = {
        "schema": 1,
        "id": "smallest",
        "version": 1,
        "main": "smallest.typ",
        "languages": ["cs"],
        "fonts": sorted(fonts()),
        "look": {"id": "pcs", "version": 1},
    }
    source = {
        MANIFEST: json.dumps(manifest).encode(),
        "smallest.typ": drawing.encode(),
        "texts/cs.json": b'{"description": "Zkouska"}',
    }
    return Template.from_files(
        assembled(
            source,
            fonts(),
            lambda look, version: files_below(CATALOGUE / "looks" / look / str(version)),
        )
    )


def test_that_the_smallest_template_prints_every_answer_and_every_signature() -> None:
    printed = printed_offer()
    drawn = render(smallest(), BODY, printed, at=NOW)
    document = pypdfium2.PdfDocument(drawn.pdf)
    try:
        words = " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    assert "Novák" in words
    assert "Zkouska" in words
    assert [place.name for place in drawn.places] == ["policyholder", "insured_2", "adviser"]


def test_that_the_guide_names_the_files_of_the_look() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    drawings = {path.name for path in (CATALOGUE / "looks" / "pcs" / "1").glob("*.typ")}
    assert {name for name in drawings if f"`{name}`" not in guide} == set()
