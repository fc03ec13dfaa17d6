"""The formats of a batch behind one interface: each writes files of its own from the same lines.

The canonical JSON is in every batch: it is what the manifest's digests are about, and what a
restored back office reads. Further formats are chosen in the settings. What a document adds to a
file is made with its verdict (`prepared_lines`) as a zstd frame, so that nothing but appending is
left while pushes are answered `busy`; where it was not made yet, it is made then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from smartclient.backoffice.operations.export.acord import AcordFile
from smartclient.backoffice.operations.export.csv_files import DocumentsFile, FieldsFile
from smartclient.domain.errors import BadInput
from smartclient.wire import encoding
from smartclient.wire.batches import PAYLOAD
from smartclient.wire.messages import JsonObject, mapping


class BatchPart(Protocol):
    """One file of a format, put together from what each document adds to it."""

    @property
    def name(self) -> str:
        """Its name in the batch; always a sequence of zstd frames."""

    @property
    def opening(self) -> bytes:
        """What stands before the first document."""

    @property
    def closing(self) -> bytes:
        """What stands behind the last document."""

    def entry(self, line: JsonObject) -> bytes:
        """What a line of the payload adds; nothing where the format has no place for it. Pure."""


@dataclass(frozen=True, slots=True)
class BatchFormat:
    """A format with its files."""

    name: str
    parts: tuple[BatchPart, ...]


@dataclass(frozen=True, slots=True)
class JsonFile:
    """The canonical lines themselves."""

    name: str = PAYLOAD
    opening: bytes = b""
    closing: bytes = b""

    def entry(self, line: JsonObject) -> bytes:
        """The line, canonical, with its end."""
        return encoding.canonical(line) + b"\n"


JSON = BatchFormat("json", (JsonFile(),))
CSV = BatchFormat("csv", (DocumentsFile(), FieldsFile()))
ACORD = BatchFormat("acord-txlife-103", (AcordFile(),))
FORMATS: Mapping[str, BatchFormat] = MappingProxyType(
    {each.name: each for each in (JSON, CSV, ACORD)}
)
"""Every format by the name that stands in the settings and in the manifest."""


def chosen_formats(names: Iterable[str]) -> tuple[BatchFormat, ...]:
    """The formats of these names, the canonical one first; BadInput SC-EXP-013 for an unknown."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in FORMATS:
            raise BadInput("SC-EXP-013", name=name[:40], rule=", ".join(FORMATS))
    return (JSON, *(FORMATS[name] for name in wanted if name != JSON.name))


def further_parts(formats: Iterable[BatchFormat]) -> tuple[tuple[BatchFormat, BatchPart], ...]:
    """The files besides the payload, with their formats."""
    return tuple((each, part) for each in formats if each is not JSON for part in each.parts)


def further_entries(formats: Iterable[BatchFormat], line: bytes) -> dict[str, bytes]:
    """What a canonical line adds to each file besides the payload, packed, by the file's name."""
    parts = further_parts(formats)
    if not parts:
        return {}
    read = mapping(encoding.parse(line))
    return {part.name: packed(part.entry(read)) for _, part in parts}


def packed(content: bytes) -> bytes:
    """A frame of its own; none for nothing."""
    return encoding.pack(content) if content else b""
