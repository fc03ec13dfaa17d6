"""Judging documents beside the pushes: a push is never slowed down or refused by a verdict.

Each change of a complete or signed document leaves a row in `judgement_due`. The worker reads the
case, judges it without holding the database, and writes the verdict only if the document is still
the one it judged. The exporter judges whatever is still due before it seals.
"""

import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from smartclient.backoffice.operations import (
    blobs,
    contract_requests,
    judgements_due,
    paper,
    prepared_lines,
    stamps_due,
)
from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.effective_packages import find_effective
from smartclient.backoffice.operations.export.formats import JSON
from smartclient.backoffice.operations.export.staging import StagedBlobs
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.partners import find_partner
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import (
    ScopeRecords,
    hold_one,
    read_content,
    read_record,
)
from smartclient.backoffice.operations.seals import Seals, seals_for
from smartclient.backoffice.operations.server_records import change_status, status_id
from smartclient.backoffice.operations.signed_packages import DocumentKey, SignedPackage
from smartclient.backoffice.operations.store_reach import STORE_AWAY, NotAsked, StoreReach
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import PASSING
from smartclient.domain.document_life import (
    DocumentKind,
    ServerState,
    Stage,
    is_exportable_stage,
)
from smartclient.domain.errors import Damaged, Refused, SmartClientError, Unreachable
from smartclient.domain.ids import Op, RecordId
from smartclient.wire import encoding
from smartclient.wire.messages import Json, JsonObject, RecordKind, mapping

log = logging.getLogger(__name__)

_ALARMS = {
    "SC-SERV-032": Alarm.ID_DOUBLED,
    "SC-SERV-033": Alarm.NOT_JUDGED,
    "SC-SERV-034": Alarm.SIGNED_FILE_REFUSED,
    "SC-SERV-060": Alarm.NOT_JUDGED,
    "SC-CAT-077": Alarm.NOT_JUDGED,
}


@dataclass(frozen=True, slots=True)
class SignedEvidence:
    """What the judge needs of a signed package: the bytes, and what we know of the install."""

    pdf: bytes
    values: bytes
    package: SignedPackage
    seals: Seals
    """The seals that count on what was sent by the install that sent it."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A document as it is judged."""

    document: RecordId
    op: Op
    stage: Stage
    body: JsonObject
    evidence: SignedEvidence | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the document may be exported; `code` is the first reason why not."""

    exportable: bool
    missing: tuple[str, ...] = ()
    code: str = ""
    record: JsonObject = field(default_factory=dict)
    """The data record for the core, by the export map of the form; empty where it has none."""
    on_paper: bool = False
    """Its signatures come on paper."""

    def to_json(self) -> JsonObject:
        """As it stands in the document's status."""
        missing: list[Json] = list(self.missing)
        return {"exportable": self.exportable, "missing": missing, "code": self.code}


_NOT_JUDGED = Verdict(False, code="SC-SERV-033")

Judge = Callable[[Case], Verdict]
"""Pure: the same case always gets the same verdict."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A document that was judged."""

    scope: str
    document: RecordId
    exportable: bool


@dataclass(frozen=True, slots=True)
class Judging:
    """Judges what is due, and makes ready for its batch what may be exported.

    Its line is written in these formats, and its attachments are staged: what cannot be read now
    would stop the whole batch.
    """

    office: Office
    judge: Judge
    store: StoreReach
    staged: StagedBlobs
    formats: prepared_lines.Formats = (JSON,)

    def some(self, until: datetime, limit: int) -> list[Judged]:
        """Judge up to `limit` documents that were due by `until`, the oldest first.

        One whose files cannot be read is put off, later each time, and the others go on. Once the
        store itself counts as away, what needs it is put off without asking: each would wait for
        its own time-out, and the export behind them all.
        """
        with self.office.reading() as desk:
            waiting = judgements_due.oldest_due(desk, until, limit)
        judged: list[Judged] = []
        not_asked: list[DocumentKey] = []
        for key in waiting:
            exportable = False
            try:
                exportable = self._judge_one(key)
            except NotAsked:
                not_asked.append(key)
            judged.append(Judged(*key, exportable))
        if not_asked:
            with self.office.writing() as desk:
                judgements_due.left_out(desk, not_asked)
        return judged

    def _judge_one(self, key: DocumentKey) -> bool:
        scope, document = key
        with self.office.reading() as desk:
            row = read_record(desk, scope, document)
        if row is None:
            with self.office.writing() as desk:
                judgements_due.done(desk, key)
            return False
        verdict, failed = Verdict(False), False
        if is_exportable_stage(row.stage):
            try:
                if row.kind is RecordKind.SIGNED_PACKAGE:
                    return self._make_late_ready(key, row)
                verdict, failed = self._judged(scope, row)
                if verdict.exportable and (row.blobs or row.stage is Stage.SIGNED):
                    verdict = self._made_ready(key, verdict)
            except NotAsked:
                raise
            except Unreachable:
                # What could not be read says nothing about the document: no verdict, however often.
                with self.office.writing() as desk:
                    judgements_due.not_read(desk, key, row.op)
                return False
        return self._settle(key, row, verdict, failed=failed)

    def _judged(self, scope: str, row: RecordRow) -> tuple[Verdict, bool]:
        """The verdict, and whether it is none because the judge failed."""
        try:
            return self._verdict(scope, row), False
        except (Unreachable, *PASSING):
            raise
        except SmartClientError as refusal:
            return Verdict(False, code=refusal.code), False
        except Exception:
            log.exception("judgement failed", extra={"record": row.id})
            return _NOT_JUDGED, True

    def _made_ready(self, key: DocumentKey, verdict: Verdict) -> Verdict:
        """The verdict, once its attachments lie ready; another one where one of them is lost.

        Where our own disk takes nothing, the verdict stands: they are written with the batch.
        """
        try:
            with self.office.reading() as desk:
                self.staged.stage(desk, [key], self.store)
        except (Damaged, Refused) as lost:
            return Verdict(False, code=lost.code)
        except OSError as full:
            told = {"record": key[1], "error": type(full).__name__}
            log.warning("not staged", extra=told)
        return verdict

    def _make_late_ready(self, key: DocumentKey, row: RecordRow) -> bool:
        """Stage the files of a package that a person accepted; only then a batch takes it along."""
        is_ready = self._made_ready(key, Verdict(True)).exportable
        with self.office.writing() as desk:
            if is_ready:
                judgements_due.done(desk, key)
            else:
                judgements_due.not_read(desk, key, row.op)
        return False

    def _settle(self, key: DocumentKey, row: RecordRow, verdict: Verdict, *, failed: bool) -> bool:
        """Write the verdict; whether the document may be exported.

        A line that cannot be made is a judge that failed, and where not even that can be written,
        as when its status is damaged, the document is put off: the next must come to its turn.
        """
        for told, is_none in ((verdict, failed), (_NOT_JUDGED, True)):
            try:
                self._write(key, row, told, failed=is_none)
                return told.exportable
            except PASSING:
                raise
            except Exception:
                log.exception("judgement failed", extra={"record": row.id})
        with self.office.writing() as desk:
            judgements_due.not_read(desk, key, row.op)
        return False

    def _write(self, key: DocumentKey, row: RecordRow, verdict: Verdict, *, failed: bool) -> None:
        with self.office.writing() as desk:
            if _settled(desk, key[0], row, verdict, self.formats):
                after = judgements_due.judge_failed if failed else judgements_due.done
                after(desk, key)

    def _verdict(self, scope: str, row: RecordRow) -> Verdict:
        with self.office.reading() as desk:
            partner = find_partner(desk, row.hr)
            if partner is None or partner.blocked:
                return Verdict(False, code="SC-SERV-031")
            if _is_elsewhere(desk, scope, row):
                return Verdict(False, code="SC-SERV-032")
            signed = row.stage is Stage.SIGNED
            evidence = _evidence(desk, scope, row, self.store) if signed else None
            content = read_content(desk, scope, row.id)
            if encoding.sha256(content) != row.sha256:
                raise Damaged("SC-SERV-060")
            case = Case(row.id, row.op, row.stage, mapping(encoding.parse(content)), evidence)
        return self.judge(case)


def withdraw(desk: Desk, key: DocumentKey) -> None:
    """Take back the verdict of a document whose attachments were lost since, and judge it again.

    Unreachable SC-SERV-061, and nothing is taken back, of what a batch holds already: a sealed
    document, or a late package, which joins a batch with its seal. Its line would not be made
    again, and the batch has to wait for the file.
    """
    scope, record = key
    records = hold_one(desk, scope)
    records.load([record])
    row = records.get(record)
    if row is None:
        return
    if row.kind is not RecordKind.DOCUMENT or row.state is not ServerState.OPEN:
        raise Unreachable(STORE_AWAY)
    if _settled(desk, scope, row, Verdict(False, code=STORE_AWAY), ()):
        judgements_due.have_judged(desk, [key])


def _is_elsewhere(desk: Desk, scope: str, row: RecordRow) -> bool:
    """Whether another scope had a document of this id first: the core would get it twice."""
    table = schema.record
    query = select(table.c.scope).where(
        table.c.id == row.id,
        table.c.scope != scope,
        table.c.first_received_at <= row.first_received_at,
    )
    return desk.connection.execute(query).first() is not None


def _evidence(desk: Desk, scope: str, row: RecordRow, store: StoreReach) -> SignedEvidence | None:
    found = find_effective(desk, [(scope, row.id)]).get((scope, row.id))
    if found is None:
        return None
    package = found.package
    named = (package.pdf_sha256, package.values_sha256)
    files = [blobs.find_in_scope(desk, scope, each) for each in named]
    # Small ones lie in the database, and say nothing of the store.
    with store.asking() if any(each.file for each in files) else nullcontext():
        pdf, values = (blobs.read(desk, each) for each in files)
    return SignedEvidence(pdf, values, package, seals_for(desk, found.install), found.received_at)


def _settled(
    desk: Desk, scope: str, judged: RecordRow, verdict: Verdict, formats: prepared_lines.Formats
) -> bool:
    """Write the verdict; False when the document was changed while it was judged."""
    records = hold_one(desk, scope)
    records.load([judged.id, status_id(judged.id)])
    stands = records.get(judged.id)
    if stands is None or (stands.op, stands.stage) != (judged.op, judged.stage):
        return False
    if stands.state is ServerState.OPEN:
        verdict = _on_its_contract(records, stands, verdict)
        records.note_verdict(stands.id, verdict.code, exportable=verdict.exportable)
        if verdict.exportable:
            prepared_lines.prepare(records, stands, verdict.record, formats)
        else:
            prepared_lines.forget(records, stands.id)
    on_paper = verdict.exportable and verdict.on_paper
    told = paper.after_verdict(records, stands, is_expected=on_paper)
    told |= {"document_op": stands.op, "verdict": verdict.to_json()}
    change_status(records, stands, **told)
    if verdict.exportable and stands.stage is Stage.SIGNED:
        stamps_due.due(records, stands)
    if verdict.code in _ALARMS:
        raise_alarm(desk, _ALARMS[verdict.code], scope, stands.id, stands.op)
    records.flush()
    return True


def _on_its_contract(records: ScopeRecords, row: RecordRow, verdict: Verdict) -> Verdict:
    """The verdict on a request that is in order but for its contract, and on anything else."""
    if not verdict.exportable or row.document_kind != DocumentKind.CHANGE_REQUEST:
        return verdict
    code = contract_requests.stand_on_contract(records, row)
    return Verdict(False, code=code) if code else verdict
