"""Lists outside of the database, so that no restore forgets them: files of JSON lines.

They lie beside the manifests of the export; a line is on the disk before the database commits, and
a second one says that it has. An act without that second line is unsure: nobody knows whether the
commit came through. A line that was cut by a crash was never committed: it is marked when the next
one is written, and passed over. Any other line that cannot be read is damage, never nothing.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from smartclient.backoffice.operations.export.durable import sync_folder
from smartclient.backoffice.operations.office import Desk
from smartclient.domain.errors import BadInput, Damaged
from smartclient.wire.encoding import parse
from smartclient.wire.messages import Json, JsonObject

_TORN = b"#torn\n"
ACT, DONE = "act", "done"
log = logging.getLogger(__name__)

Entry = TypeVar("Entry")


def begin(desk: Desk, path: Path) -> str:
    """The name of a new act, for the lines of it; it is confirmed once the desk has committed."""
    act = desk.ids.new()
    desk.afterwards.append(partial(_confirm_or_log, path, act))
    return act


def _confirm_or_log(path: Path, act: str) -> None:
    try:
        confirm(path, act)
    except OSError as full:
        # The act is done. The worker finds it so in the database and confirms it later.
        log.warning("act not confirmed", extra={"file": path.name, "error": type(full).__name__})


def confirm(path: Path, act: str) -> None:
    """Say that what this act's lines tell is committed."""
    append(path, [{DONE: act}])


def unsure(path: Path) -> frozenset[str]:
    """The acts of which nobody knows whether they were committed."""
    begun: set[str] = set()
    done: set[str] = set()
    for entry in _parsed(path, lambda source: source):
        if isinstance(entry, dict):
            begun.update(_named(entry, ACT))
            done.update(_named(entry, DONE))
    return frozenset(begun - done)


def _named(entry: JsonObject, name: str) -> list[str]:
    act = entry.get(name)
    return [act] if isinstance(act, str) else []


def append(path: Path, entries: Sequence[JsonObject]) -> None:
    """Add entries; they are on the disk when this returns."""
    lines = b"".join(json.dumps(each).encode() + b"\n" for each in entries)
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


def read(path: Path, entry: Callable[[Json], Entry]) -> Iterator[Entry]:
    """The entries, the oldest first; none where nothing was ever written.

    `entry` reads one. Raises Damaged SC-SERV-083 for a line that was written and cannot be read.
    """

    def but_confirmations(source: Json) -> Entry | None:
        return None if isinstance(source, dict) and DONE in source else entry(source)

    return (each for each in _parsed(path, but_confirmations) if each is not None)


def _parsed(path: Path, entry: Callable[[Json], Entry]) -> Iterator[Entry]:
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n") or line.endswith(_TORN):
                continue
            try:
                yield entry(parse(line))
            except BadInput as broken:
                raise Damaged("SC-SERV-083", file=path.name, line=number) from broken
