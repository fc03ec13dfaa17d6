"""The core's answer: accepted and rejected lines become statuses of their documents."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import and_, bindparam, select, update

from smartclient.backoffice.operations import contract_requests, late_packages
from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.runs import ExportRun, RunState
from smartclient.backoffice.operations.export.telling import SCOPES_AT_ONCE
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import (
    ScopeRecords,
    hold,
    load_with_bodies,
    write_all,
)
from smartclient.backoffice.operations.server_records import change_status, status_id, telling
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import CoreAnswer
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import RecordId
from smartclient.wire import encoding
from smartclient.wire.batches import Acknowledgement, ack_name


@dataclass(frozen=True, slots=True)
class _Answer:
    answer: CoreAnswer
    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What an answer brought that was not known before."""

    accepted: int
    rejected: int
    unknown: int
    """Lines about versions that were never handed over in the batch; they change nothing."""


def read_answer(run: ExportRun, to_core: Path) -> Acknowledgement | None:
    """The core's answer to the batch, None while there is none.

    Raises BadInput SC-EXP-006 for one that cannot be read or speaks of another manifest.
    """
    try:
        content = (to_core / ack_name(run.batch)).read_bytes()
    except FileNotFoundError:
        return None
    try:
        answer = Acknowledgement.from_json(encoding.parse(content))
    except BadInput as unreadable:
        raise BadInput("SC-EXP-006", batch=run.batch) from unreadable
    if (answer.batch, answer.manifest_sha256) != (run.batch, run.manifest_sha256):
        raise BadInput("SC-EXP-006", batch=run.batch)
    return answer


def take_answer(office: Office, run: ExportRun, answer: Acknowledgement) -> Acknowledged:
    """Tell each document what the core said of it; the first answer to a line stands."""
    said = _by_line(answer)
    with office.reading() as desk:
        known, by_scope = _documents_by_scope(desk, run, said)
    scopes = sorted(by_scope)
    for start in range(0, len(scopes), SCOPES_AT_ONCE):
        some = scopes[start : start + SCOPES_AT_ONCE]
        with office.writing() as desk:
            _tell_scopes(desk, run, {scope: by_scope[scope] for scope in some})
    with office.writing() as desk:
        if not _unanswered_lines(desk, run):
            runs.step(desk, run, RunState.ACKNOWLEDGED)
    told = [each for answers in by_scope.values() for each in answers.values()]
    accepted = sum(each.answer is CoreAnswer.ACCEPTED for each in told)
    return Acknowledged(accepted, len(told) - accepted, len(said) - known)


def _by_line(answer: Acknowledgement) -> dict[tuple[RecordId, int], _Answer]:
    said = {(line.id, line.version): _Answer(CoreAnswer.ACCEPTED, "") for line in answer.accepted}
    # A line that is both is rejected: the more careful reading brings it to a person.
    for line in answer.rejected:
        said[line.id, line.version] = _Answer(CoreAnswer.REJECTED, line.reason)
    return said


def _documents_by_scope(
    desk: Desk, run: ExportRun, said: Mapping[tuple[RecordId, int], _Answer]
) -> tuple[int, dict[str, dict[RecordId, _Answer]]]:
    """How many answers are about lines of the batch, and those to lines that had none yet."""
    table = schema.export_line
    query = select(table.c.scope, table.c.document, table.c.version, table.c.answer)
    found: defaultdict[str, dict[RecordId, _Answer]] = defaultdict(dict)
    known = 0
    for row in desk.connection.execute(query.where(table.c.batch == run.batch)):
        answer = said.get((row.document, row.version))
        known += answer is not None
        if answer is not None and row.answer == CoreAnswer.NONE.value:
            found[row.scope][row.document] = answer
    return known, dict(found)


def _tell_scopes(
    desk: Desk, run: ExportRun, said: Mapping[str, Mapping[RecordId, _Answer]]
) -> None:
    held = hold(desk, said)
    ids = [document for answers in said.values() for document in answers]
    load_with_bodies(desk, held, [*ids, *map(status_id, ids)])
    lines: list[dict[str, object]] = []
    accepted: list[tuple[ScopeRecords, RecordRow]] = []
    for scope, answers in said.items():
        for document, answer in answers.items():
            told = {"told": answer.answer.value, "because": answer.reason}
            lines.append({"of_scope": scope, "of_document": document, **told})
            stands = held[scope].get(document)
            # "Ostatní" may have a newer version by now: that one has no answer yet.
            if stands is not None and stands.batch == run.batch:
                core = {"core": answer.answer.value, "core_reason": answer.reason}
                with telling(held[scope], stands):
                    change_status(held[scope], stands, **core)
                if answer.answer is CoreAnswer.ACCEPTED:
                    accepted.append((held[scope], stands))
        spoken = {name: (each.answer.value, each.reason) for name, each in answers.items()}
        late_packages.answered(held[scope], run.batch, spoken)
    contract_requests.change_contracts(accepted)
    write_all(desk, held.values())
    _answer_lines(desk, run, lines)


def _answer_lines(desk: Desk, run: ExportRun, lines: list[dict[str, object]]) -> None:
    table = schema.export_line
    of_it = and_(
        table.c.batch == run.batch,
        table.c.scope == bindparam("of_scope"),
        table.c.document == bindparam("of_document"),
    )
    told = update(table).where(of_it)
    desk.connection.execute(
        told.values(answer=bindparam("told"), reason=bindparam("because")), lines
    )


def _unanswered_lines(desk: Desk, run: ExportRun) -> bool:
    table = schema.export_line
    query = select(table.c.document).where(
        table.c.batch == run.batch, table.c.answer == CoreAnswer.NONE.value
    )
    return desk.connection.execute(query.limit(1)).first() is not None
