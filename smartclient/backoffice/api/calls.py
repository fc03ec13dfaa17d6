"""A request, read whole and within its limits before anything is done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from smartclient.backoffice.operations.observing_syncs import Notes
from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.wire import encoding
from smartclient.wire.messages import Json

JSON_TYPE = "application/json"
BYTES_TYPE = "application/octet-stream"
INFLATED = 2
"""Times its limit that a body may be large once it is unpacked."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets: everything of the request, in memory."""

    headers: Mapping[str, str]
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    address: str
    notes: Notes = field(default_factory=Notes)
    """What the answer tells about the synchronisation that the request belongs to."""

    def json(self) -> Json:
        """The body as JSON; BadInput SC-SYNC-011 when it is none."""
        return encoding.parse(self.body)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose body is still to come, as ASGI tells it."""

    method: str
    route: str
    """The address as it was declared: what was asked for may name a blob or a person."""
    headers: Mapping[str, str]
    """By their names in lower case; of several of one name the first."""
    path: Mapping[str, str]
    query: Mapping[str, str]
    address: str
    receive: Receive

    @classmethod
    def of(cls, route: str, scope: Scope, receive: Receive) -> "Asked":
        """The request of a connection scope."""
        said = reversed(scope["headers"])
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in said}
        query, client = scope["query_string"], scope.get("client")
        return cls(
            scope["method"],
            route,
            headers,
            scope.get("path_params", {}),
            dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {},
            client[0] if client else "",
            receive,
        )

    def call(self, body: bytes, notes: Notes) -> Call:
        """The request with its body."""
        return Call(self.headers, self.path, self.query, body, self.address, notes)


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a route takes: how many bytes, of which media type. No bytes, no type."""

    limit: int = 0
    media_type: str = ""


async def received_body(receive: Receive, limit: int) -> bytes:
    """All parts of the body together.

    Raises BadInput SC-SERV-001 for more than `limit` bytes, ClientDisconnect when the rest does not
    come.
    """
    parts: list[bytes] = []
    left, more = limit, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        left -= len(part)
        if left < 0:
            raise BadInput("SC-SERV-001", limit=limit)
        parts.append(part)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def unpacked_body(headers: Mapping[str, str], content: bytes, accepts: Accepts) -> bytes:
    """The body as it was meant, of what was received.

    Raises BadInput SC-SERV-001 (too large), SC-SERV-002 (media type or coding not taken) or
    SC-SERV-019 (its own digest says it is damaged).
    """
    if not content:
        return b""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != accepts.media_type:
        raise BadInput("SC-SERV-002", rule=accepts.media_type)
    digest = headers.get(encoding.DIGEST_HEADER.lower())
    if digest is not None and digest != encoding.content_digest(content):
        raise BadInput("SC-SERV-019")
    match headers.get("content-encoding", "identity").lower():
        case "identity":
            return content
        case "zstd":
            return _unpacked(content, accepts.limit * INFLATED)
        case _:
            raise BadInput("SC-SERV-002", rule="zstd")


def _unpacked(content: bytes, limit: int) -> bytes:
    try:
        return encoding.unpack(content, limit)
    except SmartClientError as refusal:
        too_large = refusal.code == "SC-SYNC-013"
        code = "SC-SERV-001" if too_large else "SC-SERV-019"
        raise BadInput(code, limit=limit) from refusal
