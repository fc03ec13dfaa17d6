"""The steps of a synchronisation while it runs: which are done, which is under way, how far."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.services.synchronisation import Step, StepProgress, step_names
from smartclient.ui.icons import IconView
from smartclient.ui.theme import look
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.text import ElidedText, Role, Text


class SyncSteps(QWidget):
    """One line a step, and a bar that moves only when somebody knows how far it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().px(6))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress of the synchronisation"))
        self._icons: list[IconView] = []
        self._words: list[Text] = []
        self._abouts: list[Text] = []
        self._counts: list[Text] = []
        self._totals: dict[int, int] = {}
        """How much each step had to do, as it was told last."""
        for name in step_names():
            icon, words, count = IconView("circle", 18, "muted"), Text(name), Text("", Role.SMALL)
            about = ElidedText("", Role.SMALL)
            about.setAlignment(Qt.AlignmentFlag.AlignRight)
            line = row(spacing=3)
            line.addWidget(icon)
            line.addWidget(words)
            line.addWidget(about, 1)
            line.addWidget(count)
            layout.addLayout(line)
            self._icons.append(icon)
            self._words.append(words)
            self._abouts.append(about)
            self._counts.append(count)
        layout.addSpacing(look().px(4))
        layout.addWidget(self._bar)

    def begin(self) -> None:
        """Nothing is done yet."""
        for place in range(len(self._icons)):
            self._show(place, "circle", "muted", Role.MUTED)
            self._tell(place)
        self._totals.clear()
        self._bar.setRange(0, 0)

    def show_progress(self, progress: StepProgress) -> None:
        """Show where it is; steps before it are done."""
        here = int(progress.step)
        for place in range(len(self._icons)):
            if place < here:
                self._show(place, "check", "good", Role.BODY)
                self._tell_done(place)
            elif place == here:
                self._show(place, "circle-full", "accent", Role.STRONG)
            else:  # what is urgent goes before the files, so a step may come a second time
                self._show(place, "circle", "muted", Role.MUTED)
                self._tell(place)
        known = progress.total > 0
        self._totals[here] = progress.total
        counted = _counted(progress.done, progress.total) if known else ""
        self._tell(here, progress.about, counted)
        self._bar.setRange(0, progress.total if known else 0)
        self._bar.setValue(progress.done)

    def halt(self) -> None:
        """It has ended where it is; nothing looks as if it went on."""
        self._bar.setRange(0, 1)
        self._bar.setValue(0)

    def told(self, step: Step) -> str:
        """What stands beside a step."""
        parts = (self._abouts[step].text(), self._counts[step].text())
        return " · ".join(part for part in parts if part)

    def _tell_done(self, place: int) -> None:
        """A step that is over did all it had to, whatever was told of it last."""
        total = self._totals.get(place, 0)
        self._tell(place, "", _counted(total, total) if total else "")

    def _tell(self, place: int, about: str = "", counted: str = "") -> None:
        self._abouts[place].setText(about)
        self._counts[place].setText(counted)

    def _show(self, place: int, icon: str, ink: str, role: Role) -> None:
        self._icons[place].show_icon(icon, ink)
        self._words[place].set_role(role)


def _counted(done: int, total: int) -> str:
    return _("{done} of {total}").format(done=done, total=total)
