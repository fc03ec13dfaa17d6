"""Write: payload, blobs, manifest and signature of a sealed batch, durable outside the database.

What was laid out before the seal (`laying`) is taken as it lies; only what changed in between is
put in its place. The bytes follow from the sealed documents alone, so a second run after a crash
writes the same ones; a finished folder of that name is taken as it is, never rebuilt.
"""

import os
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select

from smartclient.backoffice.operations.export import laying
from smartclient.backoffice.operations.export.durable import (
    copy_file,
    put_in_place,
    remove_partial,
    write_durably,
)
from smartclient.backoffice.operations.export.laying import Key, LaidLine, LaidOut
from smartclient.backoffice.operations.export.part_files import (
    Attaching,
    PartFile,
    Writing,
    open_parts,
)
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.export.staging import StagedBlobs
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.prepared_lines import PreparedLine
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import (
    BLOBS,
    MANIFEST,
    SIGNATURE,
    BatchedDocument,
    BatchFile,
    Manifest,
    Totals,
)


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
    laid = laying.find(desk, run, writing) or laying.lay_out(desk, run, writing)
    remove_partial(archive, run.batch)
    partial = archive / f".{run.batch}.{secrets.token_hex(8)}.partial"
    partial.mkdir()
    digest = _write(desk, run, partial, writing, laid)
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


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What was sealed, in the order of the manifest, beside what lies ready of it."""

    documents: tuple[BatchedDocument, ...]
    laid: LaidOut
    changed: Mapping[Key, PreparedLine]
    """What was not laid out as it was sealed."""

    def lines(self) -> Iterator[tuple[Key, LaidLine | PreparedLine]]:
        """The line of each document."""
        for document in self.documents:
            key = (document.scope, document.id)
            yield key, self.changed.get(key) or self.laid.lines[key]

    @property
    def is_as_laid(self) -> bool:
        """Whether nothing changed between laying out and sealing."""
        return not self.changed and len(self.documents) == len(self.laid.lines)


def _sealed(desk: Desk, run: ExportRun, laid: LaidOut) -> _Sealed:
    line, scope = schema.export_line, schema.scope
    marked = select(scope.c.scope, scope.c.head).where(scope.c.sealed_for == run.batch)
    heads = {row.scope: row.head for row in desk.connection.execute(marked)}
    query = (
        select(line.c.document, line.c.version, line.c.op, line.c.sha256, line.c.scope)
        .where(line.c.batch == run.batch)
        .order_by(line.c.scope, line.c.document)
    )
    documents, changed = [], []
    for document in (BatchedDocument(*row) for row in desk.connection.execute(query)):
        if document.scope not in heads:  # a line that was noted and never sealed
            raise Damaged("SC-EXP-005", batch=run.batch)
        documents.append(document)
        if not _lies_ready(laid, document, heads[document.scope]):
            changed.append((document.scope, document.id))
    return _Sealed(tuple(documents), laid, laying.read_lines(desk, run, changed))


def _lies_ready(laid: LaidOut, document: BatchedDocument, head: int) -> bool:
    line = laid.lines.get((document.scope, document.id))
    if line is None or laid.heads.get(document.scope) != head:
        return False
    return (line.version, line.op, line.sha256) == (document.version, document.op, document.sha256)


@dataclass(slots=True)
class _Sums:
    """What the manifest adds up."""

    signed: int = 0
    blobs: dict[Sha256, int] = field(default_factory=dict)
    payable: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, line: LaidLine | PreparedLine) -> None:
        self.blobs.update(line.blobs)
        self.signed += line.is_signed
        if line.payable is not None:
            currency, amount = line.payable
            self.payable[currency] += Decimal(amount)

    def totals(self, documents: int) -> Totals:
        payable = {currency: f"{total:f}" for currency, total in sorted(self.payable.items())}
        return Totals(documents, self.signed, len(self.blobs), sum(self.blobs.values()), payable)


def _write(desk: Desk, run: ExportRun, folder: Path, writing: Writing, laid: LaidOut) -> Sha256:
    sealed = _sealed(desk, run, laid)
    sums = _Sums()
    for _, line in sealed.lines():
        sums.add(line)
    _gather_blobs(desk, folder / BLOBS, writing, sealed)
    files = _link_files(folder, laid) if sealed.is_as_laid else _join_files(folder, writing, sealed)
    payload, *further = files
    manifest = Manifest(
        batch=run.batch,
        business_date=run.business_date,
        cutoff=run.cutoff,
        previous_sha256=run.previous_manifest_sha256,
        payload_sha256=payload.sha256,
        totals=sums.totals(len(sealed.documents)),
        documents=sealed.documents,
        retained_until=run.business_date + writing.kept,
        files=tuple(further),
    )
    content = encoding.canonical(manifest.to_json())
    write_durably(folder / MANIFEST, content)
    write_durably(folder / SIGNATURE, writing.sign(content))
    return encoding.sha256(content)


def _gather_blobs(desk: Desk, folder: Path, writing: Writing, sealed: _Sealed) -> None:
    """Take over the attachments that lie ready, and put right what changed since."""
    linked: set[Sha256] = set()
    try:
        (sealed.laid.folder / BLOBS).rename(folder)
    except FileNotFoundError:  # a run that was cut off has taken them
        folder.mkdir()
    else:
        if sealed.is_as_laid:
            return
        linked = {name for line in sealed.laid.lines.values() for name, _ in line.blobs}
    surplus = set(linked)
    attaching = Attaching(desk, str(folder), StagedBlobs(writing.archive), linked)
    for (scope, _), line in sealed.lines():
        names = [name for name, _ in line.blobs]
        attaching.attach(scope, names)
        surplus.difference_update(names)
    for name in surplus:
        (folder / name).unlink()


def _link_files(folder: Path, laid: LaidOut) -> tuple[BatchFile, ...]:
    """The files as they lie. What was laid out goes, so that these stay the only names of them."""
    for file in laid.files:
        try:
            os.link(laid.folder / file.name, folder / file.name)
        except OSError:  # a disk that knows no second names
            copy_file(laid.folder / file.name, folder / file.name)
    return laid.files


def _join_files(folder: Path, writing: Writing, sealed: _Sealed) -> tuple[BatchFile, ...]:
    """The files anew: stretches of what lies ready, and between them what changed since."""
    with ExitStack() as stack:
        parts = open_parts(folder, writing, stack)
        for number, part in enumerate(parts):
            name = sealed.laid.files[number].name
            with (sealed.laid.folder / name).open("rb") as source:
                _join(part, source, number, sealed)
        return tuple(part.close() for part in parts)


def _join(part: PartFile, source: BinaryIO, number: int, sealed: _Sealed) -> None:
    lengths = [line.lengths[number] for line in sealed.laid.lines.values()]
    begins = accumulate(lengths, initial=sealed.laid.openings[number])
    begin_of = dict(zip(sealed.laid.lines, begins, strict=False))
    stretch = _Stretch(part, source)
    for key, line in sealed.lines():
        if isinstance(line, LaidLine):
            stretch.go_on(begin_of[key], line.lengths[number])
        else:
            stretch.end()
            part.add(line)
    stretch.end()


@dataclass(slots=True)
class _Stretch:
    """Lines that lie one behind the other, copied together."""

    part: PartFile
    source: BinaryIO
    _begin: int = 0
    _length: int = 0
    _entries: int = 0

    def go_on(self, begin: int, length: int) -> None:
        """Take the next line along; one that lies elsewhere begins a new stretch."""
        if begin != self._begin + self._length:
            self.end()
            self._begin = begin
        self._length += length
        self._entries += length > 0

    def end(self) -> None:
        """Copy what was gathered."""
        self.source.seek(self._begin)
        self.part.copy(self.source, self._length, self._entries)
        self._begin += self._length
        self._length = self._entries = 0
