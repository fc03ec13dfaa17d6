"""The base of every page: a title with its tools, a body, and refreshing at the right moment."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from smartclient.domain.admission import Admission
from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _
from smartclient.store.changes import Subject
from smartclient.ui.tasks import Task, Tasks
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import Button
from smartclient.ui.widgets.text import ElidedText, Role, Text

T = TypeVar("T")


class Page(QWidget):
    """A page refreshes when it is shown and when a commit changed what it `watches`.

    A hidden page waits until it is shown. Of several questions under way only the newest is
    answered.
    """

    watches: ClassVar[frozenset[Subject]] = frozenset()

    def __init__(self, title: str, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self._stale = True
        self._asked: Task | None = None
        self._admission = Admission()
        self._documents_by: list[Button] = []
        self._changes_by: list[Button] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._refresh_now)
        self._outer = QVBoxLayout(self)
        self._title = Text(title, Role.TITLE)
        self._subtitle = ElidedText("", Role.MUTED)
        self.tools = QHBoxLayout()
        self.banner = Banner()
        self.body = QVBoxLayout()
        self._build()
        self._subtitle.hide()
        self._spread(False)

    def refresh(self) -> None:
        """Ask for what is shown; overridden by pages that show something that changes."""

    def changed(self, subject: str) -> None:
        """Something of this kind was changed by a commit."""
        if subject in self.watches:
            self.refresh_soon()

    def refresh_soon(self) -> None:
        """Refresh once the events at hand are done, or when the page is shown."""
        self._stale = True
        if self.isVisible():
            self._soon.start()

    def refresh_ahead(self) -> None:
        """Ask for what is shown before the page comes to sight."""
        self._refresh_now()

    def be_compact(self, compact: bool) -> None:
        """Use less room, for small screens and large text."""
        self._spread(compact)

    def _spread(self, compact: bool) -> None:
        edge = look().px((4 if compact else 6) * SPACE)
        top = look().px((3 if compact else 5) * SPACE)
        self._outer.setContentsMargins(edge, top, edge, edge if not compact else top)
        self._outer.setSpacing(look().px((2 if compact else 4) * SPACE))
        self.body.setSpacing(look().px((2 if compact else 4) * SPACE))

    # --- what the server lets this computer do -----------------------------------------------

    def admit(self, admission: Admission) -> None:
        """Offer only what the server still lets this computer do; the rest says why not."""
        if admission == self._admission:
            return
        self._admission = admission
        for step in self._documents_by:
            step.hold(self.no_documents)
        for step in self._changes_by:
            step.hold(self.no_changes)
        self.refresh_soon()

    def begins_documents(self, *steps: Button) -> None:
        """These begin or edit a document; they live as long as the page."""
        self._documents_by += steps

    def makes_changes(self, *steps: Button) -> None:
        """These begin or change something else; they live as long as the page."""
        self._changes_by += steps

    @property
    def no_documents(self) -> str:
        """Why no document is begun or edited now; empty where it may."""
        return _(self._admission.documents.reason)

    @property
    def no_changes(self) -> str:
        """Why nothing is begun or changed now; empty where it may."""
        return _(self._admission.changes.reason)

    def take_focus(self) -> None:
        """Let the keyboard begin here; pages with a list begin in it."""
        self.setFocus()

    def head(self, title: str, subtitle: str = "") -> None:
        """Show other words at the top."""
        self._title.setText(title)
        self.setAccessibleName(title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))

    @property
    def title(self) -> str:
        """What stands at the top."""
        return self._title.text()

    @property
    def subtitle(self) -> str:
        """What stands below the title."""
        return self._subtitle.text()

    def ask(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask the database in the background; a refusal goes to the banner."""
        if self._asked is not None:
            self._asked.cancel()
        self._asked = self.tasks.run(work, done, self.refused)

    def do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Change something in the background; it is never dropped for a newer question."""
        self.tasks.run(work, done, self.refused)

    def refused(self, error: SmartClientError) -> None:
        """Say what was refused."""
        self.banner.refuse(error, step="", pressed=None)

    def showEvent(self, event: QShowEvent) -> None:
        """A stale page refreshes when it comes to sight."""
        super().showEvent(event)
        if self._stale:
            self._soon.start()

    def _refresh_now(self) -> None:
        self._stale = False
        self.refresh()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(look().px(2 * SPACE))
        words = QVBoxLayout()
        words.setSpacing(look().px(2))
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        head.addLayout(words, 1)
        self.tools.setSpacing(look().px(2 * SPACE))
        head.addLayout(self.tools)
        head.setAlignment(self.tools, Qt.AlignmentFlag.AlignBottom)
        self._outer.addLayout(head)
        self._outer.addWidget(self.banner)
        self._outer.addLayout(self.body, 1)


def scrolling(content: QWidget) -> QScrollArea:
    """The content in an area that scrolls when there is too little room for it."""
    area = QScrollArea()
    # A viewport of our own: asking for Qt's own makes every class of widgets known to Python.
    viewport = QWidget()
    viewport.setAutoFillBackground(False)
    area.setViewport(viewport)
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    content.setAutoFillBackground(False)
    return area
