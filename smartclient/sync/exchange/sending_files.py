"""Blobs go before the records that name them: small ones in packs, large ones in parts (rule 6)."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.domain.ids import Op, Sha256
from smartclient.sync.exchange.progress import Phase
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

PART_BYTES = MAX_PACK_BYTES
_ASKED_AT_ONCE = 1_000


def send_files(run: Run, ops: Sequence[Op]) -> None:
    """Bring to the server the blobs of these records that it lacks, each to its scope.

    A record whose file is damaged here is parked with its code; the others go on.
    """
    homes = run.conversation.homes
    with run.database.write() as tx:
        of_scope = tx.outgoing.appends.blobs_of(ops, homes)
    for scope, wanted in of_scope.items():
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            _send_some(run, scope, wanted[start : start + _ASKED_AT_ONCE])


def _send_some(run: Run, scope: str, wanted: Sequence[Sha256]) -> None:
    run.show(Phase.SENDING_FILES, 0, len(wanted))
    asked: JsonObject = {"sha256": list(wanted), **({"scope": scope} if scope else {})}
    answer = json_object(run.conversation.post("/v1/blobs/missing", asked))
    missing = listed(answer, "missing", sha256_text, _ASKED_AT_ONCE)
    begun = mapping(answer.get("begun", {}), "begun")
    sent, small = len(wanted) - len(missing), list[tuple[Sha256, bytes]]()
    room = MAX_PACK_BYTES
    for digest, content in _contents(run, missing):
        cost = len(content) + HEADER_BYTES
        if cost > MAX_PACK_BYTES:
            _send_in_parts(run, scope, (digest, content), begun)
            sent += 1
            continue
        if cost > room:
            sent += _send_pack(run, scope, small)
            run.show(Phase.SENDING_FILES, sent, len(wanted))
            small, room = [], MAX_PACK_BYTES
        small.append((digest, content))
        room -= cost
    _send_pack(run, scope, small)


def _contents(run: Run, digests: Sequence[Sha256]) -> Iterator[tuple[Sha256, bytes]]:
    for digest in digests:
        try:
            with run.database.read() as tx:
                content = tx.blobs.get(digest)
        except (Damaged, NotAllowed) as lost:
            with run.database.write() as tx:
                run.parked += tx.outgoing.appends.without_blob(digest, lost)
            continue
        yield digest, content


def _send_pack(run: Run, scope: str, small: Sequence[tuple[Sha256, bytes]]) -> int:
    if small:
        query = urlencode({"scope": scope} if scope else {})
        path = f"/v1/blobs/pack?{query}" if query else "/v1/blobs/pack"
        run.conversation.send_bytes("POST", path, pack_blobs(small))
    return len(small)


def _send_in_parts(
    run: Run, scope: str, blob: tuple[Sha256, bytes], begun: Mapping[str, object]
) -> None:
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
