"""How a signature gets into a file: one appended revision with the field, the signature, its ink.

The door is `signing`, which imports this module when the first document is signed.
"""

from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from smartclient.documents.appearance import ink_form
from smartclient.documents.appending import AppendingWriter, appending_to
from smartclient.documents.cms import DIGEST, DIGEST_LENGTH, room_for, signature
from smartclient.documents.fields import add_fields, lock_of
from smartclient.documents.keys import SealKey
from smartclient.documents.record import ISSUE_FIELD, SEAL_FIELD
from smartclient.documents.rendering import Rendered
from smartclient.documents.signing import Sealing
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.ink.shape import InkShape


@dataclass(frozen=True, slots=True)
class Signature:
    """What goes into one signature besides the key."""

    field: str
    at: datetime
    reason: str = ""
    ink: InkShape | None = None
    sealed: Sealing | None = None


def issued(rendered: Rendered, key: SealKey, at: datetime) -> bytes:
    """The frozen document with its fields, certified."""
    writer = appending_to(rendered.pdf)
    add_fields(writer, rendered)
    return _append(writer, key, Signature(ISSUE_FIELD, at))


def signed(pdf: bytes, key: SealKey, wanted: Signature) -> bytes:
    """The file with one signature more."""
    writer = appending_to(pdf)
    _require_turn(writer, wanted.field)
    return _append(writer, key, wanted)


def _require_turn(writer: IncrementalPdfFileWriter, field: str) -> None:
    is_empty = {name: value is None for name, value, _ in enumerate_sig_fields(writer)}
    if not is_empty.get(SEAL_FIELD, True):
        raise NotAllowed("SC-DOC-021")
    if not is_empty.get(field, False):
        raise NotAllowed("SC-DOC-020", field=field)


def _append(writer: AppendingWriter, key: SealKey, wanted: Signature) -> bytes:
    rehearsed = None if wanted.sealed is None else wanted.sealed(bytes(DIGEST_LENGTH))
    steps = PdfCMSEmbedder().write_cms(wanted.field, writer, existing_fields_only=True)
    field = next(steps).get_object()
    if wanted.ink is not None:
        _draw(writer, field, wanted.ink)
    placeholder = SignatureObject(
        timestamp=wanted.at,
        subfilter=SigSeedSubFilter.PADES,
        reason=wanted.reason or None,
        bytes_reserved=2 * room_for(key, rehearsed),
    )
    steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=_rights(wanted.field)))
    prepared, output = steps.send(SigIOSetup(md_algorithm=DIGEST))
    digest = prepared.document_digest
    envelope = None if wanted.sealed is None else wanted.sealed(digest)
    try:
        steps.send(signature(key, digest, envelope))
    except SigningError as too_long:
        raise Damaged("SC-DOC-023") from too_long
    whole: bytes = output.getvalue()
    return whole


def _draw(writer: IncrementalPdfFileWriter, field: DictionaryObject, ink: InkShape) -> None:
    left, bottom, right, top = (float(corner) for corner in field["/Rect"])
    form = writer.add_object(ink_form(ink, right - left, top - bottom))
    field["/AP"] = DictionaryObject({pdf_name("/N"): form})


def _rights(field: str) -> SigMDPSetup:
    """What may still happen to the document after this signature."""
    return SigMDPSetup(
        md_algorithm=DIGEST,
        certify=field == ISSUE_FIELD,
        field_lock=lock_of(field),
        docmdp_perms={ISSUE_FIELD: MDPPerm.FILL_FORMS, SEAL_FIELD: MDPPerm.NO_CHANGES}.get(field),
    )
