"""Pages as pictures."""

from io import BytesIO

import pypdfium2
import pytest

from smartclient.documents.pages import Image, PageRenderer
from smartclient.domain.errors import Damaged
from tests.unit.documents.test_offer_on_paper import drawn
from tests.unit.documents.workshop import rendered, signed


def darkness(image: Image, left: float, top: float, right: float, bottom: float) -> int:
    """How many dots in a part of the picture (points at 72 dpi) are dark blue or darker."""
    found = 0
    for y in range(int(top), int(bottom)):
        row = image.rgb[3 * (y * image.width + int(left)) : 3 * (y * image.width + int(right))]
        found += sum(1 for at in range(0, len(row), 3) if row[at] < 120)
    return found


def test_that_every_page_is_drawn_at_the_density_asked_for() -> None:
    with PageRenderer(rendered().pdf) as renderer:
        assert renderer.count == rendered().pages
        for index in range(renderer.count):
            image = renderer.image(index, 144)
            assert (image.width, image.height) == (1191, 1684)
            assert len(image.rgb) == 3 * image.width * image.height
        assert renderer.size(0) == pytest.approx((595.28, 841.89), abs=0.01)


def test_that_the_ink_of_a_signature_is_seen_in_its_field() -> None:
    place = rendered().places[0]
    inside = (place.x + 4, place.y + 4, place.x + place.width - 4, place.y + place.height - 18)
    with PageRenderer(rendered().pdf) as empty, PageRenderer(signed().pdf) as inked:
        before = darkness(empty.image(place.page - 1, 72), *inside)
        after = darkness(inked.image(place.page - 1, 72), *inside)
    assert after > before + 50


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\n%%EOF\n"])
def test_that_a_broken_file_is_refused_with_its_code(content: bytes) -> None:
    with pytest.raises(Damaged, match="SC-DOC-022"):
        PageRenderer(content)


def test_that_a_page_says_in_words_what_its_tags_say_in_their_order() -> None:
    with PageRenderer(drawn("family").pdf) as renderer:
        lines = renderer.text(0).split("\n")
        everything = "\n".join(renderer.text(index) for index in range(renderer.count))
    assert lines[0] == "Značka PČS", "pictures say their alternative text"
    order = ["Nabídka FLEXI životní pojištění", "Co je pojištěno a kolik to stojí"]
    order += [
        "Ing. Petr Novák dospělý, vstupní věk 41",
        "Pojištění; Do věku; Pojistná částka; Pojistné",
    ]
    order += ["Smrt stálá částka; 65; 1 500 000 Kč; 780 Kč", "K placení měsíčně; 1 640 Kč"]
    places = [lines.index(each) for each in order]
    assert places == sorted(places)
    assert "strana 1 z" not in everything, "the foot of each page is decoration"
    assert "Ověřil jsem totožnost klienta" in everything, "what a signature means is there"


def test_that_signing_changes_no_word_of_a_page() -> None:
    with PageRenderer(rendered().pdf) as before, PageRenderer(signed().pdf) as after:
        for index in range(before.count):
            assert before.text(index) == after.text(index) != ""


def test_that_a_file_without_tags_has_no_words() -> None:
    page = pypdfium2.PdfDocument.new()
    page.new_page(100, 100)
    file = BytesIO()
    page.save(file)
    with PageRenderer(file.getvalue()) as renderer:
        assert renderer.text(0) == ""
