"""The information duty: the whole text to be read with the client, and the tick afterwards."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTextBrowser, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId
from smartclient.domain.language import _
from smartclient.services.clients import Clients, InformationText
from smartclient.ui.icons import IconView
from smartclient.ui.page import Page
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.text import Role, Text
from smartclient.ui.widgets.tick import Tick


class ClientInformationPage(Page):
    """Emits `informed` with the client; `left` when it is put off."""

    informed = Signal(str)
    left = Signal(str)

    def __init__(self, clients: Clients, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(_("Information for the client"), tasks, parent)
        self._clients = clients
        self._client_id: ClientId | None = None
        self._text: InformationText | None = None
        self.reading = QTextBrowser()
        self.reading.setProperty("kind", "reading")
        self.reading.setOpenLinks(False)
        self.reading.setAccessibleName(_("Text of the information"))
        self.reading.setTabChangesFocus(True)
        self.reading.verticalScrollBar().valueChanged.connect(self._follow_reading)
        self.reading.verticalScrollBar().rangeChanged.connect(self._follow_reading)
        self.tick = Tick(_("The client was given this information: read it or had it read out."))
        self.tick.toggled.connect(self._follow_tick)
        self._reason = Text("", Role.SMALL)
        self._make_body()

    def begin(self, client_id: ClientId, name: str) -> None:
        """Show the text for a client, with nothing ticked."""
        self._client_id, self._text = client_id, None
        self.head(_("Information for the client"), name)
        self.banner.hide()
        self.reading.clear()
        self.tick.setChecked(False)
        self._follow_tick(False)
        self._follow_reading()
        self.tasks.run(self._clients.information, self._show, self.refused)

    def be_compact(self, compact: bool) -> None:
        """Use less room."""
        super().be_compact(compact)
        edge = look().px(8 if compact else 16)
        self._warning.content.setContentsMargins(look().px(16), edge, look().px(16), edge)

    def _make_body(self) -> None:
        card = Card(spacing=3)
        self._title = Text("", Role.HEADING_SMALL)
        self.reading.setMaximumWidth(look().px(880))
        card.content.addWidget(self._title)
        middle = row(spacing=0)
        middle.addStretch(1)
        middle.addWidget(self.reading, 100)
        middle.addStretch(1)
        card.content.addLayout(middle, 1)
        self._warning = Card(Surface.ATTENTION, padding=4)
        line = row(spacing=3)
        line.addWidget(IconView("attention", 22, "attention"), 0, Qt.AlignmentFlag.AlignTop)
        warning = _(
            "Unless the client is given this information, we have no right to process any of the "
            "personal data that were handed over, nor to go on to the next steps of the sale!"
        )
        line.addWidget(Text(warning, wrap=True), 1)
        self._warning.content.addLayout(line)
        self._next = Button(_("Next"), ButtonKind.PRIMARY, pressed=self._confirm)
        self.makes_changes(self._next)
        later = Button(_("Later"), ButtonKind.SECONDARY, pressed=self._put_off)
        foot = row(spacing=3)
        words = column()
        words.addWidget(self.tick)
        words.addWidget(self._reason)
        self._reason.setContentsMargins(look().px(30), 0, 0, 0)
        foot.addLayout(words, 1)
        foot.addWidget(later)
        foot.addWidget(self._next)
        self.body.addWidget(card, 1)
        self.body.addWidget(self._warning)
        self.body.addLayout(foot)

    def _show(self, text: InformationText) -> None:
        self._text = text
        self._title.setText(text.title)
        self.reading.setHtml(as_html(text.body))
        self._follow_reading()

    def _follow_reading(self, *_moved: int) -> None:
        bar = self.reading.verticalScrollBar()
        read = self._text is not None and bar.value() >= bar.maximum() - 2
        if read:
            self.tick.setEnabled(True)
            self._reason.hide()
        elif self._text is None or not self.tick.isChecked():
            self.tick.setEnabled(self.tick.isEnabled() and self._text is not None)
            self._reason.setText(_("First show the whole text down to its end."))
            self._reason.setVisible(self._text is not None)

    def _follow_tick(self, ticked: bool) -> None:
        self._next.allow(ticked, _("First tick that the client was given the information."))

    def _confirm(self) -> None:
        client_id, text = self._client_id, self._text
        if client_id is None or text is None or not self.tick.isChecked():
            return
        self._next.allow(False)
        self.tasks.run(
            lambda: self._clients.record_informed(client_id, text),
            lambda _none: self.informed.emit(client_id),
            self._not_recorded,
        )

    def _not_recorded(self, error: SmartClientError) -> None:
        self.refused(error)
        self._follow_tick(self.tick.isChecked())
        if error.code == "SC-CLI-002" and self._client_id is not None:
            self.tick.setChecked(False)
            self.tasks.run(self._clients.information, self._show, self.refused)

    def _put_off(self) -> None:
        if self._client_id is not None:
            self.left.emit(self._client_id)


def as_html(body: str) -> str:
    """The published text as Qt's rich text: headings, lists, paragraphs; nothing else is markup."""
    blocks = [block for block in body.split("\n\n") if block.strip()]
    return "".join(_block(block.strip("\n").split("\n")) for block in blocks)


def _block(lines: list[str]) -> str:
    parts: list[str] = []
    words: list[str] = []
    for line in lines:
        if line.startswith("# "):
            parts.append(f'<h3 style="margin:14px 0 2px 0">{escape(line[2:])}</h3>')
        elif line.startswith("- "):
            parts.append(f'<p style="margin:2px 0 2px 18px">•&nbsp;&nbsp;{escape(line[2:])}</p>')
        else:
            words.append(escape(line))
    if words:
        parts.append(f'<p style="margin:6px 0">{" ".join(words)}</p>')
    return "".join(parts)
