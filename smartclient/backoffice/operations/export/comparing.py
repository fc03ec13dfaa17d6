"""Compare: the database, our archive and the core's folder say the same of a batch, or where not.

Nothing is believed that can be counted: files are read and digested, not only looked for.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select

from smartclient.backoffice.operations.export.runs import ExportRun, RunState
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import CoreAnswer, ServerState
from smartclient.domain.errors import BadInput
from smartclient.wire import encoding
from smartclient.wire.batches import (
    BLOBS,
    MANIFEST,
    PAYLOAD,
    READY,
    Acknowledgement,
    BatchedDocument,
    Manifest,
    ack_name,
)
from smartclient.wire.messages import RecordKind


class Difference(StrEnum):
    """What does not come out even."""

    NO_ARCHIVE = "no_archive"
    OTHER_MANIFEST = "other_manifest"
    OTHER_DOCUMENTS = "other_documents"
    OTHER_FILES = "other_files"
    BROKEN_CHAIN = "broken_chain"
    OTHER_AT_THE_CORE = "other_at_the_core"
    NOT_LOCKED = "not_locked"
    UNREADABLE_ANSWER = "unreadable_answer"
    UNKNOWN_ANSWERED = "unknown_answered"
    ANSWERED_TWICE = "answered_twice"
    ANSWERED_OTHERWISE = "answered_otherwise"
    NOT_READY = "not_ready"


@dataclass(frozen=True, slots=True)
class Compared:
    """What each place says of the export of one date."""

    desk: Desk
    run: ExportRun
    archive: Path
    to_core: Path
    is_removed: bool

    def all(self) -> Iterator[tuple[Difference, int]]:
        """Every difference with how many there are of it; 0 for one that is none."""
        if self.run.manifest_sha256:
            yield from self._archived()
            yield Difference.OTHER_AT_THE_CORE, self._other_at_the_core()
            yield Difference.NOT_READY, self._not_ready()
            yield Difference.NOT_LOCKED, self._not_locked()
        yield Difference.BROKEN_CHAIN, self._broken_chain()
        if self.run.state in (RunState.HANDED_OVER, RunState.ACKNOWLEDGED):
            yield from self._answered()

    def _archived(self) -> Iterator[tuple[Difference, int]]:
        folder = self.archive / self.run.batch
        try:
            content = (folder / MANIFEST).read_bytes()
        except OSError:
            yield Difference.NO_ARCHIVE, 1
            return
        if encoding.sha256(content) != self.run.manifest_sha256:
            yield Difference.OTHER_MANIFEST, 1
            return
        manifest = Manifest.from_json(encoding.parse(content))
        line = schema.export_line
        query = select(line.c.document, line.c.version, line.c.op, line.c.sha256)
        found = self.desk.connection.execute(query.where(line.c.batch == self.run.batch))
        sealed = {BatchedDocument(*row) for row in found}
        yield Difference.OTHER_DOCUMENTS, len(sealed ^ set(manifest.documents))
        if not self.is_removed:
            named = {PAYLOAD: manifest.payload_sha256}
            named |= {file.name: file.sha256 for file in manifest.files}
            wrong = sum(_digest(folder / name) != sha256 for name, sha256 in named.items())
            missing = manifest.totals.blobs - _count(folder / BLOBS)
            yield Difference.OTHER_FILES, wrong + abs(missing)

    def _other_at_the_core(self) -> int:
        try:
            content = (self.to_core / self.run.batch / MANIFEST).read_bytes()
        except OSError:
            return 0  # not handed over yet, or taken away by the core
        return int(encoding.sha256(content) != self.run.manifest_sha256)

    def _not_ready(self) -> int:
        """A batch without READY is looked at by nobody, however whole it is."""
        folder = self.to_core / self.run.batch
        is_there = self.run.state is RunState.HANDED_OVER and folder.exists()
        return int(is_there and not (folder / READY).exists())

    def _not_locked(self) -> int:
        if self.run.state is RunState.WRITTEN:
            return 0
        line, record = schema.export_line, schema.record
        query = (
            select(func.count())
            .select_from(line)
            .join(record, (record.c.scope == line.c.scope) & (record.c.id == line.c.document))
            .where(
                line.c.batch == self.run.batch,
                record.c.kind == RecordKind.DOCUMENT.value,
                record.c.op == line.c.op,
                record.c.state.in_((ServerState.OPEN.value, ServerState.SEALED.value)),
            )
        )
        return self.desk.connection.execute(query).scalar_one()

    def _broken_chain(self) -> int:
        run = schema.export_run
        before = (
            select(run.c.manifest_sha256)
            .where(run.c.business_date < self.run.business_date, run.c.manifest_sha256 != "")
            .order_by(run.c.business_date.desc())
            .limit(1)
        )
        named = self.desk.connection.execute(before).scalar_one_or_none() or ""
        return int(named != self.run.previous_manifest_sha256)

    def _answered(self) -> Iterator[tuple[Difference, int]]:
        try:
            content = (self.to_core / ack_name(self.run.batch)).read_bytes()
        except FileNotFoundError:
            return
        except OSError:
            yield Difference.UNREADABLE_ANSWER, 1
            return
        try:
            answer = Acknowledgement.from_json(encoding.parse(content))
        except BadInput:
            yield Difference.UNREADABLE_ANSWER, 1
            return
        line = schema.export_line
        query = select(line.c.document, line.c.version, line.c.answer)
        rows = self.desk.connection.execute(query.where(line.c.batch == self.run.batch))
        stand = {(row.document, row.version): row.answer for row in rows}
        accepted = [(each.id, each.version) for each in answer.accepted]
        rejected = [(each.id, each.version) for each in answer.rejected]
        told = Counter([*accepted, *rejected])
        yield Difference.UNKNOWN_ANSWERED, sum(each not in stand for each in told)
        yield Difference.ANSWERED_TWICE, sum(number > 1 for number in told.values())
        said = dict.fromkeys(accepted, CoreAnswer.ACCEPTED.value)
        said |= dict.fromkeys(rejected, CoreAnswer.REJECTED.value)
        other = sum(
            stand.get(each, CoreAnswer.NONE.value) not in (CoreAnswer.NONE.value, answer)
            for each, answer in said.items()
        )
        yield Difference.ANSWERED_OTHERWISE, other


def _count(folder: Path) -> int:
    """How many files a folder holds; none where it is not there."""
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


def _digest(path: Path) -> str:
    hashed = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                hashed.update(chunk)
    except OSError:
        return ""
    return hashed.hexdigest()
