"""Requests made from the description of the API: what it allows, what it forbids, and worse.

Schemathesis makes the cases. Each is sent as it is and in other forms that cost nothing more to
make: with the digests, ids and scopes set right, so that it gets past the readers; once more; cut;
packed; packed and cut; without a token; with the token of somebody else.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from smartclient.backoffice.api.description import openapi
from smartclient.domain.errors import BadInput
from smartclient.domain.sentences import SENTENCES
from smartclient.wire import encoding
from smartclient.wire.kinds import KINDS, RecordKind, Write
from smartclient.wire.messages import PROTOCOL_VERSION, Json, Problem, mapping
from smartclient.wire.transport import Reply, Request
from tests.simulators.adviser import Adviser, results_of

_Case = schemathesis.Case[Any]
FORMS = 8
"""Requests that come of one case."""
_WEIGHTS = {"/v1/push": 4, "/v1/changes": 2, "/health": 0}
"""Pushes decide most; there is one way to ask for the health."""
_SENT = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
_BASE = "http://localhost"
_FAULT = 500


@dataclass(slots=True)
class Distribution:
    """How many requests were answered with which status, by method and address."""

    counted: Counter[tuple[str, int]] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    """What was answered to the lines of pushes."""

    @property
    def requests(self) -> int:
        """All of them."""
        return self.counted.total()

    def by_status(self) -> dict[int, int]:
        """The statuses alone."""
        found: Counter[int] = Counter()
        for (_route, status), count in self.counted.items():
            found[status] += count
        return dict(sorted(found.items()))

    def __str__(self) -> str:
        lines = [f"{self.requests:,} requests: {self.by_status()}"]
        routes = sorted({route for route, _ in self.counted})
        for name in routes:
            of = {s: count for (route, s), count in sorted(self.counted.items()) if route == name}
            lines.append(f"  {name:<40} {of}")
        lines.append(f"  answers to lines of pushes: {dict(sorted(self.lines.items()))}")
        return "\n".join(lines)


class Fault(AssertionError):
    """A request that was answered as none may be."""


def attack(callers: Sequence[Adviser], cases: int, chosen: int) -> Distribution:
    """Send so many generated cases in all their forms; raises Fault at the first bad answer."""
    found = Distribution()
    random = Random(chosen)

    @seed(chosen)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_cases())
    def send(case: _Case) -> None:
        for request in _forms(_request(case), callers, random):
            reply = callers[0].server.send(request)
            found.counted[case.operation.label, reply.status] += 1
            _judge(case.operation.label, request, reply)
            if reply.status == 200 and request.path == "/v1/push":
                found.lines.update(line.answer.value for line in results_of(reply))

    send()
    return found


def _cases() -> st.SearchStrategy[_Case]:
    described = schemathesis.openapi.from_dict(dict(openapi()))
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    found = []
    for address in described:
        for method in described[address]:
            operation = described[address][method]
            for mode in modes:
                cases = operation.as_strategy(generation_mode=mode)
                found += [cases] * _WEIGHTS.get(address, 1)
    return st.sampled_from(found).flatmap(lambda cases: cases)


def _request(case: _Case) -> Request:
    told = case.as_transport_kwargs(base_url=_BASE)
    made = requests.Request(**{name: told[name] for name in _SENT if name in told}).prepare()
    body = made.body or b""
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)
    headers = {name: _latin(value) for name, value in made.headers.items()}
    return Request(str(made.method), made.path_url, headers, content)


def _latin(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _forms(request: Request, callers: Sequence[Adviser], random: Random) -> Iterator[Request]:
    """The request, and what else can happen to it."""
    named = replace(request, headers={**request.headers, **callers[0].headers})
    plain = replace(named, headers=_without(named, "content-encoding"))
    intact = replace(plain, body=_intact(request.body, callers[0], random))
    packed = encoding.pack(intact.body)
    zstd = {**intact.headers, "Content-Encoding": "zstd"}
    yield named
    yield intact
    yield intact
    yield replace(intact, body=intact.body[: random.randrange(len(intact.body) + 1)])
    yield replace(intact, body=packed, headers=zstd)
    yield replace(intact, body=packed[: random.randrange(len(packed) + 1)], headers=zstd)
    yield replace(plain, headers=_without(plain, "authorization"))
    yield replace(intact, headers={**intact.headers, **callers[-1].headers})


def _without(request: Request, name: str) -> dict[str, str]:
    return {key: value for key, value in request.headers.items() if key.lower() != name}


def _intact(body: bytes, caller: Adviser, random: Random) -> bytes:
    """The message with what chance never gets right: epoch, scopes, ids that meet, digests."""
    try:
        message = encoding.parse(body)
        if not isinstance(message, dict):
            return body
        if "epoch" in message:
            message["epoch"] = caller.epoch
        if isinstance(message.get("since"), dict):
            message["since"] = {caller.scope: random.randrange(5)}
        if "protocol" in message:
            message["protocol"] = PROTOCOL_VERSION
        lines, ids = message.get("lines"), message.get("ids")
        if isinstance(lines, list):
            message["lines"] = [_intact_line(line, caller, random) for line in lines]
        if isinstance(ids, list):
            message["ids"] = [_few_ids(random) for _ in ids]
        return encoding.canonical(message)
    except (ValueError, BadInput):
        return body


def _few_ids(random: Random) -> str:
    """Few ids, so that lines meet at records."""
    return f"00000000-0000-4000-8000-{random.randrange(40):012x}"


def _intact_line(line: Json, caller: Adviser, random: Random) -> Json:
    if not isinstance(line, dict):
        return line
    line["id"], line["op"] = _few_ids(random), _few_ids(random)
    line["scope"] = caller.scope
    line["lineage"] = [_few_ids(random) for _ in range(random.randrange(20))]
    line["blobs"] = []
    kind = line.get("kind")
    if kind in list(RecordKind) and KINDS[RecordKind(str(kind))].write is Write.APPEND:
        line["op"] = line["id"]
    if isinstance(line.get("body"), dict):
        body = mapping(line["body"])
        body.update({"number": "7200000001", "document_id": _few_ids(random)})
        line["sha256"] = encoding.sha256(encoding.canonical(body))
    return line


def _judge(route: str, request: Request, reply: Reply) -> None:
    if reply.status >= _FAULT:
        raise Fault(f"{route}: {reply.status} for {request.body[:2000]!r}: {reply.body!r}")
    encoding.require_whole(reply.body, reply.headers.get("content-digest"))
    if reply.status >= 400 and Problem.from_json(encoding.parse(reply.body)).code not in SENTENCES:
        raise Fault(f"{route}: a refusal without a sentence: {reply.body!r}")
