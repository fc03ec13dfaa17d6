"""Lists and searches of the encrypted database, beside raw statements on the same file.

The floor is the one statement that does the same work, run through the driver without SQLAlchemy
and without making rows of the domain. Where the database has little to do, what is left is Python
making rows: then the milliseconds count and the ratio is only told. The time is that of the thread:
the pages of the file are in memory, and nothing waits.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import thread_time

from sqlalchemy import insert, select
from sqlcipher3 import dbapi2

from benchmarks.measure import Row, in_turn, middle, p95, seconds
from smartclient.domain.clock import SystemClock, to_text
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import DocumentId, RandomIds
from smartclient.store.bodies import stored
from smartclient.store.client_rows import ClientFilter
from smartclient.store.connection import connect
from smartclient.store.database import FILE_NAME, Database
from smartclient.store.document_lines import Situation
from smartclient.store.document_list import page_of
from smartclient.store.document_rows import DocumentFilter, DocumentSort
from smartclient.store.folding import order_key
from smartclient.store.full_text import client_words, index_words
from smartclient.store.preparing import compiled
from smartclient.store.schema import client, client_body, document
from smartclient.wire.messages import JsonObject

DOCUMENTS, CLIENTS = 100_000, 50_000
PAGE, RUNS = 50, 30
KEY = bytes(range(32))
_AT_ONCE = 2_000
_GIVEN = ("Petr", "Jana", "Eva", "Tomáš", "Lucie", "Karel", "Hana", "Pavel", "Alena", "Věra")
_FAMILY = (
    *("Novák", "Svobodová", "Novotný", "Dvořáková", "Černý", "Procházková", "Kučera", "Veselá"),
    *("Horák", "Němcová", "Pokorný", "Marková", "Růžička", "Benešová", "Fiala", "Sedláčková"),
)
_STAGES = (Stage.DRAFT, Stage.COMPLETE, Stage.WAITING, Stage.CANCELLED)
_FIRST_PAGE_MS, _SORT_MS = 50.0, 250.0


def rows() -> Iterator[Row]:
    """Every figure of the local store."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        database = Database.open(folder, KEY, clock=SystemClock(), ids=RandomIds())
        try:
            _fill(database)
            yield from _documents(database, folder / FILE_NAME)
            yield from _clients(database, folder / FILE_NAME)
            yield from _opening(database, folder)
        finally:
            database.close()


def _fill(database: Database) -> None:
    chance = random.Random(1)
    now = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    for start in range(0, DOCUMENTS, _AT_ONCE):
        bodies = {
            DocumentId(f"d{number}"): (_offer(number, now, chance), _situation(chance))
            for number in range(start, start + _AT_ONCE)
        }
        with database.write() as tx:
            tx.table.write(bodies)
    for start in range(0, CLIENTS, _AT_ONCE):
        _write_clients(database, range(start, start + _AT_ONCE), chance)


def _name(chance: random.Random) -> tuple[str, str]:
    return chance.choice(_GIVEN), f"{chance.choice(_FAMILY)}{chance.choice('abcdefghij')}"


def _offer(number: int, now: datetime, chance: random.Random) -> JsonObject:
    changed = to_text(now - timedelta(seconds=chance.randrange(15_000_000)))
    priced: JsonObject = {"payable": str(chance.randrange(300, 9000)), "frequency": 12}
    return {
        "document_kind": chance.choice(("offer", "modelling", "change_request")),
        "form_id": "flexi-offer",
        "form_version": 1,
        "number": f"72{number:08}",
        "client_id": f"c{number % CLIENTS}",
        "client_name": " ".join(_name(chance)),
        "premium": {**priced, "currency": "CZK"},
        "digital": True,
        "created_at": changed,
        "changed_at": changed,
        "answers": {"note": "x" * 2_000},
    }


def _situation(chance: random.Random) -> Situation:
    locked = chance.random() < 0.6
    server = ServerState.LOCKED if locked else ServerState.OPEN
    return Situation(chance.choice(_STAGES), server, backed_up=True)


def _write_clients(database: Database, numbers: range, chance: random.Random) -> None:
    lines, words = [], {}
    for number in numbers:
        given, surname = _name(chance)
        phone, national_id = f"+4206{number:08}", f"80{number:08}"
        lines.append(
            {
                "row": number + 1,
                "id": f"c{number}",
                "kind": "person",
                "given_name": given,
                "surname": surname,
                "name_key": order_key(f"{surname} {given}"),
                "national_id": national_id,
                "birth_date": "1980-01-01",
                "city": chance.choice(("Praha", "Brno", "Ostrava", "Plzeň")),
                "phone": phone,
                "email": f"client{number}@example.cz",
                "informed": 1,
                "created_at": "2026-01-01T00:00:00.000Z",
                "changed_at": f"2026-01-01T00:00:00.{number % 1000:03}Z",
            }
        )
        words[number + 1] = client_words((given, surname, "Praha"), (national_id, phone))
    body = stored({"note": "x" * 1_000})
    with database.write() as tx:
        tx.unit.connection.execute(insert(client), lines)
        bodies = [{"id": line["id"], "content": body} for line in lines]
        tx.unit.connection.execute(insert(client_body), bodies)
        index_words(tx.unit, "client_words", words, {})


def _page(database: Database, wanted: DocumentFilter, offset: int = 0) -> Callable[[], object]:
    def page() -> object:
        with database.read() as tx:
            return tx.documents.page(wanted, offset, PAGE)

    return page


def _client_page(database: Database, wanted: ClientFilter) -> Callable[[], object]:
    def page() -> object:
        with database.read() as tx:
            return tx.clients.page(wanted, 0, PAGE)

    return page


def _raw(connection: dbapi2.Connection, statement: str) -> Callable[[], object]:
    return lambda: connection.execute(statement).fetchall()


def _documents(database: Database, file: Path) -> Iterator[Row]:
    raw = connect(file, KEY, create=False)
    found = "row + 0 IN (SELECT rowid FROM document_words WHERE document_words MATCH '{}')"
    order = f"ORDER BY changed_at DESC, row DESC LIMIT {PAGE}"
    listed = "SELECT * FROM document WHERE listed = 1"
    typed = {
        "documents: first page": ("", f"{listed} {order}"),
        "documents: type a letter": ("n", f"{listed} AND {found.format('n*')} {order}"),
        "documents: type a word": (
            "novak petr",
            f"{listed} AND {found.format('novak* AND petr*')} {order}",
        ),
        "documents: last digits": (
            "1873",
            f"{listed} AND {found.format('1873* OR x3781*')} {order}",
        ),
    }
    for name, (text, statement) in typed.items():
        work, floor = _page(database, DocumentFilter(text)), _raw(raw, statement)
        yield _beside(name, work, floor, typing=text == "n")
    for sort in DocumentSort:
        wanted = DocumentFilter(sort=sort, descending=False)
        yield _sorted(f"documents: sort by {sort}, p95", database, raw, wanted, 0)
    end = DOCUMENTS - PAGE
    yield _sorted("documents: last page, p95", database, raw, DocumentFilter(), end)
    counted = seconds(lambda: _count(database), RUNS)
    yield Row("documents: counts by state", p95(counted) * 1e3, "ms", budget=_FIRST_PAGE_MS)
    raw.close()


def _sorted(
    name: str, database: Database, raw: dbapi2.Connection, wanted: DocumentFilter, offset: int
) -> Row:
    statement = compiled(page_of(select(document), wanted, offset, PAGE))
    page, floor = _page(database, wanted, offset), _raw(raw, statement)
    ours, floors = in_turn(page, floor, RUNS, warm_up=3, clock=thread_time)
    return Row(name, p95(ours) * 1e3, "ms", p95(floors) * 1e3, _SORT_MS)


def _count(database: Database) -> object:
    with database.read() as tx:
        return tx.documents.counts_by_state()


def _clients(database: Database, file: Path) -> Iterator[Row]:
    raw = connect(file, KEY, create=False)
    order = f"ORDER BY name_key, row LIMIT {PAGE}"
    matched = "WHERE row + 0 IN (SELECT rowid FROM client_words WHERE client_words MATCH 'n*')"
    typed = {
        "clients: first page": ("", f"SELECT * FROM client {order}"),
        "clients: type a letter": ("n", f"SELECT * FROM client {matched} {order}"),
    }
    for name, (text, statement) in typed.items():
        work, floor = _client_page(database, ClientFilter(text)), _raw(raw, statement)
        yield _beside(name, work, floor, typing=text == "n")
    raw.close()


def _beside(
    name: str, work: Callable[[], object], floor: Callable[[], object], *, typing: bool
) -> Row:
    """The ratio counts where the database has work; a page that needs none is all Python."""
    ours, floors = in_turn(work, floor, RUNS, warm_up=3, clock=thread_time)
    return Row(
        name,
        middle(ours) * 1e3,
        "ms",
        floor=middle(floors) * 1e3,
        budget=_FIRST_PAGE_MS,
        budget_ratio=1.5 if typing else None,
    )


def _opening(database: Database, folder: Path) -> Iterator[Row]:
    database.close()

    def open_it() -> None:
        opened = Database.open(folder, KEY, clock=SystemClock(), ids=RandomIds())
        with opened.read() as tx:
            tx.documents.page(DocumentFilter(), 0, PAGE)
        opened.close()

    yield Row("open and first page", middle(seconds(open_it, RUNS)) * 1e3, "ms", budget=50.0)
