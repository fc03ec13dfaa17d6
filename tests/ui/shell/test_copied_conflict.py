"""From the card of a conflict to the form of its copy: what did not go along is said there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, cast

import pytest

from smartclient.app.adviser import AdviserServices
from smartclient.app.windows import Workplace
from smartclient.domain.errors import NoSpace
from smartclient.services.forms import Forms
from smartclient.services.opening import Opening
from smartclient.ui.clients_flow import ClientsFlow
from smartclient.ui.conflicts_page import ConflictsPage
from smartclient.ui.places import Place
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button
from tests.simulators.laptop import Laptop
from tests.ui.desk import Desk, DeskServices
from tests.ui.shell.conftest import Settle
from tests.ui.shell.test_clients import type_in
from tests.unit.services.test_conflict_copies import in_conflict, offer
from tests.unit.services.test_keeping_typed import kept_work


@dataclass(frozen=True, slots=True)
class Services:
    """What the main window needs, the forms, and how their sets come here."""

    places: DeskServices
    forms: Forms
    opening: Opening


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    folder = tmp_path / "laptop"
    folder.mkdir()
    made = Laptop(folder)
    yield made
    made.close()


@pytest.fixture
def workplace(laptop: Laptop, desk: Desk, tasks: Tasks, settle: Settle) -> Iterator[Workplace]:
    own, desk.db, desk.clock = desk.db, laptop.db, laptop.clock
    places = desk.services()
    until, catalogue = places.synchronisation.until, laptop.library._catalogue
    opening = Opening(laptop.db, laptop.clock, until, catalogue, _no_server)
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


def _no_server() -> NoReturn:
    raise AssertionError("every form is here")


def _no_pad(_screen: object) -> NoReturn:
    raise AssertionError("nobody signs")


def test_that_what_a_copy_left_behind_is_named_on_the_card_and_above_its_form(
    workplace: Workplace, laptop: Laptop, settle: Settle
) -> None:
    conflict_id = in_conflict(laptop, offer(laptop))
    settle()
    page = cast("ConflictsPage", workplace.window.open_page(Place.CONFLICTS))
    settle()
    assert page._left is not None
    assert page._left.text().endswith("anew: Zdravotní dotazy, Souhlasy a podpis.")
    assert page.comparison is not None
    (copy,) = [each for each in page.findChildren(Button) if each.text() == "Copy my version"]
    copy.click()
    settle()
    form = workplace.form_page
    assert form.isVisible()
    told = form.banner.accessibleName()
    assert told.startswith("Answers in these chapters did not go along")
    assert "Zdravotní dotazy, Souhlasy a podpis" in told
    assert workplace.window.top._conflicts.text() == "Settled conflicts (1)"
    with laptop.db.read() as tx:
        assert [each.id for each in tx.conflicts.settled()] == [conflict_id]


def test_that_the_window_stays_open_with_a_form_that_cannot_be_kept(
    workplace: Workplace, laptop: Laptop, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = laptop.filled_offer()
    workplace._fill_in(document_id)
    settle()
    form, answered = workplace.form_page, [False, True]
    assert form.opened is not None
    monkeypatch.setattr(form, "_ask", lambda _parent, _question: answered.pop(0))
    form.opened.session.set("insured.0.occupation", "učitel na gymnáziu")
    form.changed.emit()
    workplace.window.mark_document(document_id)  # away from the form, by the search
    settle()
    form.opened.session.set("insured.0.occupation", "učitel v důchodu")
    form.changed.emit()

    def full(*_args: object) -> None:
        raise NoSpace("SC-STORE-010")

    closed: list[bool] = []
    workplace.window.closed.connect(lambda: closed.append(True))
    with monkeypatch.context() as patch:
        patch.setattr(laptop.forms, "keep", full)
        workplace.window.close()
        settle()
        assert form.isVisible(), "it is shown what could not be kept"
        assert "no space left" in form.banner.words
        assert not closed
    workplace.window.close()
    settle()
    assert closed
    assert answered == [True], "what is kept is not asked about"
    assert kept_work(laptop, document_id) == "učitel v důchodu"


def test_that_the_end_of_the_program_keeps_what_is_typed_of_a_client(
    workplace: Workplace, laptop: Laptop, settle: Settle
) -> None:
    flow = cast("ClientsFlow", workplace.window.open_page(Place.CLIENTS))
    settle()
    flow.add_client()
    settle()
    type_in(flow, surname="Dlouhá")
    workplace.keep_typed()
    with laptop.db.read() as tx:
        assert [draft.typed["surname"] for draft in tx.clients.drafts()] == ["Dlouhá"]
