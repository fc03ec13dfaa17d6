"""What is known of a signing under way beside its PDF: where each person signs, and how it stands.

It is kept with the signing session, so that an interrupted signing goes on where it was. It holds
no pen data: a signature that was given stands in the PDF, sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from smartclient.documents.record import SigningRecord
from smartclient.documents.rendering import FieldPlace, Rendered
from smartclient.domain.clock import from_text, to_text
from smartclient.wire.messages import (
    Json,
    JsonObject,
    listed,
    mapping,
    text,
    truth,
    whole,
)

SHEET_SCHEMA = 1
_MOST_FIELDS = 50
_MOST_PAGES = 500


@dataclass(frozen=True, slots=True)
class SheetField:
    """One signature of a person, in signing order."""

    place: FieldPlace
    summary: str
    """In one line what it is about: covers and premium, for the display of the pad."""
    signed_at: datetime | None = None
    refused_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name of the field in the PDF."""
        return self.place.name


@dataclass(frozen=True, slots=True)
class SigningSheet:
    """The sheet of one session."""

    record: SigningRecord
    title: str
    """What the document is called: "Nabídka FLEXI"."""
    pages: int
    fields: tuple[SheetField, ...]
    seen: frozenset[int] = frozenset()
    """Pages somebody has seen, from 0."""

    @classmethod
    def begin(
        cls,
        record: SigningRecord,
        rendered: Rendered,
        title: str,
        summaries: Mapping[str, str],
    ) -> "SigningSheet":
        """The sheet of a document that was just frozen; `summaries` go by field name."""
        fields = tuple(
            SheetField(place, summaries.get(place.name, "")) for place in rendered.places
        )
        return cls(record, title, rendered.pages, fields)

    @property
    def next_field(self) -> SheetField | None:
        """The person whose turn it is; None when all have signed."""
        return next((field for field in self.fields if field.signed_at is None), None)

    def with_signed(self, name: str, pdf: bytes, at: datetime) -> "SigningSheet":
        """One more signature; `pdf` is the whole file with it."""
        signed = (
            replace(field, signed_at=at, refused_at=None) if field.name == name else field
            for field in self.fields
        )
        return replace(self, record=self.record.with_revision(pdf), fields=tuple(signed))

    def with_refused(self, name: str, at: datetime) -> "SigningSheet":
        """The person did not want to sign; what was signed before stays."""
        refused = (
            replace(field, refused_at=at) if field.name == name else field for field in self.fields
        )
        return replace(self, fields=tuple(refused))

    def with_seen(self, pages: frozenset[int]) -> "SigningSheet":
        """These pages were seen as well."""
        return replace(self, seen=self.seen | pages)

    def to_json(self) -> JsonObject:
        """The sheet as JSON."""
        fields: list[Json] = [_field_to_json(field) for field in self.fields]
        seen: list[Json] = [*sorted(self.seen)]
        return {
            "schema": SHEET_SCHEMA,
            "record": self.record.to_json(),
            "title": self.title,
            "pages": self.pages,
            "fields": fields,
            "seen": seen,
        }

    @classmethod
    def from_json(cls, source: Json) -> "SigningSheet":
        """The sheet of `to_json`; raises BadInput SC-DOC-010 or SC-SYNC-010 naming the field."""
        sheet = mapping(source, "sheet")
        return cls(
            SigningRecord.from_json(sheet.get("record")),
            text(sheet, "title"),
            whole(sheet, "pages", 0, _MOST_PAGES),
            listed(sheet, "fields", _field_from_json, _MOST_FIELDS),
            frozenset(listed(sheet, "seen", _page, _MOST_PAGES)),
        )


def _field_to_json(field: SheetField) -> JsonObject:
    place = field.place
    return {
        "name": place.name,
        "role": place.role,
        "signer": place.signer,
        "page": place.page,
        # Hundredths of a point: floats do not travel and do not belong into canonical JSON.
        "box": [round(side * 100) for side in (place.x, place.y, place.width, place.height)],
        "meaning": place.meaning,
        "biometric": place.biometric,
        "summary": field.summary,
        "signed_at": "" if field.signed_at is None else to_text(field.signed_at),
        "refused_at": "" if field.refused_at is None else to_text(field.refused_at),
    }


def _field_from_json(source: Json) -> SheetField:
    field = mapping(source, "field")
    x, y, width, height = (side / 100 for side in listed(field, "box", _hundredths, 4))
    place = FieldPlace(
        name=text(field, "name", 80),
        role=text(field, "role"),
        signer=text(field, "signer"),
        page=whole(field, "page", 1, _MOST_PAGES),
        x=x,
        y=y,
        width=width,
        height=height,
        meaning=text(field, "meaning", 1000),
        biometric=truth(field, "biometric"),
    )
    return SheetField(
        place,
        text(field, "summary", 1000),
        _instant(field, "signed_at"),
        _instant(field, "refused_at"),
    )


def _instant(field: JsonObject, name: str) -> datetime | None:
    said = text(field, name, 40)
    return from_text(said) if said else None


def _hundredths(value: Json) -> int:
    return whole({"side": value}, "side", 0, 10_000_000)


def _page(value: Json) -> int:
    return whole({"page": value}, "page", 0, _MOST_PAGES)
