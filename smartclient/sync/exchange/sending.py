"""Everything goes out in its order (rule 12); each batch is answered line by line.

What is urgent comes first: withdrawals before any file is sent, signed packages and consents with
the files that they name. Then the other files, then the records, then what may hang on them. What
needs no file before it goes into one request with its neighbours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from smartclient.domain.errors import Refused
from smartclient.domain.ids import Op, RecordId
from smartclient.store.appends import Urgency
from smartclient.store.sent import Offer, Taken
from smartclient.store.transaction import Transaction
from smartclient.sync.exchange.conversation import prepared_json
from smartclient.sync.exchange.flight import Awaited, Flight
from smartclient.sync.exchange.progress import Phase, Progress
from smartclient.sync.exchange.receiving import bodies_of
from smartclient.sync.exchange.replies import json_object
from smartclient.sync.exchange.run import Run
from smartclient.sync.exchange.sending_files import send_files
from smartclient.wire import places
from smartclient.wire.messages import (
    MAX_PUSH_BYTES,
    MAX_PUSH_LINES,
    MAX_SCOPES,
    Answer,
    PushResult,
    listed,
)
from smartclient.wire.places import Range
from smartclient.wire.transport import Request

Each = TypeVar("Each")
_PUSH = "/v1/push"
_PER_LINE = 600
_PER_OP = 40
_MERGES = 3
"""One is usual; somebody else may write between the merge and its push."""
TOO_LARGE_CODE = "SC-SERV-001"
PARKED_AS_TOO_LARGE = "SC-SYNC-029"


@dataclass(frozen=True, slots=True)
class Load:
    """What waits to be sent."""

    withdrawals: tuple[Op, ...]
    urgent: tuple[Op, ...]
    records: tuple[RecordId, ...]
    ordinary: tuple[Op, ...]
    with_files: frozenset[Op]
    """Those of the appended records that name files."""

    def __bool__(self) -> bool:
        return bool(self.withdrawals or self.urgent or self.records or self.ordinary)

    def files_of(self, ops: Sequence[Op]) -> tuple[Op, ...]:
        """Those of these records that name files."""
        return tuple(op for op in ops if op in self.with_files)


def what_waits(tx: Transaction, *, with_parked: bool = False) -> Load:
    """What a synchronisation has to send now; `with_parked` also what the server refused."""
    waiting = tx.outgoing.appends.waiting(with_parked=with_parked)
    return Load(
        waiting.of(Urgency.WITHDRAWAL),
        waiting.of(Urgency.URGENT),
        tx.outgoing.record_ids(with_parked=with_parked),
        waiting.of(Urgency.ORDINARY),
        waiting.with_files,
    )


def send(run: Run, load: Load) -> None:
    """Send all of it; what the answers change is kept batch by batch."""
    withdrawals, urgent, ordinary = load.withdrawals, load.urgent, load.ordinary
    if withdrawals and (load.files_of(urgent) or load.files_of(ordinary)):
        send_records(run, withdrawals, ())
        withdrawals = ()
    if files := load.files_of(urgent):
        send_files(run, files)
    if files := load.files_of(ordinary):
        if withdrawals or urgent:
            send_records(run, (*withdrawals, *urgent), ())
            withdrawals = urgent = ()
        send_files(run, files)
    send_records(run, (*withdrawals, *urgent), load.records, ordinary)
    _merge(run)


def _merge(run: Run) -> None:
    """Bring the records that met another edit onto it, and offer them again."""
    for _ in range(_MERGES):
        stale, run.stale = sorted(run.stale), set()
        if not stale:
            return
        bodies = bodies_of(run, stale)
        with run.database.write() as tx:
            again = tx.outgoing.merge(bodies)
        send_records(run, (), again)


def send_records(
    run: Run, first: Sequence[Op], records: Sequence[RecordId], last: Sequence[Op] = ()
) -> None:
    """Offer these: appended records, then replaced ones, then appended ones that hang on them."""
    done, total = 0, len(first) + len(records) + len(last)
    with Flight(run.clock) as flight:
        for batch in _batches(_taken(run, first, records, last), total):
            # It is prepared while the one before is on its way.
            request = prepared_json(_PUSH, _message(run, batch))
            kinds = frozenset(offer.kind for offer in batch)
            leave = partial(_leave, run, request, Progress(Phase.SENDING, done, total, kinds))
            flight.begin(leave, partial(_settle, run, batch))
            done += len(batch)


def _leave(run: Run, request: Request, progress: Progress) -> Awaited:
    """Send it, unless the person stops before."""
    run.show(progress.phase, progress.done, progress.total, progress.kinds)
    return run.conversation.begin(request)


def _batches(taken: Iterable[Sequence[Offer]], total: int) -> Iterator[list[Offer]]:
    """As many lines as fit into a request, `total` together."""
    waiting: list[Offer] = []
    done = 0
    for offers in taken:
        waiting += offers
        while waiting:
            batch, rest = _first_batch(waiting)
            if not rest and done + len(waiting) < total and len(batch) < MAX_PUSH_LINES:
                break  # there is more to come that fits into the same request
            yield batch
            done += len(batch)
            waiting = rest
    while waiting:
        batch, waiting = _first_batch(waiting)
        yield batch


def _taken(
    run: Run, first: Sequence[Op], records: Sequence[RecordId], last: Sequence[Op]
) -> Iterator[Sequence[Offer]]:
    """The lines, read in groups; ops enter their lineages, and places are decided, before."""
    homes = run.conversation.homes
    for ops in _groups(first):
        with run.database.write() as tx:
            offers = tx.outgoing.appends.take(ops, homes)
            _note_scopes(tx, offers)
        yield offers
    for some in _groups(records):
        with run.database.write() as tx:
            offers = tx.outgoing.take_records(some, homes)
            _note_scopes(tx, offers)
        yield offers
    for ops in _groups(last):
        with run.database.write() as tx:
            offers = tx.outgoing.appends.take(ops, homes)
            _note_scopes(tx, offers)
        yield offers


def _note_scopes(tx: Transaction, offers: Sequence[Offer]) -> None:
    """A scope that is written to has a cursor, so that the server can say when it is lost."""
    for scope in {offer.scope for offer in offers} - {""}:
        tx.feed.advance(scope, 0)


def _groups(some: Sequence[Each]) -> Iterator[Sequence[Each]]:
    for start in range(0, len(some), MAX_PUSH_LINES):
        yield some[start : start + MAX_PUSH_LINES]


def _first_batch(offers: Sequence[Offer]) -> tuple[list[Offer], list[Offer]]:
    room = MAX_PUSH_BYTES
    for count, offer in enumerate(offers):
        room -= len(offer.content) + _PER_LINE + _PER_OP * len(offer.lineage)
        if count == MAX_PUSH_LINES or (room < 0 and count > 0):
            return list(offers[:count]), list(offers[count:])
    return list(offers), []


def _message(run: Run, batch: Sequence[Offer]) -> bytes:
    """The canonical bytes of a `PushRequest` with these lines."""
    with run.database.read() as tx:
        epoch = tx.feed.epoch() or 0
    return b'{"epoch":%d,"lines":[%b]}' % (epoch, b",".join(offer.written() for offer in batch))


def _send(run: Run, batch: Sequence[Offer]) -> None:
    _settle(run, batch, run.conversation.begin(prepared_json(_PUSH, _message(run, batch))))


def _settle(run: Run, batch: Sequence[Offer], awaited: Awaited) -> None:
    """Wait for the answers to a batch, and keep what they change."""
    try:
        answer = json_object(awaited())
    except Refused as refusal:
        if refusal.code != TOO_LARGE_CODE:
            raise
        _send_less(run, batch)
        return
    results = listed(answer, "results", PushResult.from_json, MAX_PUSH_LINES)
    own = places.from_json(answer, "own", MAX_SCOPES)
    # A power cut that takes it back is an answer that the network lost: the next run asks again and
    # is told the same. The next batch that is taken out waits for the disk, and so for both.
    with run.database.write(durable=not all(map(_says_taken, results))) as tx:
        taken = tx.outgoing.answered(batch, results)
        _note_own(tx, own, taken, run.conversation.homes.person)
        for scope in taken.lost:
            # The feed may never say so: the right may be back before it is asked.
            if tx.departures.leave(scope):
                run.offer_again = True
        if taken.alone and tx.departures.let_go(sorted(taken.alone)):
            run.offer_again = True
        tx.feed.note_handed_in(taken.handed_in)
        run.count(taken)


def _says_taken(result: PushResult) -> bool:
    """Whether the server took the edit, and nothing else follows from it here."""
    return result.answer is Answer.OK and not result.handed_in


def _note_own(tx: Transaction, own: Mapping[str, Sequence[Range]], taken: Taken, home: str) -> None:
    """What was taken just as the server told needs not be read in the feed.

    While the whole feed is read from its beginning, it must be seen there.
    """
    unlike = {scope or home for scope in taken.unlike}
    alike = {scope: ranges for scope, ranges in own.items() if scope not in unlike}
    if alike and not tx.retention.is_reading_fully():
        tx.feed.note_own(alike, home)


def _send_less(run: Run, batch: Sequence[Offer]) -> None:
    """The server finds the batch too large: two halves, or one record that is parked."""
    if len(batch) > 1:
        middle = len(batch) // 2
        _send(run, batch[:middle])
        _send(run, batch[middle:])
        return
    offer = batch[0]
    too_large = PushResult(offer.id, offer.op, Answer.INVALID, code=PARKED_AS_TOO_LARGE)
    with run.database.write() as tx:
        run.count(tx.outgoing.answered(batch, [too_large]))
