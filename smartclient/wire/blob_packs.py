"""Many small blobs in one body: [64 hexadecimal digits][8 bytes length, big-endian][bytes] each."""

from collections.abc import Iterable

from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Sha256
from smartclient.wire.messages import MAX_PACK_BYTES, sha256_text

HEADER_BYTES = 64 + 8


def pack_blobs(contents: Iterable[tuple[Sha256, bytes]]) -> bytes:
    """The body; the caller keeps it within MAX_PACK_BYTES (each blob costs HEADER_BYTES more)."""
    parts: list[bytes] = []
    for name, content in contents:
        parts += name.encode("ascii"), len(content).to_bytes(8, "big"), content
    return b"".join(parts)


def unpack_blobs(body: bytes) -> list[tuple[Sha256, memoryview]]:
    """The blobs in order, their digests not checked; BadInput SC-SYNC-015 for another framing.

    Each is a view of the body: a pack is some megabytes, and nobody changes it.
    """
    found: list[tuple[Sha256, memoryview]] = []
    whole = memoryview(body)
    offset = 0
    while offset < len(body):
        start = offset + HEADER_BYTES
        header = body[offset:start]
        try:
            name = sha256_text(header[:64].decode("ascii"))
        except (BadInput, UnicodeDecodeError) as broken:
            raise BadInput("SC-SYNC-015") from broken
        end = start + int.from_bytes(header[64:], "big")
        if len(header) < HEADER_BYTES or end > len(body) or len(body) > MAX_PACK_BYTES:
            raise BadInput("SC-SYNC-015")
        found.append((name, whole[start:end]))
        offset = end
    return found
