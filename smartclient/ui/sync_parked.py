"""What the server refused: each record with the reason and the steps that help."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain.language import _, ngettext
from smartclient.services.synchronisation import Remedy
from smartclient.services.synchronisation.standing import ParkedItem
from smartclient.ui.icons import IconView
from smartclient.ui.remedy_names import REMEDY_NAMES
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, clear, row
from smartclient.ui.widgets.text import FlowingText, Role, Text


class ParkedCard(Card):
    """Hidden while there is nothing; emits what the person wants to do with a record."""

    remedy_wanted = Signal(object, object)
    """The `Remedy` and the `ParkedItem`."""
    again_wanted = Signal(str)
    """Offer the record once more. Carries its id."""
    drop_wanted = Signal(str)
    """Do without a record that holds nowhere, or whose file is lost. Carries its id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Surface.ATTENTION, padding=5, spacing=3, parent=parent)
        self._head = Text("", Role.HEADING_SMALL, wrap=True)
        self._about = FlowingText("", Role.MUTED)
        self._no_documents = self._no_changes = ""
        self._lines = QVBoxLayout()
        self._lines.setSpacing(look().px(14))
        self.steps: tuple[Button, ...] = ()
        """The buttons of all records, from above."""
        self.content.addWidget(self._head)
        self.content.addWidget(self._about)
        self.content.addLayout(self._lines)
        self.hide()

    def show_items(
        self, items: tuple[ParkedItem, ...], *, no_documents: str = "", no_changes: str = ""
    ) -> None:
        """Show them; nothing where there are none. The reasons are those of `Page.admit`."""
        self._no_documents, self._no_changes = no_documents, no_changes
        clear(self._lines)
        told = ngettext(
            "The server did not take {count} record",
            "The server did not take {count} records",
            len(items),
        )
        self._head.setText(told.format(count=len(items)))
        safe = ngettext(
            "It is safe on this computer. Everything else is sent as usual.",
            "They are safe on this computer. Everything else is sent as usual.",
            len(items),
        )
        rest = _("Everything else is sent as usual.")
        self._about.setText(safe if all(item.is_whole for item in items) else rest)
        shown = [self._line(item) for item in items]
        for line in shown:
            self._lines.addWidget(line)
        self.steps = tuple(button for line in shown for button in line.findChildren(Button))
        self.setVisible(bool(items))

    def _line(self, item: ParkedItem) -> QWidget:
        line = QWidget()
        layout = row(line, spacing=3)
        layout.addWidget(IconView("attention", 20, "attention"), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(look().px(2))
        words.addWidget(Text(item.headline, Role.STRONG, wrap=True))
        words.addWidget(FlowingText(" ".join(part for part in (item.why, item.do) if part)))
        code = _("Code for the help desk: {code}").format(code=item.code)
        words.addWidget(Text(code, Role.SMALL))
        layout.addLayout(words, 1)
        if item.remedy is not Remedy.RETRY and not (item.can_be_dropped and item.can_be_sent):
            layout.addWidget(self._step(item), 0, Qt.AlignmentFlag.AlignTop)
        if item.can_be_sent:
            again = _button(_("Send again"), item, partial(self.again_wanted.emit, item.id))
            again.hold(self._no_changes)
            layout.addWidget(again, 0, Qt.AlignmentFlag.AlignTop)
        if item.can_be_dropped:
            drop = _button(_("Discard"), item, partial(self.drop_wanted.emit, item.id))
            layout.addWidget(drop, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _step(self, item: ParkedItem) -> Button:
        words = _(REMEDY_NAMES[item.remedy])
        if item.remedy is Remedy.OPEN and item.document_id is None:
            words = _("Open the client")
        step = _button(words, item, partial(self.remedy_wanted.emit, item.remedy, item))
        if item.remedy is Remedy.OPEN and item.document_id is not None:
            step.hold(self._no_documents)
        return step


def _button(words: str, item: ParkedItem, pressed: Callable[[], object]) -> Button:
    return Button(words, ButtonKind.SECONDARY, name=f"{words} {item.headline}", pressed=pressed)
