"""The left side of a form: whose it is, its sections, and whether everything is kept."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.services.forms import OpenForm
from smartclient.ui.form_page.sections import SectionList
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.text import ElidedText, Role, Text


class FormSide(QFrame):
    """Says `back`, `undo`, `redo`; the list of sections says which was chosen."""

    back = Signal()
    undo = Signal()
    redo = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "side")
        self.sections = SectionList()
        self._title = Text("", Role.HEADING, wrap=True)
        self._client = ElidedText("", Role.BODY)
        self._number = Text("", Role.MUTED)
        self._contract = Text("", Role.STRONG)
        self._saved = Text("", Role.SMALL)
        self._versions = Text("", Role.SMALL, wrap=True)
        self._back = Button(
            _("Documents"), ButtonKind.LINK, icon_name="chevron-left", pressed=self.back.emit
        )
        self._undo = Button(_("Undo"), ButtonKind.LINK, pressed=self.undo.emit)
        self._redo = Button(_("Redo"), ButtonKind.LINK, pressed=self.redo.emit)
        box = QVBoxLayout(self)
        edge = look().px(12)
        box.setContentsMargins(edge, look().px(18), edge, look().px(14))
        box.setSpacing(look().px(2))
        box.addWidget(_inset(self._back, 8))
        box.addSpacing(look().px(8))
        box.addWidget(_inset(self._title))
        box.addWidget(_inset(self._contract))
        box.addWidget(_inset(self._client))
        box.addWidget(_inset(self._number))
        box.addSpacing(look().px(14))
        box.addWidget(scrolling(self.sections), 1)
        ways = row(spacing=3)
        ways.setContentsMargins(look().px(10), 0, 0, 0)
        ways.addWidget(self._undo)
        ways.addWidget(self._redo)
        ways.addStretch(1)
        box.addWidget(_inset(self._saved))
        box.addLayout(ways)
        box.addWidget(_inset(self._versions))
        self.show_undo(False, False)

    def show_form(self, opened: OpenForm) -> None:
        """Show whose document it is."""
        self._title.setText(opened.title)
        self._client.setText(opened.client)
        self._number.setText(opened.number)
        self._contract.setText(_("Contract {number}").format(number=opened.contract))
        self._contract.setVisible(bool(opened.contract))
        self._versions.setText(opened.versions)

    def stand_alone(self) -> None:
        """There are no documents to go back to."""
        self._back.hide()

    def show_saved(self, words: str) -> None:
        """Show whether everything is kept."""
        if self._saved.text() != words:
            self._saved.setText(words)

    def show_undo(self, can_undo: bool, can_redo: bool) -> None:
        """Show which way steps can be taken."""
        self._undo.allow(can_undo, _("There is nothing to take back."))
        self._redo.allow(can_redo, _("There is nothing to make again."))
        keys = QKeySequence.StandardKey
        for can, link, key in (
            (can_undo, self._undo, keys.Undo),
            (can_redo, self._redo, keys.Redo),
        ):
            if can:
                native = QKeySequence.SequenceFormat.NativeText
                link.setToolTip(QKeySequence(key).toString(native))


def _inset(widget: QWidget, by: int = 12) -> QWidget:
    """The widget as far in as the titles of the sections."""
    widget.setContentsMargins(look().px(by), 0, 0, 0)
    return widget
