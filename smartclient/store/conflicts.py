"""Edits that met a locked or newer document: listed until the adviser has dealt with them.

Settled ones, copied or set aside, are kept whole until their document goes to the archive.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import RowMapping, Select, delete, func, insert, select, update

from smartclient.domain.clock import from_text
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId, DocumentNumber, Op
from smartclient.store.bodies import read_back, stored
from smartclient.store.changes import Subject
from smartclient.store.full_text import Shown
from smartclient.store.schema import conflict
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.values import JsonObject


class Reason(StrEnum):
    """Why the edit could not become the document."""

    LOCKED = "locked"
    """The document was exported before the edit arrived."""
    STALE = "stale"
    """Another device changed the document first."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The adviser's values of one edit, whole."""

    id: str
    document_id: DocumentId
    reason: Reason
    stage: Stage
    number: DocumentNumber
    client_name: str
    form_id: str
    body: JsonObject
    found_at: datetime
    copied_to: DocumentId | None
    is_settled: bool


IS_OPEN = conflict.c.closed_at.is_(None)
LOST = select(conflict.c.document_id).where(IS_OPEN)
"""The documents with an edit that lost, and that nobody has dealt with."""


def open_ones(asked: Select[*Shown]) -> Select[*Shown]:
    """A query of conflicts narrowed to those that nobody has closed, the newest first."""
    return asked.where(IS_OPEN).order_by(conflict.c.found_at.desc(), conflict.c.id)


def settled_ones(asked: Select[*Shown]) -> Select[*Shown]:
    """A query of conflicts narrowed to those copied or set aside, the one settled last first."""
    return asked.where(~IS_OPEN).order_by(conflict.c.closed_at.desc(), conflict.c.id)


class Conflicts:
    """The conflicts of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def keep(
        self,
        document_id: DocumentId,
        reason: Reason,
        body: JsonObject,
        stage: Stage,
        op: Op | None = None,
    ) -> Conflict:
        """Keep an edit; called by the exchange with its op, and by whoever was refused a save."""
        identity = self._unit.ids.new()
        line = {
            "id": identity,
            "document_id": document_id,
            "op": op or "",
            "reason": reason.value,
            "stage": stage.value,
            "number": str(body.get("number") or ""),
            "client_name": str(body.get("client_name") or ""),
            "form_id": str(body.get("form_id") or ""),
            "content": stored(body),
            "found_at": self._unit.now_text(),
        }
        self._unit.connection.execute(insert(conflict), line)
        self._unit.touch(Subject.CONFLICT, identity)
        return self.get(identity)

    def open(self) -> tuple[Conflict, ...]:
        """The conflicts that nobody has closed, the newest first."""
        return self._all(open_ones(select(conflict)))

    def settled(self) -> tuple[Conflict, ...]:
        """Those copied or set aside, the one settled last first."""
        return self._all(settled_ones(select(conflict)))

    def _all(self, asked: Select[*Shown]) -> tuple[Conflict, ...]:
        return tuple(_conflict(line) for line in self._unit.connection.execute(asked).mappings())

    def count(self) -> int:
        """How many conflicts nobody has closed."""
        asked = select(func.count()).select_from(conflict).where(IS_OPEN)
        return self._unit.connection.execute(asked).scalar_one()

    def get(self, identity: str) -> Conflict:
        """One conflict, closed or not; NotAllowed SC-STORE-026 when there is none."""
        asked = select(conflict).where(conflict.c.id == identity)
        line = self._unit.connection.execute(asked).mappings().first()
        if line is None:
            raise NotAllowed("SC-STORE-026")
        return _conflict(line)

    def copied(self, identity: str, to: DocumentId) -> None:
        """The values went into a new document; that closes the conflict, which is kept whole."""
        self._settle(identity, {"copied_to": to, "closed_at": self._unit.now_text()})

    def drop(self, identity: str) -> None:
        """Forget a conflict whose values are an edit again."""
        self._unit.connection.execute(delete(conflict).where(conflict.c.id == identity))
        self._unit.touch(Subject.CONFLICT, identity)

    def close(self, identity: str) -> None:
        """The adviser needs the values no more; they are kept, out of the list."""
        self._settle(identity, {"closed_at": self._unit.now_text()})

    def reopen(self, identity: str) -> None:
        """Take back `close`, or that the values were copied; the copy stays."""
        self._settle(identity, {"closed_at": None})

    def close_returned(self, shown: Mapping[str, Op]) -> None:
        """Close the conflicts whose very edit is here as the server's document again.

        That happens after a restore: this laptop offered what it had pulled and was refused, and
        then the laptop where the edit was made brought it back.
        """
        asked = select(conflict.c.id, conflict.c.document_id, conflict.c.op)
        for line in self._unit.connection.execute(asked.where(IS_OPEN)):
            if shown.get(line.document_id) == line.op:
                self.close(line.id)

    def _settle(self, identity: str, columns: Mapping[str, str | None]) -> None:
        changed = self._unit.connection.execute(
            update(conflict).where(conflict.c.id == identity).values(**columns)
        )
        if changed.rowcount == 0:
            raise NotAllowed("SC-STORE-026")
        self._unit.touch(Subject.CONFLICT, identity)


def _conflict(line: RowMapping) -> Conflict:
    copied_to = line["copied_to"]
    return Conflict(
        id=line["id"],
        document_id=DocumentId(line["document_id"]),
        reason=Reason(line["reason"]),
        stage=Stage(line["stage"]),
        number=DocumentNumber(line["number"]),
        client_name=line["client_name"],
        form_id=line["form_id"],
        body=read_back(line["content"]),
        found_at=from_text(line["found_at"]),
        copied_to=None if copied_to is None else DocumentId(copied_to),
        is_settled=line["closed_at"] is not None,
    )
