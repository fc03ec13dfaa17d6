"""What a change request changes so far: old and new in words, each a link to its field."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from smartclient.domain.language import _, ngettext
from smartclient.forms.states import Difference
from smartclient.ui.form_page.links import ElidedLink
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.text import FlowingText, Role

_SHOWN = 12
"""More than these are told by their number."""


class ChangesCard(Card):
    """The changes in the order of the form; says which one is to be gone to."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(Surface.ACCENT, padding=4, spacing=1)
        self._head = FlowingText("", Role.STRONG)
        self._none = FlowingText(
            _("Change what the client wishes; everything else stays as it is."), Role.SMALL
        )
        self._lines: list[ChangeLine] = []
        self._more = FlowingText("", Role.SMALL)
        self._shown: tuple[Difference, ...] | None = None
        self._box = column(spacing=1)
        for part in (self._head, self._none):
            self.content.addWidget(part)
        self.content.addLayout(self._box)
        self.content.addWidget(self._more)
        self.show_changes(())

    @property
    def words(self) -> str:
        """How many changes there are, in words."""
        return self._head.text()

    @property
    def lines(self) -> "list[ChangeLine]":
        """The changes in sight."""
        return [line for line in self._lines if not line.isHidden()]

    def show_changes(self, differences: tuple[Difference, ...]) -> None:
        """Show the changes there are now."""
        if differences == self._shown:
            return
        self._shown = differences
        count = len(differences)
        told = ngettext(
            "{count} change of the contract", "{count} changes of the contract", count
        ).format(count=count)
        self._head.setText(told if count else _("No change of the contract yet"))
        self._none.setVisible(not count)
        for at, difference in enumerate(differences[:_SHOWN]):
            if at == len(self._lines):
                line = ChangeLine()
                line.chosen.connect(self.chosen)
                self._lines.append(line)
                self._box.addWidget(line)
            self._lines[at].show_change(difference)
            self._lines[at].show()
        for line in self._lines[min(count, _SHOWN) :]:
            line.hide()
        rest = count - _SHOWN
        self._more.setVisible(rest > 0)
        self._more.setText(
            ngettext("and {count} more", "and {count} more", rest).format(count=rest)
        )


class ChangesDialog(QDialog):
    """The same list on a screen that is too small to show it beside the form."""

    def __init__(self, differences: tuple[Difference, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Changes of the contract"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.card = ChangesCard()
        self.card.show_changes(differences)
        self.card.chosen.connect(self.accept)
        self.resize(look().px(460), min(parent.window().height() - look().px(60), look().px(520)))
        outer = column(self, padding=5, spacing=3)
        outer.addWidget(scrolling(self.card), 1)
        foot = row()
        foot.addStretch(1)
        foot.addWidget(Button(_("Close"), ButtonKind.PRIMARY, pressed=self.reject))
        outer.addLayout(foot)


class ChangeLine(QWidget):
    """One change: where, and from what to what."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._path = ""
        self.link = ElidedLink(lambda: self.chosen.emit(self._path))
        self.words = FlowingText("", Role.SMALL)
        box = column(self)
        box.setContentsMargins(0, 0, 0, look().px(4))
        box.addWidget(self.link)
        box.addWidget(self.words)

    def show_change(self, difference: Difference) -> None:
        """Show another change in the same place."""
        self._path = difference.path
        where = difference.label
        if difference.about:
            where = _("{field} · {person}").format(
                field=difference.label, person=unnumbered(difference.about)
            )
        self.link.say(where)
        self.words.setText(change_words(difference))


def change_words(difference: Difference) -> str:
    """From what to what, in words."""
    if not difference.before:
        return _("new: {after}").format(after=difference.after or "–")
    if not difference.after:
        return _("no longer: {before}").format(before=difference.before)
    return _("{before} → {after}").format(before=difference.before, after=difference.after)


def unnumbered(title: str) -> str:
    """The name in a row's title without its number."""
    number, dot, name = title.partition(". ")
    return name if dot and number.isdigit() else title
