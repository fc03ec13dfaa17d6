"""The description of the API in the words of OpenAPI 3.1, made from the routes and the messages.

`smartclient-backoffice openapi` prints it. It is not served: who may call has the program.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smartclient import __version__
from smartclient.backoffice.api.application import FOR_INSTALLS, OPEN, Route
from smartclient.backoffice.api.blobs import MAX_ASKED
from smartclient.backoffice.api.calls import BYTES_TYPE, JSON_TYPE
from smartclient.backoffice.api.replies import PROBLEM_TYPE
from smartclient.backoffice.api.revocation import LIST_TYPE
from smartclient.backoffice.api.schemas import RANGES, SHA256, UUID, components, reference
from smartclient.backoffice.operations.reading import MAX_BODIES
from smartclient.wire.admission import ActivateReply, ActivateRequest, TokenReply, TokenRequest
from smartclient.wire.contracts import Contract
from smartclient.wire.messages import (
    MAX_BLOB_BYTES,
    MAX_PUSH_LINES,
    ChangesReply,
    ChangesRequest,
    Json,
    JsonObject,
    Problem,
    PushRequest,
    PushResult,
)


@dataclass(frozen=True, slots=True)
class Described:
    """What a route is sent and what it answers when all is well."""

    reply: JsonObject | None
    """The schema of the JSON that comes; None where bytes come."""
    request: JsonObject | None = None
    parameters: Sequence[JsonObject] = ()
    also: Mapping[str, str] | None = None
    """Further statuses that are fine, each with its meaning; they come without JSON."""
    media_type: str = BYTES_TYPE
    """Of bytes that come."""


def _object(optional: Sequence[str] = (), **properties: JsonObject) -> JsonObject:
    required: list[Json] = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": {**properties}}


def _list(of: JsonObject, limit: int) -> JsonObject:
    return {"type": "array", "items": of, "maxItems": limit}


def _parameter(place: str, name: str, schema: JsonObject, *, required: bool = False) -> JsonObject:
    return {"name": name, "in": place, "required": required or place == "path", "schema": schema}


_WHOLE: JsonObject = {"type": "integer", "minimum": 0}
_SIZE: JsonObject = {"type": "integer", "minimum": 0, "maximum": MAX_BLOB_BYTES}
_TEXT: JsonObject = {"type": "string", "maxLength": 200}
_SCOPE = _parameter("query", "scope", {"type": "string", "maxLength": 80})
_BLOB = _parameter("path", "sha256", SHA256)
_IF_NONE_MATCH = _parameter("header", "If-None-Match", {"type": "string", "maxLength": 100})
_RECORD = _object(id=UUID, version=_WHOLE, op=UUID, sha256=SHA256, body={"type": "object"})

_SAID: Mapping[str, Described] = {
    "GET /health": Described(
        _object(("reasons",), status={"type": "string"}, reasons=_list(_TEXT, 5))
    ),
    "GET /ready": Described(_object(status={"type": "string"})),
    "GET /crl": Described(None, media_type=LIST_TYPE),
    "POST /v1/activate/check": Described(
        _object(partner_name={"type": "string"}),
        _object(hr={"type": "string", "maxLength": 40}),
    ),
    "POST /v1/activate": Described(reference(ActivateReply), reference(ActivateRequest)),
    "POST /v1/token": Described(reference(TokenReply), reference(TokenRequest)),
    "GET /v1/changes": Described(
        _object(changed={"type": "boolean"}),
        None,
        (_IF_NONE_MATCH,),
        {"304": "Nothing has changed; the headers say the next lock and the catalogue's tag."},
    ),
    "POST /v1/changes": Described(
        reference(ChangesReply),
        reference(ChangesRequest),
        (_IF_NONE_MATCH,),
        {"304": "Nothing has changed; the headers say the next lock and the catalogue's tag."},
    ),
    "POST /v1/push": Described(
        _object(
            ("own",),
            results=_list(reference(PushResult), MAX_PUSH_LINES),
            own={"type": "object", "additionalProperties": RANGES},
        ),
        reference(PushRequest),
    ),
    "POST /v1/get": Described(
        _object(records=_list(_RECORD, MAX_BODIES)), _object(ids=_list(UUID, MAX_BODIES))
    ),
    "POST /v1/blobs/missing": Described(
        _object(
            missing=_list(SHA256, MAX_ASKED),
            begun={"type": "object", "additionalProperties": _SIZE},
        ),
        _object(
            ("scope",), sha256=_list(SHA256, MAX_ASKED), scope={"type": "string", "maxLength": 80}
        ),
    ),
    "POST /v1/blobs/pack": Described(_object(new=_WHOLE), None, (_SCOPE,)),
    "PUT /v1/blobs/{sha256}/part": Described(
        _object(offset=_SIZE, complete={"type": "boolean"}),
        None,
        (_BLOB, _SCOPE, _parameter("query", "offset", _SIZE), _parameter("query", "total", _SIZE)),
    ),
    "GET /v1/blobs/{sha256}": Described(
        None,
        None,
        (_BLOB, _parameter("header", "Range", {"type": "string", "maxLength": 40})),
        {"206": "The range that was asked for."},
    ),
    "GET /v1/contracts/{number}": Described(
        reference(Contract), None, (_parameter("path", "number", _TEXT),)
    ),
    "GET /v1/catalogue/metadata/{name}": Described(
        {"type": "object"},
        None,
        (_parameter("path", "name", _TEXT), _IF_NONE_MATCH),
        {"304": "The laptop has it."},
    ),
    "GET /v1/catalogue/targets/{path}": Described(
        None,
        None,
        (_parameter("path", "path", _TEXT), _IF_NONE_MATCH),
        {"304": "The laptop has it."},
    ),
}
"""Every route of the table in `application`, by method and address."""


def address(route: Route) -> str:
    """The address as OpenAPI writes it: without converters."""
    return route.path.replace(":path}", "}")


def openapi() -> JsonObject:
    """The whole description."""
    paths: dict[str, JsonObject] = {}
    described = [(route, handler.__doc__, False) for route, handler in OPEN.items()]
    described += [(route, answer.__doc__, True) for route, answer in FOR_INSTALLS.items()]
    for route, summary, needs_token in described:
        operation = _operation(route, summary or "", needs_token=needs_token)
        paths.setdefault(address(route), {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SmartClient",
            "version": __version__,
            "description": "What laptops and the back office say to each other, version 1.",
        },
        "paths": {**paths},
        "components": {
            "schemas": components(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, summary: str, *, needs_token: bool) -> JsonObject:
    said = _SAID[f"{route.method} {address(route)}"]
    operation: JsonObject = {
        "operationId": _name_of(route),
        "summary": summary.partition("\n")[0],
        "responses": _responses(said),
    }
    if said.parameters or route.accepts.limit:
        coded = [_CODING] if route.accepts.limit else []
        operation["parameters"] = [*said.parameters, *coded]
    if route.accepts.limit:
        operation["requestBody"] = _request_body(route, said)
    if needs_token:
        operation["security"] = [{"token": []}]
    return operation


_CODING = _parameter("header", "Content-Encoding", {"enum": ["identity", "zstd"]})


def _name_of(route: Route) -> str:
    words = address(route).replace("{", "").replace("}", "").split("/")
    return "_".join([route.method.lower(), *(word for word in words if word and word != "v1")])


def _request_body(route: Route, said: Described) -> JsonObject:
    schema = said.request or {"type": "string", "format": "binary"}
    largest = f"At most {route.accepts.limit:,} bytes as sent, twice as many once unpacked."
    content: JsonObject = {route.accepts.media_type: {"schema": schema}}
    return {"required": True, "description": largest, "content": content}


def _responses(said: Described) -> JsonObject:
    binary: JsonObject = {said.media_type: {"schema": {"type": "string", "format": "binary"}}}
    plain: JsonObject = {JSON_TYPE: {"schema": said.reply}}
    content = binary if said.reply is None else plain
    done: JsonObject = {"description": "Done.", "headers": _PROOF, "content": content}
    responses: JsonObject = {"200": done}
    for status, meaning in (said.also or {}).items():
        told: JsonObject = {"description": meaning, "headers": _PROOF}
        if status == "206":
            told["content"] = binary
        responses[status] = told
    problem: JsonObject = {PROBLEM_TYPE: {"schema": reference(Problem)}}
    refusals = {
        "4XX": "Refused; the code of the problem says why, and the program has its sentence.",
        "503": "Not now; the same request is tried again after the time of Retry-After.",
    }
    for status, meaning in refusals.items():
        responses[status] = {"description": meaning, "headers": _PROOF, "content": problem}
    return responses


_DIGEST: JsonObject = {
    "description": "RFC 9530: a reply without it, or with another one, does not count.",
    "required": True,
    "schema": {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"},
}
_PROOF: JsonObject = {"Content-Digest": _DIGEST}
"""Every reply proves that it is whole."""
