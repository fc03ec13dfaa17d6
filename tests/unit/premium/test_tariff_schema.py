"""docs/tariff-schema.json: every tariff fits it, and it agrees with the reader about fields."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import jsonschema
import pytest

from smartclient.domain.errors import BadInput
from smartclient.premium import Tariff
from tests.unit.premium.flexi import FOLDERS, files
from tests.unit.premium.test_authoring_guide import SCHEMA

Fields = dict[str, Any]

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def fits(fields: Fields) -> bool:
    return bool(VALIDATOR.is_valid(fields))


def is_read(fields: Fields) -> bool:
    try:
        Tariff.from_files({**files(2), "tariff.json": json.dumps(fields).encode()})
    except BadInput:
        return False
    return True


def short_tariff() -> Fields:
    """The second FLEXI tariff with one cover of each kind."""
    fields: Fields = json.loads(files(2)["tariff.json"])
    kinds = ("INV1", "WOP", "PN", "DTHN", "INVEST")
    return fields | {"covers": {code: fields["covers"][code] for code in kinds}}


def objects(part: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all objects of a JSON value."""
    if isinstance(part, dict):
        yield path
        for name, each in part.items():
            yield from objects(each, (*path, name))
    elif isinstance(part, list):
        for at, each in enumerate(part):
            yield from objects(each, (*path, at))


def at(fields: Fields, path: tuple[str | int, ...]) -> Fields:
    found: Any = fields
    for name in path:
        found = found[name]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    "file", sorted(FOLDERS.parent.glob("*/*/tariff.json")), ids=lambda file: file.parent.name
)
def test_that_every_tariff_of_the_catalogue_fits(file: Any) -> None:
    jsonschema.validate(json.loads(file.read_bytes()), SCHEMA)


def test_that_a_misspelt_field_is_refused_by_the_schema_and_by_the_reader() -> None:
    fields = short_tariff()
    for path in objects(fields):
        spoilt = deepcopy(fields)
        at(spoilt, path)["misspelt"] = "1"
        if path[-1:] == ("collection_fees",):
            assert fits(spoilt)  # Every way of payment has a name of its own.
            continue
        assert not fits(spoilt), path
        assert not is_read(spoilt), path


def test_that_what_the_schema_refuses_for_a_missing_field_the_reader_refuses_too() -> None:
    fields = short_tariff()
    refused = 0
    for path in objects(fields):
        for name in at(fields, path):
            spoilt = deepcopy(fields)
            del at(spoilt, path)[name]
            if not fits(spoilt):
                refused += 1
                assert not is_read(spoilt), (*path, name)
    assert refused > 90


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("interest",), 0.0125),
        (("interest",), "1.5"),
        (("interest",), "1e-2"),
        (("version",), True),
        (("schema",), 3),
        (("valid_from",), "20261115"),
        (("valid_from",), "1. 11. 2026"),
        (("currency",), "kč"),
        (("id",), "FLEXI 2"),
        (("label",), ""),
        (("age_rule",), "guess"),
        (("frequencies", "3"), {"surcharge": "0", "minimum": "0"}),
        (("frequencies", "12", "minimum"), "-1"),
        (("covers", "a.b"), {"method": "INVESTED"}),
        (("covers", "DTH", "method"), "MAGIC"),
        (("covers", "DTH", "variants"), {}),
        (("covers", "DTH", "variants", "constant", "shape"), "rising"),
        (("covers", "INV3", "variants", "pension", "payments"), 4),
        (("covers", "INV3", "variants", "constant", "income"), {"days": "1", "free_to": "0"}),
        (("covers", "WOP", "amount_is"), "sum"),
        (("covers", "INV1", "excluded_classes"), [5]),
        (("covers", "PN", "income"), {"days": "1", "months": "1", "free_to": "0"}),
        (("covers", "PN", "income"), {"free_to": "0"}),
        (("covers", "DNL", "class_factors", "5"), "1"),
        (("covers", "DTHN", "sum_at_risk"), "yes"),
        (("investment", "scenarios"), []),
        (("investment", "allocation"), []),
        (("collection_fees", "postal"), "ten"),
    ],
)
def test_that_a_wrong_value_is_refused_by_the_schema_and_by_the_reader(
    path: tuple[str, ...], value: object
) -> None:
    fields = json.loads(files(2)["tariff.json"])
    *around, name = path
    at(fields, tuple(around))[name] = value
    assert not fits(fields)
    assert not is_read(fields)


def test_that_what_is_new_in_schema_2_is_refused_in_schema_1() -> None:
    fields = json.loads(files(2)["tariff.json"]) | {"schema": 1}
    assert not fits(fields)
    assert not is_read(fields)
