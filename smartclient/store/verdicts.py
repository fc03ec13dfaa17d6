"""What the server would not hand over to PČS, as its statuses say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smartclient.domain.ids import DocumentId
from smartclient.store.server_records import statuses_of
from smartclient.store.transaction import Transaction


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
