"""The guarded language of expressions: a small part of Python's grammar and none of its powers.

    source ──parse──▶ tree ──translate──▶ calls of guards ──compile──▶ bytecode over answers

Allowed: and, or, not, comparisons and their chains, in, + − * / %, conditional, constants, tuples,
names and dotted paths, calls of listed functions. Every operation becomes a call of its guard,
every name a parameter; decimal literals are read from their source text. What is not allowed is
refused by name when the package is loaded, before anything runs. Source: decision 0020.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FunctionType

from smartclient.forms import guards
from smartclient.forms.faults import ExpressionRefused
from smartclient.forms.functions import FUNCTIONS, ROW_FUNCTIONS, Surroundings
from smartclient.forms.guards import Value
from smartclient.forms.translating import Scope, Translator

MAX_SOURCE = 2_000


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """Answers asked of every row of a repeat; the rows become a list of tuples in this order."""

    repeat: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression ready to be evaluated again and again."""

    source: str
    names: tuple[str, ...]
    """Answers it asks for, each once."""
    rows: tuple[RowsAsked, ...]
    function: Callable[..., Value]

    def evaluate(
        self, around: Surroundings, values: list[Value], rows: list[list[tuple[Value, ...]]]
    ) -> Value:
        """The value for the answers in the order of `names` and `rows`.

        Raises ExpressionRefused when the kinds of the answers do not fit the operations.
        """
        return self.function(around, *values, *rows)


def compile_expression(source: str, scope: Scope) -> Expression:
    """The expression of a source text; raises ExpressionRefused naming what is not allowed."""
    tree = _parse(source)
    translator = Translator(source, scope)
    body = translator.value(tree)
    names, asked = tuple(translator.outer), tuple(translator.rows)
    parameters = ["around", *translator.outer.values(), *(rows.parameter for rows in asked)]
    return Expression(
        source,
        names,
        tuple(RowsAsked(rows.repeat, tuple(rows.inner)) for rows in asked),
        _function(parameters, body, translator.constants),
    )


def _parse(source: str) -> ast.expr:
    if len(source) > MAX_SOURCE:
        raise ExpressionRefused("SC-FORM-101", limit=MAX_SOURCE)
    if "\\" in source:
        raise ExpressionRefused("SC-FORM-105", construct="\\")
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as broken:
        reason = broken.msg if isinstance(broken, SyntaxError) else type(broken).__name__
        raise ExpressionRefused("SC-FORM-104", problem=reason) from broken


def _function(
    parameters: list[str], body: str, constants: dict[str, Value]
) -> Callable[..., Value]:
    """The bytecode; `body` holds nothing but names and calls that the translator chose itself.

    Constants are its last parameters, with their values as defaults.
    """
    code = _code(f"lambda {', '.join((*parameters, *constants))}: {body}")
    return FunctionType(code, _GLOBALS, "expression", tuple(constants.values()))


@lru_cache(maxsize=4_096)
def _code(source: str) -> CodeType:
    """The code of a lambda; expressions that differ in names and constants alone share it."""
    code = compile(source, "<expression>", "eval")
    return next(constant for constant in code.co_consts if isinstance(constant, CodeType))


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "_add": guards.add,
    "_subtract": guards.subtract,
    "_multiply": guards.multiply,
    "_divide": guards.divide,
    "_remainder": guards.remainder,
    "_negative": guards.negative,
    "_truth": guards.truth,
    "_chain": guards.chain,
    **{f"_{name}": compare for name, compare in guards.COMPARISONS.items()},
    **{f"f_{name}": function.call for name, function in FUNCTIONS.items()},
    **{f"r_{name}": function for name, function in ROW_FUNCTIONS.items()},
}
_GLOBALS = {"__builtins__": {}, **_OPERATIONS}
"""All that the bytecode of any expression reaches."""
