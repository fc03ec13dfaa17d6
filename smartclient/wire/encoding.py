"""How a body becomes bytes and how a reply proves that it is whole.

Canonical JSON (RFC 8785 for the values we use: no floats travel) gives one byte string for one
value, so that a digest over it means something. Bodies travel as zstd. A reply counts only with its
Content-Digest (RFC 9530): HTTP libraries report a reply cut inside its headers as a complete empty
200, and a cut reply must never read as success (rule 7).
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterable
from functools import cache
from math import isfinite
from typing import cast

from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.ids import Sha256
from smartclient.wire.values import Json

MAX_INFLATED = 40_000_000
MAX_NESTED = 200
"""How many lists and objects of a record may stand in each other."""
DIGEST_HEADER = "Content-Digest"
_LEVEL = 1
"""A third of the time of zstd's own choice; what we pack is hardly longer for it."""

_DOUBTFUL = re.compile(rb"[:,\[]-?(?:0\.0000|[0-9.]+e)")
"""Numbers for which orjson has other figures than the form that digests were always made of."""


def canonical(value: Json, *, fractions: bool = True) -> bytes:
    """The one byte string of a JSON value: sorted keys, no spaces, UTF-8.

    Who knows that no float is in the value says so by `fractions`: looking for doubtful ones takes
    forty times as long as writing.
    """
    import orjson  # at first use: a start writes no body

    # Twenty times faster than `_plainly`, and the same bytes but for the numbers looked for here.
    plain = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
    try:
        content = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | plain)
    except TypeError:
        return _plainly(value)
    if not fractions:
        return content
    if b"null" in content and _has_no_number(value):
        return _plainly(value)
    return _plainly(value) if _DOUBTFUL.search(b"[" + content) else content


def _plainly(value: Json) -> bytes:
    """The same by the standard library, which decides what canonical is."""
    return _ENCODER.encode(value).encode()


def _has_no_number(value: Json) -> bool:
    """Whether a float that is infinite or no number is in it; orjson would write null."""
    if isinstance(value, float):
        return not isfinite(value)
    if isinstance(value, dict):
        return any(_has_no_number(each) for each in value.values())
    return isinstance(value, list | tuple) and any(_has_no_number(each) for each in value)


def is_nested_too_deep(value: Json, content: bytes) -> bool:
    """Whether a value, of which these are the bytes, is nested deeper than MAX_NESTED.

    What is nearly as deep as one message may be could be read and never be written into another.
    """
    if content.count(b"[") + content.count(b"{") <= MAX_NESTED:
        return False
    level = [value]
    for _ in range(MAX_NESTED):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return any(isinstance(each, list | dict) for each in level)


def _inside(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def sha256(content: bytes | memoryview) -> Sha256:
    """SHA-256 of the bytes as lower-case hexadecimal."""
    return Sha256(hashlib.sha256(content).hexdigest())


def parse(content: bytes) -> Json:
    """The JSON value of the bytes; BadInput SC-SYNC-011 when they are none."""
    try:
        return parse_text(content.decode(_coding(content), "surrogatepass"))
    except ValueError as broken:
        raise BadInput("SC-SYNC-011") from broken


def parse_text(text: str) -> Json:
    """The JSON value of the text; BadInput SC-SYNC-011 when it is none."""
    try:
        return cast("Json", _DECODER.decode(text))
    except (ValueError, RecursionError) as broken:
        raise BadInput("SC-SYNC-011") from broken


def parse_part(text: str, begin: int) -> tuple[Json, int]:
    """The JSON value that begins there, and where it ends; BadInput SC-SYNC-011 for none."""
    try:
        value, end = _DECODER.raw_decode(text, begin)
    except (ValueError, RecursionError) as broken:
        raise BadInput("SC-SYNC-011") from broken
    return cast("Json", value), end


def _coding(content: bytes) -> str:
    """UTF-8, which is what we write; other codings of Unicode are read as well."""
    begun = content[:1] in (b"{", b"[") and content[1:2] != b"\0"
    return "utf-8" if begun else json.detect_encoding(content)


def _no_such_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_DECODER = json.JSONDecoder(parse_constant=_no_such_number)


class _Packing(threading.local):
    """Made once in each thread that packs: making one takes longer than packing a body."""

    def __init__(self) -> None:
        import zstandard  # at first use: a start reads no packed body

        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


@cache
def _packing() -> _Packing:
    return _Packing()


def pack(content: bytes) -> bytes:
    """The bytes as zstd."""
    return _packing().compressor.compress(content)


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
    decompressor = _packing().decompressor
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
