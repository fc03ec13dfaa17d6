"""A synchronisation with a real back office over TLS on loopback: floor and Anki in the same run.

The floor posts the same bytes, with the same HTTP library and over TLS, to a server in a process of
its own that does nothing but commit them to SQLite. Anki's sync server does the same work in an
environment of its own; where its package cannot be had, what it reached elsewhere is the budget.
All three take turns in rounds, each round with an adviser of its own, and the medians are shown.
Bytes are counted where they leave for the connection, the library's own header lines included.
"""

import contextlib
import math
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.exchange import peer
from benchmarks.exchange.collecting import as_the_program_collects
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
from benchmarks.measure import Row, in_turn, middle, p95
from development.practice import PracticeSite
from smartclient.domain.errors import SmartClientError
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.sync.exchange.identity import Identity

DOCUMENTS, PACKAGES, AT_REST = 5_000, 500, 50_000
PDF_BYTES, EVENING_PDF = 150_000, 400_000
QUIET_RUNS = 200
ROUNDS = 5
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

    def processor(self) -> float:
        """Seconds of processor time of the server until now; nan where nobody tells them."""
        return processor(self.processes[0].pid)


@dataclass(frozen=True, slots=True)
class _World:
    """The server and the way to it."""

    site: _Site
    transport: HttpTransport
    folder: Path

    def laptop(self, name: str, identity: Identity, transport: Cutting | None = None) -> Laptop:
        """A laptop of this install with an empty database."""
        return Laptop(self.folder / name, transport or self.transport, identity)

    def install(self, name: str, number: int) -> Identity:
        """A new install of the adviser of this number."""
        root = self.site.certs / "root.pem"
        return activated(self.folder / name, self.transport, root, number)


@dataclass(frozen=True, slots=True)
class _Measured:
    """One synchronisation beside its floor."""

    taken: Taken
    server: float
    """Seconds of processor time of the server; nan where nobody tells them."""
    floor: Bare


@dataclass(frozen=True, slots=True)
class _Round:
    """A push and a pull of the book beside their floors, and Anki with the same."""

    push: _Measured
    pull: _Measured
    files: _Measured
    """Each signed file fetched as when its document is opened."""
    anki: peer.Peer | None


def rows() -> Iterator[Row]:
    """Push and pull of a book, a quiet synchronisation, an evening, a network that cuts."""
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        folder = Path(place)
        site = _Site(folder / "site")
        site.prepare()
        stack.enter_context(site)
        transport = HttpTransport(f"https://localhost:{site.port}", site.certs / "root.pem")
        stack.callback(transport.close)
        stack.enter_context(as_the_program_collects())
        world = _World(site, transport, folder)
        rounds = [_round(world, number) for number in range(ROUNDS)]
        yield from _of_books(rounds)
        yield from _quiet_and_evening(world)
        yield from _cuts(world)
        yield from _of_anki([each.anki for each in rounds if each.anki is not None])


def _round(world: _World, number: int) -> _Round:
    """An adviser's whole book, pushed by one laptop and pulled on a new computer.

    Signed files come when one is opened, so Anki's media do not count in a pull; all of them are
    opened afterwards.
    """
    anki = peer.measured(DOCUMENTS, BODY_BYTES, PACKAGES, PDF_BYTES)
    identity = world.install(f"keys {number}", number)
    laptop, again = (world.laptop(f"{name} {number}", identity) for name in ("laptop", "again"))
    try:
        laptop.synchronise()
        _write_book(laptop, number)
        push = _pushed(world, laptop)
        pull = _pulled(world, again)
        return _Round(push, pull, _pulled(world, again, again.fetch_files), anki)
    finally:
        laptop.database.close()
        again.database.close()


def _write_book(laptop: Laptop, of_adviser: int) -> None:
    """Its documents have numbers that nobody else's have: a number seen twice is more work."""
    first = (of_adviser + 1) * AT_REST * 2
    complete = first + DOCUMENTS - PACKAGES
    write(laptop.database, range(first, complete))
    sign(laptop.database, range(complete, first + DOCUMENTS), PDF_BYTES)


def _pushed(world: _World, laptop: Laptop) -> _Measured:
    taken, server = _watched(world, laptop)
    bodies = [request.body for request in laptop.transport.requests if request.body]
    return _Measured(taken, server, bare(bodies, world.site.certs))


def _pulled(world: _World, laptop: Laptop, work: Callable[[], None] | None = None) -> _Measured:
    taken, server = _watched(world, laptop, work)
    return _Measured(taken, server, bare_replies(laptop.transport.replies, world.site.certs))


def _watched(
    world: _World, laptop: Laptop, work: Callable[[], None] | None = None
) -> tuple[Taken, float]:
    before = world.site.processor()
    taken = laptop.measured(work)
    return taken, _since(world, before)


def _of_books(rounds: list[_Round]) -> Iterator[Row]:
    """The median of each figure: a slow moment of the machine meets one round of them."""
    peers = [each.anki for each in rounds if each.anki is not None]
    pushes, pulls = [each.push for each in rounds], [each.pull for each in rounds]
    yield Row(
        f"sync: push {_BOOK}",
        middle([each.taken.seconds for each in pushes]),
        "s",
        floor=middle([each.floor.seconds for each in pushes]),
        budget=1.25 * (middle([each.push_all for each in peers]) if peers else ANKI_PUSH),
        budget_ratio=3.0,
    )
    yield from _counted("sync: that push", pushes)
    yield Row(
        f"sync: pull {DOCUMENTS:,} documents",
        middle([each.taken.seconds for each in pulls]),
        "s",
        floor=middle([each.floor.seconds for each in pulls]),
        budget=middle([each.pull for each in peers]) if peers else ANKI_PULL,
    )
    yield from _counted("sync: that pull", pulls)
    files = [each.files for each in rounds]
    yield _against_floor(f"sync: files of {PACKAGES} packages, fetched as they are opened", files)
    yield from _counted("sync: those files", files)


def _against_floor(name: str, measured: list[_Measured]) -> Row:
    floor = middle([each.floor.seconds for each in measured])
    return Row(name, middle([each.taken.seconds for each in measured]), "s", floor)


def _counted(
    name: str, measured: list[_Measured], most_requests: int | None = None
) -> Iterator[Row]:
    """What hardly depends on who else uses the machine."""
    taken = [each.taken for each in measured]
    requests = middle([each.requests for each in taken])
    yield Row(f"{name}, requests", requests, "requests", budget=most_requests)
    yield Row(f"{name}, both directions", middle([each.bytes for each in taken]) / 1e6, "MB")
    yield Row(f"{name}, statements of the laptop", middle([each.statements for each in taken]), "")
    of_laptop = middle([each.processor for each in taken])
    yield Row(f"{name}, processor of the laptop", of_laptop, "s")
    of_server = middle([each.server for each in measured])
    if not math.isnan(of_server):
        yield Row(f"{name}, processor of the server", of_server, "s")
        floor = middle([each.floor.processor for each in measured])
        yield Row(f"{name}, processor of both sides", of_laptop + of_server, "s", floor)


def _since(world: _World, before: float) -> float:
    return world.site.processor() - before


def _quiet_and_evening(world: _World) -> Iterator[Row]:
    laptop = world.laptop("quiet", world.install("quiet keys", ROUNDS))
    try:
        yield from _quiet(world, laptop)
        yield from _evening(world, laptop)
    finally:
        laptop.database.close()


def _quiet(world: _World, laptop: Laptop) -> Iterator[Row]:
    """With as many documents as an adviser will ever have, and a live token."""
    lay_at_rest(laptop.database, range(AT_REST))
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
    if not math.isnan(of_server):
        yield Row(f"{name}, processor of the server", of_server / QUIET_RUNS * 1e3, "ms")


def _evening(world: _World, laptop: Laptop) -> Iterator[Row]:
    sign(laptop.database, range(AT_REST, AT_REST + 5), EVENING_PDF)
    evening = [_pushed(world, laptop)]
    yield _against_floor("sync: an evening, 5 signed documents of 2 MB together", evening)
    yield from _counted("sync: that evening", evening, most_requests=6)


def _cuts(world: _World) -> Iterator[Row]:
    """The book over a way that cuts; tried again at once, because waiting is not measured."""
    way = Cutting(world.transport, CUT, Random(SEED))
    identity = world.install("cut keys", ROUNDS + 1)
    laptop, other = world.laptop("cut", identity, way), world.laptop("other", identity)
    try:
        _write_book(laptop, ROUNDS)
        before = world.site.processor()
        runs = _until_done(laptop)
        server = _since(world, before)
        other.synchronise()
        here, there = laptop.digests(), other.digests()
        name = f"sync: the same push with {CUT:.0%} + {CUT:.0%} cuts"
        yield Row(name, sum(each.seconds for each in runs), "s")
        yield Row(f"{name}, cuts of {way.requests} requests", len(way.cut), "cuts")
        yield Row(f"{name}, runs", len(runs), "runs")
        yield Row(f"{name}, both directions", sum(each.bytes for each in runs) / 1e6, "MB")
        of_laptop = sum(each.processor for each in runs)
        yield Row(f"{name}, processor of the laptop", of_laptop, "s")
        if not math.isnan(server):
            yield Row(f"{name}, processor of the server", server, "s")
        equal = len(here) if here == there and len(here) >= DOCUMENTS else 0
        yield Row(f"{name}, records equal", equal, "", budget=DOCUMENTS, at_least=True)
    finally:
        laptop.database.close()
        other.database.close()


def _until_done(laptop: Laptop) -> list[Taken]:
    """What each run took, until one came to its end."""
    runs: list[Taken] = []
    ended = False

    def attempt() -> None:
        nonlocal ended
        with contextlib.suppress(SmartClientError):
            laptop.synchronise()
            ended = True

    while not ended and len(runs) < MOST_TRIES:
        runs.append(laptop.measured(attempt))
    return runs


def _of_anki(peers: list[peer.Peer]) -> Iterator[Row]:
    if not peers:
        return
    push, pull = [each.push for each in peers], [each.pull for each in peers]
    yield Row("Anki: push of the same, collection alone", middle(push), "s")
    yield Row("Anki: push of the same, with media", middle([each.push_all for each in peers]), "s")
    yield Row("Anki: pull of the same, collection alone", middle(pull), "s")
    yield Row("Anki: pull of the same, with media", middle([each.pull_all for each in peers]), "s")
    yield Row("Anki: nothing to do, p95", middle([each.quiet_p95_ms for each in peers]), "ms")
