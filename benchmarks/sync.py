"""A synchronisation with a real back office over TLS on loopback: floor and Anki in the same run.

The floor posts the same bytes, with the same HTTP library and over TLS, to a server in a process of
its own that does nothing but commit them to SQLite. Anki's sync server does the same work in an
environment of its own; where its package cannot be had, what it reached elsewhere is the budget.
Bytes are counted where they leave for the connection, the library's own header lines included.
"""

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.exchange import peer
from benchmarks.exchange.cuts import Cutting
from benchmarks.exchange.floor import Bare, bare, bare_replies, committing, post, processor
from benchmarks.exchange.laptops import (
    BODY_BYTES,
    Laptop,
    Taken,
    activated,
    lay_at_rest,
    sign,
    write,
)
from benchmarks.measure import Row, in_turn, p95
from development.practice import PracticeSite
from smartclient.domain.errors import SmartClientError
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.sync.exchange.identity import Identity

DOCUMENTS, PACKAGES, AT_REST = 5_000, 500, 50_000
PDF_BYTES, EVENING_PDF = 150_000, 400_000
QUIET_RUNS = 200
CUT, SEED, MOST_TRIES = 0.05, 4, 200
ANKI_PUSH, ANKI_PULL = 2.1, 1.6
"""Seconds on two cores (sync-protocol), for where Anki does not run beside us."""
_BOOK = f"{DOCUMENTS:,} documents, {PACKAGES} files of {PDF_BYTES // 1000} KB"


@dataclass
class _Site(PracticeSite):
    """A practice site whose server's processor time can be read."""

    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a process of the back office and remember it."""
        process = super().start(*arguments)
        self.processes.append(process)
        return process

    def processor(self) -> float | None:
        """Seconds of processor time of the server until now; None where nobody tells them."""
        return processor(self.processes[0].pid)


@dataclass(frozen=True, slots=True)
class _World:
    """The server and the way to it."""

    site: _Site
    transport: HttpTransport
    identity: Identity
    folder: Path
    anki: peer.Peer | None

    def laptop(self, name: str, transport: Cutting | None = None) -> Laptop:
        """A laptop of this install with an empty database."""
        return Laptop(self.folder / name, transport or self.transport, self.identity)


def rows() -> Iterator[Row]:
    """Push and pull of a book, a quiet synchronisation, an evening, a network that cuts."""
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        folder = Path(place)
        site = _Site(folder / "site")
        site.prepare()
        stack.enter_context(site)
        transport = HttpTransport(f"https://localhost:{site.port}", site.certs / "root.pem")
        stack.callback(transport.close)
        identity = activated(folder / "keys", transport, site.certs / "root.pem")
        anki = peer.measured(DOCUMENTS, BODY_BYTES, PACKAGES, PDF_BYTES)
        world = _World(site, transport, identity, folder, anki)
        laptop = world.laptop("laptop")
        stack.callback(laptop.database.close)
        laptop.synchronise()
        yield from _push(world, laptop)
        yield from _pull(world)
        yield from _quiet(world, laptop)
        yield from _evening(laptop)
        yield from _cuts(world)
        yield from _of_anki(anki)


def _push(world: _World, laptop: Laptop) -> Iterator[Row]:
    write(laptop.database, range(DOCUMENTS - PACKAGES))
    sign(laptop.database, range(DOCUMENTS - PACKAGES, DOCUMENTS), PDF_BYTES)
    before = world.site.processor()
    taken = laptop.measured()
    spent = _since(world, before)
    bodies = [request.body for request in laptop.transport.requests if request.body]
    floor = bare(bodies, world.site.certs)
    yield Row(
        f"sync: push {_BOOK}",
        taken.seconds,
        "s",
        floor=floor.seconds,
        budget=1.25 * (world.anki.push_all if world.anki else ANKI_PUSH),
        budget_ratio=3.0,
    )
    yield from _counted("sync: that push", taken, spent, floor)


def _pull(world: _World) -> Iterator[Row]:
    """On a new computer. Signed files come when one is opened, so Anki's media do not count."""
    laptop = world.laptop("again")
    try:
        before = world.site.processor()
        taken = laptop.measured()
        spent = _since(world, before)
        floor = bare_replies(laptop.transport.replies, world.site.certs)
        yield Row(
            f"sync: pull {DOCUMENTS:,} documents",
            taken.seconds,
            "s",
            floor=floor.seconds,
            budget=world.anki.pull if world.anki else ANKI_PULL,
        )
        yield from _counted("sync: that pull", taken, spent, floor)
    finally:
        laptop.database.close()


def _counted(name: str, taken: Taken, server: float | None, floor: Bare) -> Iterator[Row]:
    """What hardly depends on who else uses the machine."""
    yield Row(f"{name}, requests", taken.requests, "requests")
    yield Row(f"{name}, both directions", taken.bytes / 1e6, "MB")
    yield Row(f"{name}, statements of the laptop", taken.statements, "")
    yield Row(f"{name}, processor of the laptop", taken.processor, "s")
    if server is not None:
        yield Row(f"{name}, processor of the server", server, "s")
        both = taken.processor + server
        yield Row(f"{name}, processor of both sides", both, "s", floor.processor)


def _since(world: _World, before: float | None) -> float | None:
    now = world.site.processor()
    return None if now is None or before is None else now - before


def _quiet(world: _World, laptop: Laptop) -> Iterator[Row]:
    """With as many documents as an adviser will ever have, and a live token."""
    lay_at_rest(laptop.database, range(DOCUMENTS, AT_REST))
    laptop.synchronise()
    with committing(world.site.certs) as floor:
        small = post(b"{}")
        taken, floors = in_turn(laptop.synchronise, lambda: floor.send(small), QUIET_RUNS)
    name = f"sync: nothing to do, {AT_REST:,} documents"
    yield Row(f"{name}, p95", p95(taken) * 1e3, "ms", p95(floors) * 1e3, budget=2.0)
    yield Row(name, len(laptop.transport.requests), "requests", budget=1)
    yield Row(name, laptop.transport.bytes, "bytes", budget=400)
    before = world.site.processor()
    begun = time.process_time()
    for _ in range(QUIET_RUNS):
        laptop.synchronise()
    of_laptop, of_server = time.process_time() - begun, _since(world, before)
    yield Row(f"{name}, processor of the laptop", of_laptop / QUIET_RUNS * 1e3, "ms")
    if of_server is not None:
        yield Row(f"{name}, processor of the server", of_server / QUIET_RUNS * 1e3, "ms")


def _evening(laptop: Laptop) -> Iterator[Row]:
    sign(laptop.database, range(AT_REST, AT_REST + 5), EVENING_PDF)
    taken = laptop.measured()
    yield Row("sync: an evening, 5 signed documents of 2 MB together", taken.seconds, "s")
    yield Row("sync: an evening", taken.requests, "requests", budget=6)


def _cuts(world: _World) -> Iterator[Row]:
    """The book over a way that cuts; tried again at once, because waiting is not measured."""
    way = Cutting(world.transport, CUT, Random(SEED))
    identity = activated(world.folder / "cut keys", world.transport, world.site.certs / "root.pem")
    world = _World(world.site, world.transport, identity, world.folder, world.anki)
    laptop, other = world.laptop("cut", way), world.laptop("other")
    try:
        write(laptop.database, range(DOCUMENTS - PACKAGES))
        sign(laptop.database, range(DOCUMENTS - PACKAGES, DOCUMENTS), PDF_BYTES)
        begun, tries = time.perf_counter(), _until_done(laptop)
        seconds = time.perf_counter() - begun
        other.synchronise()
        here, there = laptop.digests(), other.digests()
        name = f"sync: the same push with {CUT:.0%} + {CUT:.0%} cuts"
        yield Row(name, seconds, "s")
        yield Row(f"{name}, cuts of {way.requests} requests", len(way.cut), "cuts")
        yield Row(f"{name}, runs", tries, "runs")
        equal = len(here) if here == there and len(here) >= DOCUMENTS else 0
        yield Row(f"{name}, records equal", equal, "", budget=DOCUMENTS, at_least=True)
    finally:
        laptop.database.close()
        other.database.close()


def _until_done(laptop: Laptop) -> int:
    for tries in range(1, MOST_TRIES + 1):
        with contextlib.suppress(SmartClientError):
            laptop.synchronise()
            return tries
    return MOST_TRIES


def _of_anki(anki: peer.Peer | None) -> Iterator[Row]:
    if anki is None:
        return
    yield Row("Anki: push of the same, collection alone", anki.push, "s")
    yield Row("Anki: push of the same, with media", anki.push_all, "s")
    yield Row("Anki: pull of the same, collection alone", anki.pull, "s")
    yield Row("Anki: pull of the same, with media", anki.pull_all, "s")
    yield Row("Anki: nothing to do, p95", anki.quiet_p95_ms, "ms")
