"""From the tree of an expression to a source text of nothing but guards, parameters and constants.

The names it writes are those of the operations of `expression`. What the grammar does not allow, or
what is too large, is refused by name on the way.
"""

import ast
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NoReturn, Protocol

from smartclient.forms.asked_names import (
    FUNCTIONS_OF_AN_ANSWER,
    FUNCTIONS_OF_THE_FORM,
    OWN,
    as_written,
)
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.functions import FUNCTIONS, ROW_FUNCTIONS
from smartclient.forms.guards import MAX_NUMBER, Value

MAX_NODES = 200
MAX_DEPTH = 50
MAX_CONSTANT_TEXT = 200
MAX_DIGITS = 34

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "_add",
    ast.Sub: "_subtract",
    ast.Mult: "_multiply",
    ast.Div: "_divide",
    ast.Mod: "_remainder",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "equal",
    ast.NotEq: "unequal",
    ast.Lt: "less",
    ast.LtE: "less_or_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_or_equal",
    ast.In: "contains",
    ast.NotIn: "not_contains",
}
_CONSTRUCTS = {
    "Pow": "**",
    "FloorDiv": "//",
    "BitXor": "^",
    "MatMult": "@",
    "JoinedStr": "f-string",
    "NamedExpr": ":=",
    "Starred": "*",
}


class Scope(Protocol):
    """Where the names of an expression are looked up."""

    def has_value(self, name: str) -> bool:
        """Whether the dotted name is one answer here."""

    def rows(self, name: str) -> "Scope | None":
        """Where names are looked up inside the rows of a repeat; None when it is no repeat."""


def _refuse(node: ast.AST) -> NoReturn:
    name = type(node).__name__
    raise ExpressionRefused("SC-FORM-105", construct=_CONSTRUCTS.get(name, name))


@dataclass(slots=True)
class RowsFound:
    """A function over rows being translated: its parameter, and what it asks of a row."""

    repeat: str
    parameter: str
    scope: Scope
    inner: dict[str, str]


class Translator:
    """Turns allowed nodes into calls of guards; collects the answers that are asked for."""

    def __init__(self, source: str, scope: Scope) -> None:
        self._lines = source.strip().encode().splitlines()
        self._scope = scope
        self._inside: RowsFound | None = None
        self._nodes = 0
        self._depth = 0
        self.outer: dict[str, str] = {}
        self.rows: list[RowsFound] = []
        self.constants: dict[str, Value] = {}

    def value(self, node: ast.expr) -> str:
        """The source of a node in the language of guards; refuses what is too large on the way."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ExpressionRefused("SC-FORM-102", limit=MAX_NODES)
        if self._depth >= MAX_DEPTH:
            raise ExpressionRefused("SC-FORM-103", limit=MAX_DEPTH)
        self._depth += 1
        translated = self._translated(node)
        self._depth -= 1
        return translated

    def _translated(self, node: ast.expr) -> str:
        match node:
            case ast.Name() | ast.Attribute():
                return self._name(_dotted(node))
            case ast.Constant():
                return self._constant(node)
            case ast.Call():
                return self._call(node)
            case ast.Compare():
                return self._compare(node)
            case ast.BoolOp():
                return self._joined(node)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.IfExp():
                return self._either(node)
            case ast.Tuple():
                return self._tuple(node)
        _refuse(node)

    def _joined(self, node: ast.BoolOp) -> str:
        word = " and " if isinstance(node.op, ast.And) else " or "
        return f"({word.join(map(self._truth, node.values))})"

    def _either(self, node: ast.IfExp) -> str:
        return self._conditional(node.test, node.body, node.orelse)

    def _tuple(self, node: ast.Tuple) -> str:
        return f"({''.join(f'{self.value(each)},' for each in node.elts)})"

    def _truth(self, node: ast.expr) -> str:
        return f"_truth({self.value(node)})"

    def _conditional(self, test: ast.expr, then: ast.expr, other: ast.expr) -> str:
        return f"({self.value(then)} if {self._truth(test)} else {self.value(other)})"

    def _binary(self, node: ast.BinOp) -> str:
        if type(node.op) not in _BINARY:
            _refuse(node.op)
        return f"{_BINARY[type(node.op)]}({self.value(node.left)}, {self.value(node.right)})"

    def _unary(self, node: ast.UnaryOp) -> str:
        match node.op:
            case ast.Not():
                return f"(not {self._truth(node.operand)})"
            case ast.USub():
                return f"_negative({self.value(node.operand)})"
        _refuse(node.op)

    def _compare(self, node: ast.Compare) -> str:
        for operator in node.ops:
            if type(operator) not in _COMPARE:
                _refuse(operator)
        names = tuple(_COMPARE[type(operator)] for operator in node.ops)
        operands = ", ".join(map(self.value, (node.left, *node.comparators)))
        if len(names) == 1:
            return f"_{names[0]}({operands})"
        return f"_chain({self._keep(names)}, {operands})"

    def _constant(self, node: ast.Constant) -> str:
        match node.value:
            case None | bool():
                return str(node.value)
            case str() as text:
                if len(text) > MAX_CONSTANT_TEXT:
                    raise ExpressionRefused("SC-FORM-109", limit=MAX_CONSTANT_TEXT)
                return self._keep(text)
            case int() | float():
                return self._keep(self._literal(node))
        raise ExpressionRefused("SC-FORM-105", construct=type(node.value).__name__)

    def _literal(self, node: ast.Constant) -> int | Decimal:
        """The number exactly as written; Python's own float is never looked at."""
        line = self._lines[node.lineno - 1]
        written = line[node.col_offset : node.end_col_offset].decode().replace("_", "")
        if len(written) > MAX_DIGITS:
            raise ExpressionRefused("SC-FORM-109", limit=MAX_DIGITS)
        number: int | Decimal
        try:
            number = node.value if isinstance(node.value, int) else Decimal(written)
        except InvalidOperation as broken:
            raise ExpressionRefused("SC-FORM-104", problem="number") from broken
        vanishing = isinstance(number, Decimal) and number.adjusted() < -MAX_DIGITS
        if vanishing or not -MAX_NUMBER < number < MAX_NUMBER:
            raise ExpressionRefused("SC-FORM-109", limit=MAX_DIGITS)
        return number

    def _keep(self, value: Value) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def _name(self, name: str) -> str:
        inside = self._inside
        if inside is not None and not name.startswith(OWN):
            if inside.scope.has_value(name):
                return inside.inner.setdefault(name, f"b{len(inside.inner)}")
        elif inside is not None:
            name = name.removeprefix(OWN)
        if not self._scope.has_value(name):
            code = "SC-FORM-108" if self._scope.rows(name) is None else "SC-FORM-110"
            raise ExpressionRefused(code, name=as_written(name))
        return self.outer.setdefault(name, f"a{len(self.outer)}")

    def _call(self, node: ast.Call) -> str:
        if not isinstance(node.func, ast.Name):
            raise ExpressionRefused("SC-FORM-105", construct="call of anything but a function")
        name = node.func.id
        if node.keywords:
            raise ExpressionRefused("SC-FORM-105", construct="keyword argument")
        if name == "if_":
            _require_count(name, node.args, 3, 3)
            return self._conditional(*node.args)
        if name in FUNCTIONS_OF_THE_FORM:
            _require_count(name, node.args, 0, 0)
            return self._name(FUNCTIONS_OF_THE_FORM[name])
        if name in FUNCTIONS_OF_AN_ANSWER:
            _require_count(name, node.args, 1, 1)
            return self._compared(FUNCTIONS_OF_AN_ANSWER[name], _dotted(node.args[0]))
        if name in ROW_FUNCTIONS:
            _require_count(name, node.args, 1, 2)
            return self._over_rows(name, node.args)
        if name not in FUNCTIONS:
            raise ExpressionRefused("SC-FORM-106", name=name[:40])
        function = FUNCTIONS[name]
        _require_count(name, node.args, function.least, function.most)
        first = ["around"] if function.needs_surroundings else []
        return f"f_{name}({', '.join([*first, *map(self.value, node.args)])})"

    def _compared(self, asked: str, name: str) -> str:
        """`before(sum)`, `changed(own.sum)`: another side of an answer that is there by name."""
        own = OWN if name.startswith(OWN) and self._inside else ""
        return self._name(f"{own}{asked}{name.removeprefix(own)}")

    def _over_rows(self, name: str, arguments: list[ast.expr]) -> str:
        """`sum(covers, amount)`, `sum(covers.amount)`, `count(covers)`: a generator over rows."""
        if self._inside is not None:
            raise ExpressionRefused("SC-FORM-118", name=name)
        rows, field = self._rows_named(_dotted(arguments[0]))
        takes_field = bool(field) or (name == "count" and len(arguments) == 1)
        if takes_field == (len(arguments) == 2):
            wanted = 1 if field else 2
            raise ExpressionRefused("SC-FORM-107", name=name, least=wanted, most=wanted)
        self._inside = rows
        try:
            if len(arguments) == 2:
                taken = self.value(arguments[1])
            else:
                taken = self._name(field) if field else "True"
        finally:
            self._inside = None
        self.rows.append(rows)
        row = "".join(f"{parameter}," for parameter in rows.inner.values())
        return f"r_{name}({taken} for ({row}) in {rows.parameter})"

    def _rows_named(self, name: str) -> tuple[RowsFound, str]:
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            repeat = ".".join(parts[:length])
            scope = self._scope.rows(repeat)
            if scope is not None:
                rows = RowsFound(repeat, f"c{len(self.rows)}", scope, {})
                return rows, ".".join(parts[length:])
        code = "SC-FORM-119" if self._scope.has_value(name) else "SC-FORM-108"
        raise ExpressionRefused(code, name=name)


def _require_count(name: str, arguments: list[ast.expr], least: int, most: int) -> None:
    if not least <= len(arguments) <= most:
        raise ExpressionRefused("SC-FORM-107", name=name, least=least, most=most)


def _dotted(node: ast.expr) -> str:
    """The dotted path of a name; nothing is ever read from an object."""
    if isinstance(node, ast.Name) and _NAME.fullmatch(node.id):
        return node.id
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        _refuse(node)
    parts.append(node.id)
    for part in parts:
        if not _NAME.fullmatch(part):
            raise ExpressionRefused("SC-FORM-114", name=part[:40])
    return ".".join(reversed(parts))
