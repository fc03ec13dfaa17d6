"""What became of answers that went into another form: a list that is read before one agrees."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from smartclient.domain.language import _, ngettext
from smartclient.forms.carrying import Moved
from smartclient.services.forms import Migration, Prefilled
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import column, row
from smartclient.ui.widgets.text import FlowingText, Role, rule


@dataclass(frozen=True, slots=True)
class MovedWords:
    """The words of the dialog; without `no` there is nothing to decide."""

    title: str
    intro: str
    yes: str
    no: str = ""


class MovedDialog(QDialog):
    """Accepted when the person agrees; Escape never agrees where there is something to decide."""

    def __init__(
        self,
        words: MovedWords,
        chapters: Sequence[tuple[str, Sequence[Moved]]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(words.title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(look().px(640), look().px(600 if any(m for _title, m in chapters) else 260))
        self.yes = Button(words.yes, ButtonKind.PRIMARY, pressed=self.accept)
        self.no = Button(words.no, ButtonKind.SECONDARY, pressed=self.reject)
        self.no.setVisible(bool(words.no))
        outer = QVBoxLayout(self)
        edge = look().px(24)
        outer.setContentsMargins(edge, edge, edge, look().px(20))
        outer.setSpacing(look().px(12))
        outer.addWidget(FlowingText(words.title, Role.TITLE))
        outer.addWidget(FlowingText(words.intro, Role.BODY))
        outer.addWidget(scrolling(_listed(chapters)), 1)
        foot = row(spacing=2)
        foot.addStretch(1)
        foot.addWidget(self.no)
        foot.addWidget(self.yes)
        outer.addLayout(foot)
        (self.no if words.no else self.yes).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.yes if self.yes.hasFocus() else self.no).click()
            return
        super().keyPressEvent(event)


def migration_dialog(migration: Migration, parent: QWidget) -> MovedDialog:
    """The question whether a draft is to move to the newer version of its form."""
    moved, forced = migration.moved, migration.newer.forced
    taken = ngettext(
        "{count} answer is taken over as it is.",
        "{count} answers are taken over as they are.",
        moved.taken,
    ).format(count=moved.taken)
    intro = _(
        "The draft is in version {older} of the form, the newer one is {version}. {taken} "
        "Nothing is changed before you agree."
    )
    words = MovedWords(
        _("The form can no longer be used in this version")
        if forced
        else _("Move the draft to the newer version?"),
        intro.format(older=migration.older, version=migration.newer.version, taken=taken),
        _("Move to the newer version"),
        _("Not now"),
    )
    chapters = (
        (_("What changes"), moved.changed),
        (_("What the newer version has no place for"), moved.lost),
    )
    return MovedDialog(words, chapters, parent)


def prefilled_dialog(prefilled: Prefilled, parent: QWidget) -> MovedDialog:
    """What a modelling could not give to the offer."""
    intro = ngettext(
        "{count} answer of the modelling is in the offer. These are not:",
        "{count} answers of the modelling are in the offer. These are not:",
        prefilled.taken,
    ).format(count=prefilled.taken)
    words = MovedWords(_("The offer is prefilled"), intro, _("Go on with the offer"))
    return MovedDialog(words, ((_("What could not be taken over"), prefilled.left),), parent)


def _listed(chapters: Sequence[tuple[str, Sequence[Moved]]]) -> QWidget:
    content = QWidget()
    box = column(content, spacing=4)
    box.setContentsMargins(0, 0, look().px(18), 0)
    for title, moved in chapters:
        if not moved:
            continue
        part = column(spacing=1)
        part.addWidget(FlowingText(title, Role.HEADING_SMALL))
        part.addWidget(rule())
        for each in moved:
            part.addWidget(_line(each))
        box.addLayout(part)
    box.addStretch(1)
    return content


def _line(moved: Moved) -> QWidget:
    line = QWidget()
    box = column(line)
    box.setContentsMargins(0, look().px(4), 0, look().px(4))
    told = _("{label}: {value}").format(label=moved.label, value=moved.value or "–")
    box.addWidget(FlowingText(told, Role.BODY))
    if moved.reason:
        box.addWidget(FlowingText(moved.reason, Role.SMALL))
    return line
