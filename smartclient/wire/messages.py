"""The messages of the protocol, version 1.

Every message is a frozen value with `to_json` and `from_json`; unknown fields of the other side are
ignored, and kept where a body passes through (rule 10). A body that does not fit its message raises
BadInput SC-SYNC-010 naming field, value and rule.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire import places
from smartclient.wire.feed_rows import FeedRow as FeedRow
from smartclient.wire.feed_rows import belonging, record_class_of
from smartclient.wire.kinds import RecordClass
from smartclient.wire.kinds import RecordKind as RecordKind
from smartclient.wire.places import Range
from smartclient.wire.values import MAX_WHOLE, bad_field
from smartclient.wire.values import Json as Json
from smartclient.wire.values import JsonObject as JsonObject
from smartclient.wire.values import chosen as chosen
from smartclient.wire.values import instant as instant
from smartclient.wire.values import is_storable as is_storable
from smartclient.wire.values import listed as listed
from smartclient.wire.values import mapping as mapping
from smartclient.wire.values import sha256_text as sha256_text
from smartclient.wire.values import text as text
from smartclient.wire.values import truth as truth
from smartclient.wire.values import uuid_text as uuid_text
from smartclient.wire.values import whole as whole

PROTOCOL_VERSION = 1
MAX_PUSH_LINES = 200
MAX_PUSH_BYTES = 4_000_000
MAX_LINEAGE = 64
MAX_FEED_ROWS = 1_000
MAX_PACK_BYTES = 4_000_000
MAX_BLOB_BYTES = 64_000_000
MAX_SCOPE = 80
MAX_SCOPES = 50
MAX_FORM_VERSION = 80
_LINE = frozenset(
    ("id", "kind", "op", "lineage", "stage", "form_version", "sha256", "blobs", "body")
)
_TAKEN = frozenset(("id", "op", "answer", "version"))
_UUID = "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_NAMES = re.compile(f"{_UUID} {_UUID} ([0-9a-f]{{64}})")
_TWO_NAMES = re.compile(f"{_UUID} {_UUID}")
_KINDS = {kind.value: kind for kind in RecordKind}
_STAGES = {stage.value: stage for stage in Stage}


class Answer(StrEnum):
    """What the server says of one pushed line."""

    OK = "ok"
    LOCKED = "locked"
    BUSY = "busy"
    STALE = "stale"
    MERGED = "merged"
    """The client of this id was merged into another one, which `survivor` names."""
    ERASED = "erased"
    """The record was erased for good; whatever is left of it here goes too."""
    MISSING = "missing"
    INVALID = "invalid"


def _op(value: Json) -> Op:
    return Op(uuid_text({"op": value}, "op"))


@dataclass(frozen=True, slots=True)
class PushLine:
    """One record offered to the server (rule 1); `sha256` is over the canonical body bytes."""

    id: RecordId
    kind: RecordKind
    op: Op
    lineage: tuple[Op, ...]
    stage: Stage
    form_version: str
    sha256: Sha256
    blobs: tuple[Sha256, ...]
    body: JsonObject
    scope: str = ""
    """Where it is to live; empty for the scope of the install's own person."""
    parent: str = ""
    """The id of the record it hangs on, where its kind has one."""
    record_class: RecordClass = RecordClass.GENERAL

    def to_json(self) -> JsonObject:
        """The line as JSON; what is empty is left out."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "op": self.op,
            "lineage": list(self.lineage),
            "stage": self.stage.value,
            "form_version": self.form_version,
            "sha256": self.sha256,
            "blobs": list(self.blobs),
            "body": self.body,
            **belonging(self.scope, self.parent, self.record_class),
        }

    @classmethod
    def from_json(cls, source: Json) -> "PushLine":
        """The line of `to_json`."""
        fields = mapping(source, "line")
        return _plain_line(fields) or cls(
            RecordId(uuid_text(fields, "id")),
            RecordKind(chosen(fields, "kind", RecordKind)),
            Op(uuid_text(fields, "op")),
            listed(fields, "lineage", _op, MAX_LINEAGE),
            Stage(chosen(fields, "stage", Stage)),
            text(fields, "form_version", MAX_FORM_VERSION),
            sha256_text(fields.get("sha256")),
            listed(fields, "blobs", sha256_text, 100),
            mapping(fields.get("body"), "body"),
            text(fields, "scope", MAX_SCOPE) if "scope" in fields else "",
            uuid_text(fields, "parent") if "parent" in fields else "",
            record_class_of(fields),
        )


def _plain_line(fields: JsonObject) -> PushLine | None:
    """A line with nothing but what every line has; None for one that must be looked at closely.

    Lines and their results come by the hundred, and almost all are like this: a third of the time.
    """
    if fields.keys() != _LINE or fields["blobs"] != []:
        return None
    names = _NAMES.fullmatch(f"{fields['id']} {fields['op']} {fields['sha256']}")
    kind, stage = str(fields["kind"]), str(fields["stage"])
    if names is None or kind not in _KINDS or stage not in _STAGES:
        return None
    body, lineage = fields["body"], fields["lineage"]
    if not isinstance(body, dict) or not isinstance(lineage, list) or len(lineage) > MAX_LINEAGE:
        return None
    return PushLine(
        RecordId(names[1]),
        _KINDS[kind],
        Op(names[2]),
        tuple([_op(each) for each in lineage]),
        _STAGES[stage],
        text(fields, "form_version", MAX_FORM_VERSION),
        Sha256(names[3]),
        (),
        body,
    )


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that fits no record: what could be read of its id and op, and the refusal."""

    id: str
    op: str
    refusal: BadInput


@dataclass(frozen=True, slots=True)
class PushRequest:
    """Up to 200 lines or 4 MB. A client fills it with PushLines only."""

    epoch: int
    lines: tuple[PushLine | UnreadableLine, ...]

    def to_json(self) -> JsonObject:
        """The request as JSON."""
        lines = (line for line in self.lines if isinstance(line, PushLine))
        return {"epoch": self.epoch, "lines": [line.to_json() for line in lines]}

    @classmethod
    def from_json(cls, source: Json) -> "PushRequest":
        """The request of `to_json`, each line alone: a bad one never refuses its neighbours."""
        fields = mapping(source)
        return cls(whole(fields, "epoch"), listed(fields, "lines", push_line, MAX_PUSH_LINES))


def push_line(source: Json) -> PushLine | UnreadableLine:
    """A line of a push, or what can be told of one that fits no record."""
    try:
        return PushLine.from_json(source)
    except BadInput as refusal:
        fields = source if isinstance(source, dict) else {}
        known = {name: fields.get(name) for name in ("id", "op")}
        shown = {
            name: value if isinstance(value, str) and len(value) <= 36 else ""
            for name, value in known.items()
        }
        return UnreadableLine(shown["id"], shown["op"], refusal)


@dataclass(frozen=True, slots=True)
class PushResult:
    """The answer to one line, in the order of the request."""

    id: str
    op: str
    answer: Answer
    version: int = 0
    missing: tuple[Sha256, ...] = ()
    code: str = ""
    survivor: str = ""
    """With `merged`: the id of the client that this one became part of."""
    handed_in: bool = False
    """With `ok`: the right to the scope was lost, so a person at the back office has the line; it
    stands in no feed until that person takes it in.
    """
    stage: str = ""
    """With `ok`: the `Stage` that stands now, where it is another one than the line's."""
    alone: bool = False
    """With `handed_in`: the line alone went there, and the scope that it named is as it was."""

    def to_json(self) -> JsonObject:
        """The result as JSON; what is empty is left out."""
        said: JsonObject = {"id": self.id, "op": self.op, "answer": self.answer.value}
        more: JsonObject = {
            "version": self.version,
            "missing": list(self.missing),
            "code": self.code,
            "survivor": self.survivor,
            "handed_in": self.handed_in,
            "stage": self.stage,
            "alone": self.alone,
        }
        return said | {name: value for name, value in more.items() if value}

    @classmethod
    def from_json(cls, source: Json) -> "PushResult":
        """The result of `to_json`."""
        fields = mapping(source, "result")
        return _plain_result(fields) or cls(
            text(fields, "id", 36),
            text(fields, "op", 36),
            Answer(chosen(fields, "answer", Answer)),
            whole(fields, "version") if "version" in fields else 0,
            listed(fields, "missing", sha256_text, 100) if "missing" in fields else (),
            text(fields, "code", 20) if "code" in fields else "",
            uuid_text(fields, "survivor") if "survivor" in fields else "",
            truth(fields, "handed_in") if "handed_in" in fields else False,
            chosen(fields, "stage", Stage) if "stage" in fields else "",
            truth(fields, "alone") if "alone" in fields else False,
        )


def _plain_result(fields: JsonObject) -> PushResult | None:
    """The result of a line that was taken, with nothing but its version; None for any other."""
    if fields.keys() != _TAKEN or fields["answer"] != "ok":
        return None
    names = _TWO_NAMES.fullmatch(f"{fields['id']} {fields['op']}")
    version = fields["version"]
    if names is None or type(version) is not int or not 0 <= version <= MAX_WHOLE:
        return None
    return PushResult(names[1], names[2], Answer.OK, version)


@dataclass(frozen=True, slots=True)
class ChangesRequest:
    """Where the client stands in each scope it knows, and by what grant it read what it has."""

    epoch: int
    since: Mapping[str, int]
    grants: Mapping[str, str] = field(default_factory=dict)
    """The grant of each scope as the server gave it with the rows; only those that say more
    than nothing.
    """
    own: Mapping[str, tuple[Range, ...]] = field(default_factory=dict)
    """What stands there behind the cursors this client has sent, and needs not be told."""

    def to_json(self) -> JsonObject:
        """The request as JSON."""
        said: JsonObject = {"epoch": self.epoch, "since": dict(self.since)}
        more: JsonObject = {"grants": dict(self.grants), "own": places.to_json(self.own)}
        return said | {name: value for name, value in more.items() if value}

    @classmethod
    def from_json(cls, source: Json) -> "ChangesRequest":
        """The request of `to_json`."""
        fields = mapping(source)
        since = mapping(fields.get("since"), "since")
        grants = mapping(fields.get("grants", {}), "grants")
        if len(since) > MAX_SCOPES or len(grants) > MAX_SCOPES:
            raise bad_field("since", len(since), f"at most {MAX_SCOPES} scopes")
        return cls(
            whole(fields, "epoch"),
            {scope: whole(since, scope) for scope in since},
            {scope: text(grants, scope, MAX_SCOPE) for scope in grants},
            places.from_json(fields, "own", MAX_SCOPES),
        )


@dataclass(frozen=True, slots=True)
class ChangesReply:
    """Rows of one scope in the order of `seq`; ask again while `more`.

    `left` names scopes that the install may no longer read, or no longer in the same way: clean
    records of them are deleted with their blobs, and the scope is forgotten. One that may be read
    in another way comes again from its beginning.
    """

    scope: str
    rows: tuple[FeedRow, ...]
    more: bool
    next_lock_at: str
    catalogue_etag: str
    grant: str = ""
    """The classes of this scope that are read besides the general one, as "identity+medical"."""
    left: tuple[str, ...] = ()

    def to_json(self) -> JsonObject:
        """The reply as JSON; grant and left are left out where there is none."""
        said: JsonObject = {
            "scope": self.scope,
            "rows": [row.to_json() for row in self.rows],
            "more": self.more,
            "next_lock_at": self.next_lock_at,
            "catalogue_etag": self.catalogue_etag,
        }
        more: JsonObject = {"grant": self.grant, "left": list(self.left)}
        return said | {name: value for name, value in more.items() if value}

    @classmethod
    def from_json(cls, source: Json) -> "ChangesReply":
        """The reply of `to_json`."""
        fields = mapping(source)
        return cls(
            text(fields, "scope", 80),
            listed(fields, "rows", FeedRow.from_json, MAX_FEED_ROWS),
            truth(fields, "more"),
            text(fields, "next_lock_at", 40),
            text(fields, "catalogue_etag", 100),
            text(fields, "grant", MAX_SCOPE) if "grant" in fields else "",
            listed(fields, "left", _scope, MAX_SCOPES) if "left" in fields else (),
        )


def _scope(value: Json) -> str:
    return text({"scope": value}, "scope", MAX_SCOPE)


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal of the server: its code, and what fills the sentence."""

    code: str
    values: Mapping[str, str]

    def to_json(self) -> JsonObject:
        """The refusal as JSON."""
        return {"code": self.code, "values": dict(self.values)}

    @classmethod
    def from_json(cls, source: Json) -> "Problem":
        """The refusal of `to_json`."""
        fields = mapping(source)
        values = mapping(fields.get("values", {}), "values")
        return cls(text(fields, "code", 20), {name: text(values, name, 500) for name in values})


def lines_of(results: Sequence[PushResult]) -> list[Json]:
    """The results of a push as JSON."""
    return [result.to_json() for result in results]
