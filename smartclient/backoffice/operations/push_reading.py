"""A push as it is read: quickly where nothing in it is doubtful, and otherwise as ever.

Doubtful are a float, which has several forms of which one is canonical, a whole number so large
that the quick reader makes a float of it, and what is nested deep. Where the quick reader finds
one, or cannot read at all, the standard library reads anew and its word counts.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, cast

import orjson

from smartclient.domain.document_life import Stage
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import (
    MAX_LINEAGE,
    MAX_PUSH_LINES,
    Json,
    PushLine,
    PushRequest,
    RecordKind,
    listed,
    mapping,
    push_line,
    whole,
)

_PLAIN: Final = frozenset(
    ("id", "kind", "op", "lineage", "stage", "form_version", "sha256", "blobs", "body")
)
_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NAMES: Final = re.compile(f"({_UUID}) ({_UUID}) ([0-9a-f]{{64}})")
_NESTED: Final = (dict, list)
_OP: Final = re.compile(_UUID)
_FORM_VERSION: Final = re.compile("[ -~]{0,80}")
_KINDS: Final = {kind.value: kind for kind in RecordKind}
_STAGES: Final = {stage.value: stage for stage in Stage}


@dataclass(frozen=True, slots=True)
class ReadPush:
    """A push, and what is known of the values in it."""

    request: PushRequest
    doubtful: bool
    """False where no float is in it and nothing in it is nested too deep."""


def read_push(content: bytes) -> ReadPush:
    """The push of the bytes; BadInput SC-SYNC-011 for no JSON, SC-SYNC-010 for no push."""
    try:
        quick = _quickly(orjson.loads(content))
    except orjson.JSONDecodeError:
        quick = None
    return quick or ReadPush(PushRequest.from_json(encoding.parse(content)), doubtful=True)


def _quickly(source: Json) -> ReadPush | None:
    """What the quick reader read; None where anything is doubtful."""
    fields = mapping(source)
    lines = fields.get("lines")
    if type(fields.get("epoch")) is not int or not isinstance(lines, list):
        return None
    plain = [_plain_line(line) for line in lines[: MAX_PUSH_LINES + 1]]
    told = zip(plain, lines, strict=False)
    if not all(_is_plain(line.body if line else source) for line, source in told):
        return None
    read = iter(plain)
    epoch = whole(fields, "epoch")
    found = listed(fields, "lines", lambda line: next(read) or push_line(line), MAX_PUSH_LINES)
    return ReadPush(PushRequest(epoch, found), doubtful=False)


def _is_plain(value: Json, levels: int = encoding.MAX_NESTED - 1) -> bool:
    """Whether no float is in the value and nothing in it is nested deeper than that."""
    if isinstance(value, dict):
        inner: Collection[Json] = value.values()
    elif isinstance(value, list):
        inner = value
    else:
        return not isinstance(value, float)
    kinds = set(map(type, inner))
    if float in kinds:
        return False
    if dict not in kinds and list not in kinds:
        return True
    for each in inner:
        if type(each) in _NESTED and not (levels and _is_plain(each, levels - 1)):
            return False
    return True


def _plain_line(source: Json) -> PushLine | None:
    """A line with nothing but what every line has; None for one that must be looked at closely.

    Lines come by the thousand, and almost all are like this: a third of the time.
    """
    if not isinstance(source, dict) or source.keys() != _PLAIN or source["blobs"] != []:
        return None
    body, lineage, form_version = source["body"], source["lineage"], source["form_version"]
    names = _NAMES.fullmatch(f"{source['id']} {source['op']} {source['sha256']}")
    kind, stage = _KINDS.get(str(source["kind"])), _STAGES.get(str(source["stage"]))
    if names is None or kind is None or stage is None or not isinstance(body, dict):
        return None
    if not isinstance(form_version, str) or not _FORM_VERSION.fullmatch(form_version):
        return None
    op = Op(names[2])
    if lineage != [op] and not _are_ops(lineage):
        return None
    ops = tuple(map(Op, cast("list[str]", lineage)))
    return PushLine(
        RecordId(names[1]), kind, op, ops, stage, form_version, Sha256(names[3]), (), body
    )


def _are_ops(lineage: Json) -> bool:
    if not isinstance(lineage, list) or len(lineage) > MAX_LINEAGE:
        return False
    return all(isinstance(each, str) and _OP.fullmatch(each) for each in lineage)
