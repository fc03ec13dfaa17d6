"""Pages as pictures, for the preview and the signing window."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from smartclient.domain.errors import Damaged

if TYPE_CHECKING:
    import pypdfium2

_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Image:
    """RGB, three bytes a pixel, rows top to bottom without padding."""

    width: int
    height: int
    rgb: bytes


class PageRenderer:
    """Draws the pages of one file. Use it from one thread only: pdfium is not thread-safe."""

    def __init__(self, pdf: bytes) -> None:
        """Open a file; Damaged SC-DOC-022 when it cannot be read.

        pdfium is imported with the first file that is shown, not with the program.
        """
        import pypdfium2

        try:
            self._document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as broken:
            raise Damaged("SC-DOC-022") from broken
        self._document.init_forms()  # without it the ink of signatures is not drawn

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._document)

    def size(self, index: int) -> tuple[float, float]:
        """Width and height of the page `index` (from 0) in points."""
        width, height = self._document.get_page_size(index)
        return float(width), float(height)

    def image(self, index: int, dpi: float) -> Image:
        """The page `index` (from 0) at this density."""
        page = self._document[index]
        try:
            bitmap = page.render(
                scale=dpi / _POINTS_PER_INCH, rev_byteorder=True, may_draw_forms=True
            )
            try:
                return Image(bitmap.width, bitmap.height, _packed(bitmap))
            finally:
                bitmap.close()
        finally:
            page.close()

    def text(self, index: int) -> str:
        """What the page `index` (from 0) says, by the tags of the file; a thought a line."""
        from smartclient.documents.spoken_pages import text_of

        return text_of(self._document, index)

    def close(self) -> None:
        """Give the memory back; the renderer cannot be used afterwards."""
        self._document.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _packed(bitmap: "pypdfium2.PdfBitmap") -> bytes:
    """The pixels without the padding that pdfium puts after each row."""
    row = bitmap.width * bitmap.n_channels
    raw = bytes(bitmap.buffer)
    if bitmap.stride == row:
        return raw
    return b"".join(
        raw[start : start + row] for start in range(0, bitmap.stride * bitmap.height, bitmap.stride)
    )
