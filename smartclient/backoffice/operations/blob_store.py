"""Where large blobs lie: one sealed file each, under a random name, in a folder or in a bucket.

What lies there is sealed before it comes here, so a store sees neither content nor digest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from smartclient.backoffice.operations.at_rest import ReadAt

HANDED_IN: Final = "handed-in-"
"""How names begin of what is no blob: kept for a restore (`registers.handed_in_files`)."""


class BlobStore(Protocol):
    """Keeps sealed files. Every call raises Unreachable SC-SERV-061 when the store cannot do it."""

    def write_all(self, files: Mapping[str, bytes | bytearray]) -> None:
        """Keep sealed files under names that were never used; all durable when this returns."""

    def reader(self, name: str) -> ReadAt:
        """Reads parts of the file; Damaged SC-SERV-060 when it is gone."""

    def older_than(self, instant: datetime) -> Iterator[str]:
        """The names of files that were written before that time."""

    def beginning_with(self, beginning: str) -> Iterator[str]:
        """The names of files that begin so, with two characters at least."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no fault."""


def place_of(name: str) -> str:
    """Files are spread by the first two letters of their names."""
    return f"{name[:2]}/{name}"


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """Which bucket, and where. An empty `endpoint` is Amazon's of the region."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
