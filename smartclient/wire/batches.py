"""The batch that the insurer's core system takes once a day, and its acknowledgement.

    smartclient-YYYYMMDD-NN/
        documents.ndjson.zst   one line a document, in the order of the manifest; each line is
                               a zstd frame of its own, one after the other (RFC 8878, 3.1)
        …                      files of further formats, packed in the same way
        blobs/<sha256>         what the lines name, byte for byte
        manifest.json          what belongs to the batch, and the digest of the manifest before it
        manifest.sig           ECDSA P-256 with SHA-256 over manifest.json, DER
        READY                  last of all: now the core may take it
    ack-smartclient-YYYYMMDD-NN.json   the core's answer, beside the folder

Sealed for the core, every file but manifest, signature and READY is a CMS message with `.p7m` after
its name; the manifest's digests are of what is inside. docs/export.md says the same to the core's
engineers.

The same sealed documents always give the same bytes, but for the signature and the CMS messages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from smartclient.domain.clock import to_text
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire.messages import (
    Json,
    JsonObject,
    instant,
    listed,
    mapping,
    sha256_text,
    text,
    uuid_text,
    whole,
)

PAYLOAD: Final = "documents.ndjson.zst"
BLOBS: Final = "blobs"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
READY: Final = "READY"
SEALED_SUFFIX: Final = ".p7m"
"""After the name of a file that is sealed for the core."""
MAX_DOCUMENTS: Final = 1_000_000
MAX_FILES: Final = 20

_BATCH = re.compile(r"smartclient-\d{8}-\d{2}")
_FILE = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")


def batch_name(business_date: date, number: int = 1) -> str:
    """The name of a batch: the business date and which of its batches it is."""
    return f"smartclient-{business_date:%Y%m%d}-{number:02}"


def is_batch_name(name: str) -> bool:
    """Whether a folder can be a batch."""
    return _BATCH.fullmatch(name) is not None


def ack_name(batch: str) -> str:
    """The file in which the core answers."""
    return f"ack-{batch}.json"


@dataclass(frozen=True, slots=True)
class BatchedDocument:
    """Which version of a document was handed over; `sha256` is over its canonical body."""

    id: RecordId
    version: int
    op: Op
    sha256: Sha256
    scope: str = field(default="", compare=False)
    """Where the back office keeps it, for a restore; means nothing to the core."""

    def to_json(self) -> JsonObject:
        """The entry as JSON; without a scope where it is a line of the payload."""
        entry: JsonObject = {
            "id": self.id,
            "version": self.version,
            "op": self.op,
            "sha256": self.sha256,
        }
        return {**entry, "scope": self.scope} if self.scope else entry

    @classmethod
    def from_json(cls, source: Json) -> "BatchedDocument":
        """The entry of `to_json`."""
        fields = mapping(source, "document")
        return cls(
            RecordId(uuid_text(fields, "id")),
            whole(fields, "version", 1),
            Op(uuid_text(fields, "op")),
            sha256_text(fields.get("sha256")),
            text(fields, "scope", 80) if "scope" in fields else "",
        )


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file of a further format: its entries are some or all of the batch's documents."""

    name: str
    format: str
    sha256: Sha256
    size: int
    entries: int

    def to_json(self) -> JsonObject:
        """The file as JSON."""
        return {
            "name": self.name,
            "format": self.format,
            "sha256": self.sha256,
            "size": self.size,
            "entries": self.entries,
        }

    @classmethod
    def from_json(cls, source: Json) -> "BatchFile":
        """The file of `to_json`."""
        fields = mapping(source, "file")
        name = text(fields, "name", 80)
        if not _FILE.fullmatch(name):
            raise BadInput("SC-SYNC-010", field="name", value=name, rule=_FILE.pattern)
        return cls(
            name,
            text(fields, "format", 40),
            sha256_text(fields.get("sha256")),
            whole(fields, "size"),
            whole(fields, "entries"),
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums to check a batch by; `payable` is the sum of instalments by currency, as decimals."""

    documents: int
    signed: int
    blobs: int
    blob_bytes: int
    payable: Mapping[str, str]

    def to_json(self) -> JsonObject:
        """The sums as JSON."""
        return {
            "documents": self.documents,
            "signed": self.signed,
            "blobs": self.blobs,
            "blob_bytes": self.blob_bytes,
            "payable": dict(self.payable),
        }

    @classmethod
    def from_json(cls, source: Json) -> "Totals":
        """The sums of `to_json`."""
        fields = mapping(source, "totals")
        payable = mapping(fields.get("payable"), "payable")
        return cls(
            whole(fields, "documents"),
            whole(fields, "signed"),
            whole(fields, "blobs"),
            whole(fields, "blob_bytes"),
            {currency: text(payable, currency, 40) for currency in payable},
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What belongs to a batch. `previous_sha256` is empty only for the first batch of all."""

    batch: str
    business_date: date
    cutoff: datetime
    previous_sha256: str
    payload_sha256: Sha256
    totals: Totals
    documents: tuple[BatchedDocument, ...]
    retained_until: date | None = None
    """The day after which payload and attachments are removed; manifest and signature stay."""
    files: tuple[BatchFile, ...] = ()
    """Files of further formats."""

    def to_json(self) -> JsonObject:
        """The manifest as JSON."""
        kept = {"retained_until": self.retained_until.isoformat()} if self.retained_until else {}
        return {
            "schema": 1,
            "batch": self.batch,
            "business_date": self.business_date.isoformat(),
            "cutoff": to_text(self.cutoff),
            "previous_sha256": self.previous_sha256,
            **kept,
            "payload": {"name": PAYLOAD, "sha256": self.payload_sha256},
            "files": [file.to_json() for file in self.files],
            "totals": self.totals.to_json(),
            "count": len(self.documents),
            "documents": [document.to_json() for document in self.documents],
        }

    @classmethod
    def from_json(cls, source: Json) -> "Manifest":
        """The manifest of `to_json`; BadInput SC-SYNC-010 naming what breaks a rule."""
        fields = mapping(source, "manifest")
        whole(fields, "schema", 1, 1)
        previous = text(fields, "previous_sha256", 64)
        documents = listed(fields, "documents", BatchedDocument.from_json, MAX_DOCUMENTS)
        whole(fields, "count", len(documents), len(documents))
        return cls(
            _named(fields),
            _day(fields, "business_date"),
            instant(fields, "cutoff"),
            sha256_text(previous) if previous else "",
            sha256_text(mapping(fields.get("payload"), "payload").get("sha256")),
            Totals.from_json(fields.get("totals")),
            documents,
            _day(fields, "retained_until") if "retained_until" in fields else None,
            listed(fields, "files", BatchFile.from_json, MAX_FILES) if "files" in fields else (),
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that the core did not accept, with its reason for people."""

    id: RecordId
    version: int
    reason: str

    def to_json(self) -> JsonObject:
        """The line as JSON."""
        return {"id": self.id, "version": self.version, "reason": self.reason}

    @classmethod
    def from_json(cls, source: Json) -> "Rejected":
        """The line of `to_json`."""
        fields = mapping(source, "rejected")
        return cls(
            RecordId(uuid_text(fields, "id")),
            whole(fields, "version", 1),
            text(fields, "reason", 500),
        )


@dataclass(frozen=True, slots=True)
class Accepted:
    """A line that the core took over."""

    id: RecordId
    version: int

    def to_json(self) -> JsonObject:
        """The line as JSON."""
        return {"id": self.id, "version": self.version}

    @classmethod
    def from_json(cls, source: Json) -> "Accepted":
        """The line of `to_json`."""
        fields = mapping(source, "accepted")
        return cls(RecordId(uuid_text(fields, "id")), whole(fields, "version", 1))


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The core's answer to one batch, line by line."""

    batch: str
    manifest_sha256: Sha256
    accepted: tuple[Accepted, ...]
    rejected: tuple[Rejected, ...]

    def to_json(self) -> JsonObject:
        """The answer as JSON."""
        return {
            "batch": self.batch,
            "manifest_sha256": self.manifest_sha256,
            "accepted": [line.to_json() for line in self.accepted],
            "rejected": [line.to_json() for line in self.rejected],
        }

    @classmethod
    def from_json(cls, source: Json) -> "Acknowledgement":
        """The answer of `to_json`; BadInput SC-SYNC-010 naming what breaks a rule."""
        fields = mapping(source, "acknowledgement")
        return cls(
            _named(fields),
            sha256_text(fields.get("manifest_sha256")),
            listed(fields, "accepted", Accepted.from_json, MAX_DOCUMENTS),
            listed(fields, "rejected", Rejected.from_json, MAX_DOCUMENTS),
        )


def _named(fields: Mapping[str, Json]) -> str:
    name = text(fields, "batch", 40)
    if not is_batch_name(name):
        raise BadInput("SC-SYNC-010", field="batch", value=name, rule=_BATCH.pattern)
    return name


def _day(fields: Mapping[str, Json], name: str) -> date:
    value = text(fields, name, 10)
    try:
        return date.fromisoformat(value)
    except ValueError as wrong:
        raise BadInput("SC-SYNC-010", field=name, value=value, rule="date") from wrong
