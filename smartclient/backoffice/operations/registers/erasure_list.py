"""The list of what was erased: ids only, outside of the database, so that no restore forgets it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smartclient.backoffice.operations.registers import lasting_lines
from smartclient.domain.clock import to_text
from smartclient.domain.ids import ClientId, RecordId
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import (
    MAX_SCOPE,
    Json,
    JsonObject,
    chosen,
    listed,
    mapping,
    text,
    truth,
    uuid_text,
)

FILE = "erasures.ndjson"
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased in one scope."""

    at: datetime
    scope: str
    records: tuple[tuple[RecordId, RecordKind], ...]
    documents: bool = False
    """The documents that name the clients went with them, and none is taken any more."""
    act: str = ""

    def to_json(self) -> JsonObject:
        """The entry as JSON."""
        records: list[Json] = [[record, kind.value] for record, kind in self.records]
        entry: JsonObject = {"at": to_text(self.at), "scope": self.scope, "records": records}
        if self.documents:
            entry["documents"] = True
        return {**entry, lasting_lines.ACT: self.act} if self.act else entry


@dataclass(frozen=True, slots=True)
class Erased:
    """An entry as it is read: the scope and the records, which is all that a restore needs."""

    scope: str
    records: tuple[tuple[RecordId, RecordKind], ...]
    documents: bool = False
    act: str = ""

    @property
    def clients(self) -> frozenset[ClientId]:
        """The clients among the records."""
        named = (each for each, kind in self.records if kind is RecordKind.CLIENT)
        return frozenset(ClientId(each) for each in named)

    @classmethod
    def from_json(cls, source: Json) -> "Erased":
        """The entry of `Erasure.to_json`; BadInput SC-SYNC-010."""
        fields = mapping(source, "entry")
        documents = truth(fields, "documents") if "documents" in fields else False
        records = listed(fields, "records", _record, _MOST)
        act = text(fields, lasting_lines.ACT, 40) if lasting_lines.ACT in fields else ""
        return cls(text(fields, "scope", MAX_SCOPE), records, documents, act)


def _record(source: Json) -> tuple[RecordId, RecordKind]:
    pair = source if isinstance(source, list) and len(source) == 2 else [None, None]
    fields: JsonObject = {"id": pair[0], "kind": pair[1]}
    return RecordId(uuid_text(fields, "id")), RecordKind(chosen(fields, "kind", RecordKind))


def append(path: Path, erasures: Sequence[Erasure]) -> None:
    """Add entries; they are on the disk when this returns."""
    lasting_lines.append(path, [each.to_json() for each in erasures])


def read(path: Path) -> Iterator[Erased]:
    """The entries, the oldest first; Damaged SC-SERV-083 as `lasting_lines.read`."""
    return lasting_lines.read(path, Erased.from_json)
