"""What was handed in outlives the database: the laptop has wiped it and never offers it again."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar

from sqlalchemy import delete, text

from smartclient.backoffice.operations import blobs, handed_in_decisions
from smartclient.backoffice.operations.blob_store import HANDED_IN
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.pushing import judged, take
from smartclient.backoffice.operations.registers import erasures, handed_in_files, handing_in
from smartclient.backoffice.operations.registers.handing_in import HandedInAgain
from smartclient.backoffice.operations.restoring import begin
from smartclient.backoffice.operations.tokens import require_principal
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import ClientId, IdSource, Op
from smartclient.wire.messages import Answer, PushLine, PushRequest
from tests.simulators.inprocess import InProcessServer
from tests.simulators.register_lines import client_body
from tests.simulators.time_and_ids import SetClock
from tests.unit.backoffice.registers.conftest import BRNO, REASON, Town, town_of


def _handed_in(town: Town) -> tuple[PushLine, PushLine]:
    """An edit of a client and a letter of theirs, of somebody who has lost the office."""
    client = town.jana.client(BRNO)
    assert town.jana.adviser.push_one(client).answer is Answer.OK
    town.take(town.jana)
    town.jana.send_blobs(BRNO, b"letter")
    lines = town.jana.edit(client, client_body("Bílá")), town.jana.attachment(client, b"letter")
    assert all(each.handed_in for each in town.jana.adviser.push(*lines))
    return lines


def _forget(town: Town) -> None:
    """The database is put back to a moment before anything was handed in."""
    begin(town.server.office, town.server.epoch)
    with town.server.office.writing() as desk:
        for table in (schema.handed_in, schema.blob, schema.blob_content):
            desk.connection.execute(delete(table))


def _replay(town: Town) -> HandedInAgain:
    with town.server.office.writing() as desk:
        return handing_in.replay(desk)


def _waiting(town: Town) -> set[Op]:
    with town.server.office.reading() as desk:
        return {each.op for each in handed_in_decisions.edits(desk, waiting=True)}


def _names(desk: Desk) -> list[str]:
    return list(desk.blobs.beginning_with(HANDED_IN))


def test_that_a_restore_hands_in_again_what_the_backup_did_not_have(town: Town) -> None:
    edit, letter = _handed_in(town)
    with town.server.office.reading() as desk:
        before = handed_in_decisions.edits(desk)
    _forget(town)
    assert _waiting(town) == set()
    assert _replay(town) == HandedInAgain(2, ())
    with town.server.office.reading() as desk:
        assert handed_in_decisions.edits(desk) == before
        found = handing_in.find(desk, letter.op)
        assert (found.line.to_json(), handing_in.find(desk, edit.op).line.body) == (
            {**letter.to_json(), "scope": BRNO},
            edit.body,
        )
        stored = blobs.find_in_scope(desk, found.scope, letter.blobs[0])
        assert blobs.read(desk, stored) == b"letter"
    assert _replay(town) == HandedInAgain(0, ())


def test_that_what_came_into_its_scope_meanwhile_is_not_decided_twice(town: Town) -> None:
    edit, letter = _handed_in(town)
    with town.server.office.writing() as desk:
        handed_in_decisions.accept(desk, edit.op, "Karel Vrba", "his notice came late")
    _forget(town)
    assert _replay(town).lines == 1
    assert _waiting(town) == {letter.op}


def test_that_an_erased_client_leaves_nothing_outside_either(town: Town) -> None:
    edit, _letter = _handed_in(town)
    with town.server.office.writing() as desk:
        assert len(_names(desk)) == 2
        path = desk.outside / "erasures.ndjson"
        erasures.erase(desk, ClientId(edit.id), path, REASON)
    with town.server.office.reading() as desk:
        assert _names(desk) == []


def test_that_a_file_cut_off_by_a_crash_is_named_and_stops_no_restore(town: Town) -> None:
    edit, letter = _handed_in(town)
    with town.server.office.writing() as desk:
        (name,) = [each for each in _names(desk) if each.endswith(f".{letter.id}.{letter.op}")]
        source = desk.blobs.reader(name)
        content = source(0, 1 << 20)
        desk.blobs.remove(name)
        desk.blobs.write_all({name: content[: len(content) // 2]})
    _forget(town)
    assert _replay(town) == HandedInAgain(1, (name,))
    assert _waiting(town) == {edit.op}


def test_that_two_copies_of_one_disk_keep_a_file_each(town: Town) -> None:
    """The second one's transaction may never come: then the first one's file must still be there.

    The same op is handed in from two installs, of which neither knows of the other.
    """
    edit, _letter = _handed_in(town)
    with town.server.office.writing() as desk:
        (name,) = [each for each in _names(desk) if each.endswith(f".{edit.op}")]
        first = handed_in_files.read(desk, name)
        second = replace(first, scope=town.petr.adviser.scope)
        handed_in_files.keep(desk, second)
        assert handed_in_files.read(desk, name) == first
        assert len([each for each in _names(desk) if each.endswith(f".{edit.op}")]) == 2
        handed_in_files.forget(desk, second.scope, edit.id, edit.op)
        assert handed_in_files.read(desk, name) == first


def test_that_only_files_of_transactions_that_never_came_are_swept(
    town: Town, tmp_path: Path
) -> None:
    edit, letter = _handed_in(town)
    with town.server.office.writing() as desk:
        gone = delete(schema.handed_in).where(schema.handed_in.c.op == edit.op)
        desk.connection.execute(gone)
    assert _swept(town, tmp_path, timedelta(hours=23)) == {edit.op, letter.op}, "it may be coming"
    assert _swept(town, tmp_path, timedelta(hours=25)) == {letter.op}


class InBetween(Office):
    """An office in which something happens once, right after the next reading transaction."""

    happens: ClassVar[Iterator[Callable[[], object]]]

    @contextmanager
    def reading(self) -> Iterator[Desk]:
        """Read, then let it happen."""
        with super().reading() as desk:
            yield desk
        for each in self.happens:
            each()


def _in_between(office: Office, happens: Callable[[], object]) -> Office:
    InBetween.happens = iter([happens])
    parts = {each.name: getattr(office, each.name) for each in fields(office)}
    return InBetween(**parts)


def _never_came(town: Town) -> PushLine:
    """A line that was handed in by a transaction that never came; its file is a day old."""
    client = town.jana.client(BRNO)
    assert town.jana.adviser.push_one(client).answer is Answer.OK
    town.take(town.jana)
    line = town.jana.edit(client, client_body("Bílá"))
    assert town.jana.adviser.push_one(line).handed_in
    with town.server.office.writing() as desk:
        desk.connection.execute(delete(schema.handed_in))
    return line


def _age(folder: Path, written: datetime) -> None:
    for path in folder.rglob(f"{HANDED_IN}*"):
        os.utime(path, (written.timestamp(), written.timestamp()))


def test_that_a_file_handed_in_again_survives_the_tidying(town: Town, tmp_path: Path) -> None:
    """It is listed as old and as nobody's; then the laptop hands the same edit in again."""
    line = _never_came(town)
    _age(tmp_path, town.clock.now() - timedelta(days=2))
    again = partial(town.jana.adviser.push_one, line)
    handed_in_files.forget_orphans(_in_between(town.server.office, again))
    with town.server.office.reading() as desk:
        (name,) = _names(desk)
        assert handed_in_files.read(desk, name).line.op == line.op
    _forget(town)
    assert _replay(town).lines == 1


def test_that_a_file_of_a_transaction_not_yet_committed_survives_the_tidying(
    on_postgresql: InProcessServer, clock: SetClock, ids: IdSource, tmp_path: Path
) -> None:
    town = town_of(on_postgresql, ids, clock)
    line = _never_came(town)
    _age(tmp_path, clock.now() - timedelta(days=2))
    office = town.server.office
    with ThreadPoolExecutor(1) as pool:
        with office.writing() as desk:
            token = town.jana.adviser.headers["Authorization"].removeprefix("Bearer ")
            writer = require_principal(desk, token)
            take(desk, writer, judged(writer, PushRequest(town.server.epoch, (line,))))
            _age(tmp_path, clock.now() - timedelta(days=2))
            tidying = pool.submit(handed_in_files.forget_orphans, office)
            while not tidying.done() and not _somebody_waits(office):
                pass
        tidying.result()
    with office.reading() as desk:
        assert len(_names(desk)) == 1


def _somebody_waits(office: Office) -> bool:
    """Whether a transaction waits for the row of another."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with office.reading() as desk:
        return bool(desk.connection.execute(waiting).scalar_one())


def _swept(town: Town, folder: Path, age: timedelta) -> set[str]:
    """The ops of the files that a sweep leaves when all are so old."""
    _age(folder, town.clock.now() - age)
    blobs.forget_orphans(town.server.office)
    handed_in_files.forget_orphans(town.server.office)
    with town.server.office.reading() as desk:
        return {name.rpartition(".")[2] for name in _names(desk)}
