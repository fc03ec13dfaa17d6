"""Column types that SQLite and PostgreSQL store alike, and where all tables are gathered."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, String
from sqlalchemy.types import TypeDecorator

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Scope = String(80)
Uuid = String(36)
Digest = String(64)
Counted = BigInteger().with_variant(Integer, "sqlite")
"""A growing key: SQLite counts by itself only in a column of exactly INTEGER."""


class Instant(TypeDecorator[datetime]):
    """An aware instant as milliseconds since 1970, so that it sorts and compares everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Milliseconds of an aware instant; a naive one is an error of the program."""
        return None if value is None else (value - _BEGINNING) // _MILLISECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        """The aware instant in UTC."""
        return None if value is None else _BEGINNING + value * _MILLISECOND


class Day(TypeDecorator[date]):
    """A calendar day as ISO text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, _dialect: Dialect) -> str | None:
        """ISO 8601."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> date | None:
        """The day of the text."""
        return None if value is None else date.fromisoformat(value)
