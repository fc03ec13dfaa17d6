"""What must stand in a signed file, kept beside it: the acceptance rule reads this, not the file.

The laptop begins a record when it freezes a document and adds the digest of every revision it
makes; the server keeps it, so that a file cut back to an earlier revision is seen.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from smartclient.documents.reading import Reading
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import DocumentId, DocumentNumber, Sha256
from smartclient.wire.messages import (
    Json,
    JsonObject,
    listed,
    mapping,
    sha256_text,
    text,
    truth,
    whole,
)

ISSUE_FIELD = "issue"
"""The first signature: invisible, certifies the frozen document."""
SEAL_FIELD = "seal"
"""The last signature: invisible, closes the document."""
STAMP_FIELD = "timestamp"
"""The server's time stamp behind the seal; no signature, and in no record."""
RECORD_SCHEMA = 1
_MOST_PAGES = 500
_LONGEST_SIDE = 10_000_000


@dataclass(frozen=True, slots=True)
class FieldBox:
    """Where a field stands on the pages."""

    page: int
    """From 1."""
    box: tuple[int, int, int, int]
    """Left, top, width and height in hundredths of a point from the upper left of the page."""


@dataclass(frozen=True, slots=True)
class ExpectedField:
    """One signature in its place in the order, and whether it must carry sealed biometrics."""

    name: str
    biometric: bool = False
    place: FieldBox | None = None
    """None for a field without extent, and in records made before places were recorded."""


@dataclass(frozen=True, slots=True)
class TemplateIdentity:
    """Which template drew the pages; `sha256` is over its manifest."""

    id: str
    version: int
    sha256: Sha256


@dataclass(frozen=True, slots=True)
class SigningRecord:
    """What is expected of one signed file."""

    document_id: DocumentId
    number: DocumentNumber
    fields: tuple[ExpectedField, ...]
    """All signatures in signing order, the issue first and the seal last."""
    seal_certificate_sha256: Sha256
    """Of the DER of the certificate that every signature must be made with."""
    values_sha256: Sha256
    """Of the values attached to the first signed revision."""
    template: TemplateIdentity
    revisions: tuple[Sha256, ...] = ()
    """Of the whole file after each signature so far, in the order of `fields`."""
    readings: tuple[Reading, ...] = ()
    """What each person had before the eyes; none in records made before it was noted."""

    @classmethod
    def begin(
        cls,
        document_id: DocumentId,
        number: DocumentNumber,
        template: TemplateIdentity,
        values: bytes,
        *,
        signers: Iterable[ExpectedField],
        seal_certificate: bytes,
    ) -> "SigningRecord":
        """The record of a document that is about to be issued.

        `signers` are the fields of people in signing order; the issue and the seal are added here.
        `seal_certificate` is DER.
        """
        return cls(
            document_id,
            number,
            (ExpectedField(ISSUE_FIELD), *signers, ExpectedField(SEAL_FIELD)),
            _sha256(seal_certificate),
            _sha256(values),
            template,
        )

    def with_revision(self, pdf: bytes) -> "SigningRecord":
        """The record after one more signature; `pdf` is the whole file with it."""
        return replace(self, revisions=(*self.revisions, _sha256(pdf)))

    def with_next(self, field: str) -> "SigningRecord":
        """The record in which `field` is the next to be signed; the rest keeps its order.

        Raises BadInput SC-DOC-010 for a field that is signed, for the seal and for an unknown one.
        """
        given, open_fields = self.fields[: len(self.revisions)], self.fields[len(self.revisions) :]
        following = next((each for each in open_fields if each.name == field), None)
        if following is None or field == SEAL_FIELD:
            raise BadInput("SC-DOC-010")
        others = tuple(each for each in open_fields if each is not following)
        return replace(self, fields=(*given, following, *others))

    def with_reading(self, reading: Reading) -> "SigningRecord":
        """The record with what was shown to one person more."""
        return replace(self, readings=(*self.readings, reading))

    @property
    def is_sealed(self) -> bool:
        """Whether every expected signature was made."""
        return len(self.revisions) == len(self.fields)

    @property
    def next_field(self) -> ExpectedField | None:
        """The signature whose turn it is; None once sealed."""
        return None if self.is_sealed else self.fields[len(self.revisions)]

    def to_json(self) -> JsonObject:
        """The record as JSON."""
        return {
            "schema": RECORD_SCHEMA,
            "document_id": self.document_id,
            "number": self.number,
            "fields": [_field_to_json(field) for field in self.fields],
            "seal_certificate_sha256": self.seal_certificate_sha256,
            "values_sha256": self.values_sha256,
            "template": {
                "id": self.template.id,
                "version": self.template.version,
                "sha256": self.template.sha256,
            },
            "revisions": list(self.revisions),
            "readings": [each.to_json() for each in self.readings],
        }

    @classmethod
    def from_json(cls, source: Json) -> "SigningRecord":
        """The record of `to_json`; raises BadInput SC-DOC-010 or SC-SYNC-010 naming the field."""
        if not isinstance(source, dict) or source.get("schema") != RECORD_SCHEMA:
            raise BadInput("SC-DOC-010")
        template = mapping(source.get("template"), "template")
        return cls(
            DocumentId(text(source, "document_id", 36)),
            DocumentNumber(text(source, "number", 20)),
            listed(source, "fields", _field_from_json, 100),
            sha256_text(source.get("seal_certificate_sha256")),
            sha256_text(source.get("values_sha256")),
            TemplateIdentity(
                text(template, "id", 80),
                whole(template, "version"),
                sha256_text(template.get("sha256")),
            ),
            listed(source, "revisions", sha256_text, 100),
            listed(source, "readings", Reading.from_json, 100) if "readings" in source else (),
        )


def _field_to_json(field: ExpectedField) -> JsonObject:
    told: JsonObject = {"name": field.name, "biometric": field.biometric}
    if field.place is not None:
        told["place"] = {"page": field.place.page, "box": list(field.place.box)}
    return told


def _field_from_json(source: Json) -> ExpectedField:
    field = mapping(source, "field")
    name, biometric = text(field, "name", 80), truth(field, "biometric")
    if field.get("place") is None:
        return ExpectedField(name, biometric)
    place = mapping(field["place"], "place")
    sides = listed(place, "box", _side, 4)
    if len(sides) != 4:
        raise BadInput("SC-DOC-010")
    left, top, width, height = sides
    page = whole(place, "page", 1, _MOST_PAGES)
    return ExpectedField(name, biometric, FieldBox(page, (left, top, width, height)))


def _side(value: Json) -> int:
    return whole({"side": value}, "side", 0, _LONGEST_SIDE)


def _sha256(content: bytes) -> Sha256:
    return Sha256(hashlib.sha256(content).hexdigest())
