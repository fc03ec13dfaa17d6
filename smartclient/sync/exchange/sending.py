"""Records go out in batches, signed packages first; each batch is answered line by line."""

from collections.abc import Iterator, Sequence

from smartclient.domain.errors import Refused
from smartclient.domain.ids import Op, RecordId
from smartclient.store.outgoing import Offer
from smartclient.sync.exchange.progress import Phase
from smartclient.sync.exchange.replies import json_object
from smartclient.sync.exchange.run import Run
from smartclient.wire.messages import (
    MAX_PUSH_BYTES,
    MAX_PUSH_LINES,
    Answer,
    PushRequest,
    PushResult,
    listed,
)

_PER_LINE = 600
_PER_OP = 40
TOO_LARGE_CODE = "SC-SERV-001"
PARKED_AS_TOO_LARGE = "SC-SYNC-029"


def send_records(run: Run, packages: Sequence[Op], documents: Sequence[RecordId]) -> None:
    """Offer these records; what the answers change is kept batch by batch."""
    done, total = 0, len(packages) + len(documents)
    waiting: list[Offer] = []
    for offers in _taken(run, packages, documents):
        waiting += offers
        while waiting:
            batch, rest = _first_batch(waiting)
            if not rest and done + len(waiting) < total and len(batch) < MAX_PUSH_LINES:
                break  # there is more to come that fits into the same request
            run.show(Phase.SENDING, done, total)
            _send(run, batch)
            done += len(batch)
            waiting = rest
    while waiting:
        batch, waiting = _first_batch(waiting)
        run.show(Phase.SENDING, done, total)
        _send(run, batch)
        done += len(batch)


def _taken(
    run: Run, packages: Sequence[Op], documents: Sequence[RecordId]
) -> Iterator[Sequence[Offer]]:
    """The lines, read in groups; the ops of documents are committed to their lineages before."""
    for start in range(0, len(packages), MAX_PUSH_LINES):
        with run.database.read() as tx:
            offers = tx.outgoing.take_packages(packages[start : start + MAX_PUSH_LINES])
        yield offers
    for start in range(0, len(documents), MAX_PUSH_LINES):
        with run.database.write() as tx:
            offers = tx.outgoing.take_documents(documents[start : start + MAX_PUSH_LINES])
        yield offers


def _first_batch(offers: Sequence[Offer]) -> tuple[list[Offer], list[Offer]]:
    room = MAX_PUSH_BYTES
    for count, offer in enumerate(offers):
        room -= offer.size + _PER_LINE + _PER_OP * len(offer.line.lineage)
        if count == MAX_PUSH_LINES or (room < 0 and count > 0):
            return list(offers[:count]), list(offers[count:])
    return list(offers), []


def _send(run: Run, batch: Sequence[Offer]) -> None:
    with run.database.read() as tx:
        epoch = tx.feed.epoch()
    request = PushRequest(epoch or 0, tuple(offer.line for offer in batch))
    try:
        answer = json_object(run.conversation.post("/v1/push", request.to_json()))
    except Refused as refusal:
        if refusal.code != TOO_LARGE_CODE:
            raise
        _send_less(run, batch)
        return
    results = listed(answer, "results", PushResult.from_json, MAX_PUSH_LINES)
    with run.database.write() as tx:
        run.count(tx.outgoing.answered(batch, results))


def _send_less(run: Run, batch: Sequence[Offer]) -> None:
    """The server finds the batch too large: two halves, or one record that is parked."""
    if len(batch) > 1:
        middle = len(batch) // 2
        _send(run, batch[:middle])
        _send(run, batch[middle:])
        return
    line = batch[0].line
    too_large = PushResult(line.id, line.op, Answer.INVALID, code=PARKED_AS_TOO_LARGE)
    with run.database.write() as tx:
        run.count(tx.outgoing.answered(batch, [too_large]))
