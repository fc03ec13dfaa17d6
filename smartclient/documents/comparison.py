"""Whether the signed file shows what was shown before: rule 5, made at the server.

The frozen pages and the final file are drawn and compared dot by dot outside the signature fields.
The linear check of revisions already leaves nothing that could change a page; this one does not
trust it. It needs pdfium and takes as long as drawing the pages twice.
"""

from collections.abc import Sequence
from ctypes import c_ubyte, memset
from threading import Lock

import pypdfium2

from smartclient.documents.field_places import FieldPlaces, Rectangle
from smartclient.documents.revisions import SignedFile, unfit

_DPI = _POINTS_PER_INCH = 72
_CHANNELS = 3
_EDGE = 1
"""Dots around a field in which its ink may shimmer."""

_PDFIUM = Lock()
"""pdfium is not thread-safe, and the server judges files on several threads."""


def require_same_pages(pdf: bytes, file: SignedFile) -> None:
    """Raise Damaged SC-DOC-041 where a page shows something else outside the signature fields."""
    fields = FieldPlaces(file).by_page()
    with _PDFIUM:
        _compare(pdf, file.frozen_end, fields)


def _compare(pdf: bytes, frozen_end: int, fields: Sequence[Sequence[Rectangle]]) -> None:
    frozen = pypdfium2.PdfDocument(pdf[:frozen_end])
    final = pypdfium2.PdfDocument(pdf)
    before, after = _Canvas(), _Canvas()
    try:
        final.init_forms()
        if len(frozen) != len(final):
            raise unfit("the number of pages changed")
        for index, on_page in enumerate(fields):
            before.draw(frozen, index, on_page)
            after.draw(final, index, on_page)
            if (before.width, before.dots) != (after.width, after.dots):
                raise unfit(f"page {index + 1} shows something else than before")
    finally:
        final.close()
        frozen.close()


class _Sheet(pypdfium2.PdfBitmap):  # type: ignore[misc]  # the library is not typed
    """White paper that is laid out again for every page: memory is set, pdfium need not paint."""

    def fill_rect(self, *_colour_and_sides: object) -> None:
        """White all over, as pages are drawn here."""
        memset(self.buffer, 0xFF, len(self.buffer))


class _Canvas:
    """Dots to draw on, used again for every page: comparing must not cost more than drawing."""

    def __init__(self) -> None:
        self.dots = bytearray()
        self._sheet: _Sheet | None = None

    @property
    def width(self) -> int:
        """Of the page drawn last, in dots."""
        return 0 if self._sheet is None else int(self._sheet.width)

    def draw(
        self, document: pypdfium2.PdfDocument, index: int, without: Sequence[Rectangle]
    ) -> None:
        """Draw a page and blot out its signature fields."""
        page = document[index]
        bitmap = page.render(
            scale=_DPI / _POINTS_PER_INCH, may_draw_forms=True, bitmap_maker=self._paper
        )
        for left, bottom, right, top in without:
            first = max(0, int(left) - _EDGE) * bitmap.n_channels
            last = min(bitmap.width, int(right) + 1 + _EDGE) * bitmap.n_channels
            upper = max(0, bitmap.height - int(top) - 1 - _EDGE)
            lower = min(bitmap.height, bitmap.height - int(bottom) + _EDGE)
            for row in range(upper, lower):
                start = row * bitmap.stride
                self.dots[start + first : start + last] = bytes(last - first)
        page.close()

    def _paper(
        self,
        width: int,
        height: int,
        format: int,  # noqa: A002 - pdfium's name
        rev_byteorder: bool,
    ) -> _Sheet:
        kept = self._sheet
        if kept is not None and (kept.width, kept.height, kept.format) == (width, height, format):
            return kept
        self.dots = bytearray(width * height * _CHANNELS)
        buffer = (c_ubyte * len(self.dots)).from_buffer(self.dots)
        self._sheet = _Sheet.new_native(width, height, format, rev_byteorder, buffer)
        return self._sheet
