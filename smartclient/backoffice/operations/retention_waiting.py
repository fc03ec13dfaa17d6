"""What keeps a document from the archive however old it is: somebody is not done with it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select

from smartclient.backoffice.operations.late_packages import Decision
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.signed_packages import Standing
from smartclient.backoffice.tables import exports, schema
from smartclient.domain.document_life import CoreAnswer, ServerState
from smartclient.domain.ids import RecordId

_ANSWERED = (CoreAnswer.ACCEPTED.value, CoreAnswer.REJECTED.value)


def with_work_waiting(records: ScopeRecords, documents: Sequence[RecordId]) -> frozenset[RecordId]:
    """Those of the documents that something still waits for.

    The exporter (exportable and not handed over), the judge, the core (its answer to the line has
    not come), a signed package whose version has not arrived, or the person who decides about a
    late one.
    """
    if not documents:
        return frozenset()
    found: set[RecordId] = set()
    for query in _questions(records.scope, documents):
        found.update(RecordId(each) for each in records.desk.connection.execute(query).scalars())
    return frozenset(found)


def _questions(scope: str, documents: Sequence[RecordId]) -> tuple[Select[str], ...]:
    record, package, line = schema.record, schema.signed_package, schema.export_line
    decision = exports.late_decision

    def among(column: ColumnElement[str], of_scope: ColumnElement[str]) -> Select[str]:
        return select(column).where(of_scope == scope, column.in_(documents))

    judged = schema.judgement_due
    not_exported = record.c.exportable & (record.c.state == ServerState.OPEN.value)
    its_line = (line.c.scope == record.c.scope) & (line.c.document == record.c.id)
    answered = (
        select(line.c.document)
        .where(its_line, line.c.batch == record.c.batch, line.c.answer.in_(_ANSWERED))
        .exists()
    )
    decided = (
        select(decision.c.package)
        .where(decision.c.scope == package.c.scope, decision.c.package == package.c.id)
        .where((decision.c.decision != Decision.ACCEPTED.value) | decision.c.batch.is_not(None))
        .exists()
    )
    return (
        among(judged.c.document, judged.c.scope),
        among(package.c.document, package.c.scope).where(
            package.c.standing == Standing.PENDING.value
        ),
        among(package.c.document, package.c.scope).where(
            package.c.standing == Standing.LATE.value, ~decided
        ),
        among(record.c.id, record.c.scope).where(not_exported),
        among(record.c.id, record.c.scope).where(
            record.c.state == ServerState.LOCKED.value, ~answered
        ),
    )
