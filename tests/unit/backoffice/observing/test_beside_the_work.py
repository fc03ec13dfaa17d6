"""What runs beside the work: the writing of synchronisations, the worker's sign of life, the walk."""

from pathlib import Path

import pytest

from smartclient.backoffice.operations import helpdesk, observing_health, retention_archive
from smartclient.backoffice.operations.observing_syncs import MOST_IN_MEMORY, Notes, SyncBook
from smartclient.backoffice.postmen import FilePostman
from smartclient.backoffice.watched import watched
from smartclient.backoffice.worker import Worker, duties_of
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Refused
from smartclient.domain.ids import InstallId
from smartclient.wire.support_codes import SYNC_HEADER
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import CountedIds, SetClock

CODE = "7K3F9QXM"


def test_that_synchronisations_are_written_at_the_latest_when_the_server_ends(
    clock: SetClock, ids: CountedIds, tmp_path: Path
) -> None:
    address = f"sqlite:///{tmp_path / 'office.sqlite3'}"
    with InProcessServer(clock, ids, folder=tmp_path, database=address) as server:
        with watched(server.front):
            adviser = Adviser(server, ids)
            adviser.headers = {**adviser.headers, SYNC_HEADER: CODE}
            adviser.pull()
        with server.office.reading() as desk:
            [sync] = helpdesk.find_syncs(desk, CODE)
    assert sync.requests == 1


def test_that_what_could_not_be_written_is_written_later(memory_server: InProcessServer) -> None:
    book, install = SyncBook(), InstallId("00000000-0000-4000-8000-0000000000aa")
    now = memory_server.clock.now()
    book.note(CODE, Notes(install, pulled=3), (10, 20), now)

    class Gone:
        """A database that is away."""

        def writing(self) -> object:
            """Refused; the laptop goes on meanwhile."""
            book.note(CODE, Notes(install, pulled=4), (100, 200), now)
            raise Refused("SC-SERV-018")

    with pytest.raises(Refused):
        book.write(Gone())  # type: ignore[arg-type]
    assert book.write(memory_server.office) == 1
    with memory_server.office.reading() as desk:
        [sync] = helpdesk.find_syncs(desk, CODE)
    assert (sync.requests, sync.pulled, sync.bytes_in, sync.bytes_out) == (2, 7, 110, 220)


def test_that_the_history_never_fills_the_memory(clock: SetClock) -> None:
    book, install = SyncBook(), InstallId("00000000-0000-4000-8000-0000000000aa")
    for number in range(MOST_IN_MEMORY + 10):
        book.note(f"{number:08}", Notes(install), (0, 0), clock.now())
    assert len(book._syncs) == MOST_IN_MEMORY


def test_that_the_worker_gives_signs_of_life_and_archives_by_itself(
    memory_server: InProcessServer, ids: CountedIds, clock: SetClock, tmp_path: Path
) -> None:
    server, adviser = memory_server, Adviser(memory_server, ids)
    draft = adviser.offer(Stage.DRAFT)
    adviser.push_ok(draft)

    def no_keys() -> object:
        raise AssertionError("nothing is published")

    postman = FilePostman(tmp_path / "mail", "office@example")
    duties = duties_of(
        server.office,
        server.exporter,
        postman,
        server.catalogue,
        no_keys,  # type: ignore[arg-type]
    )
    worker = Worker(clock, duties)
    for _ in range(30):
        assert worker.round() == []
        with server.office.reading() as desk:
            assert observing_health.beaten_at(desk) == clock.now()
        clock.pass_time(days=7)
    with server.office.reading() as desk:
        [archived] = retention_archive.listed(desk)
        [opened] = retention_archive.opened(desk, archived.number)
    assert (archived.id, opened.body) == (draft.id, draft.body)
    for _ in range(60):
        clock.pass_time(days=7)
        assert worker.round() == []
    with server.office.reading() as desk:
        assert retention_archive.listed(desk) == []
