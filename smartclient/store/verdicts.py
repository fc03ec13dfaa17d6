"""What the server would not hand over to PČS, as its statuses say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, literal, or_, select

from smartclient.domain.document_looks import PROMISED
from smartclient.domain.ids import DocumentId
from smartclient.store.schema import document, document_status, record
from smartclient.store.server_records import statuses_of
from smartclient.store.transaction import Transaction

_verdict = document_status.c.content


def _said(path: str) -> ColumnElement[str]:
    return func.json_extract(_verdict, literal(path))


_REFUSED_LINES = (
    select(document)
    .join(document_status, document_status.c.document_id == document.c.id)
    .join(record, record.c.id == document.c.id)
    .where(
        document.c.listed == 1,
        document.c.exportable == 0,
        document.c.shown.in_(sorted(PROMISED)),
        record.c.dirty == 0,
        _said("$.document_op") == record.c.op,
        or_(_said("$.verdict.code") != "", _said("$.verdict.missing[0]").is_not(None)),
    )
)


def page_of_refused(limit: int) -> Select[*tuple[object, ...]]:
    """The documents that `not_exported` would name, the one changed last first."""
    order = (document.c.changed_at.desc(), document.c.id)
    return _REFUSED_LINES.order_by(*order).limit(limit).offset(0)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a document is not exported: the first reason, and how many answers are missing."""

    code: str
    missing: int


def not_exported(tx: Transaction, documents: Sequence[DocumentId]) -> Mapping[DocumentId, Refusal]:
    """Those of the documents whose version on the server is refused by its verdict.

    A document that was not judged yet is not among them, nor one that was edited since.
    """
    if not documents:
        return {}
    states, found = tx.records.find_all(documents), {}
    for name, status in statuses_of(tx.unit, documents).items():
        verdict, identity = status.get("verdict"), DocumentId(name)
        state = states[identity]
        if state.dirty or status.get("document_op") != state.op or not isinstance(verdict, dict):
            continue
        missing = verdict.get("missing")
        refusal = Refusal(
            str(verdict.get("code") or ""), len(missing) if isinstance(missing, list) else 0
        )
        if verdict.get("exportable") is not True and (refusal.code or refusal.missing):
            found[identity] = refusal
    return found
