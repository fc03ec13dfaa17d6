"""What this computer has that the server does not, by kind, and what the server refused.

Read only when a person looks; the exchange itself asks `store.outgoing`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import exists, func, literal_column, select, update

from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId
from smartclient.store.appends import FILE_ELSEWHERE
from smartclient.store.bodies import read_back
from smartclient.store.changes import Subject
from smartclient.store.document_lines import situation_of
from smartclient.store.feed import DIRTY
from smartclient.store.schema import append, document, record
from smartclient.store.transaction import Transaction
from smartclient.wire.kinds import RecordKind

_UNACKNOWLEDGED = literal_column("acknowledged") == literal_column("0")
_DISCARDED = exists().where(document.c.id == record.c.id, document.c.listed == 0)
_REFUSED_RECORDS = (
    select(func.count()).select_from(record).where(DIRTY, record.c.parked != "", ~_DISCARDED)
)
_REFUSED_APPENDS = (
    select(func.count()).select_from(append).where(_UNACKNOWLEDGED, append.c.parked != "")
)
COUNT_REFUSED = select(
    (_REFUSED_RECORDS.scalar_subquery() + _REFUSED_APPENDS.scalar_subquery()).label("count")
)
"""How many records are in `Unsent.parked`."""
_HOLD_NOWHERE = frozenset(
    {RecordKind.CLIENT_MERGE, RecordKind.CLIENT_HIDE, RecordKind.ERASE_REQUEST}
)
"""Refused events of these kinds hold nowhere and say nothing of a client."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that the server refused with a code, and whose it is."""

    id: str
    kind: str
    """A `RecordKind`, or one that a later version wrote."""
    code: str
    document_id: DocumentId | None = None
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits: documents by their stage, everything else by its kind."""

    documents: Mapping[Stage, int]
    others: Mapping[str, int]
    parked: tuple[Parked, ...]


def unsent(tx: Transaction) -> Unsent:
    """What the next synchronisation would send, and what it leaves to a person."""
    asked = select(record.c.id, record.c.kind, record.c.parked).where(DIRTY)
    dirty = {str(line.id): line for line in tx.unit.connection.execute(asked)}
    listed = select(document.c.id, document.c.stage).where(
        document.c.id.in_(dirty), document.c.listed == 1
    )
    stages = {str(name): Stage(stage) for name, stage in tx.unit.connection.execute(listed)}
    documents: Counter[Stage] = Counter()
    others: Counter[str] = Counter()
    parked = []
    for name, line in dirty.items():
        is_document = line.kind == RecordKind.DOCUMENT
        if is_document and name not in stages:
            continue  # discarded here and never seen by the server
        if line.parked:
            owner = DocumentId(name) if is_document else None
            parked.append(Parked(name, line.kind, line.parked, owner, "" if is_document else name))
        elif is_document:
            documents[stages[name]] += 1
        else:
            others[line.kind] += 1
    return _with_appends(tx, documents, others, parked)


def _with_appends(
    tx: Transaction, documents: Counter[Stage], others: Counter[str], parked: list[Parked]
) -> Unsent:
    asked = select(append.c.op, append.c.kind, append.c.parked, append.c.body)
    for line in tx.unit.connection.execute(asked.where(_UNACKNOWLEDGED)):
        if not line.parked:
            others[line.kind] += 1
            continue
        body = read_back(line.body)
        owner, client = body.get("document_id"), body.get("client_id") or body.get("loser")
        parked.append(
            Parked(
                line.op,
                line.kind,
                line.parked,
                DocumentId(owner) if isinstance(owner, str) else None,
                client if isinstance(client, str) else "",
            )
        )
    return Unsent(documents, others, tuple(parked))


def offer_again(tx: Transaction, identity: str) -> None:
    """Let the next synchronisation offer a refused record as it is; harmless for any other."""
    state = tx.records.find(identity)
    if state is not None and state.parked:
        tx.records.keep([replace(state, parked="")])
        line = tx.documents.lines([DocumentId(identity)]).get(identity)
        if line is not None:
            tx.documents.stand(DocumentId(identity), replace(situation_of(line), parked=""))
        return
    refused = tx.appends.find(identity)
    if refused is not None and refused.parked:
        some = update(append).where(append.c.op == identity)
        tx.unit.connection.execute(some.values(parked=""))
        tx.effects.parked(refused.kind, [refused.op])
        tx.unit.touch(Subject.APPEND, identity)


def can_be_given_up(kind: str, code: str) -> bool:
    """Whether one can do without a refused record: it holds nowhere, or its file is lost."""
    return kind in _HOLD_NOWHERE or code == FILE_ELSEWHERE


def give_up(tx: Transaction, identity: str) -> None:
    """Forget a refused record that one can do without; harmless for anything else.

    A document whose package it was waits for its signature again. Should the server show the record
    again, because its maker has sent it after all, it comes again.
    """
    refused = tx.appends.find(identity)
    if refused is None or not refused.parked:
        return
    if can_be_given_up(refused.kind, refused.parked):
        tx.appends.forget([refused.op])
        if refused.kind is RecordKind.SIGNED_PACKAGE:
            _wait_for_signature(tx, DocumentId(refused.parent))
        else:
            tx.client_life.touch(refused.parent)


def _wait_for_signature(tx: Transaction, document_id: DocumentId) -> None:
    """The document whose package was given up is to be signed anew, unless it has another one."""
    line, state = tx.documents.lines([document_id]).get(document_id), tx.records.find(document_id)
    if line is None or state is None or tx.appends.signed_package(document_id) is not None:
        return
    before = situation_of(line)
    unsigned = replace(before, stage=Stage.WAITING, has_pdf=False, signed_at=None)
    tx.documents.stand(document_id, replace(unsigned, backed_up=not state.dirty))
