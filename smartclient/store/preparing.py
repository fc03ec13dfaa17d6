"""Compiles the statements of the first page: `python -m smartclient.store.preparing` writes them.

They are built by the repositories and belong to them. The compiled text stands in `prepared`, so
that the first page runs them without SQLAlchemy; a test holds that it is the text of today.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Select, func, select
from sqlalchemy.dialects import sqlite

from smartclient.domain.document_life import DocumentKind, ShownState
from smartclient.store import (
    clients,
    conflicts,
    document_list,
    feed,
    field_offers,
    retention,
    settings,
    sync_history,
    unsent,
    verdicts,
)
from smartclient.store.client_rows import ClientFilter
from smartclient.store.day import MOST
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.schema import client, conflict, document

FILE = Path(__file__).with_name("prepared.py")
_STATES = (
    ShownState.WAITING,
    ShownState.EMAIL_UNDELIVERABLE,
    ShownState.REJECTED,
    ShownState.DRAFT,
)
_WORK = frozenset({ShownState.DRAFT, ShownState.WAITING})
_HEAD = '''"""Statements of the first page, compiled by `store.preparing`. Not edited by hand."""

from collections.abc import Mapping

STATEMENTS: Mapping[str, str] = {
'''


def statements() -> Mapping[str, Select[*tuple[object, ...]]]:
    """The statements of `store.day` by their names."""
    drafts = DocumentFilter(
        states=frozenset({ShownState.DRAFT}), kinds=frozenset({DocumentKind.OFFER})
    )
    requests = DocumentFilter(states=_WORK, kinds=frozenset({DocumentKind.CHANGE_REQUEST}))
    uninformed = ClientFilter(uninformed=True)
    lines = {
        f"documents_{state.value}": document_list.page_of(
            select(document), DocumentFilter(states=frozenset({state})), 0, MOST
        )
        for state in _STATES
    }
    named = (conflict.c.id, conflict.c.number, conflict.c.client_name)
    return {
        "setting": settings.GET,
        "states": document_list.COUNTS_BY_STATE,
        "count_clients": clients.counted(ClientFilter()),
        "count_uninformed": clients.counted(uninformed),
        "count_conflicts": select(func.count().label("count")).where(conflicts.IS_OPEN),
        "count_settled": select(func.count().label("count")).where(~conflicts.IS_OPEN),
        "count_offers_in_progress": document_list.counted(drafts),
        "count_change_requests": document_list.counted(requests),
        **lines,
        "conflicts": conflicts.open_ones(select(*named)),
        "uninformed": clients.page_of(
            select(client.c.id, client.c.given_name, client.c.surname), uninformed, 0, MOST
        ),
        "client_drafts": clients.DRAFTS,
        "last_done": sync_history.LAST_DONE,
        "marks": feed.MARKS,
        "not_exported": verdicts.page_of_refused(MOST),
        "leaving": retention.page_of_leaving(MOST),
        "count_leaving": retention.COUNT_LEAVING,
        "count_refused": unsent.COUNT_REFUSED,
        "count_offered": field_offers.COUNT_OFFERED,
        "offered": field_offers.page_of_offered(1),
    }


def compiled(statement: Select[*tuple[object, ...]]) -> str:
    """The text of a statement with its values written out; what is given later stays a name."""
    dialect = sqlite.dialect(paramstyle="named")
    later = any(bind.required for bind in statement.compile(dialect=dialect).binds.values())
    text = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": not later})
    return " ".join(str(text).split())


def module_text() -> str:
    """What stands in `prepared`."""
    lines = (
        f"    {json.dumps(name)}: (\n{_folded(compiled(statement))}    ),\n"
        for name, statement in statements().items()
    )
    return _HEAD + "".join(lines) + "}\n"


def _folded(text: str) -> str:
    """String literals of at most 80 letters, one a line, that together are the text."""
    parts, line = [], ""
    for word in text.split(" "):
        if len(line) + len(word) > 78:
            parts.append(line)
            line = ""
        line += f"{word} "
    parts.append(line.rstrip())
    return "".join(f"        {json.dumps(part)}\n" for part in parts)


if __name__ == "__main__":
    FILE.write_text(module_text(), "utf-8")
