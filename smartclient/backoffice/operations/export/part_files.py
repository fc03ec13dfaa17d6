"""The files of a batch while they are written: payload, further formats, attachments."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.export.durable import durable_file, write_durably
from smartclient.backoffice.operations.export.formats import (
    JSON,
    BatchFormat,
    BatchPart,
    packed,
)
from smartclient.backoffice.operations.export.staging import StagedBlobs
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.prepared_lines import PreparedLine
from smartclient.domain.errors import Damaged, SmartClientError, Unreachable
from smartclient.domain.ids import Sha256
from smartclient.domain.retention import BATCHES
from smartclient.wire import encoding
from smartclient.wire.batches import PAYLOAD, BatchFile
from smartclient.wire.messages import mapping

Sign = Callable[[bytes], bytes]
"""Signs the manifest with the export's own key: ECDSA, SHA-256, DER."""
KEPT = BATCHES.kept.span
"""How long payload and attachments of a batch are kept, unless the settings say otherwise."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Writing:
    """What writing a batch needs besides its documents."""

    archive: Path
    sign: Sign
    formats: tuple[BatchFormat, ...] = (JSON,)
    kept: timedelta = KEPT

    @property
    def parts(self) -> tuple[tuple[str, BatchPart], ...]:
        """Every file of the batch with the name of its format, the payload first."""
        return tuple((each.name, part) for each in self.formats for part in each.parts)


class PartFile:
    """A file of the batch while lines are appended to it; on the disk when it is closed."""

    def __init__(self, folder: Path, format_name: str, part: BatchPart, stack: ExitStack) -> None:
        self._format = format_name
        self._part = part
        self._hashed = hashlib.sha256()
        self.size = self._entries = 0
        self._file = stack.enter_context(durable_file(folder / part.name))
        self._append(packed(part.opening))

    def add(self, line: PreparedLine) -> int:
        """Append what the line adds, and say how much; made now where it was not made before."""
        return self.append(self._entry(line))

    def append(self, entry: bytes) -> int:
        """Append what was made of one line."""
        self._entries += bool(entry)
        self._append(entry)
        return len(entry)

    def copy(self, source: BinaryIO, length: int, entries: int) -> None:
        """Append a stretch of another file, in which so many lines have an entry."""
        self._entries += entries
        while length:
            chunk = source.read(min(length, _CHUNK))
            length -= len(chunk)
            self._append(chunk)
            if not chunk:
                raise Damaged("SC-EXP-005", batch=self._part.name)

    def close(self) -> BatchFile:
        """Append the end."""
        self._append(packed(self._part.closing))
        digest = Sha256(self._hashed.hexdigest())
        return BatchFile(self._part.name, self._format, digest, self.size, self._entries)

    def _entry(self, line: PreparedLine) -> bytes:
        if self._part.name == PAYLOAD:
            return line.frame
        entry = line.entries.get(self._part.name)
        if entry is None:
            content = mapping(encoding.parse(encoding.unpack(line.frame)))
            entry = packed(self._part.entry(content))
        return entry

    def _append(self, content: bytes) -> None:
        self._hashed.update(content)
        self.size += len(content)
        self._file.write(content)


def open_parts(folder: Path, writing: Writing, stack: ExitStack) -> list[PartFile]:
    """The files of the batch, the payload first, with what stands before their lines."""
    return [PartFile(folder, name, part, stack) for name, part in writing.parts]


class Attaching:
    """The attachments of a batch while they are put into its folder."""

    def __init__(
        self, desk: Desk, folder: str, staged: StagedBlobs, there: Iterable[Sha256] = ()
    ) -> None:
        self._desk = desk
        self._folder = folder
        self.staged = staged
        self.names = set(there)
        """What lies in the folder."""
        self.unread_in_a_row = 0
        """Documents whose attachments the store did not give, one after the other."""

    def attach(self, scope: str, names: Iterable[Sha256]) -> None:
        """Put attachments of a document into the folder where they are not yet.

        Raises what `blobs.read` does; then none of them was put there.
        """
        new: list[Sha256] = []
        try:
            for name in names:
                if name not in self.names:
                    self._put(scope, name)
                    self.names.add(name)
                    new.append(name)
        except SmartClientError as refusal:
            self.unread_in_a_row += isinstance(refusal, Unreachable)
            for name in new:
                Path(self._folder, name).unlink()
                self.names.discard(name)
            raise

    def _put(self, scope: str, name: Sha256) -> None:
        place = f"{self._folder}/{name}"
        if not self.staged.link(name, place):
            found = blobs.find_in_scope(self._desk, scope, name)
            content = blobs.read(self._desk, found)
            if found.file:
                self.unread_in_a_row = 0
            write_durably(Path(place), content)
