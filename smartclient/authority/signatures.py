"""Finds the signatures of a PDF and what each of them seals.

The file may come from anywhere: whatever is wrong with it ends in a refusal, never in a guess. A
signature counts only if its CMS is made as the product's are and holds for the bytes of its
ByteRange; that its certificate belongs to the insurer is a question for `smartclient verify`.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from smartclient.documents.cms_check import check_signature
from smartclient.domain.errors import BadInput, Damaged, SmartClientError

MAX_FILE = 200_000_000


@dataclass(frozen=True, slots=True)
class ShownInk:
    """The drawing in a field on the page, and the size of the field in points."""

    drawing: bytes
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """One signature that holds, and the sealed envelopes it carries (DER)."""

    field: str
    digest: bytes
    """SHA-256 of the bytes of its ByteRange."""
    claimed_at: datetime | None
    certificate: x509.Certificate
    envelopes: tuple[bytes, ...]
    shown: ShownInk | None = None


@dataclass(frozen=True, slots=True)
class BrokenSignature:
    """A signature that does not hold, with the reason."""

    field: str
    refusal: SmartClientError


def signatures_of(pdf: bytes) -> tuple[FoundSignature | BrokenSignature, ...]:
    """Every signature of a file in the order of its revisions; time stamps are none.

    Raises BadInput SC-SIGN-040 for a file that is no PDF or has no signature.
    """
    if len(pdf) > MAX_FILE or not pdf.startswith(b"%PDF-"):
        raise BadInput("SC-SIGN-040")
    try:
        embedded = list(PdfFileReader(BytesIO(pdf)).embedded_regular_signatures)
    except Exception as broken:  # the library raises many kinds on a broken file
        raise BadInput("SC-SIGN-040") from broken
    if not embedded:
        raise BadInput("SC-SIGN-040")
    return tuple(_found(pdf, each) for each in embedded)


def _found(pdf: bytes, embedded: EmbeddedPdfSignature) -> FoundSignature | BrokenSignature:
    field = str(embedded.field_name)
    try:
        return _checked(pdf, embedded, field)
    except SmartClientError as refusal:
        return BrokenSignature(field, refusal)


def _checked(pdf: bytes, embedded: EmbeddedPdfSignature, field: str) -> FoundSignature:
    try:
        digest = _digest(pdf, [int(number) for number in embedded.byte_range])
        facts = check_signature(embedded.pkcs7_content, digest)
        claimed_at = embedded.self_reported_timestamp
    except SmartClientError as refusal:
        problem = refusal.values.get("problem", refusal.code)
        raise Damaged("SC-SIGN-044", field=field, problem=problem) from refusal
    except Exception as broken:  # the libraries raise many kinds on broken CMS
        raise Damaged("SC-SIGN-044", field=field, problem=type(broken).__name__) from broken
    zoned = claimed_at if claimed_at is not None and claimed_at.tzinfo is not None else None
    shown = _shown(embedded)
    return FoundSignature(field, digest, zoned, facts.certificate, facts.envelopes, shown)


def _shown(embedded: EmbeddedPdfSignature) -> ShownInk | None:
    """What the field shows on its page; None where it shows nothing that can be read."""
    try:
        field = embedded.sig_field
        left, bottom, right, top = (float(side) for side in field["/Rect"])
        drawing: bytes = field["/AP"]["/N"].data
    except Exception:  # noqa: BLE001 - the library raises many kinds on a broken field
        return None
    return ShownInk(drawing, right - left, top - bottom)


def _digest(pdf: bytes, byte_range: list[int]) -> bytes:
    """Over the file from its first byte to the end of the signature's revision, but for the gap."""
    start, before, after, rest = byte_range
    gap_is_one_string = pdf[before : before + 1] == b"<" and pdf[after - 1 : after] == b">"
    if start != 0 or not before < after <= after + rest <= len(pdf) or not gap_is_one_string:
        raise ValueError("a ByteRange that leaves out more than the signature")
    if set(pdf[before + 1 : after - 1]) - set(b"0123456789abcdefABCDEF"):
        raise ValueError("something else than the signature stands in its place")
    return hashlib.sha256(pdf[:before] + pdf[after : after + rest]).digest()
