"""Before a document opens: its own form comes here, and the export is not forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import NotAllowed, Unreachable
from smartclient.domain.ids import DocumentId
from smartclient.services.opening import Opening
from smartclient.store.conflicts import Reason
from smartclient.store.database import Database
from smartclient.store.document_lines import situation_of
from smartclient.sync.exchange.server_clock import ServerClock
from smartclient.sync.updates.store import CatalogueStore
from smartclient.sync.updates.updater import CatalogueUpdater
from smartclient.wire.messages import JsonObject
from tests.simulators.publishing import catalogue_of
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.simulators.update_server import UpdateServer

TEMPLATE = "forms/template-flexi-offer-1"
FIRST = catalogue_of({"forms/flexi-offer-1": b"form", "calc/flexi-1": b"rates", TEMPLATE: b"page"})
SECOND = catalogue_of({"forms/flexi-offer-2": b"next", "calc/flexi-2": b"more", TEMPLATE: b"page"})
LOCK = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


class Desk:
    """A laptop that has only the second set, and a server that has published both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SetClock()
        self.server = UpdateServer(folder / "server", FIRST)
        self.server.publish(SECOND)
        self.catalogue = CatalogueStore(folder / "catalogue")
        self.updater = CatalogueUpdater(
            folder / "catalogue", self.server.source, self.server, SystemClock(), "0.1.0"
        )
        assert self.updater.update().installed
        self.db = Database.open(folder / "db", bytes(32), clock=self.clock, ids=CountedIds())
        self.server_clock = ServerClock(self.clock)
        self.opening = self.fresh_opening()

    def fresh_opening(self) -> Opening:
        """As after a start of the program."""
        until = self.server_clock.until
        return Opening(self.db, self.clock, until, self.catalogue, lambda: self.updater)

    def document(self, set_id: str, kind: str = "offer") -> DocumentId:
        """A document that was made with the first set's form."""
        body: JsonObject = {
            "document_kind": kind,
            "number": "7200040001",
            "form_id": "flexi-offer",
            "form_version": 1,
            "set_id": set_id,
            "tariff_id": "flexi",
            "tariff_version": 1,
            "template_id": "flexi-offer",
            "template_version": 1,
            "client_name": "Petr Novák",
            "answers": {},
        }
        with self.db.write() as tx:
            return tx.documents.create(body, Stage.COMPLETE).id

    def back_up(self, document_id: DocumentId, state: ServerState = ServerState.OPEN) -> None:
        """A synchronisation brought it to the server and told when it locks."""
        with self.db.write() as tx:
            line = tx.documents.lines([document_id])[document_id]
            tx.documents.stand(
                document_id, replace(situation_of(line), server=state, backed_up=True)
            )
            tx.feed.set_next_lock_at(LOCK)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_that_the_older_set_a_document_names_is_fetched_when_it_opens(desk: Desk) -> None:
    document = desk.document(FIRST.signed_set.id)
    assert desk.opening.needs_older_set(document)
    desk.opening.bring_older_set(document)
    assert not desk.opening.needs_older_set(document)
    assert desk.catalogue.tariff("flexi", 1) == {"content": b"rates"}
    assert desk.catalogue.current == SECOND.signed_set


def test_that_nothing_is_asked_when_everything_is_here(desk: Desk) -> None:
    document = desk.document(FIRST.signed_set.id)
    desk.opening.bring_older_set(document)
    desk.server.asked.clear()
    desk.opening.bring_older_set(document)
    assert desk.server.asked == []


def test_that_without_a_network_the_document_stays_and_the_way_on_is_named(desk: Desk) -> None:
    document = desk.document(FIRST.signed_set.id)
    desk.server.offline = True
    with pytest.raises(Unreachable) as refusal:
        desk.opening.bring_older_set(document)
    assert (refusal.value.code, refusal.value.values["form"]) == ("SC-OPEN-001", "flexi-offer 1")


def test_that_a_set_nobody_publishes_any_more_is_told_apart_from_no_network(desk: Desk) -> None:
    document = desk.document("2019-01")
    with pytest.raises(NotAllowed) as refusal:
        desk.opening.bring_older_set(document)
    assert refusal.value.code == "SC-OPEN-002"


def test_that_an_update_under_way_is_told_apart_from_a_set_that_is_gone(desk: Desk) -> None:
    document = desk.document(FIRST.signed_set.id)
    with desk.updater._alone(), pytest.raises(NotAllowed) as refusal:
        desk.opening.bring_older_set(document)
    assert refusal.value.code == "SC-OPEN-003"
    desk.opening.bring_older_set(document)
    assert not desk.opening.needs_older_set(document)


@pytest.mark.parametrize("compared", [False, True])
def test_that_the_sets_of_a_conflict_and_of_what_holds_are_fetched(
    desk: Desk, compared: bool
) -> None:
    """For a copy the version that holds is not needed, so it refuses nothing."""
    document = desk.document("2019-01")  # nobody publishes it any more
    with desk.db.write() as tx:
        body: JsonObject = {**tx.documents.get(document).body, "set_id": FIRST.signed_set.id}
        theirs: JsonObject = {**body, "set_id": "2019-01", "form_version": 9}
        tx.documents.save(document, theirs, Stage.COMPLETE)
        conflict = tx.conflicts.keep(document, Reason.LOCKED, body, Stage.DRAFT).id
    assert desk.opening.needs_set_of_conflict(conflict, compared=compared)
    if compared:
        with pytest.raises(NotAllowed, match="SC-OPEN-002"):
            desk.opening.bring_set_of_conflict(conflict, compared=True)
    else:
        desk.opening.bring_set_of_conflict(conflict)
    assert not desk.opening.needs_set_of_conflict(conflict)
    assert desk.opening.needs_set_of_conflict(conflict, compared=True)


def test_that_a_conflict_that_is_gone_needs_no_form(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="SC-STORE-026"):
        desk.opening.needs_set_of_conflict("nobody")


def test_that_a_damaged_older_form_is_fetched_again(desk: Desk) -> None:
    document = desk.document(FIRST.signed_set.id)
    desk.opening.bring_older_set(document)
    for archive in (desk.folder / "catalogue" / "files").iterdir():
        archive.write_bytes(b"torn")
    fresh = desk.fresh_opening()
    assert fresh.needs_older_set(document)
    fresh.bring_older_set(document)
    assert not fresh.needs_older_set(document)


def test_that_after_the_lock_time_without_a_synchronisation_opening_warns(desk: Desk) -> None:
    document = desk.document(FIRST.signed_set.id)
    desk.back_up(document)
    assert desk.opening.warning(document) == ""
    desk.clock.set(LOCK + timedelta(minutes=1))
    assert "21:00" in desk.opening.warning(document)


@pytest.mark.parametrize("off", [timedelta(hours=-2), timedelta(hours=2)])
def test_that_only_the_servers_clock_says_whether_the_lock_has_passed(
    desk: Desk, off: timedelta
) -> None:
    document = desk.document(FIRST.signed_set.id)
    desk.back_up(document)
    desk.clock.set(LOCK + off)
    desk.server_clock.heard(LOCK - timedelta(minutes=10))
    assert desk.opening.warning(document) == ""
    desk.clock.pass_time(minutes=11)
    assert "21:00" in desk.opening.warning(document)


def test_that_a_synchronisation_after_the_lock_ends_the_warning(desk: Desk) -> None:
    document = desk.document(FIRST.signed_set.id)
    desk.back_up(document)
    desk.clock.set(LOCK + timedelta(hours=3))
    with desk.db.write() as tx:
        tx.feed.set_next_lock_at(LOCK + timedelta(days=1))
    assert desk.opening.warning(document) == ""


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("offer", ServerState.LOCKED),  # it cannot be edited anyway
        ("offer", ServerState.NONE),  # the server has never seen it
        ("other", ServerState.OPEN),  # may be edited after the export as well
    ],
)
def test_that_nothing_is_said_where_the_export_cannot_hurt(
    desk: Desk, kind: str, state: ServerState
) -> None:
    document = desk.document(FIRST.signed_set.id, kind)
    desk.back_up(document, state)
    desk.clock.set(LOCK + timedelta(hours=1))
    assert desk.opening.warning(document) == ""
