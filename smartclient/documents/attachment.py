"""The values as they stand in a file."""

from pyhanko.pdf_utils.reader import PdfFileReader

from smartclient.documents.values import ATTACHMENT_NAME
from smartclient.domain.errors import Damaged


def attached_values(frozen: PdfFileReader) -> bytes:
    """The bytes of values.json in a frozen document; Damaged SC-DOC-024 unless it is the only file.

    May raise what pyHanko raises for a broken file.
    """
    names = frozen.root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", ())
    if len(names) != 2 or names[0] != ATTACHMENT_NAME:
        raise Damaged("SC-DOC-024", problem="the document does not carry its values")
    values: bytes = names[1]["/EF"]["/F"].data
    return values
