"""What was handed in, kept outside of the database as well, so that no restore forgets it.

A laptop wipes what it handed in and never offers it again. So each line lies among the large blobs
too, with the blobs that it names: a first line that says whose it is, then all of it sealed with
the data key of the writer's scope. That key stands in the first line as the office's key wrapped
it, since an older database may not know the scope. Ids only are readable.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, islice
from typing import Final

from sqlalchemy import select

from smartclient.backoffice.operations.blob_store import HANDED_IN
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.principals import PERSON
from smartclient.backoffice.operations.scope_records import hold_rows
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import to_text
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.ids import InstallId, Op, RecordId, Sha256
from smartclient.domain.retention import ORPHANS
from smartclient.wire import encoding
from smartclient.wire.messages import (
    MAX_BLOB_BYTES,
    MAX_SCOPE,
    Json,
    JsonObject,
    PushLine,
    instant,
    listed,
    mapping,
    sha256_text,
    text,
    uuid_text,
    whole,
)

_AT_ONCE: Final = 100
_MOST_PARTS: Final = 10_000
_HEAD: Final = 1 << 20
"""Bytes in which the first line ends."""
_MAX_KEY: Final = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A line that was handed in, with its blobs."""

    scope: str
    """Of who wrote it."""
    install: InstallId
    received_at: datetime
    line: PushLine
    blobs: Mapping[Sha256, bytes]


def keep(desk: Desk, kept: Kept) -> None:
    """Keep it; durable when this returns. Unreachable SC-SERV-061 when the store cannot do it."""
    table = schema.scope
    query = select(table.c.data_key).where(table.c.scope == kept.scope)
    wrapped: bytes = desk.connection.execute(query).scalar_one()
    line = encoding.canonical(kept.line.to_json())
    parts = {encoding.sha256(line): line} | dict(kept.blobs)
    head: JsonObject = {
        "scope": kept.scope,
        "install": kept.install,
        "received_at": to_text(kept.received_at),
        "data_key": base64.b64encode(wrapped).decode("ascii"),
        "parts": [[digest, len(content)] for digest, content in parts.items()],
    }
    name = _name(kept.scope, kept.line.id, kept.line.op)
    key = desk.keys.of(kept.scope, wrapped)
    sealed = key.seal_blob(b"".join(parts.values()), name, desk.random)
    desk.blobs.remove(name)  # of a transaction that never came
    desk.blobs.write_all({name: encoding.canonical(head) + b"\n" + sealed})


def forget(desk: Desk, scope: str, record: RecordId, op: Op) -> None:
    """Remove what is kept of it, as the writer of that scope handed it in."""
    desk.blobs.remove(_name(scope, record, op))


def names(desk: Desk) -> list[str]:
    """The names of all files that are kept, in their order."""
    return sorted(desk.blobs.beginning_with(HANDED_IN))


def read(desk: Desk, name: str) -> Kept:
    """What a file keeps; Damaged SC-SERV-060 when it cannot be opened."""
    source = desk.blobs.reader(name)
    begin = source(0, _HEAD).find(b"\n") + 1
    try:
        head = mapping(encoding.parse(source(0, begin)))
        scope = text(head, "scope", MAX_SCOPE)
        wrapped = base64.b64decode(text(head, "data_key", _MAX_KEY), validate=True)
        parts = listed(head, "parts", _part, _MOST_PARTS)
        size = sum(length for _, length in parts)
        key = desk.keys.of(scope, wrapped)
        content = key.open_blob(lambda at, count: source(begin + at, count), name, size, 0, size)
        ends = list(accumulate(length for _, length in parts))
        opened = [content[end - length : end] for (_, length), end in zip(parts, ends, strict=True)]
        return Kept(
            scope,
            InstallId(uuid_text(head, "install")),
            instant(head, "received_at"),
            PushLine.from_json(encoding.parse(opened[0])),
            {digest: each for (digest, _), each in zip(parts[1:], opened[1:], strict=True)},
        )
    except (BadInput, binascii.Error, IndexError) as broken:
        raise Damaged("SC-SERV-060") from broken


def forget_orphans(office: Office) -> None:
    """Remove files that are a day old and whose line the database does not have.

    Their transaction never came, so the laptop still has it; or it was decided long ago. No
    transaction stands open while the store tells what it keeps.
    """
    every = office.blobs.older_than(office.clock.now() - ORPHANS.kept.span)
    old = (name for name in every if name.startswith(HANDED_IN))
    while some := list(islice(old, _AT_ONCE)):
        with office.reading() as desk:
            known = _known(desk, some)
        for name in some:
            if name not in known:
                _forget_orphan(office, name)


def _forget_orphan(office: Office, name: str) -> None:
    """Remove a file that no transaction is just bringing in.

    A laptop that hands the same edit in again writes it under the same name, and holds the row of
    its scope until the line is committed.
    """
    writer = name.removeprefix(HANDED_IN).partition(".")[0]
    with office.writing() as desk:
        hold_rows(desk, [f"{PERSON}{writer}"])
        if name not in _known(desk, [name]):
            desk.blobs.remove(name)


def _known(desk: Desk, names: Sequence[str]) -> set[str]:
    """Those of the files whose line the database has."""
    table = schema.handed_in
    ops = sorted(name.rpartition(".")[2] for name in names)
    query = select(table.c.scope, table.c.record, table.c.op).where(table.c.op.in_(ops))
    found = desk.connection.execute(query)
    return {_name(row.scope, row.record, row.op) for row in found}.intersection(names)


def _name(scope: str, record: RecordId, op: Op) -> str:
    # Of each writer: two copies of one disk hand in one op, and neither takes the other's place.
    return f"{HANDED_IN}{scope.rpartition(':')[2]}.{record}.{op}"


def _part(source: Json) -> tuple[Sha256, int]:
    pair = source if isinstance(source, list) and len(source) == 2 else [None, None]
    fields: JsonObject = {"sha256": pair[0], "size": pair[1]}
    return sha256_text(fields["sha256"]), whole(fields, "size", high=MAX_BLOB_BYTES)
