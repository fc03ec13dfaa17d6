"""The back office: records written a second with full commits, and how long an export keeps busy.

The floor of the writes is the same database committing one row of the same body at a time. Both
databases are on disk with full durability: SQLite in a file, PostgreSQL as a server of our own
where one is installed. The whole application works inside this process, as one worker would.

The busy window is the time from the first seal to the last lock, so that no adviser waits longer.
What is laid out before the seal, while edits are taken, stands in a row of its own. Both are
measured on 9,000 documents of 8 KB with two attachments each, three documents an adviser, and the
figures of the whole evening are computed from them in proportion.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from benchmarks.measure import Row
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import open_database
from smartclient.backoffice.tables.partitions import divide
from smartclient.domain.ids import Op, RandomIds, RecordId
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from smartclient.wire import encoding
from smartclient.wire.messages import MAX_PUSH_LINES, PushRequest
from smartclient.wire.transport import Request
from tests.simulators import evening, postgres
from tests.simulators.adviser import Adviser, Draft, offer_body
from tests.simulators.inprocess import InProcessServer, json_request
from tests.simulators.time_and_ids import SetClock

BODY_BYTES = 4_000
PUSHES = 10
SINGLE_ROWS = 300
EVENING = 150_000
ADVISERS = 3_000
WRITES_PER_SECOND = 1_000
BUSY_SECONDS = 60


def rows() -> Iterator[Row]:
    """Writes on each database, and the busy window of an evening's export."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        databases = {"SQLite": f"sqlite:///{folder / 'office.sqlite3'}"}
        binaries = postgres.programs()
        if binaries is not None:
            server = stack.enter_context(postgres.running(binaries))
            databases["PostgreSQL"] = _divided(server.new_database("benchmark"))
        for name, address in databases.items():
            clock = SetClock()
            with InProcessServer(
                clock, RandomIds(), folder=folder / name, database=address
            ) as made:
                adviser = Adviser(made, RandomIds())
                yield Row(
                    f"back office: records written, {MAX_PUSH_LINES} a push, {name}",
                    _writes_per_second(adviser),
                    "per s",
                    floor=_single_rows_per_second(made, adviser),
                    budget=WRITES_PER_SECOND,
                    at_least=True,
                )
                yield from _export_rows(made, clock, name)


def _divided(address: str) -> str:
    """The database with its tables divided by scope, as in production."""
    engine = open_database(address)
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        divide(connection, schema.metadata)
    engine.dispose()
    return address


def _draft(adviser: Adviser) -> Draft:
    document = RecordId(adviser.ids.new())
    body = {**offer_body(document), "number": "", "note": "x" * BODY_BYTES}
    return Draft(document, Op(adviser.ids.new()), body)


def _push(adviser: Adviser, drafts: list[Draft]) -> Request:
    request = PushRequest(adviser.epoch, tuple(draft.line() for draft in drafts))
    return json_request("/v1/push", request.to_json(), adviser.headers)


def _writes_per_second(adviser: Adviser) -> float:
    requests = [
        _push(adviser, [_draft(adviser) for _ in range(MAX_PUSH_LINES)]) for _ in range(PUSHES + 1)
    ]
    assert adviser.server.send(requests.pop()).status == 200
    begun = time.perf_counter()
    for request in requests:
        assert adviser.server.send(request).status == 200
    return PUSHES * MAX_PUSH_LINES / (time.perf_counter() - begun)


def _single_rows_per_second(server: InProcessServer, adviser: Adviser) -> float:
    body = encoding.pack(encoding.canonical(_draft(adviser).body))
    begun = time.perf_counter()
    for _ in range(SINGLE_ROWS):
        row = {"scope": "benchmark", "id": adviser.ids.new(), "body": body}
        with server.office.writing() as desk:
            desk.connection.execute(insert(schema.record_body).values(row))
    return SINGLE_ROWS / (time.perf_counter() - begun)


def _export_rows(server: InProcessServer, clock: SetClock, database: str) -> Iterator[Row]:
    documents = evening.fill(server.exporter, ADVISERS, clock.now())
    clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
    day = server.begin_export()
    assert day is not None
    begun = time.perf_counter()
    server.exporter.lay_out(day)
    taken = time.perf_counter() - begun
    yield Row(
        f"back office: {EVENING:,} documents laid out while edits are taken, computed from "
        f"{documents:,} in {taken:.1f} s, {database}",
        taken * EVENING / documents,
        "s",
    )
    begun = time.perf_counter()
    for _ in range(3):  # seal, write, lock
        server.exporter.advance(day)
    taken = time.perf_counter() - begun
    yield Row(
        f"back office: busy while {EVENING:,} documents are exported, computed from "
        f"{documents:,} in {taken:.2f} s, {database}",
        taken * EVENING / documents,
        "s",
        budget=BUSY_SECONDS,
    )
