"""From a document's body to the frozen PDF that will be signed."""

from dataclasses import dataclass
from datetime import datetime

from smartclient.documents.record import TemplateIdentity
from smartclient.documents.template import Template
from smartclient.wire.messages import JsonObject


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where one person signs. Lengths in points (1/72 inch), origin top left of the page."""

    name: str
    role: str
    """In words, for example "Pojistník"."""
    signer: str
    """The name of the person."""
    page: int
    """From 1."""
    x: float
    y: float
    width: float
    height: float
    meaning: str
    """What the signature says, as printed above it."""
    biometric: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """A frozen document: these bytes are shown, then signed, and never made again."""

    pdf: bytes
    """PDF/A-3b and PDF/UA-1 with `values` attached as values.json."""
    places: tuple[FieldPlace, ...]
    """In signing order."""
    pages: int
    values: bytes
    template: TemplateIdentity


def render(
    template: Template,
    body: JsonObject,
    printed: JsonObject,
    *,
    at: datetime,
    authority_sha256: str = "",
) -> Rendered:
    """Draw the pages of a document; the same input gives the same bytes.

    `printed` comes from `printing.printed`; `authority_sha256` is the fingerprint of the
    certificate that biometrics will be sealed for ("" on the paper way).
    """
    raise NotImplementedError
