"""The routes of records: changes, push, get."""

from http import HTTPStatus

from starlette.responses import Response

from smartclient.backoffice.api.calls import Call
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.api.replies import json_reply, reply
from smartclient.backoffice.operations import reading
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import Principal
from smartclient.backoffice.operations.pushing import push as push_lines
from smartclient.domain.clock import to_text
from smartclient.domain.ids import RecordId
from smartclient.domain.lock_time import next_cutoff
from smartclient.wire import encoding, places
from smartclient.wire.messages import (
    ChangesReply,
    ChangesRequest,
    Json,
    JsonObject,
    PushRequest,
    lines_of,
    listed,
    mapping,
    uuid_text,
)

NEXT_LOCK_HEADER = "SC-Lock"
CATALOGUE_HEADER = "SC-Set"


def changes(front: FrontOffice, principal: Principal, call: Call) -> Response:
    """The next page of changes, or 304 with what a quiet synchronisation needs in its headers."""
    request = ChangesRequest.from_json(call.json())
    known = call.headers.get("if-none-match", "")
    with front.office.reading() as desk:
        page = reading.changes(desk, principal, request, known)
        lock, tag = to_text(next_cutoff(desk.now)), front.catalogue.tag()
    if page is None:
        return _not_modified(known, lock, tag)
    call.notes.pulled = len(page.rows)
    answer = ChangesReply(page.scope, page.rows, page.more, lock, tag, page.grant, page.left)
    etag = {"ETag": page.etag} if page.etag else None
    return json_reply(answer.to_json(), call.headers.get("accept-encoding", ""), etag)


def unchanged(front: FrontOffice, principal: Principal, call: Call) -> Response:
    """304 while nothing came since the ETag was given; otherwise the changes are asked for."""
    known = call.headers.get("if-none-match", "")
    with front.office.reading() as desk:
        is_quiet = reading.is_unchanged(desk, principal, known)
        lock, tag = to_text(next_cutoff(desk.now)), front.catalogue.tag()
    return _not_modified(known, lock, tag) if is_quiet else json_reply({"changed": True})


def _not_modified(known: str, lock: str, tag: str) -> Response:
    told = {"ETag": known, NEXT_LOCK_HEADER: lock, CATALOGUE_HEADER: tag}
    return reply(b"", "", HTTPStatus.NOT_MODIFIED, told)


def push(front: FrontOffice, principal: Principal, call: Call) -> Response:
    """One answer for each line, in their order."""
    request = PushRequest.from_json(call.json())
    with front.office.writing() as desk:
        answers = push_lines(desk, principal, request)
    for result in answers.results:
        answered = call.notes.pushed
        answered[result.answer.value] = answered.get(result.answer.value, 0) + 1
    accepted = call.headers.get("accept-encoding", "")
    said: JsonObject = {"results": lines_of(answers.results)}
    own: JsonObject = {"own": places.to_json(answers.own)} if answers.own else {}
    return json_reply(said | own, accepted)


def get(front: FrontOffice, principal: Principal, call: Call) -> Response:
    """The bodies of records by id; those that did not fit are asked for again."""
    ids = listed(mapping(call.json()), "ids", _record_id, reading.MAX_BODIES)
    with front.office.reading() as desk:
        bodies = _bodies(desk, principal, ids)
    return json_reply({"records": bodies}, call.headers.get("accept-encoding", ""))


def _record_id(value: Json) -> RecordId:
    return RecordId(uuid_text({"id": value}, "id"))


def _bodies(desk: Desk, principal: Principal, ids: tuple[RecordId, ...]) -> list[Json]:
    told: list[Json] = []
    for body in reading.bodies(desk, principal, ids):
        record: JsonObject = {
            "id": body.id,
            "version": body.version,
            "op": body.op,
            "sha256": body.sha256,
            "body": encoding.parse(body.content),
        }
        told.append(record)
    return told
