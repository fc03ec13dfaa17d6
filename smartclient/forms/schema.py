"""JSON Schema of the answers of a form, for documents that come from outside.

It holds the shape, not the rules: a draft may be unfinished and wrong, and names that the model
does not know are kept.
"""

from collections.abc import Mapping

import jsonschema

from smartclient.domain.errors import BadInput
from smartclient.forms.choices import CodeList
from smartclient.forms.model import FieldSpec, FieldType, GroupSpec, Model, RepeatSpec, Spec
from smartclient.forms.reading import TYPED
from smartclient.wire.messages import Json, JsonObject

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MAX_TEXT = 20_000
_DECIMAL: JsonObject = {"type": "string", "pattern": r"^-?[0-9]{1,20}(\.[0-9]{1,8})?$"}
_DAY: JsonObject = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_MOMENT: JsonObject = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$",
}
_TEXT: JsonObject = {"type": "string", "maxLength": _MAX_TEXT}
_UNREAD: JsonObject = {"type": "object", "required": [TYPED], "properties": {TYPED: _TEXT}}


def answers_schema(model: Model, lists: Mapping[str, CodeList]) -> JsonObject:
    """JSON Schema (2020-12) of the answers."""
    return {
        "$schema": DIALECT,
        **_container(model.root, lists),
        "$defs": {"unread": dict(_UNREAD)},
    }


def _container(spec: GroupSpec, lists: Mapping[str, CodeList]) -> JsonObject:
    return {
        "type": "object",
        "properties": {name: _place(child, lists) for name, child in spec.children.items()},
    }


def _place(spec: Spec, lists: Mapping[str, CodeList]) -> Json:
    if isinstance(spec, RepeatSpec):
        return {"type": "array", "maxItems": spec.max, "items": _container(spec, lists)}
    if isinstance(spec, GroupSpec):
        return _container(spec, lists)
    if isinstance(spec, FieldSpec):
        return {"anyOf": [_answer(spec, lists), {"type": "null"}, {"$ref": "#/$defs/unread"}]}
    raise TypeError(spec)


def _answer(spec: FieldSpec, lists: Mapping[str, CodeList]) -> JsonObject:
    match spec.type:
        case FieldType.BOOL:
            return {"type": "boolean"}
        case FieldType.INTEGER:
            return {"type": "integer"}
        case FieldType.DECIMAL | FieldType.MONEY:
            return dict(_DECIMAL)
        case FieldType.DATE:
            return dict(_DAY)
        case FieldType.DATETIME:
            return dict(_MOMENT)
        case FieldType.CHOICE:
            return {"enum": list(lists[spec.choices].options)}
        case FieldType.MULTI_CHOICE:
            codes: Json = list(lists[spec.choices].options)
            return {"type": "array", "uniqueItems": True, "items": {"enum": codes}}
        case FieldType.TEXT | FieldType.MULTILINE | FieldType.IDENTIFIER:
            return dict(_TEXT)


def require_fitting(validator: jsonschema.Draft202012Validator, answers: Json) -> None:
    """Raise BadInput SC-FORM-205 naming the first place whose shape the form does not know."""
    found = next(validator.iter_errors(answers), None)
    if found is not None:
        path = ".".join(str(part) for part in found.absolute_path)
        raise BadInput("SC-FORM-205", field=path, rule=str(found.validator))
