"""Rights of persons to scopes: given, taken, and shared by two installs of one person.

No right is ever deleted: each ends, so that what an install sends of a scope it lost is still taken
in. Every act leaves a row with its reason, a line in the log, and one in the list of rights outside
of the database (`rights_list`).
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, insert, select, update

from smartclient.backoffice.operations import number_leases
from smartclient.backoffice.operations.desk_acts import require_reason
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import (
    ALL_CLASSES,
    OFFICE,
    PERSON,
    Right,
    grant_text,
    right_of,
)
from smartclient.backoffice.operations.registers import rights_list
from smartclient.backoffice.operations.registers.scopes import make_scope
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new, insert_one
from smartclient.domain.errors import BadInput, Refused
from smartclient.domain.ids import InstallId, PersonId

log = logging.getLogger(__name__)

_OFFICE_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
MAX_NAME: Final = 200


class Act(StrEnum):
    """What was done with a right."""

    GIVEN = "given"
    TAKEN = "taken"
    JOINED = "joined"
    PARTED = "parted"
    ADOPTED = "adopted"


def office_scope(office: str) -> str:
    """The scope of an office's records."""
    return OFFICE + office


def create_office(desk: Desk, office: str, name: str) -> bool:
    """Make an office with its empty scope; False when it is there already.

    Raises BadInput SC-SERV-074 for an id or a name that cannot be one.
    """
    if not _OFFICE_ID.fullmatch(office) or not 0 < len(name.strip()) <= MAX_NAME:
        raise BadInput("SC-SERV-074", limit=MAX_NAME)
    row = {"id": office, "name": name.strip(), "created_at": desk.now}
    if not insert_one(desk.connection, schema.office, row):
        return False
    make_scope(desk, office_scope(office))
    rights_list.note_office(desk, office, name.strip())
    return True


def give(desk: Desk, person: PersonId, right: Right, reason: str) -> bool:
    """Give a person this right to a scope, in the place of the one it has; False when it had it.

    Raises BadInput SC-HELP-002 (no reason), Refused SC-SERV-075 (no such office) and SC-SERV-077
    (no such person).
    """
    kept_reason = require_reason(reason)
    _require_scope(desk, right.scope)
    _require_person(desk, person)
    before = _live(desk, person, right.scope)
    if before == right:
        return False
    _end(desk, person, right.scope)
    _add(desk, person, right)
    _note(desk, Act.GIVEN, right.scope, person, kept_reason)
    return True


def take(desk: Desk, person: PersonId, scope: str, reason: str) -> bool:
    """End the right of a person to a scope; False when there was none.

    Their installs learn of it at their next contact, hand in what they have not sent, and delete
    the rest. Raises BadInput SC-HELP-002, Refused SC-SERV-075 and SC-SERV-077.
    """
    kept_reason = require_reason(reason)
    _require_scope(desk, scope)
    _require_person(desk, person)
    if _live(desk, person, scope) is None:
        return False
    _end(desk, person, scope)
    _note(desk, Act.TAKEN, scope, person, kept_reason)
    return True


def join(desk: Desk, install: InstallId, person: PersonId, reason: str) -> bool:
    """Join an install to a person who was proven to work with it; False when it is theirs.

    Nothing moves: the install's scope stays where it is and stays the one of its new documents. The
    person gets the right to it, and every right that the install had; the install gets those of
    the person. Raises BadInput SC-HELP-002, Refused SC-SERV-077 (no such person), SC-SERV-078 (no
    such install, or one that was revoked).
    """
    kept_reason = require_reason(reason)
    _require_person(desk, person)
    before, scope = _require_install(desk, install)
    if before == person:
        return False
    table, right = schema.install, schema.scope_right
    theirs = select(table.c.scope).where(table.c.person == person)
    shared = {scope, *desk.connection.execute(theirs).scalars()}
    had = desk.connection.execute(select(right).where(right.c.person == before)).mappings()
    insert_new(desk.connection, right, [{**row, "person": person} for row in had])
    for each in sorted(shared):
        whole = Right(each, ALL_CLASSES, may_write=True)
        if _live(desk, person, each) != whole:
            _end(desk, person, each)
            _add(desk, person, whole)
    desk.connection.execute(update(table).where(table.c.id == install).values(person=person))
    _note(desk, Act.JOINED, scope, person, kept_reason, install)
    return True


def part(desk: Desk, install: InstallId, reason: str) -> bool:
    """Take back a join that was wrong: the install is again of the person it began with.

    It loses every right of the other person, who loses the one to its scope. False when it is of
    its first person already. Raises BadInput SC-HELP-002, Refused SC-SERV-078.
    """
    kept_reason = require_reason(reason)
    other, scope = _require_install(desk, install)
    first = PersonId(scope.removeprefix("person:"))
    if other == first:
        return False
    for person in sorted((other, first)):
        _require_person(desk, person)
    _end(desk, other, scope)
    # What it could read until now it must be told to forget: a right that ended says so.
    right, table = schema.scope_right, schema.install
    lost = desk.connection.execute(select(right).where(right.c.person == other)).all()
    for row in lost:
        if row.scope != scope:
            gone = right_of(row.scope, row.classes, may_write=row.may_write)
            _add(desk, first, gone, until=desk.now)
    desk.connection.execute(update(table).where(table.c.id == install).values(person=first))
    _note(desk, Act.PARTED, scope, other, kept_reason, install)
    rights_list.note_rights(desk, [first])
    return True


def adopt(desk: Desk, install: InstallId, scope: str, reason: str) -> bool:
    """Give an install's person the scope of an install that the server has forgotten.

    A computer that was activated after the backup from which the server was restored still names
    the scope it had. The scope is made where it is gone, and the person gets the whole right to it;
    False when they have it. Raises BadInput SC-HELP-002, Refused SC-SERV-078 (no such install, or
    one that was revoked), SC-SERV-085 (no lost scope: it is of an install, of an office, or another
    person has a right to it).
    """
    kept_reason = require_reason(reason)
    person, _own = _require_install(desk, install)
    _require_person(desk, person)
    _require_lost(desk, scope, person)
    whole = Right(scope, ALL_CLASSES, may_write=True)
    if _live(desk, person, scope) == whole:
        return False
    make_scope(desk, scope)
    _begin(desk, install, scope)
    _end(desk, person, scope)
    _add(desk, person, whole)
    _note(desk, Act.ADOPTED, scope, person, kept_reason, install)
    return True


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a live right to an office."""

    person: PersonId
    name: str
    classes: str
    may_write: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Office:
    """An office with those who may read its records."""

    id: str
    name: str
    members: tuple[Member, ...]


def list_offices(desk: Desk) -> list[Office]:
    """All offices by their ids."""
    office, right, person = schema.office, schema.scope_right, schema.person
    query = (
        select(right.c.scope, right.c.person, person.c.name, right.c.classes)
        .add_columns(right.c.may_write, right.c.since)
        .join(person, person.c.id == right.c.person)
        .where(right.c.until.is_(None))
        .order_by(right.c.since, right.c.person)
    )
    members: dict[str, list[Member]] = {}
    for scope, *fields in desk.connection.execute(query):
        members.setdefault(scope, []).append(Member(*fields))
    found = desk.connection.execute(select(office.c.id, office.c.name).order_by(office.c.id))
    return [Office(row.id, row.name, tuple(members.get(office_scope(row.id), ()))) for row in found]


def _require_scope(desk: Desk, scope: str) -> None:
    table = schema.scope
    query = select(table.c.scope).where(table.c.scope == scope)
    if desk.connection.execute(query).first() is None:
        raise Refused("SC-SERV-075")


def _require_person(desk: Desk, person: PersonId) -> None:
    table = schema.person
    # Held, so that the acts on one person come one after the other, in the list of rights as well.
    query = select(table.c.id).where(table.c.id == person).with_for_update()
    if desk.connection.execute(query).first() is None:
        raise Refused("SC-SERV-077")


def _require_install(desk: Desk, install: InstallId) -> tuple[PersonId, str]:
    table = schema.install
    query = select(table.c.person, table.c.scope).where(
        table.c.id == install, table.c.revoked_at.is_(None)
    )
    row = desk.connection.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise Refused("SC-SERV-078")
    return row.person, row.scope


def _require_lost(desk: Desk, scope: str, person: PersonId) -> None:
    table, right = schema.install, schema.scope_right
    of_install = select(table.c.id).where(table.c.scope == scope)
    # Rights of persons of after the backup came back with the list of rights; they have no install.
    known = select(schema.person.c.id)
    of_another = select(right.c.person).where(
        right.c.scope == scope,
        right.c.person != person,
        right.c.person.in_(known),
        right.c.until.is_(None),
    )
    is_taken = any(
        desk.connection.execute(query.limit(1)).first() is not None
        for query in (of_install, of_another)
    )
    if is_taken or not scope.startswith(PERSON):
        raise Refused("SC-SERV-085")


def _begin(desk: Desk, install: InstallId, scope: str) -> None:
    """Put the first record into the scope: a laptop learns of a scope by what it can read there.

    It is a lease of numbers, as an activation gives one to a scope that it makes.
    """
    table = schema.scope
    query = select(table.c.head).where(table.c.scope == scope)
    if desk.connection.execute(query).scalar_one() > 0:
        return
    hr = select(schema.install.c.hr).where(schema.install.c.id == install)
    records = hold_one(desk, scope)
    number_leases.give_lease(records, install, desk.connection.execute(hr).scalar_one())
    records.flush()


def _live(desk: Desk, person: PersonId, scope: str) -> Right | None:
    table = schema.scope_right
    query = select(table.c.classes, table.c.may_write).where(
        table.c.person == person, table.c.scope == scope, table.c.until.is_(None)
    )
    row = desk.connection.execute(query.with_for_update()).first()
    if row is None:
        return None
    return right_of(scope, row.classes, may_write=row.may_write)


def _add(desk: Desk, person: PersonId, right: Right, until: datetime | None = None) -> None:
    """Add a right after all that the person had to the scope."""
    table = schema.scope_right
    newest = select(func.max(table.c.since)).where(
        table.c.person == person, table.c.scope == right.scope
    )
    before = desk.connection.execute(newest).scalar()
    # Two acts of one millisecond are told apart, or the second would write over the first.
    since = desk.now if before is None else max(desk.now, before + timedelta(milliseconds=1))
    desk.connection.execute(
        insert(table).values(
            person=person,
            scope=right.scope,
            since=since,
            classes=grant_text(right.classes),
            may_write=right.may_write,
            until=until,
        )
    )


def _end(desk: Desk, person: PersonId, scope: str) -> None:
    table = schema.scope_right
    live = (table.c.person == person) & (table.c.scope == scope) & table.c.until.is_(None)
    desk.connection.execute(update(table).where(live).values(until=desk.now))


def _note(
    desk: Desk, act: Act, scope: str, person: PersonId, reason: str, install: str = ""
) -> None:
    row = {
        "at": desk.now,
        "action": act.value,
        "scope": scope,
        "person": person,
        "install": install,
        "reason": reason,
    }
    desk.connection.execute(insert(schema.right_change), row)
    rights_list.note_rights(desk, [person], install)
    log.info("right", extra={"act": act.value, "install": install})
