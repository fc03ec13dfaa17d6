"""Whether the signed file shows what was shown before: rule 5, made at the server.

The frozen pages and the final file are drawn and compared dot by dot outside the signature fields.
The linear check of revisions already leaves nothing that could change a page; this one does not
trust it. It needs pdfium and takes as long as drawing the pages twice.
"""

from collections.abc import Sequence
from threading import Lock

import pypdfium2
from pyhanko.pdf_utils.generic import DictionaryObject

from smartclient.documents.revisions import SignedFile, number_of, unfit

_DPI = _POINTS_PER_INCH = 72
_EDGE = 1
"""Dots around a field in which its ink may shimmer."""

_PDFIUM = Lock()
"""pdfium is not thread-safe, and the server judges files on several threads."""

Rectangle = tuple[float, float, float, float]


def require_same_pages(pdf: bytes, file: SignedFile) -> None:
    """Raise Damaged SC-DOC-041 where a page shows something else outside the signature fields."""
    fields = _fields_by_page(file)
    with _PDFIUM:
        _compare(pdf, file.frozen_end, fields)


def _compare(pdf: bytes, frozen_end: int, fields: Sequence[Sequence[Rectangle]]) -> None:
    frozen = pypdfium2.PdfDocument(pdf[:frozen_end])
    final = pypdfium2.PdfDocument(pdf)
    try:
        final.init_forms()
        if len(frozen) != len(final):
            raise unfit("the number of pages changed")
        for index in range(len(final)):
            if not _same(frozen, final, index, fields[index]):
                raise unfit(f"page {index + 1} shows something else than before")
    finally:
        final.close()
        frozen.close()


def _same(
    frozen: pypdfium2.PdfDocument,
    final: pypdfium2.PdfDocument,
    index: int,
    fields: Sequence[Rectangle],
) -> bool:
    before, after = _drawn(frozen, index), _drawn(final, index)
    try:
        return _dots_outside(before, fields) == _dots_outside(after, fields)
    finally:
        before.close()
        after.close()


def _drawn(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfBitmap:
    page = document[index]
    try:
        return page.render(scale=_DPI / _POINTS_PER_INCH, may_draw_forms=True)
    finally:
        page.close()


def _dots_outside(
    bitmap: pypdfium2.PdfBitmap, fields: Sequence[Rectangle]
) -> tuple[int, int, bytes]:
    """Size and dots of a picture, its signature fields blotted out in place."""
    dots = memoryview(bitmap.buffer).cast("B")
    for left, bottom, right, top in fields:
        first = max(0, int(left) - _EDGE) * bitmap.n_channels
        last = min(bitmap.width, int(right) + 1 + _EDGE) * bitmap.n_channels
        upper = max(0, bitmap.height - int(top) - 1 - _EDGE)
        lower = min(bitmap.height, bitmap.height - int(bottom) + _EDGE)
        for row in range(upper, lower):
            start = row * bitmap.stride
            dots[start + first : start + last] = bytes(last - first)
    # Two byte strings are compared at once; two views would be compared dot by dot.
    return bitmap.width, bitmap.height, bytes(dots)


def _fields_by_page(file: SignedFile) -> list[list[Rectangle]]:
    """For each page the rectangles of its signature fields, in points from the lower left."""
    pages = _page_numbers(file.frozen.root["/Pages"])
    fields: list[list[Rectangle]] = [[] for _ in pages]
    for found in file.revisions[0].objects.values():
        if isinstance(found, DictionaryObject) and found.get("/FT") == "/Sig":
            left, bottom, right, top = (float(side) for side in found["/Rect"])
            fields[pages[number_of(found.raw_get("/P"))]].append((left, bottom, right, top))
    return fields


def _page_numbers(tree: DictionaryObject) -> dict[int, int]:
    """The object of each page → its index."""
    numbers: dict[int, int] = {}
    waiting = list(tree["/Kids"])[::-1]
    while waiting:
        reference = waiting.pop()
        node = reference.get_object()
        if node["/Type"] == "/Pages":
            waiting.extend(list(node["/Kids"])[::-1])
        else:
            numbers[number_of(reference)] = len(numbers)
    return numbers
