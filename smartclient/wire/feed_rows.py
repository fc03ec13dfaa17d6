"""Rows of the feed, which come by the thousand; a message of the protocol like the others."""

import re
from dataclasses import dataclass

from smartclient.domain.clock import to_text
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire.kinds import RecordClass, RecordKind
from smartclient.wire.values import (
    MAX_WHOLE,
    Json,
    JsonObject,
    chosen,
    instant,
    listed,
    mapping,
    sha256_text,
    uuid_text,
    whole,
)

_PLAIN = frozenset(("id", "kind", "version", "op", "sha256", "stage", "state", "blobs", "seq"))
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NAMES = re.compile(f"({_UUID}) ({_UUID}) ([0-9a-f]{{64}})")
_KINDS = {kind.value: kind for kind in RecordKind}
_STAGES = {stage.value: stage for stage in Stage}
_STATES = {state.value: state for state in ServerState}


def belonging(scope: str, parent: str, record_class: RecordClass) -> JsonObject:
    """Where a record belongs, as JSON; almost always nothing, which costs no byte."""
    said = {"scope": scope, "parent": parent, "class": record_class.value}
    return {name: value for name, value in said.items() if value}


def record_class_of(fields: JsonObject) -> RecordClass:
    """The class of a record as it is said; the general one where nothing is."""
    if "class" not in fields:
        return RecordClass.GENERAL
    return RecordClass(chosen(fields, "class", RecordClass))


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row of the changes of a scope; `seq` is the cursor."""

    id: RecordId
    kind: RecordKind
    version: int
    op: Op
    sha256: Sha256
    stage: Stage
    state: ServerState
    blobs: tuple[Sha256, ...]
    seq: int
    parent: str = ""
    record_class: RecordClass = RecordClass.GENERAL
    received_at: str = ""
    """Of events whose order decides: when the server received it, by which everybody counts."""

    def to_json(self) -> JsonObject:
        """The row as JSON; what is empty at its end is left out."""
        received = {"received_at": self.received_at} if self.received_at else {}
        return {
            "id": self.id,
            "kind": self.kind.value,
            "version": self.version,
            "op": self.op,
            "sha256": self.sha256,
            "stage": self.stage.value,
            "state": self.state.value,
            "blobs": list(self.blobs),
            "seq": self.seq,
            **belonging("", self.parent, self.record_class),
            **received,
        }

    @classmethod
    def from_json(cls, source: Json) -> "FeedRow":
        """The row of `to_json`."""
        fields = mapping(source, "row")
        return plain_row(fields) or cls(
            RecordId(uuid_text(fields, "id")),
            RecordKind(chosen(fields, "kind", RecordKind)),
            whole(fields, "version"),
            Op(uuid_text(fields, "op")),
            sha256_text(fields.get("sha256")),
            Stage(chosen(fields, "stage", Stage)),
            ServerState(chosen(fields, "state", ServerState)),
            listed(fields, "blobs", sha256_text, 100),
            whole(fields, "seq"),
            uuid_text(fields, "parent") if "parent" in fields else "",
            record_class_of(fields),
            to_text(instant(fields, "received_at")) if "received_at" in fields else "",
        )


def plain_row(fields: JsonObject) -> FeedRow | None:
    """A row with nothing but what every row has; None for one that must be looked at closely.

    Rows come by the thousand, and almost all are like this: a third of the time.
    """
    if fields.keys() != _PLAIN or fields["blobs"] != []:
        return None
    names = _NAMES.fullmatch(f"{fields['id']} {fields['op']} {fields['sha256']}")
    version, seq = fields["version"], fields["seq"]
    if names is None or type(version) is not int or type(seq) is not int:
        return None
    kind, stage, state = str(fields["kind"]), str(fields["stage"]), str(fields["state"])
    if kind not in _KINDS or stage not in _STAGES or state not in _STATES:
        return None
    if not (0 <= version <= MAX_WHOLE and 0 <= seq <= MAX_WHOLE):
        return None
    return FeedRow(
        RecordId(names[1]),
        _KINDS[kind],
        version,
        Op(names[2]),
        Sha256(names[3]),
        _STAGES[stage],
        _STATES[state],
        (),
        seq,
    )
