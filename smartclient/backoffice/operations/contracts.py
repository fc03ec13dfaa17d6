"""The register of contracts in force: what change requests begin from, and what they change.

Each contract belongs to one partner and has revisions from 1; none is ever written anew. The
content of a revision (policyholder, tariff version, settings) is sealed with a data key of the
contract's own. Who reads the register for an adviser asks by number, and learns of the contracts of
the adviser's own partner only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import RowMapping, insert, literal, select, update

from smartclient.backoffice.operations.limits import Limit, take_one
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.partners import require_partner
from smartclient.backoffice.operations.principals import Principal
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.columns import Instant
from smartclient.backoffice.tables.engine import insert_from, insert_one
from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import Refused
from smartclient.domain.ids import HrNumber, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.contracts import Contract
from smartclient.wire.messages import Json, JsonObject

BY_INSTALL = Limit(60, timedelta(hours=1))
BY_PARTNER = Limit(1_200, timedelta(hours=1))
"""Nobody has that many contracts to change; who tries numbers one after another is stopped."""


class Source(StrEnum):
    """Where a revision comes from."""

    IMPORT = "import"
    REQUEST = "request"


class Saved(StrEnum):
    """What became of a contract that was imported."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A contract as the insurer states it; the register counts its revisions."""

    number: ContractNumber
    hr: HrNumber
    product: str
    tariff_version: int
    policyholder: str
    settings: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Registered:
    """A contract of the register at one revision, with the partner that keeps it."""

    hr: HrNumber
    contract: Contract


@dataclass(frozen=True, slots=True)
class Cause:
    """The request that makes a revision; all empty for an import."""

    scope: str = ""
    document: RecordId | str = ""
    op: Op | str = ""


def count_question(desk: Desk, principal: Principal) -> None:
    """Count a question to the register; NotAllowed SC-SERV-012, also Refused for the partner.

    Raises Refused SC-SERV-014 and SC-SERV-015 for a partner that is unknown or blocked.
    """
    require_partner(desk, principal.hr)
    limits = {
        f"contracts of install {principal.install}": BY_INSTALL,
        f"contracts of partner {principal.hr}": BY_PARTNER,
    }
    take_one(desk, limits)


def read_own(desk: Desk, principal: Principal, number: ContractNumber) -> Contract:
    """A contract of the adviser's partner as it stands.

    Refused SC-CONTRACT-002 for an unknown one and for another partner's: they look the same.
    """
    found = find(desk, number)
    if found is None or found.hr != principal.hr:
        raise Refused("SC-CONTRACT-002")
    return found.contract


def find(
    desk: Desk, number: ContractNumber, revision: int | None = None, *, hold: bool = False
) -> Registered | None:
    """A contract at a revision, the newest by default; `hold` keeps others from changing it."""
    table, of = schema.contract, schema.contract_revision
    wanted = table.c.revision if revision is None else literal(revision)
    query = (
        select(table, of.c.revision.label("at"), of.c.content)
        .join(of, (of.c.number == table.c.number) & (of.c.revision == wanted))
        .where(table.c.number == number)
    )
    # Waiting must end in the newest revision, so the row is held before the rest is read.
    if hold:
        held = select(table.c.number).where(table.c.number == number).with_for_update()
        desk.connection.execute(held).all()
    row = desk.connection.execute(query).mappings().one_or_none()
    return None if row is None else Registered(row["hr"], _contract(desk, row))


def save(desk: Desk, entry: RegisterEntry) -> Saved:
    """Take a contract over as it is stated; what the register says already makes no revision."""
    table = schema.contract
    content = _content(entry.policyholder, entry.tariff_version, entry.settings)
    data_key = desk.keys.new(_name(entry.number), desk.random)
    whose = {"hr": entry.hr, "product": entry.product, "changed_at": desk.now}
    new = {"number": entry.number, "revision": 0, "data_key": data_key, **whose}
    if insert_one(desk.connection, table, new):
        _add_revision(desk, entry.number, content, Source.IMPORT, Cause())
        return Saved.NEW
    of_it = table.c.number == entry.number
    row = desk.connection.execute(select(table).where(of_it).with_for_update()).one()
    moves = (row.hr, row.product) != (entry.hr, entry.product)
    if moves:
        desk.connection.execute(update(table).where(of_it).values(whose))
    if _newest_digest(desk, entry.number, row.revision) != encoding.sha256(content):
        _add_revision(desk, entry.number, content, Source.IMPORT, Cause())
    elif moves:
        _judge_requests(desk, entry.number)
    else:
        return Saved.UNCHANGED
    return Saved.CHANGED


def change(desk: Desk, contract: Contract, cause: Cause) -> None:
    """Make the next revision, with this content, by a request that the insurer accepted."""
    content = _content(contract.policyholder, contract.tariff_version, contract.settings)
    _add_revision(desk, contract.number, content, Source.REQUEST, cause)


def is_changed_by(desk: Desk, number: ContractNumber, cause: Cause) -> bool:
    """Whether the request made a revision already."""
    of = schema.contract_revision
    query = select(of.c.revision).where(
        of.c.number == number,
        of.c.scope == cause.scope,
        of.c.document == cause.document,
        of.c.op == cause.op,
    )
    return desk.connection.execute(query).first() is not None


def _name(number: ContractNumber) -> str:
    """What the data key of a contract is bound to; no scope is called so."""
    return f"contract {number}"


def _content(policyholder: str, tariff_version: int, settings: Mapping[str, Json]) -> bytes:
    stated: JsonObject = {
        "policyholder": policyholder,
        "tariff_version": tariff_version,
        "settings": dict(settings),
    }
    return encoding.canonical(stated)


def _contract(desk: Desk, row: RowMapping) -> Contract:
    key = desk.keys.of(_name(row["number"]), row["data_key"])
    content = encoding.unpack(key.open(row["content"], f"{row['number']} {row['at']}"))
    stated = cast("JsonObject", encoding.parse(content))
    return Contract.from_json(
        {**stated, "number": row["number"], "revision": row["at"], "product": row["product"]}
    )


def _newest_digest(desk: Desk, number: ContractNumber, revision: int) -> Sha256:
    of = schema.contract_revision
    query = select(of.c.sha256).where(of.c.number == number, of.c.revision == revision)
    return Sha256(desk.connection.execute(query).scalar_one())


def _add_revision(
    desk: Desk, number: ContractNumber, content: bytes, source: Source, cause: Cause
) -> None:
    """The next revision, in a transaction that holds the contract's row; its requests are due."""
    table = schema.contract
    grown = (
        update(table)
        .where(table.c.number == number)
        .values(revision=table.c.revision + 1, changed_at=desk.now)
        .returning(table.c.revision, table.c.data_key)
    )
    row = desk.connection.execute(grown).one()
    key = desk.keys.of(_name(number), row.data_key)
    sealed = key.seal(encoding.pack(content), f"{number} {row.revision}", desk.random)
    desk.connection.execute(
        insert(schema.contract_revision).values(
            number=number,
            revision=row.revision,
            sha256=encoding.sha256(content),
            content=sealed,
            source=source.value,
            scope=cause.scope,
            document=cause.document,
            op=cause.op,
            made_at=desk.now,
        )
    )
    _judge_requests(desk, number)


def _judge_requests(desk: Desk, number: ContractNumber) -> None:
    """Have the open requests on the contract judged again; until then none of them is sealed."""
    request, record = schema.contract_request, schema.record
    same = (record.c.scope == request.c.scope) & (record.c.id == request.c.document)
    found = (
        select(request.c.scope, request.c.document, literal(desk.now, Instant), literal(0))
        .join(record, same)
        .where(request.c.number == number, record.c.state == ServerState.OPEN.value)
    )
    insert_from(desk.connection, schema.judgement_due, found)
