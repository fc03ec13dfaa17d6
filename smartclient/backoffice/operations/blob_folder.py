"""Large blobs as files of a folder, which all servers of the office see."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path

from smartclient.backoffice.operations.at_rest import ReadAt
from smartclient.backoffice.operations.blob_store import place_of
from smartclient.backoffice.operations.export.durable import sync_folder
from smartclient.domain.errors import Damaged, Unreachable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BlobFolder:
    """A `BlobStore` in a folder, spread over subfolders."""

    path: Path

    def write_all(self, files: Mapping[str, bytes | bytearray]) -> None:
        """Keep the files; they and their names are on the disk when this returns."""
        with _refusing(), ExitStack() as opened:
            places = {self.path / place_of(name): sealed for name, sealed in files.items()}
            written = [opened.enter_context(_written(*each)) for each in places.items()]
            # Once all are written: what the first flush takes to the disk, the others need not.
            for file in written:
                os.fsync(file.fileno())
            for folder in {place.parent for place in places}:
                sync_folder(folder)

    def reader(self, name: str) -> ReadAt:
        """Reads parts of the file; Damaged SC-SERV-060 when it is gone."""
        place = self.path / place_of(name)

        def read(offset: int, length: int) -> bytes:
            try:
                with _refusing(name), place.open("rb", buffering=0) as file:
                    file.seek(offset)
                    return file.read(length)
            except FileNotFoundError as gone:
                raise Damaged("SC-SERV-060") from gone

        return read

    def older_than(self, instant: datetime) -> Iterator[str]:
        """The names of files that were written before that time."""
        before = instant.timestamp()
        with _refusing():
            for path in self.path.glob("??/*"):
                if path.stat().st_mtime < before:
                    yield path.name

    def beginning_with(self, beginning: str) -> Iterator[str]:
        """The names of files that begin so, with two characters at least."""
        with _refusing():
            for path in self.path.glob(f"{place_of(beginning)}*"):
                yield path.name

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no fault."""
        with _refusing():
            (self.path / place_of(name)).unlink(missing_ok=True)


def _written(place: Path, sealed: bytes | bytearray) -> FileIO:
    """A new file with its bytes, not flushed yet."""
    if not place.parent.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        sync_folder(place.parent.parent)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    file = FileIO(os.open(place, flags, 0o600), "wb")
    left = memoryview(sealed)
    while left:
        left = left[file.write(left) :]
    return file


@contextmanager
def _refusing(name: str = "") -> Iterator[None]:
    """A full or unreachable disk is told as what it is: a store that cannot do it now.

    The log names the file where one was asked for: somebody may have to put it right.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as failure:
        log.warning("blob store", extra={"error": type(failure).__name__, "file": name})
        raise Unreachable("SC-SERV-061") from failure
