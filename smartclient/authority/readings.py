"""What each person had before the eyes, out of the signing record that belongs to the file.

The record is the insurer's and no signature covers it; it is taken only for the file whose
revisions it names.
"""

from smartclient.documents.reading import Reading
from smartclient.documents.record import SigningRecord
from smartclient.documents.revisions import SignedFile
from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.wire.messages import Json

Readings = dict[str, Reading]
"""By the name of the field."""


def readings_of(record: Json, pdf: bytes) -> Readings:
    """The readings of a record; BadInput SC-DOC-010 when it is none, NotAllowed SC-SIGN-054 when
    it belongs to another file."""
    try:
        told = SigningRecord.from_json(record)
    except BadInput as broken:
        raise BadInput("SC-DOC-010") from broken
    try:
        found = tuple(each.sha256 for each in SignedFile(pdf).revisions)
    except Damaged as other:
        raise NotAllowed("SC-SIGN-054") from other
    if not told.revisions or found[: len(told.revisions)] != told.revisions:
        raise NotAllowed("SC-SIGN-054")
    return {each.field: each for each in told.readings}
