"""The bodies of the appended records of a client, as laptop and server both read and write them.

What does not fit raises BadInput SC-SYNC-010 naming field, value and rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from smartclient.domain.clock import to_text
from smartclient.domain.consents import (
    ConsentDecision,
    ConsentEvent,
    Decision,
    Method,
    content_of,
)
from smartclient.domain.ids import ClientId, EventId, InstallId, Sha256
from smartclient.wire.kinds import RecordClass
from smartclient.wire.values import (
    Json,
    JsonObject,
    bad_field,
    chosen,
    instant,
    mapping,
    sha256_text,
    text,
    truth,
    uuid_text,
    whole,
)

SCHEMA = 1
MAX_REASON = 500
MAX_NAME = 200


class Purpose(StrEnum):
    """What an attachment is for; it decides its class."""

    IDENTITY = "identity"
    MEDICAL = "medical"
    OTHER = "other"


CLASS_OF: Mapping[Purpose, RecordClass] = MappingProxyType(
    {
        Purpose.IDENTITY: RecordClass.IDENTITY,
        Purpose.MEDICAL: RecordClass.MEDICAL,
        Purpose.OTHER: RecordClass.GENERAL,
    }
)


@dataclass(frozen=True, slots=True)
class ClientMerge:
    """`client_merge`: the loser is part of the survivor, or with `undo` no longer.

    The record hangs on the survivor.
    """

    loser: ClientId
    survivor: ClientId
    undo: bool
    occurred_at: datetime

    def to_json(self) -> JsonObject:
        """The body."""
        return {
            "schema": SCHEMA,
            "loser": self.loser,
            "survivor": self.survivor,
            "undo": self.undo,
            "occurred_at": to_text(self.occurred_at),
        }

    @classmethod
    def from_json(cls, source: Json) -> "ClientMerge":
        """The merge of `to_json`; of a client with itself there is none."""
        fields = mapping(source, "body")
        merge = cls(
            ClientId(uuid_text(fields, "loser")),
            ClientId(uuid_text(fields, "survivor")),
            truth(fields, "undo"),
            instant(fields, "occurred_at"),
        )
        if merge.loser == merge.survivor:
            raise bad_field("survivor", merge.survivor, "another client than the loser")
        return merge


def _wish(client_id: ClientId, reason: str, occurred_at: datetime) -> JsonObject:
    """What hiding and erasing say alike: of whom, why and since when."""
    return {
        "schema": SCHEMA,
        "client_id": client_id,
        "reason": reason,
        "occurred_at": to_text(occurred_at),
    }


def _wished(fields: Mapping[str, Json]) -> tuple[ClientId, str, datetime]:
    """The three of `_wish`."""
    client_id = ClientId(uuid_text(fields, "client_id"))
    return client_id, text(fields, "reason", MAX_REASON), instant(fields, "occurred_at")


@dataclass(frozen=True, slots=True)
class ClientHide:
    """`client_hide`: the client goes out of sight, or comes back."""

    client_id: ClientId
    hidden: bool
    reason: str
    occurred_at: datetime

    def to_json(self) -> JsonObject:
        """The body."""
        said = _wish(self.client_id, self.reason, self.occurred_at)
        return {**said, "hidden": self.hidden}

    @classmethod
    def from_json(cls, source: Json) -> "ClientHide":
        """The event of `to_json`."""
        fields = mapping(source, "body")
        client_id, reason, occurred_at = _wished(fields)
        return cls(client_id, truth(fields, "hidden"), reason, occurred_at)


@dataclass(frozen=True, slots=True)
class EraseRequest:
    """`erase_request`: a person at the back office is to erase the client for good."""

    client_id: ClientId
    reason: str
    occurred_at: datetime

    def to_json(self) -> JsonObject:
        """The body."""
        return _wish(self.client_id, self.reason, self.occurred_at)

    @classmethod
    def from_json(cls, source: Json) -> "EraseRequest":
        """The request of `to_json`."""
        return cls(*_wished(mapping(source, "body")))


@dataclass(frozen=True, slots=True)
class Attachment:
    """`attachment`: a file that hangs on a client; its bytes are the record's one blob."""

    client_id: ClientId
    name: str
    media_type: str
    size: int
    sha256: Sha256
    purpose: Purpose
    added_at: datetime

    @property
    def record_class(self) -> RecordClass:
        """The class that its record must say."""
        return CLASS_OF[self.purpose]

    def to_json(self) -> JsonObject:
        """The body."""
        return {
            "schema": SCHEMA,
            "client_id": self.client_id,
            "name": self.name,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
            "purpose": self.purpose.value,
            "added_at": to_text(self.added_at),
        }

    @classmethod
    def from_json(cls, source: Json) -> "Attachment":
        """The attachment of `to_json`."""
        fields = mapping(source, "body")
        return cls(
            ClientId(uuid_text(fields, "client_id")),
            text(fields, "name", MAX_NAME),
            text(fields, "media_type", 100),
            whole(fields, "size"),
            sha256_text(fields.get("sha256")),
            Purpose(chosen(fields, "purpose", Purpose)),
            instant(fields, "added_at"),
        )


UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class ContactLine:
    """`contact_history`: what happened with a client, as the server writes it down.

    `code` names what happened ("consent.withdrawn"), `values` fill its sentence; "clock" among them
    is UNCERTAIN where nobody vouches for the instant.
    """

    client_id: ClientId
    at: datetime
    code: str
    values: Mapping[str, str]

    def to_json(self) -> JsonObject:
        """The body."""
        return {
            "schema": SCHEMA,
            "client_id": self.client_id,
            "at": to_text(self.at),
            "code": self.code,
            "values": dict(self.values),
        }

    @classmethod
    def from_json(cls, source: Json) -> "ContactLine":
        """The line of `to_json`."""
        fields = mapping(source, "body")
        values = mapping(fields.get("values"), "values")
        return cls(
            ClientId(uuid_text(fields, "client_id")),
            instant(fields, "at"),
            text(fields, "code", 60),
            {name: text(values, name, 500) for name in values},
        )


def consent_to_json(event: ConsentEvent) -> JsonObject:
    """The body of `consent_event`: the event as it stands in its install's chain."""
    return {
        "schema": SCHEMA,
        "id": event.id,
        **content_of(event),
        "install": event.install,
        "sequence": event.sequence,
        "salt": event.salt,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }


def consent_from_json(source: Json) -> ConsentEvent:
    """The event of `consent_to_json`; whether its hash and its place fit is not asked here."""
    fields = mapping(source, "body")
    decision = ConsentDecision(
        client_id=ClientId(uuid_text(fields, "client_id")),
        option_code=text(fields, "option_code", 60),
        text_version_id=text(fields, "text_version_id"),
        decision=Decision(chosen(fields, "decision", Decision)),
        method=Method(chosen(fields, "method", Method)),
        occurred_at=instant(fields, "occurred_at"),
        recorded_by=text(fields, "recorded_by"),
        device=text(fields, "device"),
        language=text(fields, "language", 20),
        proof=text(fields, "proof", 500),
        supersedes=EventId(text(fields, "supersedes", 36)) or None,
        clock_uncertain="clock_uncertain" in fields and truth(fields, "clock_uncertain"),
    )
    return ConsentEvent(
        id=EventId(uuid_text(fields, "id")),
        decision=decision,
        recorded_at=instant(fields, "recorded_at"),
        install=InstallId(uuid_text(fields, "install")),
        sequence=whole(fields, "sequence", 1),
        salt=text(fields, "salt", 100),
        previous_hash=text(fields, "previous_hash", 64),
        hash=text(fields, "hash", 64),
    )
