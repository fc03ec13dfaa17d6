"""Issue, sign, seal: each takes the whole file and gives it back with one signature more.

Order: `issue` certifies the frozen document (DocMDP P=2) and puts in every empty field; `sign`
fills one person's field and locks it; `seal` locks everything (P=1). PAdES baseline B-B; each
signature appends one revision that holds the field, the signature and its ink, and nothing else.

pyHanko takes half a second to import, so it comes in with the first signature and not with the
program.
"""

from collections.abc import Callable
from datetime import datetime

from smartclient.documents.keys import SealKey
from smartclient.documents.record import SEAL_FIELD
from smartclient.documents.rendering import Rendered
from smartclient.ink.shape import InkShape

Sealing = Callable[[bytes], bytes]
"""From the SHA-256 digest of the ByteRange to the DER of the sealed envelope.

Called twice: with zeros, to learn how much room the envelope needs, and with the digest. Both
answers have the same length.
"""


def issue(rendered: Rendered, key: SealKey, at: datetime) -> bytes:
    """The frozen document with all its empty fields, certified."""
    from smartclient.documents.signature_writing import issued

    return issued(rendered, key, at)


def sign(
    pdf: bytes,
    *,
    field: str,
    key: SealKey,
    ink: InkShape | None,
    sealed: Sealing | None,
    at: datetime,
    reason: str,
) -> bytes:
    """The file with the field signed.

    Raises NotAllowed SC-DOC-020 (no such empty field), SC-DOC-021 (already sealed); Damaged
    SC-DOC-022 (the file cannot be read), SC-DOC-023 (the envelope is longer than rehearsed).
    """
    from smartclient.documents.signature_writing import Signature, signed

    return signed(pdf, key, Signature(field, at, reason, ink, sealed))


def seal(pdf: bytes, key: SealKey, at: datetime) -> bytes:
    """The file closed for good; raises as `sign`."""
    from smartclient.documents.signature_writing import Signature, signed

    return signed(pdf, key, Signature(SEAL_FIELD, at))
