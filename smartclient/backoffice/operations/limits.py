"""How often something may be tried: token buckets in the database, so that all processes agree."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from sqlalchemy import select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new, upsert
from smartclient.domain.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Limit:
    """`tries` at once, and as many again over `period`."""

    tries: int
    period: timedelta

    @property
    def per_second(self) -> float:
        """How fast a bucket fills again."""
        return self.tries / self.period.total_seconds()


def take_one(desk: Desk, limits: dict[str, Limit]) -> None:
    """Take one try from every bucket, by name; NotAllowed SC-SERV-012 naming the seconds to wait.

    A refused try takes nothing, so that waiting as told always helps.
    """
    table = schema.bucket
    full = [{"name": name, "level": float(limits[name].tries), "at": desk.now} for name in limits]
    insert_new(desk.connection, table, full)
    query = select(table).where(table.c.name.in_(list(limits))).order_by(table.c.name)
    levels: dict[str, float] = {}
    for row in desk.connection.execute(query.with_for_update()):
        limit = limits[row.name]
        passed = max((desk.now - row.at).total_seconds(), 0.0)
        levels[row.name] = min(row.level + passed * limit.per_second, float(limit.tries))
    wait = max((1 - level) / limits[name].per_second for name, level in levels.items())
    if wait > 0:
        raise NotAllowed("SC-SERV-012", seconds=ceil(wait))
    taken = [{"name": name, "level": levels[name] - 1, "at": desk.now} for name in levels]
    upsert(desk.connection, table, taken)
