"""Changes come in pages until there is no more; each page and its cursor are one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.errors import BadInput, Damaged, NoSpace, Refused
from smartclient.domain.ids import RecordId
from smartclient.store.space import free_space
from smartclient.store.transaction import Transaction
from smartclient.sync.exchange.ahead import Ahead
from smartclient.sync.exchange.bodies import Bodies, BodiesUnderWay
from smartclient.sync.exchange.bodies import bodies_of as bodies_of
from smartclient.sync.exchange.pages import CHANGES, NextPage, Page, page_of, request_after
from smartclient.sync.exchange.progress import Phase
from smartclient.sync.exchange.replies import NOT_MODIFIED
from smartclient.sync.exchange.run import Run
from smartclient.wire.encoding import sha256
from smartclient.wire.kinds import KINDS
from smartclient.wire.messages import (
    ChangesRequest,
    FeedRow,
)
from smartclient.wire.transport import Reply

_READ_AS = 3
"""Raised when rows tell more than an older program kept: everything is read once more."""
KNOWN_KINDS = sha256(f"{_READ_AS} {' '.join(sorted(kind.value for kind in KINDS))}".encode())[:16]
"""The kinds of records that this program knows; rows of others are passed over until it does."""
BELOW_THE_FLOOR = "SC-SERV-010"
NEVER_OURS = "SC-SERV-011"
"""A cursor names a scope of another install: this computer was activated anew."""
NOT_HERE = "SC-SERV-004"
"""A server of an earlier version, which only knows how to answer a POST."""
NEXT_LOCK_HEADER, CATALOGUE_HEADER = "sc-lock", "sc-set"


@dataclass(frozen=True, slots=True)
class Told:
    """What the server says besides the changes."""

    next_lock_at: str
    catalogue_etag: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where the pull stands, read in one go."""

    request: ChangesRequest
    etag: str
    told: Told | None
    doubtful: bool
    withheld: tuple[FeedRow, ...]
    """Rows whose records are not dirty any more."""
    wanted: tuple[RecordId, ...]
    """Those of them whose bodies are needed."""
    departed: bool
    """Something of a scope that was left is still here."""
    finished: bool
    """Settled conflicts are here whose documents are in the archive."""
    unseen: bool
    """The feed is read from its beginning, and has not shown everything that is here."""
    next_lock_at: datetime | None
    catalogue_etag: str
    catalogue_taken: str
    hand_in_key: str

    @property
    def something_is_left(self) -> bool:
        """Whether the laptop itself has something to settle when the feed came to its end."""
        return bool(self.doubtful or self.withheld or self.departed or self.finished or self.unseen)


@dataclass(frozen=True, slots=True)
class Received:
    """How a pull ended."""

    doubtful: bool
    """Records must be offered again."""
    quiet: Outlook | None = None
    """Where it stands, if the server had nothing new and nothing is left to do here."""


def receive(run: Run, known: Outlook | None = None) -> Received:
    """Pull until nothing more comes; `known` is where it stands, if that is known.

    Raises NoSpace SC-SYNC-031 when the disk is full: what came is kept, the rest comes again.
    """
    try:
        run.show(Phase.RECEIVING)
        outlook = known or _look(run)
        doubtful = outlook.doubtful
        if outlook.withheld:
            _take(run, outlook.withheld, outlook.wanted)
            outlook = _look(run)
        with Ahead(run.conversation) as ahead:
            next_page = NextPage(run, ahead)
            while (met := _take_page(run, outlook, ahead, next_page)) is _Met.MORE:
                run.show(Phase.RECEIVING, run.pulled)
                outlook = _look(run)
        if doubtful or outlook.departed or run.departed:
            _settle(run)
        if outlook.finished:
            with run.database.write() as tx:
                tx.retention.forget_finished_conflicts()
        if outlook.unseen:
            with run.database.write() as tx:
                run.archived += tx.retention.end_full_reading()
        if run.archived:
            free_space(run.database)
        at_rest = met is _Met.NOTHING and not outlook.something_is_left
        return Received(doubtful, outlook if at_rest and not doubtful else None)
    except NoSpace as full:
        raise NoSpace("SC-SYNC-031") from full


def _settle(run: Run) -> None:
    """The feed came to its end: what it did not show, and what is not ours, is settled."""
    run.departed = False
    with run.database.write() as tx:
        tx.doubts.settle()
        run.offer_again |= tx.departures.end()


def _look(run: Run) -> Outlook:
    with run.database.read() as tx:
        incoming, lock = tx.incoming(run.install), tx.feed.next_lock_at()
        withheld = incoming.owed()
        return Outlook(
            _request(tx),
            tx.feed.etag(),
            None if lock is None else Told(to_text(lock), tx.feed.catalogue_etag()),
            tx.doubts.are_there(),
            withheld,
            incoming.bodies_wanted(withheld) if withheld else (),
            bool(tx.feed.departed()),
            tx.retention.has_finished_conflicts(),
            tx.retention.is_reading_fully(),
            lock,
            tx.feed.catalogue_etag(),
            tx.feed.catalogue_taken(),
            tx.feed.hand_in_key(),
        )


def _request(tx: Transaction) -> ChangesRequest:
    scopes = tx.feed.scopes()
    return ChangesRequest(
        tx.feed.epoch() or 0,
        {name: read.seq for name, read in scopes.items()},
        {name: read.classes for name, read in scopes.items() if read.classes},
        {name: read.own for name, read in scopes.items() if read.own},
    )


def _take(run: Run, rows: Sequence[FeedRow], wanted: Sequence[RecordId]) -> None:
    bodies = bodies_of(run, wanted)
    with run.database.write() as tx:
        incoming = tx.incoming(run.install)
        run.pulled += incoming.take(rows, bodies)
        run.archived += incoming.archived


class _Met(Enum):
    """What came of asking for changes."""

    NOTHING = auto()
    """Neither changes nor another word of the server."""
    LAST = auto()
    MORE = auto()


def _take_page(run: Run, outlook: Outlook, ahead: Ahead, next_page: NextPage) -> _Met:
    """Take one page, if there is one."""
    request = outlook.request
    try:
        came = next_page.take(request)
        if came is None:
            ahead.settle()
            reply = _asked(run, outlook)
            if reply.status == NOT_MODIFIED:
                return _keep_unchanged(run, reply, outlook)
            came = page_of(reply), BodiesUnderWay(run, ahead, ())
    except Refused as refusal:
        if refusal.code not in (BELOW_THE_FLOOR, NEVER_OURS) or not request.since:
            raise
        with run.database.write() as tx:
            tx.feed.rewind()
            if refusal.code == BELOW_THE_FLOOR:
                tx.retention.begin_full_reading()
        return _Met.MORE
    page, bodies = came
    with run.database.read() as tx:
        bodies.want(tx.incoming(run.install).bodies_wanted(page.said.rows))
    whole = bodies.all(lambda: next_page.ask(request_after(request, page)))
    next_page.read()
    _keep_page(run, page, whole)
    if page.said.scope not in request.since:
        with run.database.write() as tx:
            welcomed = tx.departures.welcome(page.said.scope)
        run.offer_again = run.offer_again or bool(welcomed)
    return _Met.MORE if page.said.more else _Met.LAST


def _asked(run: Run, outlook: Outlook) -> Reply:
    """What the server answers who stands there: a page, or a 304."""
    headers = {"If-None-Match": outlook.etag} if outlook.etag else {}
    return _unchanged(run, headers) or run.conversation.post(
        CHANGES, outlook.request.to_json(), headers
    )


def _keep_unchanged(run: Run, reply: Reply, outlook: Outlook) -> _Met:
    """Keep what a 304 says besides."""
    told = Told(_header(reply, NEXT_LOCK_HEADER), _header(reply, CATALOGUE_HEADER))
    if told == outlook.told:
        return _Met.NOTHING
    with run.database.write() as tx:
        _keep(tx, told)
    return _Met.LAST


def _unchanged(run: Run, headers: Mapping[str, str]) -> Reply | None:
    """The 304 of a server that has nothing new, asked for without saying where we stand.

    None where the changes must be asked for: there is something, or we have just sent something.
    """
    if not headers or run.pushed:
        return None
    try:
        reply = run.conversation.fetch(CHANGES, headers)
    except Refused as refusal:
        if refusal.code != NOT_HERE:
            raise
        return None
    return reply if reply.status == NOT_MODIFIED else None


def _keep_page(run: Run, page: Page, bodies: Bodies) -> None:
    said = page.said
    # What a power cut takes back comes again: its cursor is taken back with it.
    with run.database.write(durable=bool(said.left) or not said.more) as tx:
        incoming = tx.incoming(run.install)
        for scope in said.left:
            run.departed |= tx.departures.leave(scope)
        run.pulled += incoming.take(said.rows, bodies, said.scope)
        run.archived += incoming.archived
        if page.reached:
            tx.feed.advance(said.scope, page.reached, said.grant)
        if not said.more:
            tx.feed.pass_over_own()
        tx.feed.set_etag("" if said.more else page.etag)
        _keep(tx, Told(said.next_lock_at, said.catalogue_etag))


def _header(reply: Reply, name: str) -> str:
    """A header that a 304 must have; a reply cut in its headers does not have it."""
    value = reply.headers.get(name)
    if value is None:
        raise Damaged("SC-SYNC-014")
    return value


def _keep(tx: Transaction, told: Told) -> None:
    tx.feed.set_next_lock_at(_instant(told.next_lock_at))
    tx.feed.set_catalogue_etag(told.catalogue_etag)


def _instant(text: str) -> datetime:
    try:
        return from_text(text)
    except ValueError as broken:
        raise BadInput("SC-SYNC-011") from broken
