"""The routes of blobs: which are missing, packs, parts, and reading with Range."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from smartclient.backoffice.api.calls import BYTES_TYPE, Call
from smartclient.backoffice.api.endpoints import FrontOffice, Writing
from smartclient.backoffice.api.replies import json_reply, reply
from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import Principal
from smartclient.domain.errors import BadInput, Refused
from smartclient.domain.ids import Sha256
from smartclient.wire.blob_packs import unpack_blobs
from smartclient.wire.messages import (
    MAX_BLOB_BYTES,
    MAX_SCOPE,
    JsonObject,
    listed,
    mapping,
    sha256_text,
    text,
)

MAX_ASKED = 1_000
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
_WHOLE_NUMBER = re.compile(r"\d{1,12}")


def missing(_front: FrontOffice, desk: Desk, principal: Principal, call: Call) -> Response:
    """Which blobs the server lacks; for those begun in parts, where the next part begins."""
    fields = mapping(call.json())
    wanted = listed(fields, "sha256", sha256_text, MAX_ASKED)
    scope = text(fields, "scope", MAX_SCOPE) if "scope" in fields else ""
    lacking = blobs.missing(desk, principal, wanted, scope)
    begun = blobs.begun(desk, principal, lacking)
    offsets: JsonObject = {str(name): offset for name, offset in begun.items()}
    return json_reply({"missing": list(lacking), "begun": offsets})


def take_pack(writing: Writing, principal: Principal, call: Call) -> Response:
    """Small blobs, many in one request."""
    contents = blobs.Checked.of(unpack_blobs(call.body))
    with writing() as desk:
        new = blobs.store(desk, principal, contents, _scope(call))
    return json_reply({"new": new})


def take_part(writing: Writing, principal: Principal, call: Call) -> Response:
    """The next part of a large blob; the answer says where the one after it begins."""
    part = blobs.Part(
        _named(call),
        _query_number(call.query, "offset"),
        call.body,
        _query_number(call.query, "total"),
    )
    with writing() as desk:
        progress = blobs.store_part(desk, principal, part, _scope(call))
    return json_reply({"offset": progress.offset, "complete": progress.is_complete})


def get(_front: FrontOffice, desk: Desk, principal: Principal, call: Call) -> Response:
    """The blob, or the range that was asked for."""
    blob = blobs.find(desk, principal, _named(call))
    start, length = _range(call.headers.get("range", ""), blob.size)
    content = blobs.read(desk, blob, start, length)
    headers = {"ETag": f'"{blob.sha256}"', "Accept-Ranges": "bytes"}
    if length == blob.size:
        return reply(content, BYTES_TYPE, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{blob.size}"
    return reply(content, BYTES_TYPE, HTTPStatus.PARTIAL_CONTENT, headers)


def _named(call: Call) -> Sha256:
    return sha256_text(call.path["sha256"])


def _scope(call: Call) -> str:
    """For records of which scope the blobs are; empty for the install's own one."""
    return text({"scope": call.query.get("scope", "")}, "scope", MAX_SCOPE)


def _query_number(query: Mapping[str, str], name: str) -> int:
    value = query.get(name, "0")
    if not _WHOLE_NUMBER.fullmatch(value) or int(value) > MAX_BLOB_BYTES:
        raise BadInput("SC-SYNC-010", field=name, value=value[:20], rule="whole number")
    return int(value)


def _range(header: str, size: int) -> tuple[int, int]:
    """Start and length of what is asked for; the whole where the header asks for nothing we know.

    Raises Refused SC-SERV-029 for a range outside of the blob.
    """
    asked = _RANGE.fullmatch(header.strip())
    if asked is None or asked.group(1) == asked.group(2) == "":
        return 0, size
    first, last = asked.group(1), asked.group(2)
    if not first:
        length = min(int(last), size)
        start, end = size - length, size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
    if start >= end:
        raise Refused("SC-SERV-029", size=size)
    return start, end - start
