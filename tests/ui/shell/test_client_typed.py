"""Nothing typed of a client is lost: in every order of saves, refusals and closings."""

from collections.abc import Callable, Iterator
from threading import Event
from typing import cast

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from smartclient.domain.errors import NoSpace
from smartclient.store.client_rows import ClientFilter
from smartclient.ui.autosave import DEBOUNCE_MS
from smartclient.ui.clients_flow import ClientsFlow
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import Place
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button
from tests.ui.desk import Desk
from tests.ui.form_page.test_keeping_typed import Asked, Line
from tests.ui.shell.conftest import Settle
from tests.ui.shell.test_clients import VALID, input_of, type_in


class Disk:
    """The disk, which can be full for what is typed of a client."""

    def __init__(self, flow: ClientsFlow, monkeypatch: pytest.MonkeyPatch) -> None:
        self._clients, self._patch = flow.form._clients, monkeypatch

    def fill(self) -> None:
        for verb in ("keep_draft", "save", "change", "discard_draft"):
            self._patch.setattr(self._clients, verb, _full)

    def free(self) -> None:
        self._patch.undo()


def _full(*_args: object, **_named: object) -> None:
    raise NoSpace("SC-STORE-010")


@pytest.fixture
def flow(window: MainWindow, settle: Settle) -> ClientsFlow:
    """A new client is being typed."""
    shown = cast("ClientsFlow", window.open_page(Place.CLIENTS))
    settle()
    shown.add_client()
    settle()
    return shown


@pytest.fixture
def asked(flow: ClientsFlow) -> Asked:
    made = Asked()
    flow.form._question = made
    return made


@pytest.fixture
def line(tasks: Tasks) -> Iterator[Line]:
    made = Line(tasks)
    yield made
    made.go_on()


@pytest.fixture
def disk(flow: ClientsFlow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    made = Disk(flow, monkeypatch)
    yield made
    made.free()


def kept(desk: Desk) -> list[object]:
    """The surnames that are kept as drafts, those of the desk left aside."""
    with desk.db.read() as tx:
        found = [draft.typed.get("surname") for draft in tx.clients.drafts()]
    return [each for each in found if each != "Dobrá"]


def press(flow: ClientsFlow, words: str) -> None:
    (button,) = [
        each for each in flow.form.findChildren(Button) if each.text() == words and each.isVisible()
    ]
    button.click()


def test_that_somebody_who_types_without_a_pause_is_kept_all_the_same(
    flow: ClientsFlow, qtbot: QtBot, desk: Desk
) -> None:
    for _key in range(60):
        type_in(flow, surname="Vytrvalá")
        qtbot.wait(DEBOUNCE_MS // 8)
        if kept(desk):
            break
    assert kept(desk) == ["Vytrvalá"]


def test_that_a_refused_draft_is_kept_by_itself_once_there_is_room(
    flow: ClientsFlow, qtbot: QtBot, desk: Desk, disk: Disk
) -> None:
    disk.fill()
    type_in(flow, surname="Dlouhá")
    flow.form.keep_now()
    qtbot.waitUntil(flow.form.banner.isVisible)
    assert "no space left" in flow.form.banner.words
    assert flow.form._kept.text() == "Not saved yet"
    disk.free()
    qtbot.waitUntil(lambda: kept(desk) == ["Dlouhá"])
    qtbot.waitUntil(lambda: not flow.form.banner.isVisible())
    assert flow.form._kept.text().startswith("Kept as a draft at")


def test_that_a_form_that_cannot_be_kept_is_not_left_without_a_question(
    flow: ClientsFlow, settle: Settle, desk: Desk, disk: Disk, asked: Asked
) -> None:
    type_in(flow, surname="Dlouhá")
    disk.fill()
    flow.form._go_back()
    settle()
    (question,) = asked.questions
    assert "could not be kept" in question.headline
    assert flow.currentWidget() is flow.form
    assert flow.form.typed["surname"] == "Dlouhá"
    disk.free()
    press(flow, "Try again")
    settle()
    assert kept(desk) == ["Dlouhá"]
    flow.form._go_back()
    assert flow.currentWidget() is flow.list
    assert len(asked.questions) == 1


def test_that_somebody_who_wants_to_leaves_a_form_that_cannot_be_kept(
    flow: ClientsFlow, settle: Settle, desk: Desk, disk: Disk, asked: Asked
) -> None:
    type_in(flow, surname="Dlouhá")
    disk.fill()
    asked.answer = True
    flow.form._go_back()
    assert flow.currentWidget() is flow.list
    disk.free()
    settle()
    assert kept(desk) == []


@pytest.mark.parametrize("other", ["add", "resume", "change"])
def test_that_no_other_form_takes_the_place_of_one_that_cannot_be_kept(
    flow: ClientsFlow, settle: Settle, desk: Desk, disk: Disk, asked: Asked, other: str
) -> None:
    opens: dict[str, Callable[[], None]] = {
        "add": flow.add_client,
        "resume": lambda: flow.resume(flow.form._clients.drafts()[0].id),
        "change": lambda: flow.change_client(desk.clients[1]),
    }
    type_in(flow, surname="Dlouhá")
    disk.fill()
    opens[other]()
    settle()
    assert len(asked.questions) == 1
    assert flow.form.typed["surname"] == "Dlouhá"
    disk.free()
    opens[other]()
    settle()
    assert flow.form.typed["surname"] != "Dlouhá"
    assert kept(desk) == ["Dlouhá"]


def test_that_the_window_stays_open_with_a_client_that_cannot_be_kept(
    flow: ClientsFlow,
    window: MainWindow,
    settle: Settle,
    desk: Desk,
    disk: Disk,
    asked: Asked,
) -> None:
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    type_in(flow, surname="Dlouhá")
    disk.fill()
    window.open_page(Place.HOME)
    settle()
    window.close()
    settle()
    assert len(asked.questions) == 1
    assert not closed
    assert flow.form.isVisible(), "it is shown what could not be kept"
    disk.free()
    window.close()
    settle()
    assert closed
    assert len(asked.questions) == 1, "what is kept is not asked about"
    assert kept(desk) == ["Dlouhá"]


def test_that_a_save_that_waited_never_writes_over_a_later_one(
    flow: ClientsFlow, window: MainWindow, desk: Desk, line: Line, settle: Settle
) -> None:
    """The program ends while a save waits: the last one is made at once, then the line ends."""
    line.hold()
    type_in(flow, surname="Dlouhá")
    flow.form.keep_now()
    type_in(flow, surname="Dlouhá-Nová")
    window.shelf.keep_typed()
    assert kept(desk) == ["Dlouhá-Nová"]
    line.go_on()
    settle()
    assert kept(desk) == ["Dlouhá-Nová"]


def test_that_a_client_saved_while_the_program_ends_is_no_draft_any_more(
    flow: ClientsFlow, window: MainWindow, desk: Desk, tasks: Tasks, line: Line
) -> None:
    line.hold()
    type_in(flow, **VALID)
    flow.form.keep_now()
    flow.form.save()
    window.shelf.keep_typed()
    assert kept(desk) == ["Novotný"], "who knows whether the save comes to its end"
    saved = Event()
    tasks.run(saved.set, lambda _none: None, lambda _error: None)
    line.go_on()
    assert saved.wait(30)
    window.shelf.keep_typed()  # the answer has not come to the form yet
    assert kept(desk) == []
    with desk.db.read() as tx:
        assert tx.clients.count(ClientFilter()) == 23


def test_that_what_is_typed_of_somebody_who_is_here_already_is_kept_as_a_draft(
    flow: ClientsFlow, settle: Settle, desk: Desk
) -> None:
    type_in(flow, **{**VALID, "national_id": "845612/1234"})
    flow.form.save()
    settle()
    assert "kept as a draft" in flow.form.banner.words
    assert kept(desk) == ["Novotný"]
    assert flow.form.form is not None
    assert flow.form.form.isEnabled()


def test_that_a_client_who_could_not_be_saved_stays_in_the_form(
    flow: ClientsFlow, settle: Settle, qtbot: QtBot, desk: Desk, disk: Disk
) -> None:
    type_in(flow, **VALID)
    disk.fill()
    flow.form.save()
    settle()
    assert "no space left" in flow.form.banner.words
    assert flow.form.form is not None
    assert flow.form.form.isEnabled()
    disk.free()
    qtbot.waitUntil(lambda: kept(desk) == ["Novotný"])
    flow.form.save()
    settle()
    assert flow.currentWidget() is flow.information
    assert kept(desk) == []


def test_that_a_form_that_could_not_be_discarded_is_kept_on(
    flow: ClientsFlow, settle: Settle, qtbot: QtBot, desk: Desk, disk: Disk, asked: Asked
) -> None:
    type_in(flow, surname="Dlouhá")
    asked.answer = True
    disk.fill()
    flow.form.discard()
    settle()
    assert flow.currentWidget() is flow.form
    disk.free()
    type_in(flow, surname="Dlouhá-Nová")
    qtbot.waitUntil(lambda: kept(desk) == ["Dlouhá-Nová"])
    flow.form.discard()
    settle()
    assert flow.currentWidget() is flow.list
    assert kept(desk) == []


def test_that_of_two_forms_asked_for_at_once_only_the_last_one_opens(
    flow: ClientsFlow, settle: Settle, desk: Desk
) -> None:
    flow.change_client(desk.clients[0])
    flow.change_client(desk.clients[1])
    settle()
    assert flow.form.changes == desk.clients[1]


def test_that_a_new_client_is_not_replaced_by_one_asked_for_before(
    flow: ClientsFlow, settle: Settle, desk: Desk
) -> None:
    flow.change_client(desk.clients[0])
    flow.add_client("Jana Nová")
    settle()
    assert flow.form.changes is None
    surname = cast("QLineEdit", input_of(flow, "surname"))
    assert surname.text() == "Nová"


def test_that_the_answer_for_a_form_that_was_left_is_not_for_the_next_one(
    flow: ClientsFlow, settle: Settle, desk: Desk, line: Line
) -> None:
    line.hold()
    type_in(flow, **VALID)
    flow.form.save()
    flow.form._go_back()
    flow.add_client("Jana Nová")
    line.go_on()
    settle()
    assert flow.currentWidget() is flow.form
    assert flow.form.is_open
    assert flow.form.typed["surname"] == "Nová"
    with desk.db.read() as tx:
        assert tx.clients.count(ClientFilter()) == 23
    assert kept(desk) == []


def test_that_the_last_words_of_a_client_who_went_wait_for_room(
    flow: ClientsFlow, settle: Settle, qtbot: QtBot, desk: Desk, disk: Disk
) -> None:
    flow.change_client(desk.clients[0])
    settle()
    type_in(flow, city="Brno-Líšeň")
    disk.fill()
    with desk.db.write() as tx:
        tx.outgoing._wiping.erase([desk.clients[0]])
    flow.form.changed("client")
    settle()
    assert flow.form.is_open
    assert "no space left" in flow.form.banner.words
    disk.free()
    qtbot.waitUntil(lambda: not flow.form.is_open)
    assert "not on this computer any more" in flow.form.banner.words
