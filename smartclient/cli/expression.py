"""`smartclient expression`: evaluates one expression of the language of forms."""

import argparse
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from smartclient.cli.console import print_json, read_bytes
from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import BadInput
from smartclient.domain.language import _
from smartclient.forms.expression import compile_expression
from smartclient.forms.functions import Surroundings, date_of
from smartclient.forms.guards import Value
from smartclient.forms.translating import Scope
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    from smartclient.cli.console import Subparsers

Given = None | bool | int | Decimal | str | list["Given"] | dict[str, "Given"]


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("expression", help=_("evaluate an expression of forms"))
    parser.add_argument("expression", metavar="EXPR")
    parser.add_argument("--values", type=Path, help=_("JSON file with the answers by name"))
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    values = _read(arguments.values) if arguments.values else {}
    around = Surroundings(SystemClock().now().date())
    scope = _Values(values)
    expression = compile_expression(arguments.expression, scope)
    answers = [scope.value(name) for name in expression.names]
    rows = [
        [
            tuple(_Values(row).value(name) for name in asked.names)
            for row in scope.list(asked.repeat)
        ]
        for asked in expression.rows
    ]
    print_json({"value": _shown(expression.function(around, *answers, *rows))})
    return 0


def _read(path: Path) -> dict[str, Given]:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    try:
        found: Given = json.loads(read_bytes(path), parse_float=Decimal, parse_constant=refuse)
    except (ValueError, RecursionError) as broken:
        raise BadInput("SC-CMD-003", file=path, problem=type(broken).__name__) from broken
    if not isinstance(found, dict):
        raise BadInput("SC-CMD-003", file=path, problem="object")
    return found


class _Values(Scope):
    """Answers given as JSON: objects are groups, lists of objects are rows.

    A text such as "2026-11-01" is a day.
    """

    def __init__(self, values: Mapping[str, Given]) -> None:
        self._values = values

    def has_value(self, name: str) -> bool:
        """Whether one answer has the name; one that is null counts."""
        around, _dot, last = name.rpartition(".")
        inside = self._find(around) if around else dict(self._values)
        if not isinstance(inside, dict) or last not in inside:
            return False
        return not isinstance(inside[last], dict) and not _is_rows(inside[last])

    def rows(self, name: str) -> "Scope | None":
        """The names that any of the rows has."""
        if not _is_rows(self._find(name)):
            return None
        together: dict[str, Given] = {}
        for row in self.list(name):
            together.update(row)
        return _Values(together)

    def list(self, name: str) -> "list[dict[str, Given]]":
        """The rows of that name."""
        found = self._find(name)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def value(self, name: str) -> Value:
        """The answer of that name; None where a row does not have it."""
        return _value(self._find(name))

    def _find(self, name: str) -> Given:
        found: Given = dict(self._values)
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found


def _is_rows(given: Given) -> bool:
    return isinstance(given, list) and all(isinstance(row, dict) for row in given)


def _value(given: Given) -> Value:
    match given:
        case str():
            return date_of(given) or given
        case list():
            return tuple(_value(each) for each in given)
        case dict():
            return None
        case _:
            return given


def _shown(value: Value) -> Json:
    match value:
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case tuple():
            return [_shown(each) for each in value]
        case _:
            return value
