"""What a laptop's process tells the conductor: lines of JSON, each after it happened.

What the server acknowledged is read off the replies themselves, before the program sees them.
"""

import json
import sys
import threading
from collections.abc import Callable

from development.soak.words import words_in
from smartclient.domain.errors import SmartClientError
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.wire.encoding import parse, require_whole, unpack
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import Json, mapping
from smartclient.wire.transport import Reply, Request

_one_at_a_time = threading.Lock()


def say(**said: Json) -> None:
    """One line, whole, from whichever thread."""
    with _one_at_a_time:
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


class Overheard:
    """The transport; tells which edits and events the server acknowledged."""

    def __init__(self, inner: HttpTransport) -> None:
        self._inner = inner

    def send(self, request: Request) -> Reply:
        """Carry it, and tell what a whole reply to a push says."""
        return _heard(request, self._inner.send(request))

    def begin(self, request: Request) -> Callable[[], Reply]:
        """Carry it beside the caller; what the reply says is told when it is waited for."""
        awaited = self._inner.begin(request)
        return lambda: _heard(request, awaited())


def _heard(request: Request, reply: Reply) -> Reply:
    if request.path == "/v1/push" and reply.status == 200:
        try:
            require_whole(reply.body, reply.headers.get("content-digest"))
        except SmartClientError:
            return reply  # a cut reply acknowledges nothing
        say(acknowledged=_acknowledged(request, reply))
    return reply


def _acknowledged(request: Request, reply: Reply) -> list[Json]:
    sent = mapping(parse(_plain(request.headers, request.body)))["lines"]
    told = mapping(parse(_plain(reply.headers, reply.body)))["results"]
    assert isinstance(sent, list)
    assert isinstance(told, list)
    answers = {mapping(one)["op"]: mapping(one)["answer"] for one in told}
    words: list[Json] = []
    for line in map(mapping, sent):
        if answers.get(line["op"]) == "ok":
            kind, op = RecordKind(str(line["kind"])), str(line["op"])
            words += sorted(words_in(kind, op, mapping(line["body"])))
    return words


def _plain(headers: object, body: bytes) -> bytes:
    named = {str(name).lower(): value for name, value in dict(headers).items()}  # type: ignore[call-overload]
    return unpack(body) if named.get("content-encoding") == "zstd" else body
