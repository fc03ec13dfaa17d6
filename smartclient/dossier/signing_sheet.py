"""What is known of a signing under way beside its PDF: where each person signs, and how it stands.

It is kept with the signing session, so that an interrupted signing goes on where it was. It holds
no pen data: a signature that was given stands in the PDF, sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from smartclient.documents.reading import Reading, ShownPage, shown_page
from smartclient.documents.record import SigningRecord
from smartclient.documents.rendering import FieldPlace, Rendered
from smartclient.domain.clock import from_text, to_text
from smartclient.domain.lock_time import PRAGUE
from smartclient.forms.signing_roles import SigningOrder
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
    read_at: datetime | None = None
    """When the person had read the summary."""
    read_on: str = ""
    """On which pad, or in the window."""

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
    shown: tuple[ShownPage, ...] = ()
    """Pages that were seen; on another day they have to be seen again."""
    order: SigningOrder = SigningOrder.GIVEN

    @classmethod
    def begin(
        cls,
        record: SigningRecord,
        rendered: Rendered,
        title: str,
        summaries: Mapping[str, str],
        order: SigningOrder = SigningOrder.GIVEN,
    ) -> "SigningSheet":
        """The sheet of a document that was just frozen; `summaries` go by field name."""
        fields = tuple(
            SheetField(place, summaries.get(place.name, "")) for place in rendered.places
        )
        return cls(record, title, rendered.pages, fields, order=order)

    @property
    def next_field(self) -> SheetField | None:
        """The person whose turn it is when nobody is chosen; None when all have signed.

        Where the order is free, somebody who refused is asked last.
        """
        waiting = [field for field in self.fields if field.signed_at is None]
        if self.order is SigningOrder.FREE:
            waiting.sort(key=lambda field: field.refused_at is not None)
        return waiting[0] if waiting else None

    def turn_of(self, name: str) -> SheetField | None:
        """The field of this name if it may be signed now, otherwise None."""
        if self.order is SigningOrder.GIVEN:
            turn = self.next_field
            return turn if turn is not None and turn.name == name else None
        waiting = (field for field in self.fields if field.signed_at is None)
        return next((field for field in waiting if field.name == name), None)

    def seen_on(self, day: date) -> frozenset[int]:
        """The pages, from 0, that were seen on a day (Prague): who signs then has seen them."""
        return frozenset(each.page - 1 for each in self.shown if _day(each.at) == day)

    def with_signed(self, name: str, pdf: bytes, at: datetime) -> "SigningSheet":
        """One more signature; `pdf` is the whole file with it."""
        field = next(each for each in self.fields if each.name == name)
        reading = Reading(name, self.shown, field.read_at, field.read_on)
        record = self.record.with_next(name).with_revision(pdf).with_reading(reading)
        signed = (
            replace(field, signed_at=at, refused_at=None) if field.name == name else field
            for field in self.fields
        )
        return replace(self, record=record, fields=tuple(signed))

    def with_refused(self, name: str, at: datetime) -> "SigningSheet":
        """The person did not want to sign; what was signed before stays."""
        refused = (
            replace(field, refused_at=at) if field.name == name else field for field in self.fields
        )
        return replace(self, fields=tuple(refused))

    def with_read(self, names: frozenset[str], at: datetime, on: str) -> "SigningSheet":
        """The summary of these fields was read, on that pad or in the window."""
        read = (
            replace(field, read_at=at, read_on=on) if field.name in names else field
            for field in self.fields
        )
        return replace(self, fields=tuple(read))

    def with_seen(self, pages: frozenset[int], at: datetime) -> "SigningSheet":
        """These pages, from 0, were seen as well; what was seen that day keeps its instant."""
        new = pages - self.seen_on(_day(at))
        kept = [each for each in self.shown if each.page - 1 not in new]
        seen = [ShownPage(page + 1, at) for page in new]
        return replace(self, shown=tuple(sorted([*kept, *seen], key=lambda each: each.page)))

    def to_json(self) -> JsonObject:
        """The sheet as JSON."""
        fields: list[Json] = [_field_to_json(field) for field in self.fields]
        shown: list[Json] = [{"page": each.page, "at": to_text(each.at)} for each in self.shown]
        return {
            "schema": SHEET_SCHEMA,
            "record": self.record.to_json(),
            "title": self.title,
            "pages": self.pages,
            "fields": fields,
            "shown": shown,
            "order": self.order.value,
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
            listed(sheet, "shown", shown_page, _MOST_PAGES) if "shown" in sheet else (),
            SigningOrder(text(sheet, "order", 10)) if "order" in sheet else SigningOrder.GIVEN,
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
        "read_at": "" if field.read_at is None else to_text(field.read_at),
        "read_on": field.read_on,
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
        _instant(field, "read_at") if "read_at" in field else None,
        text(field, "read_on", 60) if "read_on" in field else "",
    )


def _instant(field: JsonObject, name: str) -> datetime | None:
    said = text(field, name, 40)
    return from_text(said) if said else None


def _hundredths(value: Json) -> int:
    return whole({"side": value}, "side", 0, 10_000_000)


def _day(at: datetime) -> date:
    return at.astimezone(PRAGUE).date()
