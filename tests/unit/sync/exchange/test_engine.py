"""A synchronisation from end to end against the real back office."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from smartclient.backoffice.tables import schema as server_schema
from smartclient.domain.document_life import ServerState, ShownState, Stage
from smartclient.domain.errors import NoSpace, NotAllowed, Refused, SmartClientError
from smartclient.domain.ids import DocumentId, Op, RecordId
from smartclient.domain.lock_time import next_cutoff
from smartclient.store.changes import Changed
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.incoming import Body
from smartclient.sync.exchange import sending, sending_files
from smartclient.sync.exchange.progress import Phase, Progress
from smartclient.wire.blob_packs import HEADER_BYTES
from smartclient.wire.encoding import canonical, sha256
from smartclient.wire.messages import MAX_PACK_BYTES, FeedRow, JsonObject, RecordKind
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.documents import offer


def _signed(laptop: ExchangingLaptop, clock: SetClock, pdf: bytes = b"sealed") -> DocumentId:
    with laptop.database.write() as tx:
        identity = tx.documents.create(offer(number=tx.numbers.take())).id
        session = tx.signing.start(identity, b"frozen" + pdf[:20], b"{}" + pdf[:20], {})
        tx.signing.finish(session, pdf, {"pages": 3}, clock.now())
    return identity


def _shown(laptop: ExchangingLaptop, identity: DocumentId) -> ShownState:
    with laptop.database.read() as tx:
        return tx.documents.get(identity).row.shown


def test_that_the_first_synchronisation_brings_a_block_of_numbers(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    report = laptop.synchronise()
    assert report.pulled == 1
    assert report.next_lock_at == next_cutoff(clock.now())
    with laptop.database.read() as tx:
        assert tx.numbers.left() == 500


def test_that_a_block_of_another_install_of_the_person_is_not_taken(
    laptop: ExchangingLaptop, server: InProcessServer
) -> None:
    other = server.activate()
    with server.office.writing() as desk:
        install = server_schema.install
        desk.connection.execute(
            update(install)
            .where(install.c.id == laptop.identity.install)
            .values(scope=other.scope, person=other.reply.person)
        )
    laptop.synchronise()
    with laptop.database.read() as tx:
        assert tx.numbers.left() == 0


def test_that_nothing_to_do_costs_one_small_request(
    laptop: ExchangingLaptop, network: Network
) -> None:
    laptop.synchronise()
    network.requests.clear()
    report = laptop.synchronise()
    assert network.requests == ["/v1/changes"]
    assert (report.pushed, report.pulled) == (0, 0)


def test_that_what_came_meanwhile_is_asked_for_after_the_small_request(
    laptop: ExchangingLaptop, network: Network, server: InProcessServer
) -> None:
    with laptop.database.write() as tx:
        identity = tx.documents.create(offer(), Stage.COMPLETE).id
    laptop.synchronise()
    server.judge()
    network.requests.clear()
    laptop.synchronise()
    assert network.requests == ["/v1/changes", "/v1/changes", "/v1/get"]
    assert _shown(laptop, identity) is ShownState.COMPLETE_BACKED_UP
    network.requests.clear()
    laptop.synchronise()
    assert network.requests == ["/v1/changes"]


def test_that_an_evening_with_five_signed_documents_takes_six_requests(
    laptop: ExchangingLaptop, network: Network, clock: SetClock
) -> None:
    laptop.synchronise()
    clock.pass_time(hours=5)
    documents = [_signed(laptop, clock, bytes([n]) * 400_000) for n in range(5)]
    network.requests.clear()
    report = laptop.synchronise()
    # The token of the morning is over, so one request more finds that out.
    assert report.pushed == 10
    assert len(network.requests) <= 6
    assert {_shown(laptop, identity) for identity in documents} == {ShownState.SIGNED_BACKED_UP}


def test_that_phases_come_by_name_and_in_their_order(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    laptop.synchronise()
    _signed(laptop, clock)
    laptop.synchronise()
    phases = list(dict.fromkeys(step.phase for step in laptop.progress))
    assert phases == list(Phase)


def test_that_a_document_goes_from_here_to_backed_up(laptop: ExchangingLaptop) -> None:
    with laptop.database.write() as tx:
        identity = tx.documents.create(offer(), Stage.COMPLETE).id
        assert tx.feed.waiting().documents == 1
    heard: list[Changed] = []
    laptop.database.subscribe(heard.append)
    laptop.synchronise()
    assert _shown(laptop, identity) is ShownState.COMPLETE_BACKED_UP
    assert identity in {name for changed in heard for name in changed.ids}
    with laptop.database.read() as tx:
        assert tx.feed.waiting().total == 0


def test_that_a_large_file_goes_in_parts_and_goes_on_where_it_was_cut(
    laptop: ExchangingLaptop, network: Network, clock: SetClock
) -> None:
    laptop.synchronise()
    large = bytes(range(256)) * ((2 * MAX_PACK_BYTES + 1000) // 256)
    identity = _signed(laptop, clock, large)
    network.requests.clear()
    network.expect([Fault.NONE, Fault.NONE, Fault.LOSE_REPLY])
    with pytest.raises(SmartClientError):
        laptop.synchronise()
    laptop.synchronise()
    offsets = [
        path.split("offset=")[1].split("&")[0] for path in network.requests if "/part" in path
    ]
    assert offsets == ["0", "4000000", "8000000"]
    assert _shown(laptop, identity) is ShownState.SIGNED_BACKED_UP


def test_that_a_file_of_exactly_one_pack_is_taken(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    laptop.synchronise()
    identity = _signed(laptop, clock, bytes(MAX_PACK_BYTES - HEADER_BYTES))
    laptop.synchronise()
    assert _shown(laptop, identity) is ShownState.SIGNED_BACKED_UP


def test_that_a_damaged_file_parks_its_package_and_the_others_go_on(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    laptop.synchronise()
    damaged, sound = _signed(laptop, clock, b"one"), _signed(laptop, clock, b"two")
    with laptop.database.read() as tx:
        package = tx.appends.signed_package(damaged)
        assert package is not None
        query = f"SELECT file FROM blob WHERE sha256 = '{package.pdf}'"
        name = tx.unit.connection.exec_driver_sql(query).scalar_one()
    (laptop.folder / "blobs" / name).write_bytes(b"damaged")
    report = laptop.synchronise()
    assert report.parked == 1
    assert _shown(laptop, sound) is ShownState.SIGNED_BACKED_UP
    with laptop.database.read() as tx:
        parked = tx.appends.signed_package(damaged)
        assert parked is not None
        assert parked.parked == "SC-STORE-007"
        assert tx.feed.waiting().parked == 1


def test_that_a_document_too_large_for_the_server_is_parked_alone(
    laptop: ExchangingLaptop,
) -> None:
    with laptop.database.write() as tx:
        small = tx.documents.create(offer(), Stage.COMPLETE).id
        noise = "".join(chr(0x4E00 + number % 20_000) for number in range(3_200_000))
        huge = tx.documents.create({**offer(), "answers": {"noise": noise}}, Stage.COMPLETE).id
    report = laptop.synchronise()
    assert (report.pushed, report.parked) == (1, 1)
    with laptop.database.read() as tx:
        assert tx.documents.get(small).row.backed_up
        assert tx.documents.get(huge).row.parked == "SC-SYNC-029"


def test_that_many_documents_go_in_batches_the_server_takes(
    laptop: ExchangingLaptop, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MAX_PUSH_LINES", 20)
    with laptop.database.write() as tx:
        for number in range(45):
            tx.documents.create(offer(number=f"72{number:08}"), Stage.COMPLETE)
    laptop.synchronise()
    assert network.requests.count("/v1/push") == 3
    with laptop.database.read() as tx:
        assert tx.documents.counts_by_state() == {ShownState.COMPLETE_BACKED_UP: 45}


def test_that_an_edit_while_the_line_is_on_its_way_stays_unsent_and_goes_next(
    laptop: ExchangingLaptop, network: Network
) -> None:
    with laptop.database.write() as tx:
        identity = tx.documents.create(offer(surname="First"), Stage.COMPLETE).id

    def edit() -> None:
        with laptop.database.write() as tx:
            tx.documents.save(identity, offer(surname="Second"), Stage.COMPLETE)

    network.meanwhile = edit
    network.expect([Fault.NONE, Fault.EDIT_MEANWHILE])
    laptop.synchronise()
    assert _shown(laptop, identity) is ShownState.COMPLETE_HERE
    assert laptop.synchronise().pushed == 1
    assert _shown(laptop, identity) is ShownState.COMPLETE_BACKED_UP


@pytest.mark.parametrize("fault", [Fault.LOSE_REPLY, Fault.CUT_REPLY, Fault.CUT_HEADERS])
def test_that_a_push_without_a_whole_answer_changes_nothing_and_is_repeated(
    laptop: ExchangingLaptop, network: Network, fault: Fault
) -> None:
    with laptop.database.write() as tx:
        identity = tx.documents.create(offer(), Stage.COMPLETE).id
    network.expect([Fault.NONE, fault])
    with pytest.raises(SmartClientError) as refused:
        laptop.synchronise()
    assert refused.value.code in ("SC-SYNC-014", "SC-SYNC-022")
    assert _shown(laptop, identity) is ShownState.COMPLETE_HERE
    laptop.synchronise()
    assert _shown(laptop, identity) is ShownState.COMPLETE_BACKED_UP
    with laptop.database.read() as tx:
        assert tx.conflicts.count() == 0


def test_that_a_cut_304_is_not_taken_for_quiet(laptop: ExchangingLaptop, network: Network) -> None:
    laptop.synchronise()
    network.expect([Fault.CUT_HEADERS])
    with pytest.raises(SmartClientError, match="SC-SYNC-014"):
        laptop.synchronise()


def test_that_cancel_stops_between_two_calls_and_keeps_what_was_answered(
    laptop: ExchangingLaptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MAX_PUSH_LINES", 20)
    with laptop.database.write() as tx:
        for number in range(25):
            tx.documents.create(offer(number=f"72{number:08}"), Stage.COMPLETE)
    seen: list[Progress] = []

    def cancelled() -> bool:
        return any(step.phase is Phase.SENDING and step.done for step in seen)

    report = laptop.engine.run(seen.append, cancelled)
    assert report.cancelled
    assert report.pushed == 20
    with laptop.database.read() as tx:
        last = tx.sync_history.last()
        assert last is not None
        assert last.outcome == "cancelled"
    assert laptop.synchronise().pushed == 5


def test_that_only_one_synchronisation_runs_at_a_time(
    laptop: ExchangingLaptop, network: Network
) -> None:
    refusals: list[str] = []

    def second() -> None:
        try:
            laptop.engine.run(lambda _step: None, lambda: False)
        except NotAllowed as refusal:
            refusals.append(refusal.code)

    def meanwhile() -> None:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=20)

    network.meanwhile = meanwhile
    network.expect([Fault.EDIT_MEANWHILE])
    laptop.synchronise()
    assert refusals == ["SC-SYNC-028"]


def test_that_a_revoked_install_is_told_and_stops(
    laptop: ExchangingLaptop, server: InProcessServer, clock: SetClock
) -> None:
    with server.office.writing() as desk:
        desk.connection.execute(update(server_schema.install).values(revoked_at=clock.now()))
    with pytest.raises(Refused, match="SC-SERV-006"):
        laptop.synchronise()
    with laptop.database.read() as tx:
        last = tx.sync_history.last()
        assert last is not None
        assert last.outcome == "SC-SERV-006"
        assert tx.sync_history.last_done() is None


def test_that_an_expired_token_is_renewed_by_itself(
    laptop: ExchangingLaptop, network: Network, clock: SetClock
) -> None:
    laptop.synchronise()
    clock.pass_time(hours=2)
    network.requests.clear()
    laptop.synchronise()
    assert network.requests == ["/v1/token", "/v1/changes"]


def test_that_a_token_that_the_server_forgot_is_renewed_by_itself(
    laptop: ExchangingLaptop, network: Network, server: InProcessServer
) -> None:
    laptop.synchronise()
    with server.office.writing() as desk:
        desk.connection.execute(delete(server_schema.token))
    network.requests.clear()
    laptop.synchronise()
    assert network.requests == ["/v1/changes", "/v1/token", "/v1/changes"]


def test_that_two_requests_under_way_ask_for_one_new_token(
    laptop: ExchangingLaptop,
    network: Network,
    server: InProcessServer,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forget() -> None:
        with server.office.writing() as desk:
            desk.connection.execute(delete(server_schema.token))

    monkeypatch.setattr(sending_files, "MAX_PACK_BYTES", HEADER_BYTES + 30)
    laptop.synchronise()
    for number in range(8):
        _signed(laptop, clock, bytes([number]) * 30)
    network.requests.clear()
    network.meanwhile = forget
    network.expect([Fault.NONE, Fault.NONE, Fault.EDIT_MEANWHILE])
    laptop.synchronise()
    assert network.requests.count("/v1/token") == 1
    assert network.requests.count("/v1/blobs/pack") > 8


def test_that_a_wall_clock_off_by_more_than_two_minutes_is_reported_and_decides_nothing(
    server: InProcessServer, network: Network, clock: SetClock, tmp_path: Path
) -> None:
    wall = SetClock(clock.now() + timedelta(hours=3))
    identity = identity_of(server.activate())
    laptop = ExchangingLaptop(tmp_path / "late", identity, network, wall, CountedIds(3))
    report = laptop.synchronise()
    assert report.clock_off == timedelta(hours=3)
    assert laptop.engine.server_clock.is_uncertain()
    heard, lock = laptop.engine.server_clock, next_cutoff(clock.now())
    left = heard.until(lock)
    assert left == lock - clock.now()
    wall.set(clock.now() - timedelta(days=300))
    assert heard.until(lock) == left
    wall.pass_time(minutes=10)
    assert heard.until(lock) == left - timedelta(minutes=10)
    laptop.close()


def test_that_a_disk_full_while_receiving_keeps_what_came_and_says_so(
    laptop: ExchangingLaptop, server: InProcessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smartclient.store.incoming import Incoming

    def full(*_arguments: object) -> int:
        raise NoSpace("SC-STORE-010")

    with monkeypatch.context() as patched:
        patched.setattr(Incoming, "take", full)
        with pytest.raises(NoSpace, match="SC-SYNC-031"):
            laptop.synchronise()
    with laptop.database.read() as tx:
        assert tx.feed.cursors() == {}
    assert laptop.synchronise().pulled == 1


def test_that_a_pdf_of_another_laptop_is_fetched_when_it_is_wanted(
    laptop: ExchangingLaptop, clock: SetClock
) -> None:
    laptop.synchronise()
    identity = _signed(laptop, clock, b"the sealed offer")
    laptop.synchronise()
    with laptop.database.write() as tx:
        package = tx.appends.signed_package(identity)
        assert package is not None
        tx.blobs.drop(package.pdf)
    laptop.engine.fetch_blob(package.pdf)
    with laptop.database.read() as tx:
        assert tx.blobs.get(package.pdf) == b"the sealed offer"


def test_that_a_new_catalogue_is_noticed_until_it_is_in_use(laptop: ExchangingLaptop) -> None:
    report = laptop.synchronise()
    assert report.catalogue_changed == (report.catalogue_etag != "")
    with laptop.database.write() as tx:
        tx.feed.set_catalogue_taken("another")
    assert laptop.synchronise().catalogue_changed
    with laptop.database.write() as tx:
        tx.feed.set_catalogue_taken(report.catalogue_etag)
        assert tx.documents.count(DocumentFilter()) == 0
    assert not laptop.synchronise().catalogue_changed


def test_that_a_block_of_numbers_that_is_none_holds_nothing_up(
    laptop: ExchangingLaptop, caplog: pytest.LogCaptureFixture
) -> None:
    lease = RecordId("00000000-0000-4000-8000-00000000dead")
    body: JsonObject = {"first": "9", "last": "1", "install": laptop.identity.install}
    row = FeedRow(
        lease,
        RecordKind.NUMBER_LEASE,
        1,
        Op(lease),
        sha256(canonical(body)),
        Stage.COMPLETE,
        ServerState.OPEN,
        (),
        1,
    )
    with laptop.database.write() as tx:
        tx.incoming(laptop.identity.install).take(
            [row], {lease: Body(row.op, row.sha256, body, canonical(body))}
        )
        assert tx.numbers.left() == 0
    assert [record.getMessage() for record in caplog.records] == ["unusable block of numbers"]
    laptop.synchronise()
    with laptop.database.read() as tx:
        assert tx.numbers.left() == 500


def test_that_what_was_only_sent_is_not_counted_as_received(laptop: ExchangingLaptop) -> None:
    laptop.synchronise()
    with laptop.database.write() as tx:
        tx.documents.create(offer(), Stage.COMPLETE)
    report = laptop.synchronise()
    assert (report.pushed, report.pulled) == (1, 0)
