"""Lay out: what a batch will most probably hold is put together before anything is sealed.

From the seal on, pushes of a sealed document are answered `busy`. So the lines are opened and
appended, the attachments linked and all of it flushed while edits are still taken. Behind the seal
what was laid out is compared with what was sealed; only what changed meanwhile is done again.

What lies here belongs to no batch yet: it can be thrown away at any moment.
"""

import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import orjson
from sqlalchemy import ColumnElement, Row, select, tuple_

from smartclient.backoffice.operations import blobs, prepared_lines
from smartclient.backoffice.operations.epoch import current_epoch
from smartclient.backoffice.operations.export.durable import (
    put_in_place,
    remove_partial,
    write_durably,
)
from smartclient.backoffice.operations.export.part_files import Attaching, Writing, open_parts
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.export.staging import StagedBlobs
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.prepared_lines import PreparedLine
from smartclient.backoffice.operations.store_reach import IN_A_ROW
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import Damaged, Refused, Unreachable
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire.batches import BLOBS, BatchFile
from smartclient.wire.messages import RecordKind

PAGE = 1_000
_ABOUT = "about.json"
_LINES = "lines.json"

_Columns = tuple[object, ...]
Key = tuple[str, RecordId]
"""Scope and id of a document."""


@dataclass(frozen=True, slots=True)
class LaidLine:
    """What lies ready of one version of a document."""

    version: int
    op: Op
    sha256: Sha256
    lengths: Sequence[int]
    """Of what it adds to each file, in the order of the files."""
    blobs: Sequence[tuple[Sha256, int]]
    is_signed: bool
    payable: Sequence[str] | None
    """Currency and instalment."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The lines of a batch as they were before its seal, and where they lie."""

    folder: Path
    files: tuple[BatchFile, ...]
    """As they lie here, the payload first."""
    openings: tuple[int, ...]
    """Length of what stands before the first line of each file."""
    heads: Mapping[str, int]
    """How far each scope had come: at the same place nothing of it has changed since."""
    lines: Mapping[Key, LaidLine]
    """In their order."""


class Lost(Unreachable):
    """Attachments of these documents cannot be had; the others could go without them."""

    def __init__(self, documents: Sequence[Key]) -> None:
        super().__init__("SC-SERV-061")
        self.documents = tuple(documents)


def is_laid_out(desk: Desk, run: ExportRun, writing: Writing) -> bool:
    """Whether something that counts lies ready for the batch.

    It does not count in other formats, nor after a restore: heads count within an epoch only.
    """
    try:
        about = orjson.loads((_folder(writing.archive, run.batch) / _ABOUT).read_bytes())
    except FileNotFoundError:
        return False
    names = [part.name for _, part in writing.parts]
    laid = [file["name"] for file in about["files"]]
    return about["epoch"] == current_epoch(desk.connection) and laid == names


def find(desk: Desk, run: ExportRun, writing: Writing) -> LaidOut | None:
    """What was laid out for the batch, None where nothing that counts was."""
    if not is_laid_out(desk, run, writing):
        return None
    folder = _folder(writing.archive, run.batch)
    about = orjson.loads((folder / _ABOUT).read_bytes())
    lines = orjson.loads((folder / _LINES).read_bytes())
    return LaidOut(
        folder,
        tuple(BatchFile.from_json(each) for each in about["files"]),
        tuple(about["openings"]),
        about["heads"],
        {(scope, document): LaidLine(*rest) for scope, document, *rest in lines},
    )


def lay_out(desk: Desk, run: ExportRun, writing: Writing) -> LaidOut:
    """Put together what the lines of the run say now; durable when this returns.

    Raises Damaged SC-EXP-005 when a document has no line, Lost for those whose attachments cannot
    be had, and Unreachable SC-SERV-061 once the store counts as away, where it gives no file of
    another document either: nothing is sealed by then.
    """
    forget(writing.archive, run.batch)
    remove_partial(writing.archive, run.batch)
    partial = writing.archive / f".{run.batch}.{secrets.token_hex(8)}.partial"
    (partial / BLOBS).mkdir(parents=True)
    attaching = Attaching(desk, str(partial / BLOBS), StagedBlobs(writing.archive))
    lines: list[list[object]] = []
    with ExitStack() as stack:
        parts = open_parts(partial, writing, stack)
        openings = [part.size for part in parts]
        for (scope, document), version, sha256, op, line in _attached(desk, run, attaching):
            lengths = [part.add(line) for part in parts]
            payable = line.payable and [line.payable[0], str(line.payable[1])]
            told = [version, op, sha256, lengths, line.blobs, line.is_signed, payable]
            lines.append([scope, document, *told])
        files = [part.close().to_json() for part in parts]
    about = {
        "epoch": current_epoch(desk.connection),
        "files": files,
        "openings": openings,
        "heads": _heads(desk, {str(line[0]) for line in lines}),
    }
    write_durably(partial / _ABOUT, orjson.dumps(about))
    write_durably(partial / _LINES, orjson.dumps(lines))
    put_in_place(partial, _folder(writing.archive, run.batch))
    return cast("LaidOut", find(desk, run, writing))


def forget(archive: Path, batch: str) -> None:
    """Throw away what was laid out for the batch; what the batch took over of it stays."""
    shutil.rmtree(_folder(archive, batch), ignore_errors=True)


def read_lines(desk: Desk, run: ExportRun, keys: Sequence[Key]) -> dict[Key, PreparedLine]:
    """The lines of some documents of the batch as they are now; SC-EXP-005 when one has none."""
    found: dict[Key, PreparedLine] = {}
    for start in range(0, len(keys), PAGE):
        table = schema.export_line
        some = tuple_(table.c.scope, table.c.document).in_(keys[start : start + PAGE])
        page = _page(desk, run, some)
        found.update((key, line) for key, _, _, _, line in _opened(desk, run, page))
    return found


def _folder(archive: Path, batch: str) -> Path:
    return archive / f".{batch}.laid"


def _heads(desk: Desk, scopes: Collection[str]) -> dict[str, int]:
    table = schema.scope
    rows = desk.connection.execute(select(table.c.scope, table.c.head))
    return {row.scope: row.head for row in rows if row.scope in scopes}


_Found = tuple[Key, int, Sha256, Op, PreparedLine]


def _read(desk: Desk, run: ExportRun) -> Iterator[_Found]:
    """The documents of the batch in the order of the manifest, with what lies ready of each."""
    line = schema.export_line
    order = tuple_(line.c.scope, line.c.document)
    after = ("", "")
    while True:
        page = _page(desk, run, order > after)
        yield from _opened(desk, run, page)
        if len(page) < PAGE:
            return
        after = (page[-1].scope, page[-1].document)


def _attached(desk: Desk, run: ExportRun, attaching: Attaching) -> Iterator[_Found]:
    """The documents of the batch once their attachments lie in it; Lost when some cannot."""
    lost: list[Key] = []
    for found in _read(desk, run):
        (scope, _), line = found[0], found[-1]
        try:
            attaching.attach(scope, (name for name, _ in line.blobs))
        except (Damaged, Refused, Unreachable):
            lost.append(found[0])
            if attaching.unread_in_a_row >= IN_A_ROW:
                if not _gives_another(desk, run, attaching.staged, lost):
                    raise
                attaching.unread_in_a_row = 0
        else:
            yield found
    if lost:
        raise Lost(lost)


def _gives_another(desk: Desk, run: ExportRun, staged: StagedBlobs, lost: Sequence[Key]) -> bool:
    """Whether the store gives a file of another document of the batch.

    Staged ones say nothing of the store while they are attached, but all lie there too, and each
    was read there once: one of them is asked for, if there are any. At each try that may be another
    one, so that the batch does not wait for ever for a file that is lost itself.
    """
    left_out = set(lost)
    others = [
        (key[0], name)
        for key, *_, line in _read(desk, run)
        if key not in left_out
        for name, size in line.blobs
        if size > blobs.IN_DATABASE
    ]
    pool = [each for each in others if staged.has(each[1])] or others
    if not pool:
        return False
    scope, name = pool[int.from_bytes(desk.random(8)) % len(pool)]
    try:
        blobs.read(desk, blobs.find_in_scope(desk, scope, name), 0, 1)
    except (Damaged, Refused, Unreachable):
        return False
    return True


def _page(desk: Desk, run: ExportRun, which: ColumnElement[bool]) -> Sequence[Row[_Columns]]:
    line, prepared, scope = schema.export_line, schema.prepared_line, schema.scope
    record = schema.record
    same = (prepared.c.scope == line.c.scope) & (prepared.c.document == line.c.document)
    of_it = (record.c.scope == line.c.scope) & (record.c.id == line.c.document)
    is_document = record.c.kind == RecordKind.DOCUMENT.value
    query = (
        select(line.c.scope, line.c.document, line.c.version, line.c.op, line.c.sha256)
        .add_columns(prepared.c.line, scope.c.data_key)
        .add_columns((record.c.exportable | ~is_document).label("is_due"))
        .outerjoin(prepared, same & (prepared.c.op == line.c.op))
        .outerjoin(record, of_it & (record.c.op == line.c.op))
        .join(scope, scope.c.scope == line.c.scope)
        .where(line.c.batch == run.batch, which)
        .order_by(line.c.scope, line.c.document)
        .limit(PAGE)
    )
    return desk.connection.execute(query).all()


def _opened(desk: Desk, run: ExportRun, page: Sequence[Row[_Columns]]) -> Iterator[_Found]:
    for row in page:
        if row.line is not None:
            key = desk.keys.of(row.scope, row.data_key)
            opened = prepared_lines.open_line(key, row.document, row.op, row.line)
            yield (row.scope, row.document), row.version, row.sha256, row.op, opened
        elif row.is_due:
            raise Damaged("SC-EXP-005", batch=run.batch)
        # Any other was edited or judged anew since its line of the batch was noted.
