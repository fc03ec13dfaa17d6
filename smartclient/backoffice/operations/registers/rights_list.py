"""Rights, kept outside of the database as well, so that no restore gives back what was taken.

Each act adds what is true after it: every right that the person ever had, with its end; of which
person an install is and whether it was revoked; a new office. Ids only, but for the names of
offices. The line is on the disk before the act is committed, under the rows of the person and the
install, so that the last line of each is what stands. Of an act that may never have been committed
a restore takes only what it takes away.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
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
    _keep(desk, entries + _install(desk, install))


def note_install(desk: Desk, install: InstallId) -> None:
    """Keep of whom the install is, and whether it was revoked."""
    _keep(desk, _install(desk, install))


def note_office(desk: Desk, office: str, name: str) -> None:
    """Keep an office that was made."""
    entry: JsonObject = {"at": to_text(desk.now), "office": office, "name": name}
    _keep(desk, [entry])


def _keep(desk: Desk, entries: list[JsonObject]) -> None:
    path = desk.outside / FILE
    act: JsonObject = {lasting_lines.ACT: lasting_lines.begin(desk, path)}
    lasting_lines.append(path, [entry | act for entry in entries])


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
    act: str = ""


@dataclass(frozen=True, slots=True)
class _OfInstall:
    """Of whom an install is, and since when it is revoked."""

    id: InstallId
    person: PersonId
    revoked_at: datetime | None
    act: str = ""


@dataclass(frozen=True, slots=True)
class _OfOffice:
    """An office that was made."""

    id: str
    name: str
    created_at: datetime
    act: str = ""


_Entry = _OfPerson | _OfInstall | _OfOffice


def _entry(source: Json) -> _Entry:
    """A line as it is read; BadInput SC-SYNC-010."""
    fields = mapping(source, "entry")
    act = text(fields, lasting_lines.ACT, 40) if lasting_lines.ACT in fields else ""
    if "person" in fields:
        person = PersonId(uuid_text(fields, "person"))
        rights = listed(fields, "rights", lambda each: _row(person, each), _MOST)
        return _OfPerson(person, rights, act)
    if "install" in fields:
        install, of = (uuid_text(fields, name) for name in ("install", "of"))
        revoked_at = _or_none(fields, "revoked_at")
        return _OfInstall(InstallId(install), PersonId(of), revoked_at, act)
    name = text(fields, "name", _MAX_NAME)
    return _OfOffice(text(fields, "office", 60), name, instant(fields, "at"), act)


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

    An install that the restored database does not know stays unknown: its key was not kept. Of an
    act in doubt (see `unsure`) only the restriction counts. Done again it changes nothing. Damaged
    SC-SERV-083 for a line that cannot be read.
    """
    newest, doubtful = _standing(path)
    for of in doubtful.values():
        for each in of:
            stands = newest.get(each.id) or _as_it_is(desk, each)
            if stands is not None:
                newest[each.id] = _restricted(stands, each)
    # Offices first, then rights: an install is joined to a person who has them.
    return sum(_again(desk, each) for each in sorted(newest.values(), key=_in_order))


def unsure(path: Path) -> list[str]:
    """Persons, installs and offices of whose last act nobody knows whether it was committed."""
    return sorted(_standing(path)[1])


def confirm(desk: Desk, path: Path) -> int:
    """Confirm the acts of the list that the database did carry out; how many there were.

    A process may have died between its commit and the line that tells of it.
    """
    acts: dict[str, bool] = {}
    for of in _standing(path)[1].values():
        for each in of:
            acts[each.act] = acts.get(each.act, True) and _is_carried_out(desk, each)
    carried_out = sorted(act for act, is_carried_out in acts.items() if is_carried_out)
    for act in carried_out:
        lasting_lines.confirm(path, act)
    return len(carried_out)


def _standing(path: Path) -> tuple[dict[str, _Entry], dict[str, list[_Entry]]]:
    """The last entry of each that is sure, and what in doubt came after it."""
    in_doubt = lasting_lines.unsure(path)
    newest: dict[str, _Entry] = {}
    doubtful: dict[str, list[_Entry]] = {}
    for each in lasting_lines.read(path, _entry):
        if each.act in in_doubt:
            doubtful.setdefault(each.id, []).append(each)
        else:
            newest[each.id] = each
            doubtful.pop(each.id, None)
    return newest, doubtful


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
    table, differing = schema.scope_right, _differing(desk, entry)
    upsert(desk.connection, table, differing)
    for scope in sorted({str(row["scope"]) for row in differing}):
        make_scope(desk, scope)
    return bool(differing)


def _differing(desk: Desk, entry: _OfPerson) -> list[dict[str, object]]:
    """The rights of the entry that the database does not have like this."""
    table = schema.scope_right
    query = select(table).where(table.c.person == entry.id)
    there = {_key(row): dict(row) for row in desk.connection.execute(query).mappings()}
    return [row for row in entry.rights if there.get(_key(row)) != row]


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


def _as_it_is(desk: Desk, entry: _Entry) -> _Entry | None:
    """What the database says of whom the entry is of; None for what it does not know."""
    match entry:
        case _OfPerson():
            right = schema.scope_right
            rows = desk.connection.execute(select(right).where(right.c.person == entry.id))
            return replace(entry, rights=tuple(dict(row) for row in rows.mappings()))
        case _OfInstall():
            table = schema.install
            query = select(table.c.person, table.c.revoked_at).where(table.c.id == entry.id)
            there = desk.connection.execute(query).one_or_none()
            return there and replace(entry, person=there.person, revoked_at=there.revoked_at)
        case _OfOffice():
            return None


def _restricted(stands: _Entry, doubtful: _Entry) -> _Entry:
    """What stands, with what the act in doubt takes away: a right that ended, an install revoked.

    A right that another one took the place of stays: nothing says that the other one counts.
    """
    match stands, doubtful:
        case _OfPerson(), _OfPerson():
            kept = {row["scope"] for row in doubtful.rights if row["until"] is None}
            ends = {_key(row): row["until"] for row in doubtful.rights if row["scope"] not in kept}
            rights = tuple(
                {**row, "until": row["until"] or ends.get(_key(row))} for row in stands.rights
            )
            return replace(stands, rights=rights)
        case _OfInstall(), _OfInstall():
            return replace(stands, revoked_at=stands.revoked_at or doubtful.revoked_at)
        case _:
            return stands


def _is_carried_out(desk: Desk, entry: _Entry) -> bool:
    match entry:
        case _OfOffice():
            of_it = select(schema.office.c.id).where(schema.office.c.id == entry.id)
            return desk.connection.execute(of_it).first() is not None
        case _OfPerson():
            return not _differing(desk, entry)
        case _OfInstall():
            table = schema.install
            query = select(table.c.person, table.c.revoked_at).where(table.c.id == entry.id)
            return desk.connection.execute(query).first() == (entry.person, entry.revoked_at)
