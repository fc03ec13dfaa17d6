"""JSON Schema of the protocol's messages, read off the classes that read and write them.

The classes of `wire` say names and types; what their readers refuse besides (lengths, patterns) is
in the tables here, and a test holds that a reader takes whatever its schema allows.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import NewType, Union, get_args, get_origin, get_type_hints

from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import HrNumber, InstallId, Op, PersonId, RecordId, Sha256
from smartclient.wire.admission import (
    MAX_PEM,
    MAX_SIGNATURE,
    NONCE_BYTES,
    WAY_HR,
    ActivateReply,
    ActivateRequest,
    AdviserUser,
    TokenReply,
    TokenRequest,
)
from smartclient.wire.contracts import Contract
from smartclient.wire.messages import (
    MAX_FEED_ROWS,
    MAX_PUSH_LINES,
    MAX_SCOPE,
    MAX_SCOPES,
    ChangesReply,
    ChangesRequest,
    FeedRow,
    Json,
    JsonObject,
    Problem,
    PushLine,
    PushRequest,
    PushResult,
    UnreadableLine,
)
from smartclient.wire.places import MAX_RANGES

MESSAGES: tuple[type, ...] = (
    ActivateReply,
    ActivateRequest,
    AdviserUser,
    ChangesReply,
    ChangesRequest,
    Contract,
    FeedRow,
    Problem,
    PushLine,
    PushRequest,
    PushResult,
    TokenReply,
    TokenRequest,
)
UUID: JsonObject = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
SHA256: JsonObject = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_LARGEST = 2**53
_TEXT = 200
_STORABLE = r"^[^\u0000]*$"
"""PostgreSQL keeps no NUL; the readers refuse it."""
_SAYS_SOMETHING = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
_BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_NONCE: JsonObject = {"pattern": f"^[A-Za-z0-9+/]{{{NONCE_BYTES * 4 // 3}}}[AEIMQUYcgkosw048]=$"}

_PATTERNS: Mapping[object, JsonObject] = {
    RecordId: UUID,
    Op: UUID,
    InstallId: UUID,
    PersonId: UUID,
    Sha256: SHA256,
    ContractNumber: {"type": "string", "pattern": "^7[0-9]{9}$"},
    HrNumber: {"type": "string", "maxLength": 40, "pattern": _STORABLE},
}
_NAMES: Mapping[str, str] = {"record_class": "class"}
"""What a message calls a field where Python keeps the word for itself."""

_LIMITS: Mapping[tuple[type, str], JsonObject] = {
    (PushLine, "lineage"): {"maxItems": 64},
    (PushLine, "blobs"): {"maxItems": 100},
    (PushLine, "form_version"): {"maxLength": 80},
    (PushLine, "scope"): {"maxLength": MAX_SCOPE},
    (PushLine, "parent"): UUID,
    (PushRequest, "lines"): {"maxItems": MAX_PUSH_LINES},
    (PushResult, "id"): {"maxLength": 36},
    (PushResult, "op"): {"maxLength": 36},
    (PushResult, "missing"): {"maxItems": 100},
    (PushResult, "code"): {"maxLength": 20},
    (PushResult, "survivor"): UUID,
    (PushResult, "stage"): {"enum": [stage.value for stage in Stage]},
    (FeedRow, "blobs"): {"maxItems": 100},
    (FeedRow, "parent"): UUID,
    (ChangesRequest, "since"): {"maxProperties": MAX_SCOPES},
    (ChangesRequest, "grants"): {"maxProperties": MAX_SCOPES},
    (ChangesRequest, "own"): {"maxProperties": MAX_SCOPES},
    (ChangesReply, "scope"): {"maxLength": MAX_SCOPE},
    (ChangesReply, "rows"): {"maxItems": MAX_FEED_ROWS},
    (ChangesReply, "next_lock_at"): {"maxLength": 40},
    (ChangesReply, "catalogue_etag"): {"maxLength": 100},
    (ChangesReply, "grant"): {"maxLength": MAX_SCOPE},
    (ChangesReply, "left"): {"maxItems": MAX_SCOPES},
    (Problem, "code"): {"maxLength": 20},
    (TokenRequest, "nonce"): _NONCE,
    (TokenRequest, "signature"): {"maxLength": MAX_SIGNATURE},
    (TokenRequest, "protocol"): {"maximum": 1000},
    (TokenRequest, "client_version"): {"maxLength": 40},
    (TokenReply, "token"): {"maxLength": 100},
    (TokenReply, "server_time"): {"maxLength": 40},
    (TokenReply, "next_lock_at"): {"maxLength": 40},
    (TokenReply, "catalogue_etag"): {"maxLength": 100},
    (TokenReply, "notice"): {"maxLength": 20},
    (TokenReply, "scope"): {"maxLength": MAX_SCOPE},
    (TokenReply, "office"): {"maxLength": MAX_SCOPE},
    (AdviserUser, "name"): {"pattern": _SAYS_SOMETHING},
    (AdviserUser, "identification"): {"maxLength": 60, "pattern": _SAYS_SOMETHING},
    (AdviserUser, "cnb_number"): {"maxLength": 60, "pattern": _SAYS_SOMETHING},
    (AdviserUser, "phone"): {"maxLength": 40},
    (ActivateRequest, "csr_install"): {"maxLength": MAX_PEM},
    (ActivateRequest, "csr_seal"): {"maxLength": MAX_PEM},
    (ActivateRequest, "nonce"): _NONCE,
    (ActivateReply, "scope"): {"maxLength": MAX_SCOPE},
    (ActivateReply, "certificate_install"): {"maxLength": MAX_PEM},
    (ActivateReply, "certificate_seal"): {"maxLength": MAX_PEM},
    (ActivateReply, "chain"): {"maxLength": 4 * MAX_PEM},
    (Contract, "product"): {"maxLength": 80},
    (Contract, "revision"): {"minimum": 1},
    (Contract, "tariff_version"): {"minimum": 1},
}
RANGES: JsonObject = {
    "type": "array",
    "maxItems": MAX_RANGES,
    "items": {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "items": {"type": "integer", "minimum": 0, "maximum": _LARGEST},
    },
}
"""Ranges of places in the feed of a scope."""
_VALUES: Mapping[tuple[type, str], JsonObject] = {
    (Problem, "values"): {"type": "string", "maxLength": 500},
    (ChangesRequest, "grants"): {"type": "string", "maxLength": MAX_SCOPE, "pattern": _STORABLE},
    (ChangesRequest, "own"): RANGES,
}
_BESIDES: Mapping[type, JsonObject] = {ActivateRequest: {"way": {"const": WAY_HR}}}
"""Fields that a message carries and its class does not."""


def reference(message: type) -> JsonObject:
    """Where the schema of a message stands in the description."""
    return {"$ref": f"#/components/schemas/{message.__name__}"}


def components() -> JsonObject:
    """The schemas of all messages by name."""
    return {message.__name__: schema_of(message) for message in MESSAGES}


def schema_of(message: type) -> JsonObject:
    """The schema of one message. Unknown fields are allowed: the other side may be newer."""
    if not is_dataclass(message):
        raise TypeError(message)
    hints = get_type_hints(message)
    besides = _BESIDES.get(message, {})
    properties: JsonObject = dict(besides)
    required: list[Json] = [*besides]
    for member in fields(message):
        name = _NAMES.get(member.name, member.name)
        properties[name] = _of_field(message, member.name, hints[member.name])
        if not _has_default(member):
            required.append(name)
    told: JsonObject = {"type": "object", "required": required, "properties": properties}
    summary = (message.__doc__ or "").partition("\n")[0]
    return {"description": summary, **told}


def _has_default(member: "Field[object]") -> bool:
    return member.default is not MISSING or member.default_factory is not MISSING


def _of_field(message: type, name: str, annotation: object) -> JsonObject:
    schema = {**_of_type(annotation), **_LIMITS.get((message, name), {})}
    if schema.get("type") == "array" and schema.get("items") == {"type": "string"}:
        schema["items"] = {"type": "string", "maxLength": MAX_SCOPE, "pattern": _STORABLE}
    if (message, name) in _VALUES:
        schema["additionalProperties"] = _VALUES[message, name]
    return schema


def _of_type(annotation: object) -> JsonObject:
    if annotation in _PATTERNS:
        return dict(_PATTERNS[annotation])
    if isinstance(annotation, NewType):
        return _of_type(annotation.__supertype__)
    if annotation is str:
        return {"type": "string", "maxLength": _TEXT, "pattern": _STORABLE}
    if annotation is bool:
        return {"type": "boolean"}
    if annotation is int:
        return {"type": "integer", "minimum": 0, "maximum": _LARGEST}
    if annotation is bytes:
        return {"type": "string", "contentEncoding": "base64", "pattern": _BASE64}
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return {"enum": [member.value for member in annotation]}
    if isinstance(annotation, type) and is_dataclass(annotation):
        return reference(annotation)
    return _of_generic(annotation)


def _of_generic(annotation: object) -> JsonObject:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return {"type": "array", "items": _of_items(arguments[0])}
    if origin is dict or (isinstance(origin, type) and issubclass(origin, Mapping)):
        values = arguments[1]
        if isinstance(values, UnionType) or get_origin(values) is Union:  # any JSON
            return {"type": "object"}
        return {"type": "object", "additionalProperties": _of_type(values)}
    raise TypeError(f"no schema for {annotation}")


def _of_items(annotation: object) -> JsonObject:
    """What stands in a list; the line that could not be read is never sent."""
    if get_origin(annotation) in (Union, UnionType):
        sent = [one for one in get_args(annotation) if one not in (UnreadableLine, NoneType)]
        (annotation,) = sent
    if annotation is str:
        return {"type": "string"}
    return _of_type(annotation)
