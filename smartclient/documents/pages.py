"""Pages as pictures, for the preview and the signing window."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """RGB, three bytes a pixel, rows top to bottom without padding."""

    width: int
    height: int
    rgb: bytes


class PageRenderer:
    """Draws the pages of one file. Use it from one thread only: pdfium is not thread-safe."""

    def __init__(self, pdf: bytes) -> None:
        raise NotImplementedError

    @property
    def count(self) -> int:
        """How many pages there are."""
        raise NotImplementedError

    def image(self, index: int, dpi: float) -> Image:
        """The page `index` (from 0) at this density."""
        raise NotImplementedError
