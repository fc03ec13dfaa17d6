"""An incremental writer that appends to a frozen or signed file and leaves all else alone."""

from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from smartclient.domain.errors import Damaged


class AppendingWriter(IncrementalPdfFileWriter):
    """An incremental writer that leaves the frozen metadata alone.

    pyHanko would write XMP, Info and catalog anew with each signature. They describe the frozen
    document, and the linear check of revisions allows no signature to touch them.
    """

    def _update_meta(self) -> None:
        pass


def appending_to(pdf: bytes) -> AppendingWriter:
    """A writer for one more revision; Damaged SC-DOC-022 when the file cannot be read."""
    try:
        return AppendingWriter(BytesIO(pdf))
    except Exception as broken:  # pyHanko raises many kinds on a broken file
        raise Damaged("SC-DOC-022") from broken
