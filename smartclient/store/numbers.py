"""Document numbers from the blocks that the server leased to this install."""

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.ids import DocumentNumber
from smartclient.store.changes import Subject
from smartclient.store.schema import number_lease
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.values import JsonObject


class Numbers:
    """The leased numbers of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def take(self) -> DocumentNumber:
        """The next free number; NotAllowed SC-STORE-030 when the blocks are used up."""
        leases = self._unit.connection.execute(select(number_lease).order_by(number_lease.c.first))
        for lease in leases:
            if lease.next <= int(lease.last):
                self._unit.connection.execute(
                    update(number_lease)
                    .where(number_lease.c.id == lease.id)
                    .values(next=lease.next + 1)
                )
                self._unit.touch(Subject.NUMBERS, lease.id)
                return DocumentNumber(str(lease.next).zfill(len(lease.last)))
        raise NotAllowed("SC-STORE-030")

    def left(self) -> int:
        """How many documents can still get a number without the server."""
        leases = self._unit.connection.execute(select(number_lease.c.last, number_lease.c.next))
        return sum(max(0, int(last) - following + 1) for last, following in leases)

    def lease(self, lease_id: str, body: JsonObject) -> None:
        """Take over a block from the server; a block that is known keeps its place.

        Raises BadInput SC-STORE-031 for a block that is no block.
        """
        first, last = body.get("first"), body.get("last")
        if not _is_block(first, last):
            raise BadInput("SC-STORE-031")
        self._unit.connection.execute(
            insert(number_lease)
            .values(id=lease_id, first=first, last=last, next=int(str(first)))
            .on_conflict_do_nothing(index_elements=["id"])
        )
        self._unit.touch(Subject.NUMBERS, lease_id)


def _is_block(first: object, last: object) -> bool:
    if not isinstance(first, str) or not isinstance(last, str):
        return False
    digits = first.isascii() and first.isdigit() and last.isascii() and last.isdigit()
    return digits and len(first) == len(last) <= 20 and first <= last
