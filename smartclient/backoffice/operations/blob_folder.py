"""Where large blobs lie: one sealed file each, under a random name."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smartclient.backoffice.operations.at_rest import ReadAt
from smartclient.domain.errors import Damaged


@dataclass(frozen=True, slots=True)
class BlobFolder:
    """A folder of sealed files, spread over subfolders by the first two letters of their names."""

    path: Path

    def write(self, name: str, sealed: bytes) -> None:
        """Keep the file; on the disk when this returns."""
        place = self._place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())

    def reader(self, name: str) -> ReadAt:
        """Reads parts of the file; Damaged SC-SERV-060 when it is gone."""

        def read(offset: int, length: int) -> bytes:
            try:
                with self._place(name).open("rb") as file:
                    file.seek(offset)
                    return file.read(length)
            except OSError as gone:
                raise Damaged("SC-SERV-060") from gone

        return read

    def older_than(self, instant: datetime) -> list[str]:
        """The names of files that were written before that time."""
        before = instant.timestamp()
        files = (path for path in self.path.glob("??/*") if path.stat().st_mtime < before)
        return [path.name for path in files]

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no fault."""
        self._place(name).unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        return self.path / name[:2] / name
