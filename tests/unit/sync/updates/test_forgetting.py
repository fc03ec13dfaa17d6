"""After an update goes what nothing on the laptop was made with, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import NotAllowed
from smartclient.store.conflicts import Reason
from smartclient.store.database import Database
from smartclient.store.made_with import made_with
from smartclient.sync.updates.store import CatalogueStore
from smartclient.sync.updates.updater import CatalogueUpdater
from smartclient.wire.catalogue import CatalogueSet
from smartclient.wire.messages import JsonObject
from tests.simulators.publishing import catalogue_of
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.simulators.update_server import UpdateServer
from tests.unit.store.documents import offer

_PAGES = bytes(40_000)
MADE = [
    catalogue_of(
        {
            f"forms/flexi-offer-{number}": b"form %d" % number + _PAGES,
            f"calc/flexi-{number}": b"rates %d" % number,
        }
    )
    for number in range(1, 5)
]
SETS = [each.signed_set.id for each in MADE]


class Desk:
    """A laptop that was brought up to date with every set there was."""

    def __init__(self, folder: Path) -> None:
        self.server = UpdateServer(folder / "server", MADE[0])
        self.folder = folder / "catalogue"
        self.updater = CatalogueUpdater(
            self.folder, self.server.source, self.server, SystemClock(), "0.1.0"
        )
        assert self.updater.update().installed
        self.db = Database.open(folder / "db", bytes(32), clock=SetClock(), ids=CountedIds())

    def update(self) -> None:
        """Bring the other sets, one after the other."""
        for catalogue in MADE[1:]:
            self.server.publish(catalogue)
            assert self.updater.update().installed

    def forget(self) -> int:
        """As after the update from the third set to the fourth; the space that it gave."""
        return self.updater.forget_unused(SETS[2], lambda: made_with(self.db))

    def sets(self) -> set[str]:
        """The sets that are here, as another program finds them."""
        return {name[:8] for name in CatalogueStore(self.folder).kept()}

    def size(self) -> int:
        """The bytes of sets and components."""
        files = (self.folder / name for name in ("sets", "files"))
        return sum(path.stat().st_size for folder in files for path in folder.iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.update()
    yield made
    made.db.close()


def _ids(*numbers: int) -> set[str]:
    return {SETS[number - 1][:8] for number in numbers}


def _named(set_id: str, version: int) -> JsonObject:
    made: JsonObject = {"set_id": set_id, "form_version": version, "tariff_version": version}
    return {**offer(), **made, "form_id": "flexi-offer", "tariff_id": "flexi", "template_id": ""}


def test_that_only_the_current_set_and_the_one_before_stay_when_nothing_names_others(
    desk: Desk,
) -> None:
    before = desk.size()
    freed = desk.forget()
    assert desk.sets() == _ids(3, 4)
    assert freed == before - desk.size()
    assert desk.forget() == 0


def test_that_the_set_of_a_draft_and_of_an_edit_that_lost_stay(desk: Desk) -> None:
    with desk.db.write() as tx:
        kept = tx.documents.create(_named(SETS[0], 1)).id
        tx.documents.discard(kept)  # it can be taken back
        lost = tx.conflicts.keep(kept, Reason.LOCKED, _named(SETS[1], 2), Stage.COMPLETE)
        tx.conflicts.close(lost.id)
    assert desk.forget() == 0
    assert desk.sets() == _ids(1, 2, 3, 4)
    with desk.db.write() as tx:
        tx.conflicts.drop(lost.id)
    assert desk.forget() > len(_PAGES) // 1000
    assert desk.sets() == _ids(1, 3, 4)
    assert CatalogueStore(desk.folder).package("flexi-offer", 1)
    with pytest.raises(NotAllowed):
        CatalogueStore(desk.folder).package("flexi-offer", 2)


def test_that_a_form_stays_whose_document_names_a_set_that_never_had_it(desk: Desk) -> None:
    with desk.db.write() as tx:
        tx.documents.create(_named("a set of another laptop", 2))
    desk.forget()
    assert desk.sets() == _ids(2, 3, 4)


def test_that_documents_are_not_read_while_there_is_nothing_to_forget(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    def never() -> frozenset[object]:
        raise AssertionError

    assert desk.updater.forget_unused("", never) == 0  # type: ignore[arg-type]
    desk.db.close()


def test_that_a_set_is_brought_again_when_a_document_that_names_it_comes_later(
    desk: Desk,
) -> None:
    desk.forget()
    assert desk.updater.fetch_set(SETS[0]).installed
    assert CatalogueStore(desk.folder).package("flexi-offer", 1)
    assert isinstance(CatalogueStore(desk.folder).current, CatalogueSet)
