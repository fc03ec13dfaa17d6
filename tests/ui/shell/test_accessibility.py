"""What everybody must be able to do: names for screen readers, focus, contrast, words for states."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QWidget

from smartclient.domain.document_looks import APPEARANCE, NOT_EXPORTED
from smartclient.ui import icons
from smartclient.ui.activation_window import ActivationWindow
from smartclient.ui.main_window import MainWindow
from smartclient.ui.places import SIGNS, Place
from smartclient.ui.synchronisation_page import SynchronisationPage
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import COLOURS, Scheme
from smartclient.ui.widgets.button import Button
from tests.ui.desk import Desk, KnownAccount
from tests.ui.shell.conftest import Settle

NO_FOCUS = Qt.FocusPolicy.NoFocus


def nameless(top: QWidget) -> Iterator[str]:
    """Widgets that take the focus and have no name for a screen reader."""
    for widget in top.findChildren(QWidget):
        inner = isinstance(widget.parentWidget(), QAbstractScrollArea | QAbstractItemView)
        skipped = inner or widget.isHidden() or widget.objectName().startswith("qt_")
        if widget.focusPolicy() is NO_FOCUS or skipped:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        name = interface.text(QAccessible.Text.Name) if interface else widget.accessibleName()
        if not name.strip():
            yield f"{widget} in {type(widget.parentWidget()).__name__}"


def test_that_everything_that_takes_the_focus_has_a_name(
    window: MainWindow, settle: Settle
) -> None:
    for place in Place:
        window.open_page(place)
        settle()
    assert list(nameless(window)) == []


def test_that_the_pages_of_a_client_have_names(
    window: MainWindow, settle: Settle, desk: Desk
) -> None:
    flow = window.shelf.clients
    for client in (desk.clients[0], desk.clients[7]):
        window.open_client(client)
        settle()
        flow.inform(client)
        settle()
        flow.change_client(client)
        settle()
    assert list(nameless(flow)) == []


def test_that_the_questions_about_a_client_and_the_conflicts_have_names(
    window: MainWindow, settle: Settle, desk: Desk, tmp_path: Path
) -> None:
    window.open_client(desk.clients[0])
    settle()
    panel = window.shelf.clients.panel
    file = tmp_path / "card.pdf"
    file.write_bytes(b"%PDF-1.7")
    panel.acts._choose_file = lambda _parent: file
    for place, ask in enumerate((panel._merge, panel._hide_or_show, panel._erase, panel._attach)):
        panel.tabs.button(place % 3).click()
        ask()
        settle()
        dialog = panel.acts.dialog
        assert dialog is not None
        assert list(nameless(dialog)) == []
        dialog.reject()
    assert list(nameless(panel)) == []
    page = window.open_page(Place.SYNCHRONISATION)
    assert isinstance(page, SynchronisationPage)
    settle()
    page.history.all.click()
    settle()
    assert page.all_runs is not None
    assert list(nameless(page.all_runs)) == []
    page.all_runs.close()


def test_that_the_activation_has_names(desk: Desk, tasks: Tasks) -> None:
    window = ActivationWindow(desk.services().activation, tasks)
    assert isinstance(window._activation, KnownAccount)
    assert list(nameless(window)) == []
    window.deleteLater()


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT_ON = (
    ("text", ("ground", "surface", "raised", "accent_ground", "attention_ground", "good_ground")),
    ("text", ("bad_ground", "line")),
    ("muted", ("ground", "surface", "raised", "accent_ground", "attention_ground")),
    ("accent", ("ground", "surface")),
    ("accent_text", ("surface", "accent_ground")),
    ("on_accent", ("accent", "accent_strong")),
    ("good", ("surface", "good_ground")),
    ("bad", ("surface", "bad_ground", "ground")),
    ("tip_text", ("tip_ground",)),
    ("tip_muted", ("tip_ground",)),
)
LINES_ON = (
    ("edge", ("surface", "ground")),
    ("attention", ("surface", "attention_ground")),
    ("accent", ("surface", "accent_ground")),
    ("bar_in_progress", ("surface",)),
    ("bar_waiting", ("surface",)),
    ("bar_to_send", ("surface",)),
    ("bar_backed_up", ("surface",)),
    ("bar_exported", ("surface",)),
    ("bar_accepted", ("surface",)),
)


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_ON, 4.5), (LINES_ON, 3.0)])
def test_that_words_and_lines_stand_out_from_their_ground(
    scheme: Scheme, pairs: tuple[tuple[str, tuple[str, ...]], ...], least: float
) -> None:
    colours = COLOURS[scheme]
    weak = [
        (ink, ground, round(found, 2))
        for ink, grounds in pairs
        for ground in grounds
        if (found := contrast(getattr(colours, ink), getattr(colours, ground))) < least
    ]
    assert weak == []


def test_that_every_colour_is_written_as_six_digits() -> None:
    for colours in COLOURS.values():
        assert all(QColor(value).isValid() for value in colours)


def test_that_every_state_and_place_has_its_icon() -> None:
    wanted = {appearance.icon for appearance in APPEARANCE.values()}
    wanted |= {NOT_EXPORTED.icon} | {sign.icon for sign in SIGNS.values()}
    drawn = {entry.stem for entry in Path(icons.__file__).with_name("icons").glob("*.svg")}
    assert wanted - drawn == set()


def tabbed(page: QWidget) -> list[str]:
    """The buttons of a page in the order of the Tab key."""
    found: list[str] = []
    here = page.nextInFocusChain()
    while here is not None and here is not page:
        if isinstance(here, Button) and here.isVisible() and page.isAncestorOf(here):
            found.append(here.text())
        here = here.nextInFocusChain()
    return found


def test_that_the_tab_key_goes_as_the_eye_goes(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    home = tabbed(window.open_page(Place.HOME))
    assert home.index("Sign") < home.index("Show 6 more") < home.index("Show as a table")
    with desk.db.write() as tx:
        state = tx.records.find(desk.documents[4])
        assert state is not None
        tx.records.keep([replace(state, parked="SC-SYNC-029")])
    page = window.open_page(Place.SYNCHRONISATION)
    settle()
    assert tabbed(page)[:3] == ["Open the document", "Send again", "Start synchronisation"]
