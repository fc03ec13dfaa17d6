"""The list of what was erased: ids only, outside of the database, so that no restore forgets it.

A file of JSON lines beside the manifests of the export, on the disk before the database commits. A
line that was cut by a crash was never committed: it is marked when the next one is written, and
passed over. Any other line that cannot be read is damage, never nothing.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smartclient.backoffice.operations.export.durable import sync_folder
from smartclient.domain.clock import to_text
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.ids import RecordId
from smartclient.wire.encoding import parse
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
_TORN = b"#torn\n"
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased in one scope."""

    at: datetime
    scope: str
    records: tuple[tuple[RecordId, RecordKind], ...]
    documents: bool = False
    """The documents that name the clients went with them, and none is taken any more."""

    def to_json(self) -> JsonObject:
        """The entry as JSON."""
        records: list[Json] = [[record, kind.value] for record, kind in self.records]
        entry: JsonObject = {"at": to_text(self.at), "scope": self.scope, "records": records}
        return {**entry, "documents": True} if self.documents else entry


@dataclass(frozen=True, slots=True)
class Erased:
    """An entry as it is read: the scope and the records, which is all that a restore needs."""

    scope: str
    records: tuple[tuple[RecordId, RecordKind], ...]
    documents: bool = False

    @classmethod
    def from_json(cls, source: Json) -> "Erased":
        """The entry of `Erasure.to_json`; BadInput SC-SYNC-010."""
        fields = mapping(source, "entry")
        documents = truth(fields, "documents") if "documents" in fields else False
        records = listed(fields, "records", _record, _MOST)
        return cls(text(fields, "scope", MAX_SCOPE), records, documents)


def _record(source: Json) -> tuple[RecordId, RecordKind]:
    pair = source if isinstance(source, list) and len(source) == 2 else [None, None]
    fields: JsonObject = {"id": pair[0], "kind": pair[1]}
    return RecordId(uuid_text(fields, "id")), RecordKind(chosen(fields, "kind", RecordKind))


def append(path: Path, erasures: list[Erasure]) -> None:
    """Add entries; they are on the disk when this returns."""
    lines = b"".join(json.dumps(each.to_json()).encode() + b"\n" for each in erasures)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "r+b") as file:
        file.write((_TORN if _is_torn(file.fileno()) else b"") + lines)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _is_torn(handle: int) -> bool:
    size = os.lseek(handle, 0, os.SEEK_END)
    if size == 0:
        return False
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) != b"\n"


def read(path: Path) -> Iterator[Erased]:
    """The entries, the oldest first; none where nothing was ever erased.

    Raises Damaged SC-SERV-083 for a line that was written and cannot be read.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n") or line.endswith(_TORN):
                continue
            try:
                yield Erased.from_json(parse(line))
            except BadInput as broken:
                raise Damaged("SC-SERV-083", file=path.name, line=number) from broken
