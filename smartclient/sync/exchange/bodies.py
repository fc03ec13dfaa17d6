"""The bodies of records, asked for by id, each proven by its digest.

A server writes its replies in canonical form, so the bytes of a body stand in the reply as they
were hashed: they are cut out, and what has the digest is the body. Where that is not so, the body
is put into canonical form here, and its digest is whatever comes of it.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.store.replaced import Body
from smartclient.sync.exchange.ahead import Ahead, Asked
from smartclient.sync.exchange.conversation import prepared
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


class BodiesUnderWay:
    """Bodies that are fetched some hundred at a time; the next request leaves before the last
    reply is read.
    """

    def __init__(self, run: Run, ahead: Ahead, wanted: Sequence[RecordId]) -> None:
        self._run = run
        self._ahead = ahead
        self._wanted = set(wanted)
        self._waiting = list(wanted)
        self._found: dict[RecordId, Body] = {}
        self._asked: tuple[Sequence[RecordId], Asked] | None = None

    def want(self, wanted: Sequence[RecordId]) -> None:
        """These as well."""
        self._waiting += [identity for identity in wanted if identity not in self._wanted]
        self._wanted |= set(wanted)

    def begin(self) -> bool:
        """Ask for the next of them, unless that was done; tells whether any are under way."""
        if self._asked is None and self._waiting:
            some = self._waiting[:BODIES_AT_ONCE]
            del self._waiting[:BODIES_AT_ONCE]
            message: JsonObject = {"ids": list(some)}
            self._asked = some, self._ahead.ask(prepared("/v1/get", message))
        return self._asked is not None

    def all(self, then: Callable[[], None] = lambda: None) -> Bodies:
        """All of them; one that the server does not give is left out.

        `then` may ask for something else, once: what is asked last here is read after that.
        """
        once = iter([then])
        while self.begin() and self._asked is not None:
            self._show()
            some, asked = self._asked
            reply = asked.reply()
            self._asked = None
            if not self.begin():
                next(once, _nothing)()
            got = read_bodies(reply.body)
            self._found.update((name, got[name]) for name in some if name in got)
            # What did not fit into the reply is asked for again, until only the unknown are left.
            rest = [name for name in some if name not in got]
            self._waiting += rest if len(rest) < len(some) else []
        next(once, _nothing)()
        return self._found

    def _show(self) -> None:
        pulled = self._run.pulled
        self._run.show(Phase.RECEIVING, pulled + len(self._found), pulled + len(self._wanted))


def _nothing() -> None:
    """What was to be done has been done."""


def bodies_of(run: Run, wanted: Sequence[RecordId]) -> Bodies:
    """The bodies of these records; one that the server does not give is left out."""
    with Ahead(run.conversation) as ahead:
        return BodiesUnderWay(run, ahead, wanted).all()


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
