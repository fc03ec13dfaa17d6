"""Space that nothing uses any more comes back, and nothing else goes with it."""

import random
from pathlib import Path

from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId
from smartclient.store.database import FILE_NAME, Database
from smartclient.store.space import free_space
from smartclient.wire.messages import JsonObject
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.documents import offer

KEY = bytes(range(32))


def _opened(folder: Path) -> Database:
    return Database.open(folder, KEY, clock=SetClock(), ids=CountedIds())


def _fill(database: Database, documents: int) -> list[DocumentId]:
    made = []
    with database.write() as tx:
        for number in range(documents):
            noise = random.Random(number).randbytes(20_000).hex()
            body: JsonObject = {**offer(f"72{number:08}"), "said": noise}
            made.append(tx.documents.create(body, Stage.DRAFT).id)
    return made


def test_that_the_file_shrinks_and_keeps_every_document(tmp_path: Path) -> None:
    database = _opened(tmp_path)
    documents = _fill(database, 60)
    with database.write() as tx:
        tx.wiping.erase(documents[:50])
    assert not database.shrink()  # too little for the usual bound
    assert database.shrink(least=1_000)
    shrunk = (tmp_path / FILE_NAME).stat().st_size
    assert not database.shrink(least=1_000)
    with database.read() as tx:
        stays = [tx.documents.get(each).body["number"] for each in documents[50:]]
    assert stays == [f"72{number:08}" for number in range(50, 60)]
    assert shrunk < 60 * 20_000 // 2
    database.close()
    again = _opened(tmp_path)
    with again.read() as tx:
        found = tx.search.find("7200000055", 50)
        assert [row.id for row in found.documents] == [documents[55]]
    again.check()
    again.close()


def test_that_files_without_a_row_go_and_named_ones_stay(tmp_path: Path) -> None:
    database = _opened(tmp_path)
    with database.write() as tx:
        kept, gone = tx.blobs.put(b"kept"), tx.blobs.put(b"gone")
    with database.write() as tx:
        tx.blobs.drop(gone)
    free_space(database)
    assert len(list((tmp_path / "blobs").iterdir())) == 1
    with database.read() as tx:
        assert tx.blobs.get(kept) == b"kept"
    database.close()
