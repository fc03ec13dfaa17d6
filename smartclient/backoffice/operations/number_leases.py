"""Document numbers: leased in blocks, so that they can be given without a network."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.server_records import put_server_record
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.counters import NEXT_NUMBER, take
from smartclient.domain.ids import HrNumber, InstallId, RecordId
from smartclient.wire.messages import RecordKind

LEASE_SIZE = 500
NEW_LEASE_BELOW = 100

_lease = schema.number_lease
_LEASES = select(_lease.c.first, _lease.c.last, _lease.c.highest).where(
    _lease.c.scope == bindparam("of_scope"), _lease.c.install == bindparam("of_install")
)
_SEEN = (
    update(_lease).where(_lease.c.first == bindparam("of_first")).values(highest=bindparam("up_to"))
)


@dataclass(frozen=True, slots=True)
class _Lease:
    first: int
    last: int
    highest: int


def give_lease(records: ScopeRecords, install: InstallId, hr: HrNumber) -> None:
    """Lease the next block of numbers to an install, as a record of its scope."""
    first = take(records.desk.connection, NEXT_NUMBER, LEASE_SIZE)
    last = first + LEASE_SIZE - 1
    records.desk.connection.execute(
        schema.number_lease.insert().values(
            first=first, last=last, highest=first - 1, scope=records.scope, install=install
        )
    )
    put_server_record(
        records,
        RecordId(records.desk.ids.new()),
        RecordKind.NUMBER_LEASE,
        {"first": str(first), "last": str(last), "install": install},
        (install, hr),
    )


def note_used(
    records: ScopeRecords, numbers: Iterable[str], install: InstallId, hr: HrNumber
) -> None:
    """Note numbers seen in pushed documents; lease a new block when fewer than 100 are left."""
    used = sorted(int(number) for number in numbers if number.isascii() and number.isdigit())
    if not used:
        return
    connection = records.desk.connection
    asked = {"of_scope": records.scope, "of_install": install}
    leases = [_Lease(*row) for row in connection.execute(_LEASES, asked)]
    left = 0
    for lease in leases:
        seen = [number for number in used if lease.first <= number <= lease.last]
        highest = max([lease.highest, *seen])
        left += lease.last - highest
        if highest != lease.highest:
            connection.execute(_SEEN, {"of_first": lease.first, "up_to": highest})
    if left < NEW_LEASE_BELOW:
        give_lease(records, install, hr)
