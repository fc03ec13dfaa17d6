"""Taking in what a revoked install still had: each edit once, for a person to decide about.

The lines are kept sealed with the key of the install's own scope, beside those whose right was lost
(`registers.handing_in`); what the server knows already is left out. The package counts only with
the signature of the install whose key we issued a certificate for, revoked or not.

An image of a disk from before a client's first push may name another scope for it than that in
which it lives; such lines go to the latter, as those of a push do (`registers.lost_homes`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from smartclient.backoffice.operations import blobs, desk_acts
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import (
    ALL_CLASSES,
    Principal,
    Right,
    right_of,
)
from smartclient.backoffice.operations.registers import handing_in, lost_homes
from smartclient.backoffice.operations.scope_records import ScopeRecords, hold
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import HrNumber, InstallId, PersonId
from smartclient.wire.handed_in import HandedIn
from smartclient.wire.messages import PushLine


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What was taken in."""

    install: InstallId
    made_at: datetime
    edits: int
    known: int
    """Edits that the server had already."""
    erased: int
    """Edits of what was erased; they are not kept."""
    files: int
    missing_files: int


def take_in(desk: Desk, package: HandedIn, reason: str) -> TakenIn:
    """Keep what is new; taken in twice, it is kept once.

    Raises NotAllowed SC-HELP-003 (no such install) and Damaged SC-HELP-007 (not signed by it).
    """
    table = schema.install
    columns = (table.c.public_key, table.c.scope, table.c.person, table.c.hr)
    query = select(*columns).where(table.c.id == package.install)
    install = desk.connection.execute(query).one_or_none()
    if install is None:
        raise NotAllowed("SC-HELP-003")
    package.require_signed_by(install.public_key)
    once = _had_once(desk, package.install, install.person, install.hr, install.scope)
    lines = _at_home(desk, once, [_placed(line, install.scope) for line in package.lines])
    # Those of the lines too: an erasure comes before this, or after it and takes them along.
    records = hold(desk, {install.scope, *(line.scope for line in lines)})[install.scope]
    unknown = _new(records, lines)
    erased = handing_in.erased(desk, unknown)
    new = [line for line in unknown if line.op not in erased]
    named = {digest for line in new for digest in line.blobs}
    there = named & package.blobs.keys()
    for digest in sorted(there):
        blobs.keep_own(desk, install.scope, package.blobs[digest])
    handing_in.hand_in(records, package.install, new)
    desk_acts.note(desk, "take in", package.install, reason)
    return TakenIn(
        package.install,
        package.made_at,
        len(new),
        len(package.lines) - len(unknown),
        len(unknown) - len(new),
        len(there),
        len(named - there),
    )


def _had_once(
    desk: Desk, install: InstallId, person: PersonId, hr: HrNumber, scope: str
) -> Principal:
    """The install with its own scope and all those of its person among what it had once."""
    table = schema.scope_right
    query = select(table.c.scope, table.c.classes, table.c.may_write).where(
        table.c.person == person, table.c.scope != scope
    )
    given = (
        right_of(right.scope, right.classes, may_write=right.may_write)
        for right in desk.connection.execute(query)
    )
    own = Right(scope, ALL_CLASSES, may_write=True)
    return Principal(install, person, "", hr, past=(own, *given))


def _at_home(desk: Desk, once: Principal, lines: Sequence[PushLine]) -> list[PushLine]:
    """The lines, those of what lives in another scope that the install had with that one."""
    homes = lost_homes.of_lines(desk, once, [(line, line.scope) for line in lines])
    return [
        replace(line, scope=home) if home else line for line, home in zip(lines, homes, strict=True)
    ]


def _new(records: ScopeRecords, lines: Sequence[PushLine]) -> list[PushLine]:
    """Lines whose op the server has not accepted, in whatever scope."""
    table = schema.record_op
    ops = sorted({line.op for line in lines})
    seen: set[tuple[str, str]] = set()
    for start in range(0, len(ops), 500):
        chunk = ops[start : start + 500]
        query = select(table.c.record, table.c.op).where(table.c.op.in_(chunk))
        seen |= {(row.record, row.op) for row in records.desk.connection.execute(query)}
    return [line for line in lines if (line.id, line.op) not in seen]


def _placed(line: PushLine, own: str) -> PushLine:
    return line if line.scope else replace(line, scope=own)
