"""Bodies of records that have no table of their own: registers without a list, the server's lines.

Contact history and versions of texts are the server's; policies, vehicles, motor offers, service
entries and cases are merged by field like clients.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, Select, delete, select
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.ids import RecordId
from smartclient.store.bodies import read_back, stored
from smartclient.store.schema import kept_body
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.values import JsonObject

_NEW = insert(kept_body)
_WRITE = _NEW.on_conflict_do_update(
    index_elements=["id"],
    set_={
        "kind": _NEW.excluded.kind,
        "parent": _NEW.excluded.parent,
        "content": _NEW.excluded.content,
    },
)


@dataclass(frozen=True, slots=True)
class KeptBody:
    """A body, and what it hangs on; `parent` is empty where that is nothing."""

    id: RecordId
    kind: RecordKind
    parent: str
    body: JsonObject


class KeptBodies:
    """The bodies of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def write(self, bodies: Sequence[KeptBody]) -> None:
        """Write bodies, new or in place of the old ones."""
        lines = [
            {
                "id": each.id,
                "kind": each.kind.value,
                "parent": each.parent,
                "content": stored(each.body),
            }
            for each in bodies
        ]
        if lines:
            self._unit.connection.execute(_WRITE, lines)

    def find(self, identity: str) -> KeptBody | None:
        """A body by its id, None when it is not here."""
        return self.find_all([identity]).get(identity)

    def find_all(self, identities: Iterable[str]) -> Mapping[str, KeptBody]:
        """Those of these bodies that are here."""
        asked = select(kept_body).where(kept_body.c.id.in_(list(identities)))
        return {line["id"]: _kept(line) for line in self._lines(asked)}

    def hanging_on(self, parents: Sequence[str], kind: RecordKind) -> tuple[KeptBody, ...]:
        """The bodies of a kind that hang on these records."""
        of_them = kept_body.c.parent.in_(parents) & (kept_body.c.kind == kind.value)
        asked = select(kept_body).where(of_them).order_by(kept_body.c.id)
        return tuple(_kept(line) for line in self._lines(asked))

    def ids_hanging_on(self, parents: Sequence[str]) -> tuple[RecordId, ...]:
        """Everything that hangs on these records."""
        asked = select(kept_body.c.id).where(kept_body.c.parent.in_(parents))
        return tuple(self._unit.connection.execute(asked).scalars())

    def _lines(self, asked: Select[*tuple[str, str, str, bytes]]) -> Iterable[RowMapping]:
        return self._unit.connection.execute(asked).mappings()

    def drop(self, identities: Sequence[str]) -> None:
        """Forget these bodies."""
        self._unit.connection.execute(delete(kept_body).where(kept_body.c.id.in_(identities)))


def _kept(line: RowMapping) -> KeptBody:
    return KeptBody(
        RecordId(line["id"]), RecordKind(line["kind"]), line["parent"], read_back(line["content"])
    )
