"""The rows of records as the changes tell them: made at once, a thousand to a page."""

import json
from datetime import datetime

from sqlalchemy import Row

from smartclient.backoffice.operations.record_rows import DATED
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import to_text
from smartclient.wire.messages import JsonObject

_record = schema.record
COLUMNS = (
    _record.c.id,
    _record.c.kind,
    _record.c.version,
    _record.c.op,
    _record.c.sha256,
    _record.c.stage,
    _record.c.state,
    _record.c.seq,
    _record.c.blobs,
    _record.c.parent,
    _record.c.record_class,
    _record.c.received_at,
)
"""What `to_feed` takes."""

Fields = tuple[str, str, int, str, str, str, str, int, str, str, str, datetime]


def to_feed(row: Row[*Fields]) -> JsonObject:
    """The JSON of a `FeedRow`, without the value between: that took as long as all the rest."""
    identity, kind, version, op, sha256, stage, state, seq, blobs, parent, of_class, at = row
    told: JsonObject = {
        "id": identity,
        "kind": kind,
        "version": version,
        "op": op,
        "sha256": sha256,
        "stage": stage,
        "state": state,
        "blobs": [] if blobs == "[]" else json.loads(blobs),
        "seq": seq,
    }
    if parent:
        told["parent"] = parent
    if of_class:
        told["class"] = of_class
    if kind in DATED:
        told["received_at"] = to_text(at)
    return told
