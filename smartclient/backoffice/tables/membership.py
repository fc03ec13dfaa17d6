"""A column that is one of many texts, given as one parameter.

SQLAlchemy's `in_` writes a place for each value into the statement at each execution. This
condition stays the same for any number of values: the statement around it is put together once.
"""

from collections.abc import Callable, Iterable, Sequence

import orjson
from sqlalchemy import ARRAY, ColumnElement, Dialect, String, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from smartclient.backoffice.tables.array_text import array_text


class Several(TypeDecorator[Iterable[str]]):
    """Several texts: an array of PostgreSQL, a JSON list of SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Sequence[str]] | TypeEngine[str]:
        """How this database takes them."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(String))
        return dialect.type_descriptor(Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[Iterable[str] | None], str]:
        """Makes one parameter of the values."""
        if dialect.name == "postgresql":
            return lambda values: array_text(list(values or ()))
        return lambda values: orjson.dumps(list(values or ())).decode()


class _OneOf(FunctionElement[bool]):
    name = "one_of"
    inherit_cache = True


@compiles(_OneOf)
def _of_a_list(element: _OneOf, compiler: SQLCompiler, **options: object) -> str:
    tested, values = (compiler.process(each, **options) for each in element.clauses)
    # Both are places and names of columns, written by SQLAlchemy.
    return f"{tested} IN (SELECT value FROM json_each({values}))"  # noqa: S608


@compiles(_OneOf, "postgresql")
def _of_an_array(element: _OneOf, compiler: SQLCompiler, **options: object) -> str:
    tested, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{tested} = ANY ({values})"


def one_of(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether the column is one of the texts of the parameter `name`."""
    return _OneOf(column, bindparam(name, type_=Several()))


class _Beside(FunctionElement[str]):
    name = "beside"
    inherit_cache = True


@compiles(_Beside)
def _by_no_index(element: _Beside, compiler: SQLCompiler, **options: object) -> str:
    (column,) = (compiler.process(each, **options) for each in element.clauses)
    return f"+{column}"


@compiles(_Beside, "postgresql")
def _as_it_is(element: _Beside, compiler: SQLCompiler, **options: object) -> str:
    (column,) = (compiler.process(each, **options) for each in element.clauses)
    return column


def beside(column: ColumnElement[str]) -> ColumnElement[str]:
    """A column by which SQLite is not to look anything up: another condition finds the rows.

    SQLite counts nothing. It would rather go through a whole scope than look up some documents, or
    look up each of many records under each of many ops. PostgreSQL knows better and is let alone.
    """
    return _Beside(column)
