"""Rights, kept outside of the database as well, so that no restore gives back what was taken.

Each act adds what is true after it: every right that the person ever had, with its end; of which
person an install is and whether it was revoked; a new office. Ids only, but for the names of
offices. The line is on the disk before the act is committed, under the rows of the person and the
install, so that the last line of each is what stands.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import RowMapping, delete, select, update

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import OFFICE
from smartclient.backoffice.operations.registers import lasting_lines
from smartclient.backoffice.operations.registers.scopes import make_scope
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_one, upsert
from smartclient.domain.clock import to_text
from smartclient.domain.ids import InstallId, PersonId
from smartclient.wire.messages import (
    MAX_SCOPE,
    Json,
    JsonObject,
    instant,
    listed,
    mapping,
    text,
    truth,
    uuid_text,
)

FILE = "rights.ndjson"
_MOST = 100_000
_MAX_NAME = 200


def note_rights(desk: Desk, persons: Collection[PersonId], install: str = "") -> None:
    """Keep the rights that these persons have now, and of whom the install is."""
    table = schema.scope_right
    query = select(table).where(table.c.person.in_(sorted(persons)))
    of: dict[PersonId, list[Json]] = {person: [] for person in sorted(persons)}
    for row in desk.connection.execute(query.order_by(table.c.since)).mappings():
        of[row["person"]].append(_right(row))
    entries: list[JsonObject] = [
        {"at": to_text(desk.now), "person": person, "rights": rights}
        for person, rights in of.items()
    ]
    lasting_lines.append(desk.outside / FILE, entries + _install(desk, install))


def note_install(desk: Desk, install: InstallId) -> None:
    """Keep of whom the install is, and whether it was revoked."""
    lasting_lines.append(desk.outside / FILE, _install(desk, install))


def note_office(desk: Desk, office: str, name: str) -> None:
    """Keep an office that was made."""
    entry: JsonObject = {"at": to_text(desk.now), "office": office, "name": name}
    lasting_lines.append(desk.outside / FILE, [entry])


def _right(row: RowMapping) -> JsonObject:
    return {
        "scope": row["scope"],
        "since": to_text(row["since"]),
        "classes": row["classes"],
        "may_write": row["may_write"],
        "until": to_text(row["until"]) if row["until"] else "",
    }


def _install(desk: Desk, install: str) -> list[JsonObject]:
    table = schema.install
    query = select(table.c.person, table.c.revoked_at).where(table.c.id == install)
    return [
        {
            "at": to_text(desk.now),
            "install": install,
            "of": row.person,
            "revoked_at": to_text(row.revoked_at) if row.revoked_at else "",
        }
        for row in desk.connection.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class _OfPerson:
    """Every right that a person ever had, as rows."""

    id: PersonId
    rights: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class _OfInstall:
    """Of whom an install is, and since when it is revoked."""

    id: InstallId
    person: PersonId
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class _OfOffice:
    """An office that was made."""

    id: str
    name: str
    created_at: datetime


_Entry = _OfPerson | _OfInstall | _OfOffice


def _entry(source: Json) -> _Entry:
    """A line as it is read; BadInput SC-SYNC-010."""
    fields = mapping(source, "entry")
    if "person" in fields:
        person = PersonId(uuid_text(fields, "person"))
        rights = listed(fields, "rights", lambda each: _row(person, each), _MOST)
        return _OfPerson(person, rights)
    if "install" in fields:
        install, of = (uuid_text(fields, name) for name in ("install", "of"))
        return _OfInstall(InstallId(install), PersonId(of), _or_none(fields, "revoked_at"))
    name = text(fields, "name", _MAX_NAME)
    return _OfOffice(text(fields, "office", 60), name, instant(fields, "at"))


def _row(person: PersonId, source: Json) -> dict[str, object]:
    fields = mapping(source, "right")
    return {
        "person": person,
        "scope": text(fields, "scope", MAX_SCOPE),
        "since": instant(fields, "since"),
        "classes": text(fields, "classes", 80),
        "may_write": truth(fields, "may_write"),
        "until": _or_none(fields, "until"),
    }


def _or_none(fields: JsonObject, name: str) -> datetime | None:
    return instant(fields, name) if fields.get(name) else None


def replay(desk: Desk, path: Path) -> int:
    """Bring rights, installs and offices to what the list says; how many were otherwise.

    An install that the restored database does not know stays unknown: its key was not kept. Done
    again it changes nothing. Damaged SC-SERV-083 for a line that cannot be read.
    """
    newest = {each.id: each for each in lasting_lines.read(path, _entry)}
    # Offices first, then rights: an install is joined to a person who has them.
    return sum(_again(desk, each) for each in sorted(newest.values(), key=_in_order))


def _in_order(entry: _Entry) -> int:
    return (_OfOffice, _OfPerson, _OfInstall).index(type(entry))


def _again(desk: Desk, entry: _Entry) -> bool:
    match entry:
        case _OfOffice():
            return _again_office(desk, entry)
        case _OfPerson():
            return _again_rights(desk, entry)
        case _OfInstall():
            return _again_install(desk, entry)


def _again_office(desk: Desk, entry: _OfOffice) -> bool:
    row = {"id": entry.id, "name": entry.name, "created_at": entry.created_at}
    if not insert_one(desk.connection, schema.office, row):
        return False
    make_scope(desk, f"{OFFICE}{entry.id}")
    return True


def _again_rights(desk: Desk, entry: _OfPerson) -> bool:
    table = schema.scope_right
    query = select(table).where(table.c.person == entry.id)
    there = {_key(row): dict(row) for row in desk.connection.execute(query).mappings()}
    differing = [row for row in entry.rights if there.get(_key(row)) != row]
    upsert(desk.connection, table, differing)
    for scope in sorted({str(row["scope"]) for row in differing}):
        make_scope(desk, scope)
    return bool(differing)


def _key(row: RowMapping | dict[str, object]) -> tuple[object, object]:
    return row["scope"], row["since"]


def _again_install(desk: Desk, entry: _OfInstall) -> bool:
    table, known = schema.install, schema.person
    query = select(table.c.person, table.c.revoked_at).where(table.c.id == entry.id)
    there = desk.connection.execute(query).one_or_none()
    if there is None:
        return False
    is_known = select(known.c.id).where(known.c.id == entry.person)
    # Joined to somebody of after the backup, it goes back to whom it was of: joined anew by hand.
    is_there = desk.connection.execute(is_known).first() is not None
    person = entry.person if is_there else there.person
    if (there.person, there.revoked_at) == (person, entry.revoked_at):
        return False
    changed = {"person": person, "revoked_at": entry.revoked_at}
    desk.connection.execute(update(table).where(table.c.id == entry.id).values(**changed))
    if entry.revoked_at is not None:
        desk.connection.execute(delete(schema.token).where(schema.token.c.install == entry.id))
    return True
