"""Issue, sign, seal: each takes the whole file and gives it back with one signature more.

Order: `issue` certifies the frozen document (DocMDP P=2) and puts in every empty field; `sign`
fills one person's field and locks it; `seal` locks everything (P=1). PAdES baseline B-B.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from smartclient.documents.keys import SealKey
from smartclient.documents.rendering import Rendered

BIOMETRIC_OID = "2.25.96198119453097199342033609687644549353"
"""Of the CMS signed attribute that carries the sealed biometrics (arc of UUIDs)."""

Sealing = Callable[[bytes], bytes]
"""From the SHA-256 digest of the ByteRange to the DER of the sealed envelope."""


class InkPoint(Protocol):
    """A point of the shape, in millimetres from the upper left of the signature."""

    @property
    def x_mm(self) -> float: ...
    @property
    def y_mm(self) -> float: ...
    @property
    def width_level(self) -> int: ...


class Ink(Protocol):
    """The shape of a signature: what `ink.shape.InkShape` is."""

    @property
    def strokes(self) -> Sequence[Sequence[InkPoint]]: ...
    @property
    def width_mm(self) -> float: ...
    @property
    def height_mm(self) -> float: ...


def issue(rendered: Rendered, key: SealKey, at: datetime) -> bytes:
    """The frozen document with all its empty fields, certified."""
    raise NotImplementedError


def sign(
    pdf: bytes,
    *,
    field: str,
    key: SealKey,
    ink: Ink | None,
    sealed: Sealing | None,
    at: datetime,
    reason: str,
) -> bytes:
    """The file with the field signed.

    `sealed` is called once with the digest of exactly the bytes that this signature covers; what it
    returns becomes the biometric attribute. Raises NotAllowed SC-DOC-020 (no such empty field),
    SC-DOC-021 (already sealed); Damaged SC-DOC-022 (the file cannot be read).
    """
    raise NotImplementedError


def seal(pdf: bytes, key: SealKey, at: datetime) -> bytes:
    """The file closed for good; raises as `sign`."""
    raise NotImplementedError
