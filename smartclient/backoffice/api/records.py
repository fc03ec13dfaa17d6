"""The routes of records: changes, push, get."""

from collections import Counter
from http import HTTPStatus

from starlette.responses import Response

from smartclient.backoffice.api.calls import Call
from smartclient.backoffice.api.endpoints import FrontOffice, Writing
from smartclient.backoffice.api.replies import json_bytes_reply, json_reply, reply
from smartclient.backoffice.operations import reading
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import Principal
from smartclient.backoffice.operations.push_reading import read_push
from smartclient.backoffice.operations.pushing import judged, take
from smartclient.backoffice.operations.reading import StoredBody
from smartclient.domain.clock import to_text
from smartclient.domain.ids import RecordId
from smartclient.domain.lock_time import next_cutoff
from smartclient.wire import encoding, places
from smartclient.wire.messages import (
    ChangesReply,
    ChangesRequest,
    Json,
    JsonObject,
    lines_of,
    listed,
    mapping,
    uuid_text,
)

NEXT_LOCK_HEADER = "SC-Lock"
CATALOGUE_HEADER = "SC-Set"


def changes(front: FrontOffice, desk: Desk, principal: Principal, call: Call) -> Response:
    """The next page of changes, or 304 with what a quiet synchronisation needs in its headers."""
    request = ChangesRequest.from_json(call.json())
    known = call.headers.get("if-none-match", "")
    page = reading.changes(desk, principal, request, known)
    lock, tag = to_text(next_cutoff(desk.now)), front.catalogue.tag()
    if page is None:
        return _not_modified(known, lock, tag)
    call.notes.pulled = len(page.rows)
    reply = ChangesReply(page.scope, (), page.more, lock, tag, page.grant, page.left)
    said: JsonObject = {**reply.to_json(), "rows": list(page.rows)}
    etag = {"ETag": page.etag} if page.etag else None
    return json_reply(said, call.headers.get("accept-encoding", ""), etag)


def unchanged(front: FrontOffice, desk: Desk, principal: Principal, call: Call) -> Response:
    """304 while nothing came since the ETag was given; otherwise the changes are asked for."""
    known = call.headers.get("if-none-match", "")
    is_quiet = reading.is_unchanged(desk, principal, known)
    lock, tag = to_text(next_cutoff(desk.now)), front.catalogue.tag()
    return _not_modified(known, lock, tag) if is_quiet else json_reply({"changed": True})


def _not_modified(known: str, lock: str, tag: str) -> Response:
    told = {"ETag": known, NEXT_LOCK_HEADER: lock, CATALOGUE_HEADER: tag}
    return reply(b"", "", HTTPStatus.NOT_MODIFIED, told)


def push(writing: Writing, principal: Principal, call: Call) -> Response:
    """One answer for each line, in their order."""
    read = read_push(call.body)
    lines = judged(principal, read.request, doubtful=read.doubtful)
    with writing() as desk:
        answers = take(desk, principal, lines)
    call.notes.pushed.update(Counter(str(result.answer) for result in answers.results))
    accepted = call.headers.get("accept-encoding", "")
    said: JsonObject = {"results": lines_of(answers.results)}
    own: JsonObject = {"own": places.to_json(answers.own)} if answers.own else {}
    return json_reply(said | own, accepted)


def get(_front: FrontOffice, desk: Desk, principal: Principal, call: Call) -> Response:
    """The bodies of records by id; those that did not fit are asked for again."""
    ids = listed(mapping(call.json()), "ids", _record_id, reading.MAX_BODIES)
    records = b",".join(map(_record_of, reading.bodies(desk, principal, ids)))
    return json_bytes_reply(
        b'{"records":[' + records + b"]}", call.headers.get("accept-encoding", "")
    )


def _record_id(value: Json) -> RecordId:
    return RecordId(uuid_text({"id": value}, "id"))


def _record_of(body: StoredBody) -> bytes:
    """A record of the reply, the body as it was stored: what has a digest is not written anew."""
    about: JsonObject = {
        "id": body.id,
        "version": body.version,
        "op": body.op,
        "sha256": body.sha256,
    }
    return b'{"body":' + body.content + b"," + encoding.canonical(about, fractions=False)[1:]
