"""Where a line stands in a long list: how many lines come before it in the list's order."""

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, Select, tuple_

from smartclient.store.full_text import narrowed
from smartclient.store.unit_of_work import UnitOfWork


def lines_before(
    unit: UnitOfWork,
    here: Select[*tuple[object, ...]],
    counted: Select[int],
    order: Sequence[ColumnElement[object]],
    *,
    descending: bool,
    row: Column[int],
    text: str,
) -> int | None:
    """How many lines stand before one, None where the list does not have it.

    `here` asks the line for its values of `order`, which no line lacks; both queries are narrowed
    to the list but for its `text`. `row` is the column by which the text is indexed.
    """
    asked = narrowed(unit, here, row, text)
    line = None if asked is None else unit.connection.execute(asked).first()
    if line is None:
        return None
    columns, values = tuple_(*order), tuple_(*line)
    before = narrowed(
        unit, counted.where(columns > values if descending else columns < values), row, text
    )
    return None if before is None else unit.connection.execute(before).scalar_one()
