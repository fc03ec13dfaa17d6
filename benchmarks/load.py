"""The last hour before the cut-off, against one serving process with PostgreSQL, over TLS.

    python -m benchmarks.load --seconds 20 --syncs 400 --clients 8

Bounded in time and in count. What is sent is an evening's synchronisation: five signed documents
with 2 MB of files in five requests on a connection of its own. Three parts, in this order:

1. records written, 200 a push, several advisers at once;
2. as many synchronisations as go through, several advisers at once: what one process can do;
3. the shape of the hour before the cut-off of 50,000 advisers, 14 a second in the mean and 125 at
   the peak, scaled so that its peak is 60 % of what part 2 found. Synchronisations begin when they
   are due, whether or not earlier ones have ended, and a time counts from when one was due.

The load itself runs in this process, on the same machine, so the time of the processor is told for
each side: what a synchronisation costs the server says more than how many went through. The floor
is single-row transactions of the same database in the same run; for synchronisations a third of
that, since each has three writing transactions.
"""

import argparse
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random

from sqlalchemy import insert

from benchmarks.loading.adviser import (
    Failed,
    Session,
    document_body,
    evening,
    line,
)
from benchmarks.loading.site import Site, new_record, site
from benchmarks.measure import Row, p95
from smartclient.backoffice.tables import schema
from smartclient.wire import encoding
from smartclient.wire.messages import MAX_PUSH_LINES, PushRequest, RecordKind

INSTALLS = 40
CLIENTS = 8
SECONDS = 15.0
SYNCS = 400
WRITES_PER_SECOND = 1_000
SYNCS_PER_SECOND = 60
WRITING_TRANSACTIONS = 3
MEAN, PEAK = 14.0, 125.0
AT_THE_PEAK = 0.6
SINGLE_ROWS = 400


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much load there may be."""

    seconds: float = SECONDS
    syncs: int = SYNCS
    clients: int = CLIENTS


@dataclass(slots=True)
class Measured:
    """What a part of the load came to."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: int = 0
    sent: int = 0
    took: float = 0.0
    server: float = 0.0
    database: float = 0.0
    own: float = 0.0

    @property
    def rate(self) -> float:
        """Done a second."""
        return len(self.times) / self.took if self.took else 0.0

    def per_one(self, seconds: float) -> float:
        """Milliseconds of the processor for each."""
        return 1000 * seconds / max(len(self.times), 1)


def rows(bounds: Bounds | None = None) -> Iterator[Row]:
    """Every figure, each when it is known."""
    bounds = bounds or Bounds()
    with site(INSTALLS) as against:
        floor = _single_rows(against)
        yield from _written(against, bounds, floor)
        most = _part(against, partial(_as_many_as_go, against, bounds))
        yield from _synced(most, floor)
        peak = most.rate * AT_THE_PEAK
        for name, rate in (("mean", peak * MEAN / PEAK), ("peak", peak)):
            hour = _part(against, partial(_due, against, bounds, rate))
            yield from _hour(name, rate, hour)


# --- what is told ------------------------------------------------------------------------------


def _written(against: Site, bounds: Bounds, floor: float) -> Iterator[Row]:
    done = _part(against, partial(_write, against, bounds))
    _complain(done)
    yield Row(
        f"load: records written, {MAX_PUSH_LINES} a push, one process over TLS",
        done.rate * MAX_PUSH_LINES,
        "per s",
        floor=floor,
        budget=WRITES_PER_SECOND,
        at_least=True,
    )
    yield Row("load: server's processor for 1,000 records", done.per_one(done.server) * 5, "ms")
    yield Row("load: database's processor for 1,000 records", done.per_one(done.database) * 5, "ms")


def _synced(done: Measured, floor: float) -> Iterator[Row]:
    _complain(done)
    yield Row(
        "load: whole evening syncs, one process over TLS",
        done.rate,
        "per s",
        floor=floor / WRITING_TRANSACTIONS,
        budget=SYNCS_PER_SECOND,
        at_least=True,
    )
    yield Row("load: requests of these", done.requests / done.took, "per s")
    yield Row("load: megabytes of these", done.sent / 1e6 / done.took, "per s")
    yield from _percentiles("load: one such sync", done)
    yield Row("load: server's processor for one sync", done.per_one(done.server), "ms")
    yield Row("load: database's processor for one sync", done.per_one(done.database), "ms")
    yield Row("load: the load's own processor for one sync", done.per_one(done.own), "ms")
    yield Row("load: errors", len(done.errors), "", budget=0)


def _hour(name: str, rate: float, done: Measured) -> Iterator[Row]:
    _complain(done)
    told = f"load: the last hour, {name} of {rate:.1f} a second"
    yield Row(f"{told}, done", done.rate, "per s")
    yield from _percentiles(told, done)
    yield Row(f"{told}, errors", len(done.errors), "", budget=0)


def _percentiles(name: str, done: Measured) -> Iterator[Row]:
    times = sorted(done.times) or [0.0]
    yield Row(f"{name}, p50", 1000 * times[len(times) // 2], "ms")
    yield Row(f"{name}, p95", 1000 * p95(times), "ms")
    yield Row(f"{name}, p99", 1000 * times[min(len(times) - 1, round(0.99 * len(times)))], "ms")


def _complain(done: Measured) -> None:
    for error in sorted(set(done.errors))[:5]:
        print(f"  error: {error}", flush=True)


# --- what is done ------------------------------------------------------------------------------


def _part(against: Site, work: Callable[[Measured], None]) -> Measured:
    """One part of the load, with what it took of each side."""
    done = Measured()
    begun, own = time.perf_counter(), time.process_time()
    server, database = against.server_cpu(), against.database_cpu()
    work(done)
    done.took = time.perf_counter() - begun
    done.own = time.process_time() - own
    done.server = against.server_cpu() - server
    done.database = against.database_cpu() - database
    return done


def _single_rows(against: Site) -> float:
    """Single-row transactions a second, one after the other, of a body as it is stored."""
    record, _ = new_record()
    body = encoding.pack(encoding.canonical(document_body(record)))
    begun = time.perf_counter()
    for _ in range(SINGLE_ROWS):
        row = {"scope": "floor", "id": new_record()[0], "body": body}
        with against.engine.begin() as connection:
            connection.execute(insert(schema.record_body).values(row))
    return SINGLE_ROWS / (time.perf_counter() - begun)


def _write(against: Site, bounds: Bounds, done: Measured) -> None:
    """Pushes of 200 records, from several advisers at once."""
    until = time.perf_counter() + bounds.seconds / 3
    context = against.tls()

    def push(number: int) -> None:
        with Session(against, context, against.installs[number]) as session:
            while time.perf_counter() < until:
                body = _many_lines()
                begun = time.perf_counter()
                session.push(body, MAX_PUSH_LINES)
                done.times.append(time.perf_counter() - begun)

    _at_once(push, min(bounds.clients, 4), done)


def _many_lines() -> bytes:
    lines = []
    for _ in range(MAX_PUSH_LINES):
        record, op = new_record()
        lines.append(line(record, RecordKind.DOCUMENT, document_body(record), op=op))
    return encoding.canonical(PushRequest(1, tuple(lines)).to_json())


def _as_many_as_go(against: Site, bounds: Bounds, done: Measured) -> None:
    """Synchronisations one after the other, from several advisers at once."""
    until = time.perf_counter() + bounds.seconds
    context, left = against.tls(), count()

    def work(number: int) -> None:
        own = against.installs[number :: bounds.clients]
        turn = 0
        while time.perf_counter() < until and next(left) < bounds.syncs:
            carried = evening()
            begun = time.perf_counter()
            with Session(against, context, own[turn % len(own)]) as session:
                session.synchronise(carried)
            _note(done, session, time.perf_counter() - begun)
            turn += 1

    _at_once(work, bounds.clients, done)


def _due(against: Site, bounds: Bounds, rate: float, done: Measured) -> None:
    """Synchronisations at random moments of this rate, each begun when it is due."""
    random = Random(7)
    context = against.tls()
    ready = [evening() for _ in range(4)]
    moments: list[float] = []
    at = 0.0
    while len(moments) < bounds.syncs:
        at += random.expovariate(rate)
        if at > bounds.seconds:
            break
        moments.append(at)
    begun = time.perf_counter()

    def work(number: int, due: float) -> None:
        carried = ready.pop() if ready else evening()
        try:
            install = against.installs[number % len(against.installs)]
            with Session(against, context, install) as session:
                session.synchronise(carried)
        except (Failed, OSError) as failure:
            done.errors.append(f"{type(failure).__name__}: {failure}")
            return
        _note(done, session, time.perf_counter() - begun - due)

    with ThreadPoolExecutor(len(against.installs)) as pool:
        for number, due in enumerate(moments):
            time.sleep(max(begun + due - time.perf_counter(), 0))
            pool.submit(work, number, due)


_NOTING = threading.Lock()


def _note(done: Measured, session: Session, taken: float) -> None:
    with _NOTING:
        done.times.append(taken)
        done.requests += session.requests
        done.sent += session.sent


def _at_once(work: Callable[[int], None], clients: int, done: Measured) -> None:
    def guarded(number: int) -> None:
        try:
            work(number)
        except (Failed, OSError) as failure:
            done.errors.append(f"{type(failure).__name__}: {failure}")

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(guarded, range(clients)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every row; exit 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description="load against one serving process")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each part, at most")
    parser.add_argument("--syncs", type=int, default=SYNCS, help="of each part, at most")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="at the same time")
    chosen = parser.parse_args(arguments)
    missed = 0
    for row in rows(Bounds(chosen.seconds, chosen.syncs, chosen.clients)):
        told = row.to_json()
        floor = "" if row.floor is None else f"floor {row.floor:,.1f} ({row.ratio:.2f} x)"
        print(f"{row.name:<64} {row.value:>11,.1f} {row.unit:<6} {floor} {told['budget'] or ''}")
        missed += not row.ok
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
