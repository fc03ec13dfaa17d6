"""The JSON Schemas that help editors: what they say is what the loader takes."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from smartclient.domain.document_life import DocumentKind
from smartclient.domain.identifiers import IdentifierKind
from smartclient.forms.layout import Widget
from smartclient.forms.manifest import SignatureWay
from smartclient.forms.model import FieldType, Sensitivity
from smartclient.forms.rules import RuleKind
from tests.unit.forms.household import CATALOGUE

SCHEMAS = CATALOGUE.parent / "docs" / "form-schemas"
_OF_FILE = ("manifest", "part", "model", "rules", "ui", "pricing", "signatures", "export")


def schema_name(file: str, *, of_part: bool) -> str | None:
    """The schema of a file of a package; None for answers that trials share."""
    name = Path(file).stem
    if file.startswith("i18n/"):
        name = "i18n"
    elif file.startswith("migrations/"):
        name = "migration"
    elif file.startswith("tests/"):
        return None if file.startswith("tests/answers/") else "trials"
    return f"part-{name}" if of_part and name != "part" else name


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def published() -> Iterator[tuple[str, str]]:
    """(schema, file) of every JSON file of every package and part."""
    for folder, of_part in (("forms", False), ("parts", True)):
        for manifest in sorted((CATALOGUE / folder).glob("*/*/model.json")):
            for file in sorted(manifest.parent.rglob("*.json")):
                relative = file.relative_to(manifest.parent).as_posix()
                name = schema_name(relative, of_part=of_part)
                if name is not None:
                    yield name, file.relative_to(CATALOGUE).as_posix()


@pytest.mark.parametrize(("name", "file"), list(published()))
def test_that_every_published_file_fits_its_schema(name: str, file: str) -> None:
    document = json.loads((CATALOGUE / file).read_bytes())
    found = [
        f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(document)
    ]
    assert found == []


def test_that_every_kind_of_file_has_a_schema() -> None:
    there = {path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.json")}
    wanted = {*_OF_FILE, "i18n", "migration", "trials"}
    assert there == wanted | {f"part-{name}" for name in ("model", "rules", "ui", "i18n")}


GOOD: dict[str, Any] = {
    "manifest": {
        "schema": 1,
        "id": "a",
        "version": 1,
        "document_kind": "other",
        "valid_from": "2026-01-01",
        "languages": ["cs"],
        "template": "t",
    },
    "part": {"schema": 1, "id": "a", "version": 1},
    "model": {"fields": [{"name": "a", "type": "text"}]},
    "part-model": {"type": "group", "fields": [{"name": "a", "type": "text"}]},
    "rules": {"rules": [{"path": "a", "kind": "relevant", "expression": "True"}]},
    "part-rules": {"rules": [{"path": ".", "kind": "relevant", "expression": "True"}]},
    "ui": {"sections": [{"id": "s", "elements": [{"field": "a"}]}]},
    "part-ui": {"elements": [{"repeat": "."}]},
    "i18n": {"title": "T", "fields": {"*.a": {"label": "A"}}},
    "part-i18n": {"fields": {"a": {"label": "A"}}},
    "pricing": {
        "frequency": "12",
        "lines": {
            "repeat": "a",
            "persons": "a",
            "report_at": {"": "a.b"},
            "cover": "c",
            "age": "1",
            "term": "1",
            "amount": "1",
        },
    },
    "signatures": {"signatures": [{"role": "adviser"}]},
    "export": {"record": [{"name": "A", "field": "a"}]},
    "migration": {"steps": [{"drop": "a"}]},
    "trials": {"trials": [{"name": "a", "today": "2026-01-01", "expect": {"complete": True}}]},
}
FAULTY: dict[str, dict[str, Any]] = {
    "manifest": {"signature": "maybe"},
    "part": {"version": 0},
    "model": {"fields": [{"name": "A b", "type": "text"}]},
    "part-model": {"type": "text"},
    "rules": {"rules": [{"path": "a", "kind": "warning", "expression": "True"}]},
    "part-rules": {"rules": [{"path": "a..b", "kind": "relevant", "expression": "True"}]},
    "ui": {"sections": [{"id": "s", "elements": [{"field": "a", "columns": 7}]}]},
    "part-ui": {"elements": [{"repeat": ".", "field": "a"}]},
    "i18n": {"fields": {"a": {"lable": "A"}}},
    "part-i18n": {"title": "A part has no title"},
    "pricing": {"lines": {"repeat": "a"}},
    "signatures": {"signatures": [{"role": "../x"}]},
    "export": {"record": [{"name": "A", "field": "a", "repeat": "b", "record": []}]},
    "migration": {"steps": [{"rename": "a", "to": "b.c"}]},
    "trials": {"trials": [{"name": "a", "today": "2026-01-01", "expect": {"compleet": True}}]},
}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_that_a_schema_refuses_a_faulty_file(name: str) -> None:
    assert validator(name).is_valid(GOOD[name])
    assert not validator(name).is_valid({**copy.deepcopy(GOOD[name]), **FAULTY[name]})
    assert not validator(name).is_valid({**copy.deepcopy(GOOD[name]), "misspelt": 1})
    assert not validator(name).is_valid([])


@pytest.mark.parametrize(
    "field",
    [
        {"name": "a", "type": "group"},
        {"name": "a", "type": "choice"},
        {"name": "a", "type": "identifier", "identifier": "shoe_size"},
        {"name": "a", "type": "text", "scale": 2},
        {"name": "a", "type": "date", "max_length": 2},
        {"name": "a", "type": "integer", "min": "many"},
        {"name": "a", "type": "repeat", "fields": [{"name": "b", "type": "text"}], "max": 0},
        {"include": "b"},
        {"name": "a", "include": "b", "fields": []},
    ],
)
def test_that_the_schema_knows_what_belongs_to_a_type(field: dict[str, Any]) -> None:
    assert not validator("model").is_valid({"fields": [field]})


def enumerations(schema: Any) -> Iterator[frozenset[str]]:
    if isinstance(schema, dict):
        if "enum" in schema:
            yield frozenset(schema["enum"])
        for each in schema.values():
            yield from enumerations(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from enumerations(each)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("manifest", DocumentKind),
        ("manifest", SignatureWay),
        ("model", Sensitivity),
        ("model", IdentifierKind),
        ("rules", RuleKind),
        ("part-rules", RuleKind),
        ("ui", Widget),
    ],
)
def test_that_a_schema_lists_what_the_program_knows(name: str, kinds: type) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_bytes())
    assert frozenset(kinds) in set(enumerations(schema))  # type: ignore[call-overload]


def test_that_the_schema_of_models_knows_every_type() -> None:
    schema = json.loads((SCHEMAS / "model.schema.json").read_bytes())
    types = [each["properties"]["type"] for each in schema["$defs"]["place"]["else"]["oneOf"]]
    named = {kind for each in types for kind in each.get("enum", [each.get("const")])}
    assert named == {*FieldType, "group", "repeat"}
