"""Where the signature fields of a file stand, held against its record.

A field is blotted out where pages are compared, and its ink may be drawn over what was there: one
as large as its page would hide the page. So none is larger than a signature, and where the record
says the place, the field stands there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject

from smartclient.documents.record import ISSUE_FIELD, SEAL_FIELD, ExpectedField, FieldBox
from smartclient.documents.revisions import SignedFile, number_of, unfit

MOST_WIDTH, MOST_HEIGHT = 300.0, 120.0
"""Points; the widest place of our templates is 240 × 62."""
_TOLERANCE = 0.02
"""Points: both the record and the file are written to a hundredth."""

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top in points from the lower left."""


@dataclass(frozen=True, slots=True)
class StandingField:
    """A signature field as it stands in the file."""

    name: str
    page: int
    """From 0."""
    rectangle: Rectangle


class FieldPlaces:
    """The signature fields that the issue put into a file."""

    def __init__(self, file: SignedFile) -> None:
        self._file = file
        self._pages = _page_numbers(file.frozen.root.raw_get("/Pages"))
        self.fields = tuple(self._found())

    def by_page(self) -> list[list[Rectangle]]:
        """For each page the rectangles of its fields."""
        fields: list[list[Rectangle]] = [[] for _ in self._pages]
        for field in self.fields:
            fields[field.page].append(field.rectangle)
        return fields

    def require(self, expected: Sequence[ExpectedField]) -> None:
        """Damaged SC-DOC-041 for a field that is too large or not where the record has it."""
        recorded = {field.name: field.place for field in expected}
        for field in self.fields:
            left, bottom, right, top = field.rectangle
            width, height = right - left, top - bottom
            if not (0 <= width <= MOST_WIDTH and 0 <= height <= MOST_HEIGHT):
                raise unfit(f"the field {field.name} is larger than a signature")
            if field.name in (ISSUE_FIELD, SEAL_FIELD) and (width or height):
                raise unfit(f"the field {field.name} is not invisible")
            place = recorded.get(field.name)
            if place is not None and not self._stands_at(field, place):
                raise unfit(f"the field {field.name} is not in its place")

    def _found(self) -> list[StandingField]:
        found = []
        for value in self._file.revisions[0].objects.values():
            if isinstance(value, DictionaryObject) and value.get("/FT") == "/Sig":
                left, bottom, right, top = (float(side) for side in value["/Rect"])
                page = self._pages[number_of(value.raw_get("/P"))]
                found.append(StandingField(str(value["/T"]), page, (left, bottom, right, top)))
        return found

    def _stands_at(self, field: StandingField, place: FieldBox) -> bool:
        if field.page != place.page - 1:
            return False
        page = next(number for number, index in self._pages.items() if index == field.page)
        value = self._file.value(page, 0)
        if not isinstance(value, DictionaryObject):
            return False
        left, upper, width, height = (side / 100 for side in place.box)
        top = float(value["/MediaBox"][3]) - upper
        wanted = (left, top - height, left + width, top)
        sides = zip(field.rectangle, wanted, strict=True)
        return all(abs(stands - should) <= _TOLERANCE for stands, should in sides)


def _page_numbers(tree: IndirectObject) -> dict[int, int]:
    """The object of each page → its index."""
    numbers: dict[int, int] = {}
    waiting = [tree]
    while waiting:
        reference = waiting.pop()
        node = reference.get_object()
        if node["/Type"] == "/Page":
            numbers[number_of(reference)] = len(numbers)
        elif int(node["/Count"]) == len(node["/Kids"]):
            # Every kid is one page; reading each of them would take longer than drawing some.
            for kid in node["/Kids"]:
                numbers[number_of(kid)] = len(numbers)
        else:
            waiting.extend(list(node["/Kids"])[::-1])
    return numbers
