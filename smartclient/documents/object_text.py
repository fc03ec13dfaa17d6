"""PDF objects as they are written: compared by their text, references not followed."""

from collections.abc import Iterable, Set
from io import BytesIO

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from smartclient.documents.revisions import unfit


def raw(values: Iterable[PdfObject]) -> Iterable[PdfObject]:
    """The entries of an array as they are written, references not followed."""
    if isinstance(values, ArrayObject):
        return (values.raw_get(position) for position in range(len(values)))
    return values


def dictionary(found: PdfObject | None) -> DictionaryObject:
    """The object, if it is a dictionary that stands here itself; Damaged SC-DOC-041."""
    if isinstance(found, IndirectObject) or not isinstance(found, DictionaryObject):
        raise unfit("an object is not of its kind")
    return found


def text(found: PdfObject, without: Set[str] = frozenset()) -> bytes:
    """One byte string for one value, whatever the order of its entries."""
    if isinstance(found, DictionaryObject):
        entries = sorted((key, text(found.raw_get(key))) for key in found if key not in without)
        return b"<<" + b" ".join(key.encode() + b" " + value for key, value in entries) + b">>"
    if isinstance(found, ArrayObject):
        return b"[" + b" ".join(text(each) for each in raw(found)) + b"]"
    stream = BytesIO()
    found.write_to_stream(stream)
    return stream.getvalue()
