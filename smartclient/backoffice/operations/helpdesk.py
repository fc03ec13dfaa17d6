"""What the help desk sees of an install, and what it may do with one."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Update, delete, func, or_, select, update

from smartclient.backoffice.operations import desk_acts
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.registers import rights_list
from smartclient.backoffice.operations.signed_packages import Standing
from smartclient.backoffice.tables import observing, schema
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import HrNumber, InstallId, PersonId
from smartclient.wire.support_codes import as_typed

MOST_FOUND = 50
SYNCS_SHOWN = 10
ALARMS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One install in a list."""

    install: InstallId
    person: PersonId
    name: str
    identification: str
    hr: HrNumber
    partner: str
    activated_at: datetime
    revoked_at: datetime | None
    last_contact: datetime | None


@dataclass(frozen=True, slots=True)
class Sync:
    """One synchronisation as the server saw it."""

    install: InstallId
    code: str
    started_at: datetime
    last_at: datetime
    requests: int
    pushed: int
    not_taken: int
    pulled: int
    bytes_in: int
    bytes_out: int
    outcome: str
    version: str


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm of one of its scopes."""

    kind: str
    record: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything the help desk sees of an install; nothing of any client."""

    found: Found
    version: str
    scopes: tuple[str, ...]
    documents: Mapping[str, int]
    """By their state at the server."""
    waiting: Mapping[str, int]
    """What waits for the server or a person, by what it is."""
    syncs: tuple[Sync, ...]
    alarms: tuple[Raised, ...]


def find(desk: Desk, text: str) -> list[Found]:
    """Installs by anything a caller can say, the newest contact first; at most `MOST_FOUND`.

    Name, identification, ČNB number, e-mail, telephone, HR number, partner, the number of a
    document, the id of an install, or the support code of a synchronisation. Case and accents do
    not matter.
    """
    wanted = _plain(text)
    if not wanted:
        return []
    install, person, partner = schema.install, schema.person, schema.partner
    people = select(
        person.c.id,
        person.c.name,
        person.c.identification,
        person.c.cnb_number,
        person.c.email,
        person.c.phone,
    )
    persons = [
        row.id
        for row in desk.connection.execute(people)
        if any(wanted in _plain(said) for said in row[1:])
    ]
    partners = [
        row.hr
        for row in desk.connection.execute(select(partner.c.hr, partner.c.name))
        if wanted in _plain(row.name) or wanted == _plain(row.hr)
    ]
    typed = text.strip()
    its_documents = select(schema.record.c.install).where(
        schema.record.c.number == typed, schema.record.c.number != ""
    )
    its_sync = select(observing.sync_seen.c.install).where(
        observing.sync_seen.c.code == (as_typed(text) or "-")
    )
    found = or_(
        install.c.person.in_(persons[:1000]),
        install.c.hr.in_(partners[:1000]),
        install.c.id == typed.lower(),
        install.c.id.in_(its_documents),
        install.c.id.in_(its_sync),
    )
    return _installs(desk, found)


def look_at(desk: Desk, install: InstallId) -> Seen:
    """An install; NotAllowed SC-HELP-003 for one that does not exist."""
    table = schema.install
    listed = _installs(desk, table.c.id == install)
    if not listed:
        raise NotAllowed("SC-HELP-003")
    contact = observing.install_contact
    version = select(contact.c.version).where(contact.c.install == install)
    scopes = _scopes(desk, install)
    return Seen(
        listed[0],
        desk.connection.execute(version).scalar() or "",
        scopes,
        _documents(desk, scopes[0]),
        _waiting(desk, scopes[0], install),
        tuple(_syncs(desk, observing.sync_seen.c.install == install, SYNCS_SHOWN)),
        _alarms(desk, scopes),
    )


def find_syncs(desk: Desk, typed: str) -> list[Sync]:
    """The synchronisations of a support code; NotAllowed SC-HELP-004 when there is none."""
    code = as_typed(typed)
    found = _syncs(desk, observing.sync_seen.c.code == code, SYNCS_SHOWN) if code else []
    if not found:
        raise NotAllowed("SC-HELP-004")
    return found


def revoke(desk: Desk, install: InstallId, reason: str) -> None:
    """From now on the install gets no answer but that it is revoked; its tokens end at once.

    Raises NotAllowed SC-HELP-003 (unknown) and SC-HELP-005 (revoked already).
    """
    table = schema.install
    of_it = (table.c.id == install) & table.c.revoked_at.is_(None)
    _change(desk, install, update(table).where(of_it).values(revoked_at=desk.now), "SC-HELP-005")
    desk.connection.execute(delete(schema.token).where(schema.token.c.install == install))
    desk_acts.note(desk, "revoke", install, reason)
    rights_list.note_install(desk, install)


def reactivate(desk: Desk, install: InstallId, reason: str) -> None:
    """The same install, with the same keys, is answered again; it sends what it kept by itself.

    Raises NotAllowed SC-HELP-003 (unknown) and SC-HELP-006 (not revoked).
    """
    table = schema.install
    of_it = (table.c.id == install) & table.c.revoked_at.is_not(None)
    _change(desk, install, update(table).where(of_it).values(revoked_at=None), "SC-HELP-006")
    desk_acts.note(desk, "reactivate", install, reason)
    rights_list.note_install(desk, install)


def _change(desk: Desk, install: InstallId, statement: Update, otherwise: str) -> None:
    there = select(schema.install.c.id).where(schema.install.c.id == install)
    if desk.connection.execute(there).first() is None:
        raise NotAllowed("SC-HELP-003")
    changed = desk.connection.execute(statement.returning(schema.install.c.id)).first()
    if changed is None:
        raise NotAllowed(otherwise)


def _installs(desk: Desk, wanted: ColumnElement[bool]) -> list[Found]:
    install, person, partner = schema.install, schema.person, schema.partner
    contact = observing.install_contact
    query = (
        select(
            install.c.id,
            install.c.person,
            person.c.name,
            person.c.identification,
            install.c.hr,
            func.coalesce(partner.c.name, "").label("partner"),
            install.c.activated_at,
            install.c.revoked_at,
            contact.c.last_at,
        )
        .join(person, person.c.id == install.c.person)
        .outerjoin(partner, partner.c.hr == install.c.hr)
        .outerjoin(contact, contact.c.install == install.c.id)
        .where(wanted)
        .order_by(func.coalesce(contact.c.last_at, install.c.activated_at).desc(), install.c.id)
        .limit(MOST_FOUND)
    )
    return [Found(*row) for row in desk.connection.execute(query)]


def _scopes(desk: Desk, install: InstallId) -> tuple[str, ...]:
    """Its own scope, then those its person has a right to now."""
    table, right = schema.install, schema.scope_right
    own, person = desk.connection.execute(
        select(table.c.scope, table.c.person).where(table.c.id == install)
    ).one()
    is_live = right.c.until.is_(None) | (right.c.until > desk.now)
    given = select(right.c.scope).where(right.c.person == person, is_live).order_by(right.c.scope)
    return tuple(dict.fromkeys((own, *desk.connection.execute(given).scalars())))


def _documents(desk: Desk, scope: str) -> dict[str, int]:
    table = schema.record
    query = select(table.c.state, func.count().label("documents")).where(
        table.c.scope == scope, table.c.kind == "document"
    )
    counted = desk.connection.execute(query.group_by(table.c.state))
    return {row.state: row.documents for row in counted}


def _waiting(desk: Desk, scope: str, install: InstallId) -> dict[str, int]:
    judged, package, handed = schema.judgement_due, schema.signed_package, schema.handed_in
    is_pending = package.c.standing == Standing.PENDING.value
    asked = {
        "judgements": (judged, judged.c.scope == scope),
        "signed_packages": (package, (package.c.scope == scope) & is_pending),
        "handed_in": (handed, (handed.c.install == install) & handed.c.done_at.is_(None)),
    }
    return {
        what: desk.connection.execute(
            select(func.count()).select_from(table).where(of_it)
        ).scalar_one()
        for what, (table, of_it) in asked.items()
    }


def _syncs(desk: Desk, wanted: ColumnElement[bool], limit: int) -> list[Sync]:
    table = observing.sync_seen
    query = select(table).where(wanted).order_by(table.c.last_at.desc()).limit(limit)
    return [Sync(**row) for row in desk.connection.execute(query).mappings()]


def _alarms(desk: Desk, scopes: tuple[str, ...]) -> tuple[Raised, ...]:
    table = schema.alarm
    query = select(table.c.kind, table.c.record, table.c.at).where(table.c.scope.in_(scopes))
    newest = query.order_by(table.c.at.desc()).limit(ALARMS_SHOWN)
    return tuple(Raised(*row) for row in desk.connection.execute(newest))


def _plain(text: str) -> str:
    """Without case, accents and spaces."""
    parted = unicodedata.normalize("NFD", text.casefold())
    return "".join(each for each in parted if not unicodedata.combining(each) and each != " ")
