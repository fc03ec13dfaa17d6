"""What is made with a form that is not on this computer: it is fetched, or that is said."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import NoReturn, cast

import pytest
from pytestqt.qtbot import QtBot

from smartclient.app.adviser import AdviserServices
from smartclient.app.windows import Workplace
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId
from smartclient.publisher.components import Catalogue
from smartclient.services.forms import Forms, Library
from smartclient.services.opening import Opening
from smartclient.store.conflicts import Reason
from smartclient.sync.updates.store import CatalogueStore
from smartclient.sync.updates.updater import CatalogueUpdater
from smartclient.ui.conflicts_page import ConflictsPage
from smartclient.ui.page import Page
from smartclient.ui.places import Place
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button
from smartclient.wire.archive import pack_files
from smartclient.wire.catalogue import AppRelease, CatalogueSet, ComponentKind
from smartclient.wire.messages import JsonObject
from tests.simulators.catalogue_sources import component_files
from tests.simulators.laptop import Laptop
from tests.simulators.publishing import DAY, component_of
from tests.simulators.update_server import UpdateServer
from tests.ui.desk import Desk, DeskServices
from tests.ui.shell.conftest import Settle
from tests.unit.forms.published import answers

_PARTS = (
    (ComponentKind.FORM, "flexi-offer", "forms/flexi-offer"),
    (ComponentKind.TARIFF, "flexi", "calc/flexi"),
    (ComponentKind.TEMPLATE, "flexi-offer", "forms/template-flexi-offer"),
)


def published(version: int) -> Catalogue:
    """The offer in one of its versions, as a signed set of its own."""
    archives = {
        f"{target}-{version}": pack_files(component_files(kind, name, version))
        for kind, name, target in _PARTS
    }
    components = tuple(component_of(name, archive) for name, archive in archives.items())
    return Catalogue(
        CatalogueSet(f"set-{version}", AppRelease("0.1.0", DAY, "0.1.0"), components),
        {f"{name}.zip": archive for name, archive in archives.items()},
    )


@dataclass(frozen=True, slots=True)
class Services:
    """What the main window needs, the forms, and how their sets come here."""

    places: DeskServices
    forms: Forms
    opening: Opening


@pytest.fixture
def server(tmp_path: Path) -> UpdateServer:
    made = UpdateServer(tmp_path / "publisher", published(1))
    made.publish(published(2))
    return made


@pytest.fixture
def updater(server: UpdateServer, tmp_path: Path) -> CatalogueUpdater:
    """The laptop was activated after the second version came: it never had the first."""
    made = CatalogueUpdater(tmp_path / "published", server.source, server, SystemClock(), "0.1.0")
    assert made.update().installed
    server.asked.clear()
    return made


@pytest.fixture
def laptop(tmp_path: Path, updater: CatalogueUpdater) -> Iterator[Laptop]:
    del updater  # it filled the catalogue
    folder = tmp_path / "laptop"
    folder.mkdir()
    made = Laptop(folder)
    made.library = Library(CatalogueStore(tmp_path / "published"))
    made.restart()
    yield made
    made.close()


@pytest.fixture
def workplace(
    laptop: Laptop,
    desk: Desk,
    tasks: Tasks,
    settle: Settle,
    tmp_path: Path,
    updater: CatalogueUpdater,
) -> Iterator[Workplace]:
    own, desk.db, desk.clock = desk.db, laptop.db, laptop.clock
    places = desk.services()
    until = places.synchronisation.until
    catalogue = CatalogueStore(tmp_path / "published")
    opening = Opening(laptop.db, laptop.clock, until, catalogue, lambda: updater)
    services = cast("AdviserServices", Services(places, laptop.forms, opening))
    made = Workplace(services, tasks, laptop.clock, _no_pad, lambda _page, _asked: True)
    end = laptop.db.subscribe(made.window.hear)
    made.window.show()
    settle()
    yield made
    made.form_page.close_form()
    settle()
    end()
    made.window.deleteLater()
    desk.db = own


def _no_pad(_screen: object) -> NoReturn:
    raise AssertionError("nobody signs")


@pytest.fixture
def conflict_id(laptop: Laptop) -> str:
    """An edit in the first version of the form, pulled from another computer."""
    document_id = laptop.forms.start(laptop.new_client(), "flexi-offer")
    with laptop.db.write() as tx:
        old: JsonObject = {**tx.documents.get(document_id).body, "form_version": 1}
        old |= {"tariff_version": 1, "template_version": 1, "set_id": "set-1"}
        old["answers"] = answers("flexi-offer", "family")
        tx.documents.save(document_id, {**old, "answers": {}}, Stage.COMPLETE)
        return tx.conflicts.keep(document_id, Reason.LOCKED, old, Stage.DRAFT).id


def page_of(workplace: Workplace) -> ConflictsPage:
    return cast("ConflictsPage", workplace.window.open_page(Place.CONFLICTS))


def copy_pressed(page: ConflictsPage) -> None:
    (copy,) = [each for each in page.findChildren(Button) if each.text() == "Copy my version"]
    copy.click()


def test_that_a_conflict_of_a_form_that_is_not_here_is_copied_once_it_was_fetched(
    workplace: Workplace, laptop: Laptop, settle: Settle, conflict_id: str
) -> None:
    workplace.copy_conflict(conflict_id)
    settle()
    form = workplace.form_page
    assert form.isVisible()
    assert form.opened is not None
    told = form.banner.accessibleName()
    assert told.startswith("Answers in these chapters did not go along")
    assert "Zdravotní dotazy" in told
    # The field is called otherwise in the newer version: only the older form knows where it goes.
    assert form.opened.session.field("aml.document_number").typed
    with laptop.db.read() as tx:
        (settled,) = tx.conflicts.settled()
    assert settled.copied_to == form.opened.document_id


def test_that_both_versions_are_compared_once_their_form_was_fetched(
    workplace: Workplace, settle: Settle, conflict_id: str
) -> None:
    page = page_of(workplace)
    settle()
    assert page._here == conflict_id
    assert page.comparison is not None
    assert page.comparison.table.rowCount() > 20
    assert page._left is not None
    assert "Zdravotní dotazy" in page._left.text()
    assert page._not_compared is not None
    assert page._not_compared.isHidden()


def test_that_without_a_network_it_is_said_why_nothing_is_compared_or_copied(
    workplace: Workplace, laptop: Laptop, settle: Settle, server: UpdateServer, conflict_id: str
) -> None:
    server.offline = True
    page = page_of(workplace)
    settle()
    assert page._not_compared is not None
    assert page._not_compared.isVisible()
    why = "The version of the form that this document was made with is not here: flexi-offer 1."
    assert why in page._not_compared.text()
    copy_pressed(page)
    settle()
    assert page.banner.isVisible()
    assert page.banner.words.startswith(why)
    assert "SC-OPEN-001" in page.banner.words
    with laptop.db.read() as tx:
        assert [each.id for each in tx.conflicts.open()] == [conflict_id]
        assert tx.conflicts.settled() == ()
    server.offline = False
    page.refresh_soon()
    settle()
    assert page._not_compared.isHidden()
    assert page.banner.isHidden()
    copy_pressed(page)
    settle()
    assert workplace.form_page.isVisible()


def test_that_pressing_twice_makes_one_copy(
    workplace: Workplace, laptop: Laptop, settle: Settle, conflict_id: str
) -> None:
    before = laptop_documents(laptop)
    workplace.copy_conflict(conflict_id)
    workplace.copy_conflict(conflict_id)
    settle()
    assert laptop_documents(laptop) == before + 1
    assert workplace.form_page.opened is not None


def laptop_documents(laptop: Laptop) -> int:
    with laptop.db.read() as tx:
        return sum(tx.documents.counts_by_state().values())


@pytest.fixture
def document_id(laptop: Laptop) -> DocumentId:
    """A filled document of the first version, pulled from another computer."""
    made = laptop.forms.start(laptop.new_client(), "flexi-offer")
    with laptop.db.write() as tx:
        old: JsonObject = {**tx.documents.get(made).body, "form_version": 1}
        old |= {"tariff_version": 1, "template_version": 1, "set_id": "set-1"}
        old["answers"] = answers("flexi-offer", "family")
        tx.documents.save(made, old, Stage.COMPLETE)
    return made


def test_that_a_document_of_a_form_that_is_not_here_is_copied_once_it_was_fetched(
    workplace: Workplace, settle: Settle, document_id: DocumentId
) -> None:
    workplace.copy(document_id)
    settle()
    opened = workplace.form_page.opened
    assert opened is not None
    assert opened.document_id != document_id
    # The field is called otherwise in the newer version: only the older form knows where it goes.
    assert opened.session.field("aml.document_number").typed


def test_that_without_a_network_it_is_said_why_a_document_is_not_copied(
    workplace: Workplace,
    laptop: Laptop,
    settle: Settle,
    server: UpdateServer,
    document_id: DocumentId,
) -> None:
    server.offline = True
    before = laptop_documents(laptop)
    page = workplace.window.open_page(Place.DOCUMENTS)
    settle()
    workplace.copy(document_id)
    settle()
    assert isinstance(page, Page)
    assert "is not here: flexi-offer 1" in page.banner.words
    assert "SC-OPEN-001" in page.banner.words
    assert laptop_documents(laptop) == before


def test_that_a_form_that_is_slow_to_come_is_told_of_on_the_card(
    workplace: Workplace,
    qtbot: QtBot,
    settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
    conflict_id: str,
) -> None:
    opening, come = workplace._services.opening, Event()
    bring = opening.bring_set_of_conflict

    def slowly(conflict: str, *, compared: bool = False) -> None:
        come.wait(30)
        bring(conflict, compared=compared)

    monkeypatch.setattr(opening, "bring_set_of_conflict", slowly)
    page = page_of(workplace)
    qtbot.waitUntil(lambda: page._fetching is not None and page._fetching.isVisible())
    assert page._fetching is not None
    told = "The version of the form is being fetched; the answers will be compared then."
    assert page._fetching.text() == told
    come.set()
    settle()
    assert page._here == conflict_id
    assert page.comparison is not None
    assert page.comparison.table.rowCount() > 20
    assert page._fetching.isHidden()
