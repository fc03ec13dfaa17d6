"""Write: payload, blobs, manifest and signature of a sealed batch, durable outside the database.

The lines were made with the verdicts and the attachments staged, so that here is only put together
what lies ready. The bytes follow from the sealed documents alone, so a second run after a crash
writes the same ones; a finished folder of that name is taken as it is, never rebuilt.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select, tuple_

from smartclient.backoffice.operations import blobs, prepared_lines
from smartclient.backoffice.operations.export.durable import (
    durable_file,
    put_in_place,
    remove_partial,
    write_durably,
)
from smartclient.backoffice.operations.export.formats import (
    JSON,
    BatchFormat,
    BatchPart,
    further_parts,
    packed,
)
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.export.staging import StagedBlobs
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.prepared_lines import PreparedLine
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import Sha256
from smartclient.domain.retention import BATCHES
from smartclient.wire import encoding
from smartclient.wire.batches import (
    BLOBS,
    MANIFEST,
    PAYLOAD,
    SIGNATURE,
    BatchedDocument,
    BatchFile,
    Manifest,
    Totals,
)
from smartclient.wire.messages import mapping

Sign = Callable[[bytes], bytes]
"""Signs the manifest with the export's own key: ECDSA, SHA-256, DER."""
PAGE = 1_000
KEPT = BATCHES.kept.span
"""How long payload and attachments of a batch are kept, unless the settings say otherwise."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What writing a batch needs besides its documents."""

    archive: Path
    sign: Sign
    formats: tuple[BatchFormat, ...] = (JSON,)
    kept: timedelta = KEPT


def write_batch(desk: Desk, run: ExportRun, writing: Writing) -> Sha256:
    """Write the batch into the archive, or take the one that is there; the manifest's digest.

    Raises Damaged SC-EXP-005 when the folder that is there holds other documents, or a sealed
    document has no line.
    """
    archive = writing.archive
    archive.mkdir(parents=True, exist_ok=True)
    final = archive / run.batch
    if final.exists():
        return _taken(desk, run, (final / MANIFEST).read_bytes())
    remove_partial(archive, run.batch)
    partial = archive / f".{run.batch}.{secrets.token_hex(8)}.partial"
    (partial / BLOBS).mkdir(parents=True)
    digest = _write(desk, run, partial, writing)
    put_in_place(partial, final)
    return digest


def _taken(desk: Desk, run: ExportRun, content: bytes) -> Sha256:
    manifest = Manifest.from_json(encoding.parse(content))
    line = schema.export_line
    query = select(line.c.document, line.c.version, line.c.op, line.c.sha256)
    sealed = desk.connection.execute(query.where(line.c.batch == run.batch))
    if {BatchedDocument(*row) for row in sealed} != set(manifest.documents):
        raise Damaged("SC-EXP-005", batch=run.batch)
    return encoding.sha256(content)


@dataclass(slots=True)
class _Sums:
    """What the manifest adds up while documents are written."""

    signed: int = 0
    blobs: dict[Sha256, int] = field(default_factory=dict)
    payable: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def totals(self, documents: int) -> Totals:
        payable = {currency: f"{total:f}" for currency, total in sorted(self.payable.items())}
        return Totals(documents, self.signed, len(self.blobs), sum(self.blobs.values()), payable)


class _Part:
    """A file of the batch while documents are appended to it; on the disk when it is closed."""

    def __init__(self, folder: Path, format_name: str, part: BatchPart, stack: ExitStack) -> None:
        self._format = format_name
        self._part = part
        self._hashed = hashlib.sha256()
        self._size = self._entries = 0
        self._file = stack.enter_context(durable_file(folder / part.name))
        self._append(packed(part.opening))

    def add(self, line: PreparedLine) -> None:
        """Append what the line adds; made now where it was not made with the verdict."""
        entry = line.entries.get(self._part.name)
        if entry is None:
            entry = packed(self._part.entry(mapping(encoding.parse(encoding.unpack(line.frame)))))
        if entry:
            self._entries += 1
            self._append(entry)

    def close(self) -> BatchFile:
        """Append the end."""
        self._append(packed(self._part.closing))
        digest = Sha256(self._hashed.hexdigest())
        return BatchFile(self._part.name, self._format, digest, self._size, self._entries)

    def _append(self, content: bytes) -> None:
        self._hashed.update(content)
        self._size += len(content)
        self._file.write(content)


def _write(desk: Desk, run: ExportRun, folder: Path, writing: Writing) -> Sha256:
    sums, staged = _Sums(), StagedBlobs(writing.archive)
    documents: list[BatchedDocument] = []
    hashed = hashlib.sha256()
    place = str(folder / BLOBS)
    with ExitStack() as stack:
        file = stack.enter_context(durable_file(folder / PAYLOAD))
        parts = [
            _Part(folder, each.name, part, stack) for each, part in further_parts(writing.formats)
        ]
        for document, line in _lines(desk, run):
            _attach(desk, document.scope, line, place, staged, sums)
            hashed.update(line.frame)
            file.write(line.frame)
            for part in parts:
                part.add(line)
            documents.append(document)
        files = tuple(part.close() for part in parts)
    manifest = Manifest(
        batch=run.batch,
        business_date=run.business_date,
        cutoff=run.cutoff,
        previous_sha256=run.previous_manifest_sha256,
        payload_sha256=Sha256(hashed.hexdigest()),
        totals=sums.totals(len(documents)),
        documents=tuple(documents),
        retained_until=run.business_date + writing.kept,
        files=files,
    )
    content = encoding.canonical(manifest.to_json())
    write_durably(folder / MANIFEST, content)
    write_durably(folder / SIGNATURE, writing.sign(content))
    return encoding.sha256(content)


def _lines(desk: Desk, run: ExportRun) -> Iterator[tuple[BatchedDocument, PreparedLine]]:
    """The sealed documents in the order of the manifest, with what lies ready of each."""
    line, prepared, scope = schema.export_line, schema.prepared_line, schema.scope
    same = (prepared.c.scope == line.c.scope) & (prepared.c.document == line.c.document)
    order = tuple_(line.c.scope, line.c.document)
    after = ("", "")
    while True:
        query = (
            select(line.c.scope, line.c.document, line.c.version, line.c.op, line.c.sha256)
            .add_columns(prepared.c.line, scope.c.data_key)
            .outerjoin(prepared, same & (prepared.c.op == line.c.op))
            .join(scope, scope.c.scope == line.c.scope)
            .where(line.c.batch == run.batch, order > after)
            .order_by(line.c.scope, line.c.document)
            .limit(PAGE)
        )
        page = desk.connection.execute(query).all()
        for row in page:
            if row.line is None:
                raise Damaged("SC-EXP-005", batch=run.batch)
            key = desk.keys.of(row.scope, row.data_key)
            document = BatchedDocument(row.document, row.version, row.op, row.sha256, row.scope)
            yield document, prepared_lines.open_line(key, row.document, row.op, row.line)
        if len(page) < PAGE:
            return
        after = (page[-1].scope, page[-1].document)


def _attach(
    desk: Desk, scope: str, line: PreparedLine, folder: str, staged: StagedBlobs, sums: _Sums
) -> None:
    """Put the attachments of a line beside the payload and add the line up."""
    for name, size in line.blobs:
        if name not in sums.blobs:
            place = f"{folder}/{name}"
            if not staged.link(name, place):
                content = blobs.read(desk, blobs.find_in_scope(desk, scope, name))
                write_durably(Path(place), content)
            sums.blobs[name] = size
    sums.signed += line.is_signed
    if line.payable is not None:
        currency, amount = line.payable
        sums.payable[currency] += amount
