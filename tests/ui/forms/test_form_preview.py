"""`smartclient form preview`: a package as the adviser sees it, and its faults in words."""

import json
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from smartclient.app.form_preview import preview_window, show_form
from smartclient.cli import main
from smartclient.cli.form import OpenForm
from smartclient.domain.language import speak
from smartclient.ui.forms.controls import LineControl
from smartclient.ui.forms.preview_window import FormPreviewWindow
from smartclient.ui.theme import Scheme, dress, look
from tests.ui import household_form

PERSON = Path("smartclient/services/clients/person")


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication) -> Iterator[None]:
    """What a preview changes for the whole program is put back."""
    locale = QLocale()
    yield
    speak(NullTranslations())
    QLocale.setDefault(locale)
    dress(qapp, Scheme.LIGHT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a small package."""
    for name, content in household_form.files().items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path


def opened(qapp: QApplication, qtbot: QtBot, folder: Path, *more: str) -> FormPreviewWindow:
    """The window that the command would show."""
    windows: list[FormPreviewWindow] = []

    def show(open_form: OpenForm, language: str, dark: bool) -> int:
        windows.append(preview_window(qapp, open_form, language, dark=dark))
        return 0

    assert main(["form", "preview", str(folder), *more], show) == 0
    (window,) = windows
    qtbot.addWidget(window)
    window.show()
    return window


def line_at(window: FormPreviewWindow, path: str) -> QLineEdit:
    assert window.form is not None
    window.form.go_to(path)
    control = window.form.section.cells[path].control
    assert isinstance(control, LineControl)
    return control.line


def words(window: FormPreviewWindow) -> str:
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_that_a_package_is_shown_as_the_adviser_sees_it(
    qapp: QApplication, qtbot: QtBot, folder: Path
) -> None:
    window = opened(qapp, qtbot, folder)
    assert window.windowTitle() == "Formulář Domácnost"
    assert "Pojištěné osoby" in words(window)
    assert "household" in words(window)
    assert "verze 1" in words(window)
    line = line_at(window, "insured.0.surname")
    line.textEdited.emit("Černá")
    assert window.session is not None
    assert window.session.field("insured.0.surname").value == "Černá"


def test_that_another_language_keeps_what_was_typed(qapp: QApplication, qtbot: QtBot) -> None:
    window = opened(qapp, qtbot, PERSON, "--language", "cs")
    line_at(window, "person.surname").textEdited.emit("Černá")
    window.choose_language("en")
    assert line_at(window, "person.surname").text() == "Černá"
    assert "Residence" in words(window)
    assert "Bydliště" not in words(window)
    window.choose_language("cs")
    assert "Bydliště" in words(window)


def test_that_the_form_can_be_seen_dark(qapp: QApplication, qtbot: QtBot, folder: Path) -> None:
    window = opened(qapp, qtbot, folder, "--dark")
    assert look().scheme is Scheme.DARK
    window.be_dark(False)
    assert look().scheme is Scheme.LIGHT


def test_that_faults_are_told_in_words_and_what_was_typed_comes_back_when_they_are_mended(
    qapp: QApplication, qtbot: QtBot, folder: Path
) -> None:
    window = opened(qapp, qtbot, folder, "--language", "en")
    line_at(window, "insured.0.surname").textEdited.emit("Černá")
    rules = folder / "rules.json"
    whole = rules.read_text()
    rules.write_text(whole.replace('"smoker"', '"smokes"', 1))
    window.reload()
    assert window.form is None
    told = words(window)
    assert "1 fault keeps this form from being shown" in told
    assert "rules.json" in told
    assert "smokes" in told
    rules.write_text(whole)
    window.reload()
    assert line_at(window, "insured.0.surname").text() == "Černá"


def test_that_answers_which_do_not_fit_the_form_any_more_can_be_left_behind(
    qapp: QApplication, qtbot: QtBot, folder: Path
) -> None:
    answers = folder / "answers.json"
    answers.write_text(json.dumps({"home": [1]}))
    window = opened(qapp, qtbot, folder, "--answers", str(answers))
    assert window.form is None
    assert "SC-FORM-204" in words(window)


def test_that_the_window_opens_and_the_command_ends_with_it(
    qapp: QApplication, folder: Path
) -> None:
    def close() -> None:
        # Closing the last window ends the application as well; ended twice, the second end would
        # stay in the air and end every event loop of the tests that follow.
        qapp.setQuitOnLastWindowClosed(False)
        for widget in qapp.topLevelWidgets():
            if isinstance(widget, FormPreviewWindow):
                widget.close()
        qapp.quit()

    QTimer.singleShot(0, close)
    assert main(["form", "preview", str(folder)], show_form) == 0


def test_that_without_a_window_the_command_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["form", "preview", str(folder)]) == 2
    assert "SC-CMD-008" in capsys.readouterr().err


def test_that_a_folder_that_is_not_there_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(_open: OpenForm, _language: str, _dark: bool) -> int:
        raise AssertionError

    assert main(["form", "preview", str(folder / "nowhere")], never) == 2
    assert "SC-CMD-004" in capsys.readouterr().err


def test_that_an_offer_shows_its_premium(qapp: QApplication, qtbot: QtBot) -> None:
    offer = Path("catalogue/forms/flexi-offer/1")
    window = opened(
        qapp, qtbot, offer, "--answers", str(offer / "tests/answers/family.json"), "--today",
        "2026-11-21",
    )  # fmt: skip
    assert "Kč" in words(window)
