"""Blobs go before the records that name them: small ones in packs, large ones in parts (rule 6)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import urlencode

from smartclient.domain.errors import BadInput, Damaged, NotAllowed, Refused
from smartclient.domain.ids import Op, Sha256
from smartclient.store.blobs import SealedBlob
from smartclient.sync.exchange.conversation import BYTES, prepared
from smartclient.sync.exchange.flight import Awaited, Flight
from smartclient.sync.exchange.progress import Phase
from smartclient.sync.exchange.receiving import NEVER_OURS
from smartclient.sync.exchange.replies import json_object
from smartclient.sync.exchange.run import Run
from smartclient.wire.blob_packs import HEADER_BYTES, pack_blobs
from smartclient.wire.messages import (
    MAX_PACK_BYTES,
    JsonObject,
    listed,
    mapping,
    sha256_text,
    whole,
)
from smartclient.wire.transport import TOGETHER, Request

Blob = tuple[Sha256, bytes]
"""A blob with its name."""

PART_BYTES = MAX_PACK_BYTES
_ASKED_AT_ONCE = 1_000


def send_files(run: Run, ops: Sequence[Op]) -> None:
    """Bring to the server the blobs of these records that it lacks, each to its scope.

    A record whose file is damaged here is parked with its code; the others go on. So they do where
    a scope was never this install's: the server refuses each of its records by itself.
    """
    homes = run.conversation.homes
    with run.database.write() as tx:
        of_scope = tx.outgoing.appends.blobs_of(ops, homes)
    for scope, wanted in of_scope.items():
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            try:
                _send_some(run, scope, wanted[start : start + _ASKED_AT_ONCE])
            except Refused as refusal:
                if not scope or refusal.code != NEVER_OURS:
                    raise
                break


def _send_some(run: Run, scope: str, wanted: Sequence[Sha256]) -> None:
    run.show(Phase.SENDING_FILES, 0, len(wanted))
    asked: JsonObject = {"sha256": list(wanted), **({"scope": scope} if scope else {})}
    awaited = run.conversation.begin(prepared("/v1/blobs/missing", asked))
    with run.database.read() as tx:
        here = tx.blobs.sealed(wanted)
    answer = json_object(awaited())
    missing = listed(answer, "missing", sha256_text, _ASKED_AT_ONCE)
    begun = mapping(answer.get("begun", {}), "begun")
    sent = len(wanted) - len(missing)
    with Flight(run.clock, TOGETHER) as flight:
        for pack in _packs(_contents(run, missing, here)):
            # It is read while those before are on their way; in which order they come is all one.
            run.show(Phase.SENDING_FILES, sent, len(wanted))
            sent += len(pack)
            if _is_small(pack[0]):
                request = _request(scope, pack)
                flight.begin(partial(run.conversation.begin, request), _wait)
            else:
                flight.land()
                _send_in_parts(run, scope, pack[0], begun)


def _packs(blobs: Iterable[Blob]) -> Iterator[list[Blob]]:
    """As many blobs as fit into one request; one that is too large for any stands alone."""
    small, room = list[Blob](), MAX_PACK_BYTES
    for blob in blobs:
        if not _is_small(blob):
            yield [blob]
            continue
        cost = len(blob[1]) + HEADER_BYTES
        if cost > room:
            yield small
            small, room = [], MAX_PACK_BYTES
        small.append(blob)
        room -= cost
    if small:
        yield small


def _is_small(blob: Blob) -> bool:
    return len(blob[1]) + HEADER_BYTES <= MAX_PACK_BYTES


def _wait(awaited: Awaited) -> None:
    awaited()


def _contents(
    run: Run, digests: Sequence[Sha256], here: Mapping[Sha256, SealedBlob]
) -> Iterator[Blob]:
    for digest in digests:
        try:
            if digest not in here:
                raise NotAllowed("SC-STORE-022")
            content = here[digest].open()
        except (Damaged, NotAllowed) as lost:
            with run.database.write() as tx:
                run.parked += tx.outgoing.appends.without_blob(digest, lost)
            continue
        yield digest, content


def _request(scope: str, pack: Sequence[Blob]) -> Request:
    query = f"?{urlencode({'scope': scope})}" if scope else ""
    # Without a digest of its own: each blob in it is named by the digest that the server checks.
    return Request("POST", f"/v1/blobs/pack{query}", {"Content-Type": BYTES}, pack_blobs(pack))


def _send_in_parts(run: Run, scope: str, blob: Blob, begun: Mapping[str, object]) -> None:
    digest, content = blob
    known = begun.get(digest)
    offset = known if isinstance(known, int) and 0 <= known <= len(content) else 0
    while offset < len(content):
        run.show(Phase.SENDING_FILES, offset, len(content))
        part = content[offset : offset + PART_BYTES]
        where = {"offset": offset, "total": len(content)} | ({"scope": scope} if scope else {})
        path = f"/v1/blobs/{digest}/part?{urlencode(where)}"
        answer = json_object(run.conversation.send_bytes("PUT", path, part))
        reached = whole(answer, "offset", 0, len(content))
        if reached <= offset:
            raise BadInput("SC-SYNC-011")
        offset = reached
