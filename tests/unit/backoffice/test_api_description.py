"""The description of the API tells the truth: every route, every field, and what really is said."""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass, replace
from types import ModuleType

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from smartclient.backoffice.api import schemas
from smartclient.backoffice.api.application import FOR_INSTALLS, OPEN
from smartclient.backoffice.api.description import address, openapi
from smartclient.backoffice.commands.program import main
from smartclient.domain.document_life import Stage
from smartclient.wire import admission, contracts, encoding, feed_rows, messages
from smartclient.wire.admission import ActivateRequest, TokenRequest
from smartclient.wire.messages import (
    ChangesRequest,
    Json,
    JsonObject,
    PushLine,
    PushRequest,
    listed,
    mapping,
)
from smartclient.wire.transport import Reply, Request
from tests.simulators.adviser import Adviser, sha_of
from tests.simulators.inprocess import InProcessServer

READERS: Mapping[str, Callable[[Json], object]] = {
    "/v1/activate": ActivateRequest.from_json,
    "/v1/token": TokenRequest.from_json,
    "/v1/changes": ChangesRequest.from_json,
    "/v1/push": lambda source: listed(mapping(source), "lines", PushLine.from_json, 200),
}
DESCRIPTION = openapi()


def _found(*path: str) -> JsonObject:
    place: JsonObject = DESCRIPTION
    for name in path:
        place = mapping(place[name])
    return place


def _validator(schema: JsonObject) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": DESCRIPTION["components"]})


def test_that_every_route_is_described_and_nothing_else() -> None:
    served = {(address(route), route.method.lower()) for route in (*OPEN, *FOR_INSTALLS)}
    described = {
        (path, method) for path, item in _found("paths").items() for method in mapping(item)
    }
    assert described == served


def test_that_a_description_of_openapi_3_1_is_taken_by_its_tools() -> None:
    schemathesis.openapi.from_dict(openapi()).validate()


def _classes(module: ModuleType) -> set[type]:
    return {
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if is_dataclass(member)
        and member.__module__ == module.__name__
        and hasattr(member, "to_json")
    }


def test_that_every_message_is_described() -> None:
    modules = (messages, admission, contracts, feed_rows)
    assert set().union(*map(_classes, modules)) == set(schemas.MESSAGES)


def _operation(request: Request) -> JsonObject:
    asked = request.path.partition("?")[0].split("/")
    for path, item in _found("paths").items():
        parts = path.split("/")
        fits = len(parts) == len(asked) and all(
            part in (word, "{sha256}", "{number}") for part, word in zip(parts, asked, strict=True)
        )
        if fits and request.method.lower() in mapping(item):
            return mapping(mapping(item)[request.method.lower()])
    raise AssertionError(request.path)


def _check_said(request: Request, reply: Reply) -> str:
    """Both messages fit the description, and it knows each of their fields; the address."""
    operation = _operation(request)
    if "requestBody" in operation and b"{" in request.body[:1]:
        content = mapping(mapping(operation["requestBody"])["content"])
        _check(
            mapping(mapping(content["application/json"])["schema"]), encoding.parse(request.body)
        )
    responses = mapping(operation["responses"])
    status = str(reply.status) if str(reply.status) in responses else f"{reply.status // 100}XX"
    content = mapping(mapping(responses[status]).get("content", {}))
    media_type = reply.headers.get("content-type", "")
    assert media_type in content or not reply.body
    if "json" in media_type:
        _check(mapping(mapping(content[media_type])["schema"]), encoding.parse(reply.body))
    return f"{operation['operationId']} {reply.status}"


def _check(schema: JsonObject, said: Json) -> None:
    _validator(schema).validate(said)
    _check_names(schema, said)


def _check_names(schema: JsonObject, said: Json) -> None:
    """Nothing is said that the schema does not name."""
    if "$ref" in schema:
        schema = _found("components", "schemas", str(schema["$ref"]).rpartition("/")[2])
    if isinstance(said, list) and "items" in schema:
        for each in said:
            _check_names(mapping(schema["items"]), each)
    if isinstance(said, dict) and "properties" in schema:
        properties = mapping(schema["properties"])
        assert said.keys() <= properties.keys()
        for name, value in said.items():
            _check_names(mapping(properties[name]), value)


class _Listening(InProcessServer):
    """Checks everything that passes."""

    heard: set[str]

    def send(self, request: Request) -> Reply:
        reply = super().send(request)
        self.heard.add(_check_said(request, reply))
        return reply


def test_that_what_is_really_said_fits_the_description(server: InProcessServer) -> None:
    listening = server
    listening.__class__ = _Listening
    assert isinstance(listening, _Listening)
    listening.heard = set()
    adviser = Adviser(listening, listening.office.ids)
    draft = adviser.offer(Stage.WAITING)
    adviser.push_ok(draft)
    package = adviser.package(draft)
    adviser.push(package)
    adviser.edit(draft)
    stale = adviser.offer()
    stale.id = draft.id
    adviser.push(stale.line())
    rows = adviser.pull()
    adviser.body_of(draft.id)
    adviser.send("/v1/blobs/missing", {"sha256": [sha_of(b"%PDF signed"), sha_of(b"other")]})
    part = f"/v1/blobs/{sha_of(b'abc')}/part?offset=0&total=3"
    coded = {**adviser.headers, "Content-Type": "application/octet-stream"}
    listening.send(Request("PUT", part, coded, b"ab"))
    for asked in ("", "bytes=0-1"):
        headers = {**adviser.headers, "Range": asked}
        listening.send(Request("GET", f"/v1/blobs/{sha_of(b'%PDF signed')}", headers, b""))
    known = adviser.send("/v1/changes", {"epoch": 1, "since": {adviser.scope: rows[-1].seq}})
    adviser.send(
        "/v1/changes",
        {"epoch": 1, "since": {adviser.scope: rows[-1].seq}},
        **{"If-None-Match": known.headers["etag"]},
    )
    adviser.send("/v1/changes", {"epoch": 7, "since": {}})
    adviser.push(replace(adviser.offer().line(), sha256=sha_of(b"something else")))
    listening.send(Request("GET", "/v1/contracts/7200000001", adviser.headers, b""))
    listening.send(Request("GET", "/health", {}, b""))
    assert listening.heard >= {
        "post_activate 200",
        "post_token 200",
        "post_push 200",
        "post_changes 200",
        "post_changes 304",
        "post_changes 409",
        "post_get 200",
        "post_blobs_missing 200",
        "post_blobs_pack 200",
        "put_blobs_sha256_part 200",
        "get_blobs_sha256 200",
        "get_blobs_sha256 206",
        "get_contracts_number 404",
        "get_health 200",
    }


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
@pytest.mark.parametrize("path", READERS)
def test_that_a_reader_takes_whatever_its_schema_allows(path: str, data: st.DataObject) -> None:
    operation = schemathesis.openapi.from_dict(openapi())[path]["POST"]
    case = data.draw(operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
    READERS[path](_as_written(case.body))


def _as_written(value: object) -> Json:
    """As our JSON has it: JSON Schema also calls 1.0 an integer, which nobody of us writes."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(name): _as_written(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_written(each) for each in value]
    assert value is None or isinstance(value, bool | int | float | str)
    return value


def test_that_a_push_of_200_lines_fits_its_schema() -> None:
    line: JsonObject = {
        "id": "00000000-0000-4000-8000-000000000001",
        "kind": "document",
        "op": "00000000-0000-4000-8000-000000000002",
        "lineage": [],
        "stage": "draft",
        "form_version": "",
        "sha256": "0" * 64,
        "blobs": [],
        "body": {},
    }
    lines: list[Json] = [line] * 200
    validator = _validator({"$ref": "#/components/schemas/PushRequest"})
    assert validator.is_valid({"epoch": 1, "lines": lines})
    assert not validator.is_valid({"epoch": 1, "lines": [*lines, line]})
    assert PushRequest.from_json({"epoch": 1, "lines": lines})


def test_that_the_command_prints_the_description(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert main(["openapi"]) == 0
    assert json.loads(capsysbinary.readouterr().out) == DESCRIPTION
