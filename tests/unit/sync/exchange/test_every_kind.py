"""Every kind of the table goes its way: written, read on another laptop, left, erased.

Those with a life of their own here (documents, clients, consents, packages) have their own tests as
well; the others are carried by the table alone, so that what comes later needs no protocol.
"""

from pathlib import Path

import pytest

from smartclient.backoffice.operations.registers import erasures
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.operations.server_records import put_server_record
from smartclient.domain.ids import ClientId, HrNumber, InstallId, Op, RecordId
from smartclient.store.appends import Appended, Appends
from smartclient.wire.kinds import KINDS, Home, RecordKind, Write
from smartclient.wire.messages import JsonObject
from tests.simulators.inprocess import InProcessServer
from tests.unit.sync.exchange.registers import OFFICE, Adviser, quiet, take_office

pytestmark = pytest.mark.usefixtures("office")

LIVING = {
    RecordKind.DOCUMENT,
    RecordKind.CLIENT,
    RecordKind.CONSENT_EVENT,
    RecordKind.SIGNED_PACKAGE,
    RecordKind.ATTACHMENT,
    RecordKind.CLIENT_MERGE,
    RecordKind.CLIENT_HIDE,
    RecordKind.ERASE_REQUEST,
    RecordKind.DOCUMENT_STATUS,
    RecordKind.CONTACT_HISTORY,
    RecordKind.NUMBER_LEASE,
    RecordKind.TEXT_VERSION,
}
"""Kinds with a body and a life of their own: `test_engine`, `test_registers`, `test_erased_clients`,
`test_register_ends`. A kind that is new to the table is followed here until it has one."""
CARRIED = sorted(set(KINDS) - LIVING)
TYPED = [kind for kind in CARRIED if KINDS[kind].write is not Write.SERVER]


def _written(adviser: Adviser, kind: RecordKind, client: ClientId) -> RecordId:
    """A record of the kind, as its own part of the program will write it."""
    with adviser.laptop.database.write() as tx:
        name = RecordId(tx.unit.ids.new())
        parent = client if KINDS[kind].has_parent else ""
        body: JsonObject = {"said": kind.value, "city": "Brno", "of": client}
        if KINDS[kind].write is Write.REPLACE:
            tx.registers.edit(name, kind, body, parent)
        else:
            made = Appended(Op(name), kind, parent, body, adviser.clock.now())
            Appends(tx.unit).write([made])
    return name


def _told(
    server: InProcessServer, adviser: Adviser, kind: RecordKind, client: ClientId
) -> RecordId:
    """A record of the kind that the server writes."""
    rule = KINDS[kind]
    scope = adviser.installed.scope if rule.home is Home.PERSON else OFFICE
    name = RecordId(server.office.ids.new())
    with server.office.writing() as desk:
        records = hold_one(desk, scope)
        body: JsonObject = {"said": kind.value, "city": "Brno", "of": client}
        nobody = (InstallId(""), HrNumber(""))
        parent = client if rule.has_parent else ""
        put_server_record(records, name, kind, body, nobody, parent=parent)
        records.flush()
    return name


def _read(adviser: Adviser, kind: RecordKind, name: RecordId) -> JsonObject | None:
    with adviser.laptop.database.read() as tx:
        if KINDS[kind].write is Write.APPEND:
            appended = Appends(tx.unit).find(name)
            return None if appended is None else appended.body
        kept = tx.kept_bodies.find(name)
        return None if kept is None else kept.body


def _made(
    server: InProcessServer, adviser: Adviser, kind: RecordKind, client: ClientId
) -> RecordId:
    if KINDS[kind].write is Write.SERVER:
        return _told(server, adviser, kind, client)
    return _written(adviser, kind, client)


@pytest.mark.parametrize("kind", CARRIED)
def test_that_a_record_of_any_kind_reaches_who_may_read_it_and_goes_with_the_right(
    server: InProcessServer, jana: Adviser, eva: Adviser, kind: RecordKind
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    name = _made(server, jana, kind, client)
    quiet(jana, eva)
    assert _read(jana, kind, name) == {"said": kind.value, "city": "Brno", "of": client}
    of_everybody = KINDS[kind].home is not Home.PERSON
    assert (_read(eva, kind, name) == _read(jana, kind, name)) is of_everybody
    assert jana.waits() == 0
    take_office(server, eva.installed)
    quiet(eva, jana)
    assert _read(eva, kind, name) is None
    assert _read(jana, kind, name) is not None


@pytest.mark.parametrize("kind", [kind for kind in CARRIED if KINDS[kind].has_parent])
def test_that_a_record_of_any_kind_goes_with_the_client_it_hangs_on(
    server: InProcessServer, jana: Adviser, eva: Adviser, tmp_path: Path, kind: RecordKind
) -> None:
    client = jana.adds()
    quiet(jana, eva)
    name = _made(server, jana, kind, client)
    quiet(jana, eva)
    with server.office.writing() as desk:
        erasures.erase(desk, client, tmp_path / "erasures", "asked for", documents=True)
    quiet(jana, eva)
    assert _read(jana, kind, name) is None
    assert _read(eva, kind, name) is None


@pytest.mark.parametrize("kind", [kind for kind in TYPED if KINDS[kind].merges])
def test_that_two_edits_of_any_register_are_merged_by_field(
    jana: Adviser, eva: Adviser, kind: RecordKind
) -> None:
    client = jana.adds()
    name = _written(jana, kind, client)
    quiet(jana, eva)
    for adviser, field in ((jana, {"city": "Praha"}), (eva, {"said": "otherwise"})):
        known = _read(adviser, kind, name)
        assert known is not None
        with adviser.laptop.database.write() as tx:
            parent = client if KINDS[kind].has_parent else ""
            tx.registers.edit(name, kind, {**known, **field}, parent)
    quiet(jana, eva)
    for adviser in (jana, eva):
        assert _read(adviser, kind, name) == {"said": "otherwise", "city": "Praha", "of": client}
