"""Several threads: one writes at a time, readers see one state and never wait."""

import threading

from smartclient.domain.document_life import Stage
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentFilter
from tests.unit.store.documents import offer


def test_that_a_reader_is_not_kept_waiting_by_a_writer_and_sees_one_state(
    database: Database,
) -> None:
    with database.write() as tx:
        tx.documents.create(offer())
    seen: list[int] = []

    def look() -> None:
        with database.read() as tx:
            seen.append(tx.documents.count(DocumentFilter()))

    with database.write() as tx:
        tx.documents.create(offer())
        reader = threading.Thread(target=look)
        reader.start()
        reader.join(timeout=20)
        assert seen == [1], "a reader must neither wait nor see what is not committed"
    look()
    assert seen == [1, 2]


def test_that_a_read_keeps_its_state_while_others_write(database: Database) -> None:
    with database.write() as tx:
        identity = tx.documents.create(offer(surname="Old")).id
    with database.read() as before:
        assert before.documents.count(DocumentFilter()) == 1

        def write() -> None:
            with database.write() as tx:
                tx.documents.save(identity, offer(surname="New"), Stage.DRAFT)
                tx.documents.create(offer())

        writer = threading.Thread(target=write)
        writer.start()
        writer.join(timeout=20)
        assert before.documents.count(DocumentFilter()) == 1
        answers = before.documents.get(identity).body["answers"]
    assert answers == {"policyholder": {"surname": "Old"}}


def test_that_writers_take_turns_and_none_is_lost(database: Database) -> None:
    with database.write() as tx:
        tx.settings.set("count", 0)

    def add() -> None:
        for _ in range(10):
            with database.write() as tx:
                count = tx.settings.get("count")
                assert isinstance(count, int)
                tx.settings.set("count", count + 1)

    writers = [threading.Thread(target=add) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    with database.read() as tx:
        assert tx.settings.get("count") == 40


def test_that_a_commit_is_made_durable_before_it_returns(database: Database) -> None:
    with database.write() as tx:
        settings = {
            name: tx.unit.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        }
    assert settings == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}
