"""Replies that prove themselves whole: every one has its length and a digest (rule 7).

Refusals are Problem JSON with the code alone deciding the status; the words are the client's.
"""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from smartclient.domain.errors import (
    BadInput,
    Damaged,
    NoSpace,
    NotAllowed,
    Refused,
    SmartClientError,
    Unreachable,
)
from smartclient.wire import encoding
from smartclient.wire.messages import Json, Problem

PROBLEM_TYPE = "application/problem+json"
WORTH_PACKING = 512
BUSY_SECONDS = 2

_STATUS_OF_CODE: Mapping[str, HTTPStatus] = {
    "SC-CAT-079": HTTPStatus.NOT_FOUND,
    "SC-CONTRACT-001": HTTPStatus.UNPROCESSABLE_ENTITY,
    "SC-CONTRACT-002": HTTPStatus.NOT_FOUND,
    "SC-SERV-001": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "SC-SERV-002": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "SC-SERV-003": HTTPStatus.NOT_FOUND,
    "SC-SERV-004": HTTPStatus.METHOD_NOT_ALLOWED,
    "SC-SERV-005": HTTPStatus.UNAUTHORIZED,
    "SC-SERV-006": HTTPStatus.FORBIDDEN,
    "SC-SERV-007": HTTPStatus.FORBIDDEN,
    "SC-SERV-008": HTTPStatus.UPGRADE_REQUIRED,
    "SC-SERV-009": HTTPStatus.CONFLICT,
    "SC-SERV-010": HTTPStatus.GONE,
    "SC-SERV-011": HTTPStatus.FORBIDDEN,
    "SC-SERV-012": HTTPStatus.TOO_MANY_REQUESTS,
    "SC-SERV-014": HTTPStatus.NOT_FOUND,
    "SC-SERV-015": HTTPStatus.FORBIDDEN,
    "SC-SERV-025": HTTPStatus.NOT_FOUND,
    "SC-SERV-027": HTTPStatus.CONFLICT,
    "SC-SERV-028": HTTPStatus.CONFLICT,
    "SC-SERV-029": HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
}
_STATUS_OF_CLASS: Mapping[type[SmartClientError], HTTPStatus] = {
    BadInput: HTTPStatus.BAD_REQUEST,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Refused: HTTPStatus.FORBIDDEN,
    Damaged: HTTPStatus.INTERNAL_SERVER_ERROR,
    NoSpace: HTTPStatus.INSUFFICIENT_STORAGE,
    Unreachable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def reply(
    content: bytes,
    media_type: str,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A reply with its length and digest; nothing between here and the laptop may keep it."""
    own = {encoding.DIGEST_HEADER: encoding.content_digest(content)}
    if status is not HTTPStatus.NOT_MODIFIED:
        # A 304 has no content that could have a length, or that anybody could keep.
        own |= {"Content-Length": str(len(content)), "Cache-Control": "no-store"}
    if content:
        own["Content-Type"] = media_type
        own["X-Content-Type-Options"] = "nosniff"
    return Response(content, status, {**own, **(headers or {})})


def json_reply(
    value: Json, accepted_codings: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON value; as zstd where the request's Accept-Encoding takes it and it is worth it."""
    # No digest is made of the value, so any form of a number will do.
    return json_bytes_reply(encoding.canonical(value, fractions=False), accepted_codings, headers)


def json_bytes_reply(
    content: bytes, accepted_codings: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """The same of JSON that is written already."""
    if len(content) < WORTH_PACKING or not _takes_zstd(accepted_codings):
        return reply(content, "application/json", headers=headers)
    packed = {"Content-Encoding": "zstd", "Vary": "Accept-Encoding", **(headers or {})}
    return reply(encoding.pack(content), "application/json", headers=packed)


def problem_reply(refusal: SmartClientError) -> Response:
    """A refusal as the client reads it."""
    status = _STATUS_OF_CODE.get(refusal.code) or next(
        status for kind, status in _STATUS_OF_CLASS.items() if isinstance(refusal, kind)
    )
    headers = {}
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = refusal.values["seconds"]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(BUSY_SECONDS)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    content = encoding.canonical(Problem(refusal.code, refusal.values).to_json())
    return reply(content, PROBLEM_TYPE, status, headers)


def _takes_zstd(accepted: str) -> bool:
    codings = {coding.partition(";")[0].strip() for coding in accepted.lower().split(",")}
    return "zstd" in codings
