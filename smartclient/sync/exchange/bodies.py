"""The bodies of records, asked for by id, each proven by its digest.

A server writes its replies in canonical form, so the bytes of a body stand in the reply as they
were hashed: they are cut out, and what has the digest is the body. Where that is not so, the body
is put into canonical form here, and its digest is whatever comes of it.
"""

import re
from collections.abc import Mapping, Sequence

from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.store.replaced import Body
from smartclient.sync.exchange.progress import Phase
from smartclient.sync.exchange.run import Run
from smartclient.wire.encoding import canonical, parse, parse_part, sha256
from smartclient.wire.messages import Json, JsonObject, listed, mapping, uuid_text

BODIES_AT_ONCE = 500
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_HEAD = '{"records":['
_BODY = '{"body":'
_REST = re.compile(
    f',"id":"({_UUID})","op":"({_UUID})","sha256":"([0-9a-f]{{64}})","version":[0-9]+}}(,|]}})'
)
"""What follows a body in its record."""

Bodies = Mapping[RecordId, Body]


def bodies_of(run: Run, wanted: Sequence[RecordId]) -> Bodies:
    """The bodies of these records; one that the server does not give is left out."""
    found: dict[RecordId, Body] = {}
    waiting = list(wanted)
    while waiting:
        run.show(Phase.RECEIVING, run.pulled + len(found), run.pulled + len(wanted))
        asked, later = waiting[:BODIES_AT_ONCE], waiting[BODIES_AT_ONCE:]
        got = read_bodies(run.conversation.post("/v1/get", message(asked)).body)
        found.update((identity, got[identity]) for identity in asked if identity in got)
        # What did not fit into the answer is asked for again, until only the unknown are left.
        rest = [identity for identity in asked if identity not in found]
        waiting = (rest if len(rest) < len(asked) else []) + later
    return found


def message(asked: Sequence[RecordId]) -> JsonObject:
    """The message that asks for bodies."""
    return {"ids": list(asked)}


def read_bodies(reply: bytes) -> Bodies:
    """The bodies of a reply; BadInput SC-SYNC-010 or SC-SYNC-011 when it is none."""
    found = _cut_out(reply)
    if found is None:
        answer = mapping(parse(reply))
        found = dict(listed(answer, "records", _body, BODIES_AT_ONCE))
    return found


def _cut_out(reply: bytes) -> dict[RecordId, Body] | None:
    """The bodies as they stand in a canonical reply; None for one that is written otherwise."""
    found: dict[RecordId, Body] = {}
    try:
        text = reply.decode()
        end = len(_HEAD) if text.startswith(_HEAD + _BODY) else len(text)
        while text.startswith(_BODY, end):
            begin = end + len(_BODY)
            body, end = parse_part(text, begin)
            rest = _REST.match(text, end)
            content = text[begin:end].encode()
            if rest is None or not isinstance(body, dict) or sha256(content) != rest[3]:
                return None
            found[RecordId(rest[1])] = Body(Op(rest[2]), Sha256(rest[3]), body, content)
            end = rest.end()
    except (UnicodeDecodeError, BadInput):
        return None
    return found if found and end == len(text) and text.endswith("]}") else None


def _body(source: Json) -> tuple[RecordId, Body]:
    fields = mapping(source, "record")
    body = mapping(fields.get("body"), "body")
    content = canonical(body)
    op = Op(uuid_text(fields, "op"))
    return RecordId(uuid_text(fields, "id")), Body(op, sha256(content), body, content)
