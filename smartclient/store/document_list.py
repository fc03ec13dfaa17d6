"""One page of the list of documents: order and filter come from a covering index.

The lines themselves are read only for what is shown: SQLite goes to the table late.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, func, select

from smartclient.domain.document_life import ShownState
from smartclient.store.document_lines import row_of
from smartclient.store.document_rows import DocumentFilter, DocumentRow, DocumentSort
from smartclient.store.full_text import Shown, narrowed
from smartclient.store.list_place import lines_before
from smartclient.store.schema import LISTED, document
from smartclient.store.unit_of_work import UnitOfWork

_ORDER: Mapping[DocumentSort, tuple[ColumnElement[object], ...]] = {
    DocumentSort.CHANGED: (document.c.changed_at,),
    DocumentSort.CLIENT: (document.c.client_key, document.c.changed_at),
    DocumentSort.NUMBER: (document.c.number,),
    DocumentSort.PREMIUM: (document.c.premium,),
    DocumentSort.FORM: (document.c.form_id, document.c.changed_at),
    DocumentSort.STATE: (document.c.shown, document.c.changed_at),
}


COUNTS_BY_STATE = (
    select(document.c.shown, func.count().label("count")).where(LISTED).group_by(document.c.shown)
)


def filtered(asked: Select[*Shown], wanted: DocumentFilter) -> Select[*Shown]:
    """The query narrowed to what the filter lets through, its text left aside."""
    asked = asked.where(LISTED)
    if wanted.states:
        asked = asked.where(document.c.shown.in_(sorted(wanted.states)))
    if wanted.kinds:
        asked = asked.where(document.c.kind.in_(sorted(wanted.kinds)))
    if wanted.client_id is not None and wanted.parts:
        asked = asked.where(document.c.client_id.in_(sorted({wanted.client_id, *wanted.parts})))
    elif wanted.client_id is not None:
        asked = asked.where(document.c.client_id == wanted.client_id)
    if wanted.without_archived:
        asked = asked.where(document.c.shown != ShownState.ARCHIVED.value)
    return asked


def page_of(
    asked: Select[*Shown], wanted: DocumentFilter, offset: int, limit: int
) -> Select[*Shown]:
    """The page of a query in the wanted order, its text left aside."""
    return _cut(filtered(asked, wanted), wanted, offset, limit)


def counted(wanted: DocumentFilter) -> Select[int]:
    """The query for how many the filter lets through, its text left aside."""
    return filtered(select(func.count().label("count")).select_from(document), wanted)


def _cut(asked: Select[*Shown], wanted: DocumentFilter, offset: int, limit: int) -> Select[*Shown]:
    order = [*_ORDER[wanted.sort], document.c.row]
    turned = [column.desc() if wanted.descending else column.asc() for column in order]
    return asked.order_by(*turned).limit(limit).offset(offset)


class DocumentList:
    """The list of documents as one transaction sees it."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def page(self, wanted: DocumentFilter, offset: int, limit: int) -> tuple[DocumentRow, ...]:
        """The rows from `offset`, at most `limit`, in the wanted order."""
        asked = self._narrowed(filtered(select(document), wanted), wanted)
        if asked is None:
            return ()
        paged = _cut(asked, wanted, offset, limit)
        return tuple(row_of(line) for line in self._unit.connection.execute(paged).mappings())

    def count(self, wanted: DocumentFilter) -> int:
        """How many documents the filter lets through."""
        asked = self._narrowed(counted(wanted), wanted)
        return 0 if asked is None else self._unit.connection.execute(asked).scalar_one()

    def place(self, identity: str, wanted: DocumentFilter) -> int | None:
        """How many lines stand before this one, None where the list does not have it."""
        order = [*_ORDER[wanted.sort], document.c.row]
        if wanted.sort is DocumentSort.PREMIUM:
            # Without one it stands before all others, as the database orders it.
            order[0] = func.coalesce(document.c.premium, -1)
        return lines_before(
            self._unit,
            filtered(select(*order), wanted).where(document.c.id == identity),
            counted(wanted),
            order,
            descending=wanted.descending,
            row=document.c.row,
            text=wanted.text,
        )

    def counts_by_state(self) -> Mapping[ShownState, int]:
        """How many documents are in each shown state; states without any are left out."""
        counts = self._unit.connection.execute(COUNTS_BY_STATE)
        return {ShownState(shown): n for shown, n in counts}

    def _narrowed(self, asked: Select[*Shown], wanted: DocumentFilter) -> Select[*Shown] | None:
        return narrowed(self._unit, asked, document.c.row, wanted.text)
