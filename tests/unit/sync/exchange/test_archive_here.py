"""The server's archive at the laptop: bodies, PDFs and values go, the stub stays, nothing else does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from smartclient.backoffice.operations import retention, retention_archive
from smartclient.backoffice.tables import schema as server_schema
from smartclient.domain.document_life import ServerState, ShownState, Stage
from smartclient.domain.ids import DocumentId, Op, Sha256
from smartclient.store.conflicts import Reason
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.schema import append, blob, document_body, document_status, leaving, unseen
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.documents import offer

EVERYTHING = DocumentFilter()


def _draft(
    laptop: ExchangingLaptop, number: str = "7200041873", client_name: str = "Petr Novák"
) -> DocumentId:
    with laptop.database.write() as tx:
        return tx.documents.create(offer(number, client_name), Stage.DRAFT).id


def _signed(laptop: ExchangingLaptop, clock: SetClock, pdf: bytes) -> DocumentId:
    with laptop.database.write() as tx:
        identity = tx.documents.create(offer(number=tx.numbers.take())).id
        session = tx.signing.start(identity, b"frozen" + pdf[:20], b"{}" + pdf[:20], {})
        tx.signing.finish(session, pdf, {"pages": 3}, clock.now())
    return identity


def _nights(server: InProcessServer, clock: SetClock, *days: int) -> None:
    for passed in days:
        clock.pass_time(days=passed)
        while not retention.walk_on(server.office).is_at_end:
            pass


def _settle_judgements(server: InProcessServer) -> None:
    """What was signed was judged and handed over, and the core took it."""
    with server.office.writing() as desk:
        desk.connection.execute(server_schema.judgement_due.delete())
        desk.connection.execute(update(server_schema.record).values(exportable=False))


def test_that_an_archived_document_leaves_a_stub_and_gives_its_space_back(
    laptop: ExchangingLaptop, server: InProcessServer, clock: SetClock
) -> None:
    laptop.synchronise()
    gone, stays = _signed(laptop, clock, b"%PDF" * 100_000), _draft(laptop)
    laptop.synchronise()
    _settle_judgements(server)
    _nights(server, clock, 170)
    with laptop.database.write() as tx:
        tx.documents.save(stays, offer(number="7299999999"), Stage.DRAFT)
    laptop.synchronise()
    with laptop.database.read() as tx:
        [told] = tx.retention.leaving()
        number = tx.documents.get(gone).row.number
    assert told.id == gone
    assert told.leaves_at == datetime(2027, 5, 23, 22, tzinfo=UTC)
    files = sum(file.stat().st_size for file in (laptop.folder / "blobs").iterdir())
    _nights(server, clock, 20)
    report = laptop.synchronise()
    assert report.conflicts == 0
    left = sum(file.stat().st_size for file in (laptop.folder / "blobs").iterdir())
    assert files - left >= 400_000
    with laptop.database.read() as tx:
        row = tx.documents.row(gone)
        bodies = tx.unit.connection.execute(select(document_body.c.id)).scalars().all()
        for table in (append, blob, document_status, leaving):
            of_it = tx.unit.connection.execute(select(table)).all()
            assert [line for line in of_it if gone in line or table is not document_status] == []
    assert row is not None
    assert (row.shown, row.server) == (ShownState.ARCHIVED, ServerState.ARCHIVED)
    assert (row.number, row.client_name, row.premium) == (number, "Petr Novák", None)
    assert (row.has_pdf, row.signed_at is not None) == (False, True)
    assert bodies == [stays]


def test_that_a_laptop_that_was_off_for_a_year_loses_nothing_it_has_not_sent(
    laptop: ExchangingLaptop, server: InProcessServer, clock: SetClock
) -> None:
    laptop.synchronise()
    clean, edited = _draft(laptop), _draft(laptop, number="7200000009")
    laptop.synchronise()
    with laptop.database.write() as tx:
        tx.documents.save(edited, offer(number="7200000009", client_name="Off Line"), Stage.DRAFT)
    new = _draft(laptop, client_name="Never Sent")
    signed = _signed(laptop, clock, b"%PDF offline")
    _nights(server, clock, 170, 195)
    report = laptop.synchronise()
    assert report.conflicts == 1
    with laptop.database.read() as tx:
        shown = {id_: tx.documents.row(id_).shown for id_ in (clean, edited, new, signed)}  # type: ignore[union-attr]
        [conflict] = tx.conflicts.open()
    assert shown[clean] is shown[edited] is ShownState.ARCHIVED
    assert (shown[new], shown[signed]) == (ShownState.DRAFT, ShownState.SIGNED_BACKED_UP)
    assert (conflict.document_id, conflict.reason) == (edited, Reason.LOCKED)
    assert conflict.body["client_name"] == "Off Line"
    laptop.synchronise()
    with laptop.database.read() as tx:
        assert tx.documents.count(EVERYTHING) == 4


def test_that_a_conflict_settled_after_the_archive_goes_with_the_next_synchronisation(
    laptop: ExchangingLaptop, server: InProcessServer, clock: SetClock
) -> None:
    edited = _draft(laptop)
    laptop.synchronise()
    with laptop.database.write() as tx:
        tx.documents.save(edited, offer(client_name="Off Line"), Stage.DRAFT)
    _nights(server, clock, 170, 195)
    laptop.synchronise()
    laptop.synchronise()
    with laptop.database.write() as tx:
        [conflict] = tx.conflicts.open()
        tx.conflicts.close(conflict.id)
        assert [each.id for each in tx.conflicts.settled()] == [conflict.id]
    laptop.synchronise()
    with laptop.database.read() as tx:
        assert tx.conflicts.settled() == ()
    assert laptop.synchronise().conflicts == 0


def test_that_a_laptop_away_longer_than_the_archive_lets_go_of_what_ended(
    laptop: ExchangingLaptop, server: InProcessServer, clock: SetClock
) -> None:
    laptop.synchronise()
    ended, edited = _draft(laptop), _draft(laptop, number="7200000009")
    laptop.synchronise()
    with laptop.database.write() as tx:
        tx.documents.save(edited, offer(number="7200000009", client_name="Off Line"), Stage.DRAFT)
    new = _draft(laptop, client_name="Never Sent")
    _nights(server, clock, 170, 20, 400)
    with server.office.writing() as desk:
        assert retention_archive.end_due(desk) == 2
    laptop.synchronise()
    with laptop.database.read() as tx:
        shown = {id_: tx.documents.row(id_).shown for id_ in (ended, edited, new)}  # type: ignore[union-attr]
        assert tx.unit.connection.execute(select(unseen)).all() == []
        assert tx.documents.get(edited).body["client_name"] == "Off Line"
    assert shown[ended] is ShownState.ARCHIVED
    assert shown[edited] is shown[new] is ShownState.DRAFT
    with server.office.reading() as desk:
        table = server_schema.record
        there = set(desk.connection.execute(select(table.c.id)).scalars())
    assert {edited, new} <= there


def test_that_a_wrong_clock_at_the_laptop_takes_nothing_away(
    server: InProcessServer, network: Network, clock: SetClock, tmp_path: Path
) -> None:
    own = SetClock()
    identity = identity_of(server.activate())
    laptop = ExchangingLaptop(tmp_path / "wrong", identity, network, own, CountedIds(5))
    laptop.synchronise()
    documents = [_draft(laptop), _draft(laptop, number="7200000009")]
    laptop.synchronise()
    for year in (2040, 1999, 2099):
        own.set(datetime(year, 1, 1, tzinfo=UTC))
        laptop.restart()
        laptop.synchronise()
        with laptop.database.read() as tx:
            for document in documents:
                assert tx.documents.get(document).row.server is ServerState.OPEN
            assert tx.retention.leaving() == ()
    laptop.close()


def test_that_a_restored_server_brings_an_archived_body_back(
    laptop: ExchangingLaptop, server: InProcessServer, clock: SetClock
) -> None:
    laptop.synchronise()
    identity = _draft(laptop)
    laptop.synchronise()
    backup = server.backup()
    _nights(server, clock, 170, 20)
    laptop.synchronise()
    assert _is_stub(laptop, identity)
    server.restore(backup)
    laptop.synchronise()
    with laptop.database.read() as tx:
        stored = tx.documents.get(identity)
    assert (stored.row.shown, stored.body["client_name"]) == (ShownState.DRAFT, "Petr Novák")


def _is_stub(laptop: ExchangingLaptop, identity: DocumentId) -> bool:
    with laptop.database.read() as tx:
        row = tx.documents.row(identity)
        return row is not None and row.shown is ShownState.ARCHIVED


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("new"), st.integers(0, 5)),
        st.tuples(st.just("edit"), st.integers(0, 5)),
        st.tuples(st.just("sign"), st.integers(0, 5)),
        st.tuples(st.just("sync"), st.just(0)),
        st.tuples(st.just("nights"), st.sampled_from([1, 30, 170, 200, 420])),
        st.tuples(st.just("clock"), st.integers(1990, 2090)),
        st.tuples(st.just("end"), st.just(0)),
    ),
    max_size=22,
)


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


@given(STEPS)
@_settings(6)
def test_that_nothing_that_is_not_backed_up_is_ever_dropped(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    _tell(tmp_path_factory.mktemp("story"), steps)


@pytest.mark.long
@given(STEPS)
@_settings(80)
def test_that_nothing_that_is_not_backed_up_is_ever_dropped_in_many_stories(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    _tell(tmp_path_factory.mktemp("story"), steps)


def _tell(folder: Path, steps: list[tuple[str, int]]) -> None:
    clock, own = SetClock(), SetClock()
    with InProcessServer(clock, CountedIds(1), folder=folder / "server") as server:
        identity, network = identity_of(server.activate()), Network(server, lambda _said: None)
        laptop = ExchangingLaptop(folder / "laptop", identity, network, own, CountedIds(2))
        laptop.synchronise()
        _live(laptop, server, clock, own, steps)
        laptop.close()


def _live(
    laptop: ExchangingLaptop,
    server: InProcessServer,
    clock: SetClock,
    own: SetClock,
    steps: list[tuple[str, int]],
) -> None:
    """Do the steps; after each, every value that was typed is somewhere."""
    made: list[DocumentId] = []
    typed: dict[DocumentId, str] = {}
    signed: list[Op] = []
    words = iter(f"word {number}" for number in range(1000))
    for what, about in steps:
        match what:
            case "new":
                word = next(words)
                made.append(_draft(laptop, number=f"72{len(made):08}", client_name=word))
                typed[made[-1]] = word
            case "edit" if made:
                _edit(laptop, made[about % len(made)], next(words), typed)
            case "sign":
                made.append(_signed(laptop, own, f"%PDF {len(made)}".encode()))
                with laptop.database.read() as tx:
                    package = tx.appends.signed_package(made[-1])
                assert package is not None
                signed.append(package.op)
            case "sync":
                laptop.synchronise()
            case "nights":
                _nights(server, clock, about)
            case "clock":
                own.set(datetime(about, 6, 1, tzinfo=UTC))
            case "end":
                with server.office.writing() as desk:
                    retention_archive.end_due(desk)
        _require_everything(laptop, server, clock, typed)
        _require_packages(laptop, server, clock, signed)


def _edit(
    laptop: ExchangingLaptop, identity: DocumentId, word: str, typed: dict[DocumentId, str]
) -> None:
    with laptop.database.write() as tx:
        found = tx.documents.find(identity)
        if found is None or found.row.server is ServerState.ARCHIVED or identity not in typed:
            return
        tx.documents.save(identity, {**found.body, "client_name": word}, Stage.DRAFT)
    typed[identity] = word


def _require_everything(
    laptop: ExchangingLaptop,
    server: InProcessServer,
    clock: SetClock,
    typed: dict[DocumentId, str],
) -> None:
    with laptop.database.read() as tx:
        here = {id_: tx.documents.find(id_) for id_ in typed}
        aside = {each.body.get("client_name") for each in tx.conflicts.open()}
    with server.office.reading() as desk:
        archived = {
            str(each.body.get("client_name"))
            for row in retention_archive.listed(desk)
            for each in retention_archive.opened(desk, row.id)
        }
    for identity, word in typed.items():
        found = here[identity]
        if found is not None and found.body.get("client_name") == word:
            continue
        is_over = clock.now() - SetClock().now() > timedelta(days=180 + 360)
        assert word in aside or word in archived or is_over, word


def _require_packages(
    laptop: ExchangingLaptop, server: InProcessServer, clock: SetClock, signed: list[Op]
) -> None:
    """A signed package is here with its pages, at the server, or was in the archive to its end."""
    with laptop.database.read() as tx:
        here = {
            op: tx.blobs.has(Sha256(package.blobs[0]))
            for op in signed
            if (package := tx.appends.find(op)) is not None
        }
    table = server_schema.record
    with server.office.reading() as desk:
        there = set(desk.connection.execute(select(table.c.id)).scalars())
    is_over = clock.now() - SetClock().now() > timedelta(days=180 + 3600)
    for op in signed:
        assert here.get(op) or op in there or is_over, op
