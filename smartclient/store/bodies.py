"""How a body is kept: canonical JSON as zstd, so that fewer pages are encrypted and decrypted."""

from smartclient.wire.encoding import canonical, pack, parse, parse_text, unpack
from smartclient.wire.values import Json, JsonObject, mapping


def stored(body: JsonObject) -> bytes:
    """The bytes of a body as they stand in the database."""
    return pack(canonical(body))


def read_back(content: bytes) -> JsonObject:
    """The body of `stored`."""
    return as_body(unpack(content))


def as_body(content: bytes) -> JsonObject:
    """The body of its canonical bytes."""
    return mapping(parse(content), "body")


def as_text(value: Json) -> str:
    """A small JSON value as text."""
    return canonical(value).decode()


def small_json(text: str) -> Json:
    """The value of `as_text`."""
    return parse_text(text)
