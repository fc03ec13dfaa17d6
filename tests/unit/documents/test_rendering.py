"""From print data to the frozen PDF."""

import json
import re
from copy import deepcopy
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from smartclient.documents.attachment import attached_values
from smartclient.documents.rendering import Rendered, render
from smartclient.documents.template import Template, assembled
from smartclient.domain.errors import Damaged
from smartclient.wire.encoding import sha256
from smartclient.wire.messages import JsonObject
from tests.unit.documents.workshop import (
    BODY,
    NOW,
    NUMBER,
    fonts,
    printed_offer,
    rendered,
    signature,
    template,
    template_source,
)

FINGERPRINT = "0123456789abcdef" * 4
A4 = (595.28, 841.89)


def drawn(printed: JsonObject, authority: str = FINGERPRINT) -> Rendered:
    return render(template(), BODY, printed, at=NOW, authority_sha256=authority)


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def test_that_the_same_input_gives_the_same_bytes() -> None:
    assert drawn(printed_offer()).pdf == rendered().pdf


def test_that_an_instant_between_two_seconds_is_as_good_as_another() -> None:
    between = NOW.replace(microsecond=123_456)
    frozen = render(template(), BODY, printed_offer(), at=between, authority_sha256=FINGERPRINT)
    assert frozen.pdf == rendered().pdf


def test_that_the_values_are_attached_byte_for_byte() -> None:
    frozen = rendered()
    assert attached_values(PdfFileReader(BytesIO(frozen.pdf))) == frozen.values
    values = json.loads(frozen.values)
    assert values["answers"] == BODY["answers"]
    assert values["template_sha256"] == template().identity.sha256
    assert "client_id" not in values


def test_that_the_frozen_bytes_end_with_a_line_end() -> None:
    assert rendered().pdf.endswith(b"%%EOF\n")


def test_that_every_page_names_its_document_and_the_authority() -> None:
    printed = printed_offer()
    answer: JsonObject = {"path": "a.b", "label": "B", "value": "Slovo. " * 500, "columns": 6}
    paragraph: JsonObject = {"kind": "fields", "items": [answer]}
    printed["sections"] = [{"id": "a", "title": "A", "blocks": [paragraph for _ in range(4)]}]
    frozen = drawn(printed)
    texts = pages_of(frozen.pdf)
    assert frozen.pages == len(texts) > 2
    for position, text in enumerate(texts, start=1):
        assert NUMBER in text
        assert f"strana {position} z {frozen.pages}" in text
        assert "0123 4567 89ab cdef" in text
        assert template().identity.sha256[:8] in text
        assert sha256(frozen.values)[:8] in text


def test_that_the_paper_way_names_no_authority_and_no_pad() -> None:
    text = "".join(pages_of(drawn(printed_offer(), authority="").pdf))
    assert "SHA-256" not in text
    assert "SignPad" not in text
    assert "SignPad" in "".join(pages_of(rendered().pdf))


def test_that_metadata_name_template_and_values() -> None:
    keywords = PdfFileReader(BytesIO(rendered().pdf)).trailer["/Info"]["/Keywords"]
    assert f"template-sha256={template().identity.sha256}" in keywords
    assert f"values-sha256={sha256(rendered().values)}" in keywords


def test_that_only_the_templates_fonts_are_used() -> None:
    names = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z]+)", rendered().pdf))
    assert names
    assert all(name.startswith(b"Inter") for name in names)


def test_that_places_come_in_signing_order_and_lie_on_their_page() -> None:
    frozen = rendered()
    assert [place.name for place in frozen.places] == ["policyholder", "insured_2", "adviser"]
    for place in frozen.places:
        assert 1 <= place.page <= frozen.pages
        assert 0 < place.x < place.x + place.width < A4[0]
        assert 0 < place.y < place.y + place.height < A4[1]


def test_that_the_place_of_a_signature_is_where_its_box_is_drawn() -> None:
    """The frame of the box must be found where the place says it is."""
    frozen = rendered()
    place = frozen.places[0]
    document = pypdfium2.PdfDocument(frozen.pdf)
    page = document[place.page - 1]
    height = page.get_height()
    boxes = [found.get_bounds() for found in page.get_objects() if found.type == 2]
    document.close()
    corners = (
        place.x,
        height - place.y - place.height,
        place.x + place.width,
        height - place.y,
    )
    assert any(
        all(abs(side - corner) < 2 for side, corner in zip(box, corners, strict=True))
        for box in boxes
    )


def test_that_two_signatures_of_many_do_not_share_a_place() -> None:
    printed = printed_offer()
    printed["signatures"] = [
        signature(f"insured_{n}", f"{n}. pojištěný", "Maxmilián Nejdelší-Příjmení")
        for n in range(9)
    ]
    places = drawn(printed).places
    assert len({(place.page, round(place.y)) for place in places}) == 9
    for earlier, later in pairwise(places):
        if earlier.page == later.page:
            assert earlier.y + earlier.height < later.y


def test_that_long_names_stay_inside_the_page() -> None:
    printed = deepcopy(printed_offer())
    name = "Bc. Anna-Magdaléna Nejneobhospodařovávatelnější Krkonošsko-Podkrkonošská, MBA"
    printed["client"] = name
    printed["signatures"] = [signature("policyholder", "Pojistník", name)]
    document = pypdfium2.PdfDocument(drawn(printed).pdf)
    for page in document:
        for found in page.get_objects():
            left, _bottom, right, _top = found.get_bounds()
            assert left > 0
            assert right < A4[0] - 40
    document.close()


def test_that_an_english_document_speaks_english() -> None:
    printed = printed_offer() | {"language": "en"}
    assert "Number of the offer" in pages_of(drawn(printed).pdf)[0]


def test_that_a_template_that_cannot_draw_is_named() -> None:
    source = template_source() | {"offer.typ": b"#panic()"}
    broken = Template.from_files(assembled(source, fonts()))
    with pytest.raises(Damaged) as refusal:
        render(broken, BODY, printed_offer(), at=NOW)
    assert refusal.value.code == "SC-DOC-004"
    assert refusal.value.values["template"] == "flexi-offer"


def test_that_what_people_typed_is_text_and_never_markup() -> None:
    printed = printed_offer() | {"client": "#panic() *tučně* $x$ <sig> \\"}
    assert "#panic() *tučně* $x$ <sig> \\" in pages_of(drawn(printed).pdf)[0]


def test_that_expected_fields_follow_the_places() -> None:
    places = tuple(replace(place, biometric=False) for place in rendered().places[:1])
    frozen = replace(rendered(), places=places)
    assert [(field.name, field.biometric) for field in frozen.expected_fields] == [
        ("policyholder", False)
    ]
