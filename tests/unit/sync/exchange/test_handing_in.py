"""A revoked install only reads; what it had not sent reaches the office in a file that only it opens."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import update

from smartclient.backoffice.api.application import application
from smartclient.backoffice.operations import handed_in_decisions, helpdesk, taking_in
from smartclient.backoffice.operations.blobs import find_in_scope, read
from smartclient.backoffice.operations.registers import handing_in
from smartclient.backoffice.operations.taking_in import TakenIn
from smartclient.backoffice.tables.schema import record
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import Damaged, NotAllowed, Refused
from smartclient.domain.ids import DocumentId
from smartclient.store.conflicts import Reason
from smartclient.store.schema import append
from smartclient.wire import handed_in
from smartclient.wire.encoding import sha256
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.documents import offer

PDF = b"%PDF signed at the kitchen table"


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    """The office's key."""
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def told(server: InProcessServer, key: ec.EllipticCurvePrivateKey) -> InProcessServer:
    """The server, which tells the key to installs."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    object.__setattr__(server.front, "hand_in_key", public.hex())
    server.application = application(server.front)
    return server


def _unsent(laptop: ExchangingLaptop, clock: SetClock) -> dict[str, DocumentId]:
    """An edit of a sent document, a new one, a signed one and a conflict; none of it was sent."""
    laptop.synchronise()
    with laptop.database.write() as tx:
        edited = tx.documents.create(offer("7200000001", "Sent Before"), Stage.DRAFT).id
    laptop.synchronise()
    with laptop.database.write() as tx:
        tx.documents.save(edited, offer("7200000001", "Edited Then"), Stage.DRAFT)
        new = tx.documents.create(offer("7200000002", "Never Sent"), Stage.DRAFT).id
        signed = tx.documents.create(offer("7200000003", "Signed")).id
        session = tx.signing.start(signed, b"frozen", b"{}", {})
        tx.signing.finish(session, PDF, {"pages": 3}, clock.now())
        tx.conflicts.keep(edited, Reason.STALE, offer("7200000001", "Beside"), Stage.DRAFT)
    return {"edited": edited, "new": new, "signed": signed}


def _revoke(server: InProcessServer, laptop: ExchangingLaptop) -> None:
    with server.office.writing() as desk:
        helpdesk.revoke(desk, laptop.identity.install, "stolen")
    with pytest.raises(Refused, match="SC-SERV-006"):
        laptop.synchronise()


def _take_in(server: InProcessServer, content: bytes, key: ec.EllipticCurvePrivateKey) -> TakenIn:
    package = handed_in.opened(content, key)
    with server.office.writing() as desk:
        return taking_in.take_in(desk, package, "the laptop was revoked")


def test_that_everything_unsent_of_a_revoked_install_reaches_the_office_once(
    told: InProcessServer,
    laptop: ExchangingLaptop,
    clock: SetClock,
    key: ec.EllipticCurvePrivateKey,
) -> None:
    documents = _unsent(laptop, clock)
    _revoke(told, laptop)
    package = laptop.engine.unsent_package()
    assert (package.edits, package.missing_files) == (5, 0)
    for word in (b"Never Sent", b"%PDF", b"answers"):
        assert word not in package.content
    taken = _take_in(told, package.content, key)
    assert (taken.edits, taken.known, taken.files) == (5, 0, 2)
    again = _take_in(told, laptop.engine.unsent_package().content, key)
    assert (again.edits, again.files) == (5, 2)
    with told.office.reading() as desk:
        waiting = handed_in_decisions.edits(desk, waiting=True)
        bodies = [handing_in.find(desk, each.op).line.body for each in waiting]
        file = read(desk, find_in_scope(desk, laptop.identity.scope, sha256(PDF)))
    assert len(waiting) == 5
    assert {each.meant_for for each in waiting} == {laptop.identity.scope}
    names = {body.get("client_name") for body in bodies if isinstance(body, dict)}
    assert names >= {"Edited Then", "Never Sent", "Signed", "Beside"}
    assert {each.record for each in waiting} >= set(documents.values())
    assert file == PDF


def test_that_what_the_server_has_is_not_handed_in_again(
    told: InProcessServer,
    laptop: ExchangingLaptop,
    clock: SetClock,
    key: ec.EllipticCurvePrivateKey,
) -> None:
    _unsent(laptop, clock)
    content = laptop.engine.unsent_package().content
    laptop.synchronise()
    taken = _take_in(told, content, key)
    assert (taken.edits, taken.known) == (1, 4)  # the conflict is only here
    with told.office.reading() as desk:
        assert len(handed_in_decisions.edits(desk, waiting=True)) == 1


def test_that_what_the_server_refused_is_handed_in_too(
    told: InProcessServer,
    laptop: ExchangingLaptop,
    clock: SetClock,
    key: ec.EllipticCurvePrivateKey,
) -> None:
    laptop.synchronise()
    with laptop.database.write() as tx:
        refused = tx.documents.create(offer("7200000001", "Refused"), Stage.DRAFT).id
        state = tx.records.find_all([refused])[refused]
        tx.records.keep([replace(state, parked="SC-SYNC-029")])
        signed = tx.documents.create(offer("7200000002", "Signed")).id
        session = tx.signing.start(signed, b"frozen", b"{}", {})
        package = tx.signing.finish(session, PDF, {"pages": 3}, clock.now())
        tx.unit.connection.execute(
            update(append).where(append.c.op == package).values(parked="SC-SERV-023")
        )
    taken = _take_in(told, laptop.engine.unsent_package().content, key)
    assert (taken.edits, taken.files, taken.missing_files) == (3, 2, 0)
    with told.office.reading() as desk:
        found = {each.record for each in handed_in_decisions.edits(desk, waiting=True)}
    assert found == {refused, signed, package}
    # It stays refused here: the next synchronisation does not offer it by itself.
    assert laptop.synchronise().pushed == 1
    with laptop.database.read() as tx:
        assert tx.feed.parked_codes() == ("SC-SERV-023", "SC-SYNC-029")


def test_that_what_was_erased_meanwhile_is_not_taken_in(
    told: InProcessServer,
    laptop: ExchangingLaptop,
    clock: SetClock,
    key: ec.EllipticCurvePrivateKey,
) -> None:
    documents = _unsent(laptop, clock)
    content = laptop.engine.unsent_package().content
    with told.office.writing() as desk:
        of_it = record.c.id == documents["edited"]
        desk.connection.execute(update(record).where(of_it).values(state=ServerState.ERASED.value))
    taken = _take_in(told, content, key)
    assert (taken.edits, taken.known, taken.erased) == (3, 0, 2)  # the edit and its conflict
    with told.office.reading() as desk:
        found = {str(each.record) for each in handed_in_decisions.edits(desk, waiting=True)}
    assert documents["edited"] not in found
    assert found >= {documents["new"], documents["signed"]}


def test_that_a_reactivated_install_sends_by_itself_what_it_kept(
    told: InProcessServer, laptop: ExchangingLaptop, clock: SetClock
) -> None:
    _unsent(laptop, clock)
    _revoke(told, laptop)
    laptop.engine.unsent_package()
    with told.office.writing() as desk:
        helpdesk.reactivate(desk, laptop.identity.install, "found again")
    assert laptop.synchronise().pushed == 4
    with laptop.database.read() as tx:
        assert tx.feed.waiting().total == 0


def test_that_a_package_of_another_or_a_changed_one_is_refused(
    told: InProcessServer,
    laptop: ExchangingLaptop,
    clock: SetClock,
    key: ec.EllipticCurvePrivateKey,
    tmp_path: Path,
) -> None:
    _unsent(laptop, clock)
    content = laptop.engine.unsent_package().content
    other = ec.generate_private_key(ec.SECP256R1())
    for broken in (
        b"",
        content[:-1],
        content[: len(content) // 2],
        content[:-20] + bytes(20),
        b"x" + content,
    ):
        with pytest.raises(Damaged, match="SC-HELP-007"):
            handed_in.opened(broken, key)
    with pytest.raises(Damaged, match="SC-HELP-007"):
        handed_in.opened(content, other)
    stranger = identity_of(told.activate())
    network = Network(told, lambda _said: None)
    thief = ExchangingLaptop(tmp_path / "thief", stranger, network, clock, CountedIds(9))
    thief.synchronise()
    thief.identity = stranger
    with thief.database.write() as tx:
        tx.documents.create(offer(), Stage.DRAFT)
    opened = handed_in.opened(thief.engine.unsent_package().content, key)
    thief.close()
    forged = handed_in.HandedIn(
        laptop.identity.install,
        opened.made_at,
        "",
        opened.lines,
        opened.manifest,
        opened.signature,
        {},
    )
    with told.office.writing() as desk, pytest.raises(Damaged, match="SC-HELP-007"):
        taking_in.take_in(desk, forged, "forged")
    with told.office.reading() as desk:
        assert handed_in_decisions.edits(desk, waiting=True) == []


def test_that_nothing_unsent_or_no_key_says_so(
    server: InProcessServer, laptop: ExchangingLaptop
) -> None:
    laptop.synchronise()
    with pytest.raises(NotAllowed, match="SC-HELP-009"):
        laptop.engine.unsent_package()
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with laptop.database.write() as tx:
        tx.feed.set_hand_in_key(public.hex())
    with pytest.raises(NotAllowed, match="SC-HELP-008"):
        laptop.engine.unsent_package()
