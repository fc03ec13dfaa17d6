"""What an adviser's hands and eyes do: press, type, wait, look.

Widgets are found by the words that a person reads on them.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from smartclient.ui.dialogs import Question, QuestionDialog

PATIENCE = 60.0
W = TypeVar("W", bound=QWidget)


class NotSeen(AssertionError):
    """Something a person would look for is not on the screen."""


def until(seen: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Let the program work until `seen` says so."""
    end = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > end:
            raise NotSeen(f"waited {seconds:.0f} s for {what}")
        QTest.qWait(15)


def _words(widget: QWidget) -> set[str]:
    words = {widget.accessibleName().strip()}
    if isinstance(widget, QAbstractButton):
        words.add(widget.text().replace("&", "").strip())
    return words


def visible(window: QWidget, kind: type[W], words: str) -> Iterator[W]:
    """Widgets of a kind that are on the screen under these words."""
    for widget in window.findChildren(kind):
        if widget.isVisibleTo(window) and words in _words(widget):
            yield widget


def find(window: QWidget, kind: type[W], words: str) -> W:
    """The one widget under these words; waits for it to come and to be enabled."""
    until(
        lambda: any(widget.isEnabled() for widget in visible(window, kind, words)),
        f"{kind.__name__} {words!r}",
    )
    return next(widget for widget in visible(window, kind, words) if widget.isEnabled())


def press(window: QWidget, words: str) -> None:
    """Click the button with these words."""
    button = find(window, QAbstractButton, words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def type_into(window: QWidget, label: str, text: str) -> None:
    """Type a text into the field with this label, replacing what stands there."""
    edit = find(window, QWidget, label)
    if isinstance(edit, QComboBox):
        edit.setCurrentIndex(edit.findText(text))
        return
    edit.setFocus()
    if isinstance(edit, QLineEdit | QPlainTextEdit):
        edit.selectAll()
    for letter in text:  # QTest knows ASCII keys only
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(edit, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))


@dataclass
class Camera:
    """Takes a picture of a window into a folder; pictures are numbered by the tour's steps."""

    folder: Path
    is_idle: Callable[[], bool] = lambda: True
    """Whether nothing is under way that would still change the picture."""
    taken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def take(self, window: QWidget, name: str, *, at_once: bool = False) -> None:
        """Save what the window shows once it has settled, or `at_once` while work goes on."""
        if not at_once:
            QTest.qWait(120)
            until(self.is_idle, "the work under way")
        QTest.qWait(60)
        path = self.folder / f"{name}.png"
        if not window.grab().save(str(path)):
            raise NotSeen(f"no picture {name}")
        self.taken.append(path.name)

    def question(self, answers: Callable[[Question], bool], name: str) -> Callable[..., bool]:
        """Somebody who looks at each question, takes its picture and answers."""

        def answer(parent: QWidget, question: Question) -> bool:
            dialog = QuestionDialog(parent.window(), question)
            dialog.show()
            self.take(dialog, name, at_once=True)
            dialog.close()
            dialog.deleteLater()
            return answers(question)

        return answer
