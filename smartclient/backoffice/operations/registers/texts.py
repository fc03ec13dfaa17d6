"""Texts that everybody reads, by version: published into the portal, never changed afterwards."""

import uuid
from dataclasses import dataclass
from datetime import date

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import PORTAL
from smartclient.backoffice.operations.registers.scopes import make_scope
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.operations.server_records import put_server_record
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.ids import HrNumber, InstallId, RecordId
from smartclient.wire.encoding import parse
from smartclient.wire.messages import (
    Json,
    JsonObject,
    RecordKind,
    listed,
    mapping,
    text,
    whole,
)
from smartclient.wire.values import bad_field

SCHEMA = 1
MAX_TEXT = 100_000
MAX_TEXTS = 1_000
_OF_VERSION = uuid.UUID("0d4b7b1e-52c1-5f0f-8f57-9a1c1f7d2c34")


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of a text in one language."""

    code: str
    version: int
    language: str
    title: str
    content: str
    valid_from: date

    @property
    def id(self) -> RecordId:
        """Derived, so that a version is published once."""
        named = f"{self.code}|{self.version}|{self.language}"
        return RecordId(str(uuid.uuid5(_OF_VERSION, named)))

    def to_json(self) -> JsonObject:
        """The body of its record."""
        return {
            "schema": SCHEMA,
            "code": self.code,
            "version": self.version,
            "language": self.language,
            "title": self.title,
            "text": self.content,
            "valid_from": self.valid_from.isoformat(),
        }

    @classmethod
    def from_json(cls, source: Json) -> "TextVersion":
        """The text of `to_json`; BadInput SC-SYNC-010 naming field, value and rule."""
        fields = mapping(source, "text")
        said = text(fields, "valid_from", 10)
        try:
            valid_from = date.fromisoformat(said)
        except ValueError as broken:
            raise bad_field("valid_from", said, "date as 2026-11-21") from broken
        found = cls(
            text(fields, "code", 60),
            whole(fields, "version", 1),
            text(fields, "language", 2),
            text(fields, "title"),
            text(fields, "text", MAX_TEXT),
            valid_from,
        )
        for name in ("code", "language", "text"):
            if not text(fields, name, MAX_TEXT).strip():
                raise bad_field(name, "", "not empty")
        return found


def read_list(content: bytes) -> list[TextVersion]:
    """The texts of a file, in its order.

    BadInput SC-SERV-093 names a text that breaks a rule by its place in the list, the field, the
    value and the rule; SC-SYNC-011 is no JSON, SC-SYNC-010 no list of at most `MAX_TEXTS`.
    """
    entries = listed({"texts": parse(content)}, "texts", lambda entry: entry, MAX_TEXTS)
    texts = []
    for number, entry in enumerate(entries, start=1):
        try:
            texts.append(TextVersion.from_json(entry))
        except BadInput as refusal:
            raise BadInput("SC-SERV-093", number=number, **refusal.values) from refusal
    return texts


def publish(desk: Desk, texts: list[TextVersion]) -> int:
    """Put the texts into the portal, all or none; how many were new.

    A version that stands there already with the same content is passed over. Raises NotAllowed
    SC-SERV-084 naming one that stands there with another content: that needs a new version.
    """
    make_scope(desk, PORTAL)
    records = hold_one(desk, PORTAL)
    records.load(each.id for each in texts)
    new = 0
    for each in texts:
        body = each.to_json()
        if records.get(each.id) is None:
            nobody = (InstallId(""), HrNumber(""))
            put_server_record(records, each.id, RecordKind.TEXT_VERSION, body, nobody)
            new += 1
        elif records.body(each.id) != body:
            named = f"{each.code} {each.version} {each.language}"
            raise NotAllowed("SC-SERV-084", text=named)
    records.flush()
    return new
