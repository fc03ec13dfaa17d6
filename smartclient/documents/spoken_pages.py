"""What a page says, for people who hear it: read out of the frozen file by its own tags.

The order, the headings, the rows of tables and the alternative texts are those that the tags of the
file (PDF/UA) give, so that who cannot see hears the bytes that are signed and nothing besides. Each
thought is one line; the cells of a row stand on one line.
"""

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pypdfium2

_BLOCKS: Final = frozenset(
    {"Document", "Part", "Sect", "Art", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Note"}
    | {"P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Figure", "Formula"}
    | {"Table", "THead", "TBody", "TFoot", "TR", "Form"}
)
_CELLS: Final = frozenset({"TD", "TH"})
_BETWEEN_CELLS: Final = "; "
_END: Final = 2
"""Bytes of the zero that pdfium puts behind a text."""


def text_of(document: "pypdfium2.PdfDocument", index: int) -> str:
    """The page `index` (from 0) as lines; empty where a file has no tags or nothing to say.

    On the thread of pdfium.
    """
    from pypdfium2 import raw

    page = document[index]
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        page.close()
        return ""
    try:
        speaker = _Speaker(_texts(page))
        for at in range(raw.FPDF_StructTree_CountChildren(tree)):
            speaker.walk(raw.FPDF_StructTree_GetChildAtIndex(tree, at))
        return speaker.text
    finally:
        raw.FPDF_StructTree_Close(tree)
        page.close()


def _texts(page: "pypdfium2.PdfPage") -> dict[int, str]:
    """The words of each marked content of the page, by its number."""
    from pypdfium2 import raw

    found: dict[int, list[str]] = {}
    words = page.get_textpage()
    try:
        for each in page.get_objects([raw.FPDF_PAGEOBJ_TEXT]):
            number = raw.FPDFPageObj_GetMarkedContentID(each)
            text = _told(raw.FPDFTextObj_GetText, each, words)
            if number >= 0:  # what has none is decoration, or the foot of the page
                found.setdefault(number, []).append(text)
    finally:
        words.close()
    return {number: " ".join(texts) for number, texts in found.items()}


class _Speaker:
    """Walks the tags and puts the words into lines."""

    def __init__(self, texts: dict[int, str]) -> None:
        self._texts = texts
        self._lines: list[str] = []
        self._line: list[str] = []

    @property
    def text(self) -> str:
        """All lines so far."""
        self._break()
        return "\n".join(self._lines)

    def walk(self, element: object) -> None:
        """An element and all below it."""
        from pypdfium2 import raw

        if not element:
            return  # it stands on another page
        kind = _told(raw.FPDF_StructElement_GetType, element)
        if kind in _BLOCKS:
            self._break()
        elif kind in _CELLS and self._line:
            self._line.append(_BETWEEN_CELLS)
        instead = _told(raw.FPDF_StructElement_GetActualText, element) or _told(
            raw.FPDF_StructElement_GetAltText, element
        )
        if instead:
            self._line.append(f" {instead}")
        else:
            self._children(element)
        if kind in _BLOCKS:
            self._break()

    def _children(self, element: object) -> None:
        from pypdfium2 import raw

        for at in range(raw.FPDF_StructElement_CountChildren(element)):
            child = raw.FPDF_StructElement_GetChildAtIndex(element, at)
            if child:
                self.walk(child)
            else:
                number = raw.FPDF_StructElement_GetChildMarkedContentID(element, at)
                self._line.append(f" {self._texts.get(number, '')}")

    def _break(self) -> None:
        line = " ".join("".join(self._line).split()).replace(" ; ", _BETWEEN_CELLS)
        self._line = []
        if line.strip("; "):
            self._lines.append(line)


def _told(ask: Callable[..., int], element: object, *more: object) -> str:
    """A text of pdfium: asked for its length first, then for itself."""
    length = ask(element, *more, None, 0)
    if length <= _END:
        return ""
    buffer = (ctypes.c_ushort * ((length + 1) // 2))()
    ask(element, *more, buffer, length)
    return bytes(buffer)[: length - _END].decode("utf-16-le", "replace")
