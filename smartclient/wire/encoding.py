"""How a body becomes bytes and how a reply proves that it is whole.

Canonical JSON (RFC 8785 for the values we use: no floats travel) gives one byte string for one
value, so that a digest over it means something. Bodies travel as zstd. A reply counts only with its
Content-Digest (RFC 9530): HTTP libraries report a reply cut inside its headers as a complete empty
200, and a cut reply must never read as success (rule 7).
"""

import base64
import hashlib
import json
from typing import cast

from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.ids import Sha256
from smartclient.wire.values import Json

MAX_INFLATED = 40_000_000
DIGEST_HEADER = "Content-Digest"


def canonical(value: Json) -> bytes:
    """The one byte string of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(content: bytes) -> Sha256:
    """SHA-256 of the bytes as lower-case hexadecimal."""
    return Sha256(hashlib.sha256(content).hexdigest())


def parse(content: bytes) -> Json:
    """The JSON value of the bytes; BadInput SC-SYNC-011 when they are none."""
    try:
        return cast("Json", json.loads(content, parse_constant=_no_such_number))
    except (ValueError, RecursionError) as broken:
        raise BadInput("SC-SYNC-011") from broken


def _no_such_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def pack(content: bytes) -> bytes:
    """The bytes as zstd."""
    import zstandard  # at first use: a start reads no packed body

    return zstandard.ZstdCompressor(level=3).compress(content)


def unpack(content: bytes, limit: int = MAX_INFLATED) -> bytes:
    """The bytes of `pack`; refused when damaged or larger than `limit` once inflated."""
    import zstandard

    try:
        inflated = _inflated(content, limit)
    except zstandard.ZstdError as broken:
        raise BadInput("SC-SYNC-012") from broken
    if len(inflated) > limit:
        raise BadInput("SC-SYNC-013", limit=limit)
    return inflated


def _inflated(content: bytes, limit: int) -> bytes:
    import zstandard

    # A frame that tells its size and has nothing behind it is unpacked in one go, several times
    # faster; more than it told is an error of the frame, so the size can be believed.
    told = zstandard.frame_content_size(content)
    decompressor = zstandard.ZstdDecompressor()
    if 0 < told <= limit:
        return decompressor.decompress(content, allow_extra_data=False)
    with decompressor.stream_reader(content) as reader:
        return reader.read(limit + 1)


def content_digest(content: bytes) -> str:
    """The value of the Content-Digest field for the bytes."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def require_whole(content: bytes, digest: str | None) -> None:
    """Raise Damaged SC-SYNC-014 unless the digest is there and fits."""
    if digest is None or digest != content_digest(content):
        raise Damaged("SC-SYNC-014")
