"""A request, read whole and within its limits before anything is done with it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

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
class Accepts:
    """What a route takes: how many bytes, of which media type. No bytes, no type."""

    limit: int = 0
    media_type: str = ""


async def read_body(
    headers: Mapping[str, str], stream: AsyncIterator[bytes], accepts: Accepts
) -> bytes:
    """The unpacked body.

    Raises BadInput SC-SERV-001 (too large), SC-SERV-002 (media type or coding not taken) or
    SC-SERV-019 (its own digest says it is damaged).
    """
    received = bytearray()
    async for chunk in stream:
        received += chunk
        if len(received) > accepts.limit:
            raise BadInput("SC-SERV-001", limit=accepts.limit)
    if not received:
        return b""
    content = bytes(received)
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
