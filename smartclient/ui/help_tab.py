"""The tab of help in NASTAVENÍ: whom to call, what to read out, and what to give the help desk."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.services.support import HandIn, LastSync, Support
from smartclient.ui.help_contacts import contacts
from smartclient.ui.icons import IconView
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.text import Role, Text

ChooseFile = Callable[[QWidget, str], Path | None]
"""Where to save, given the proposed name; None when the person changed their mind."""


def choose_file(parent: QWidget, proposed: str) -> Path | None:
    """Ask by the system's own dialog."""
    kind = f"*{Path(proposed).suffix}"
    name, _kind = QFileDialog.getSaveFileName(
        parent.window(), _("Save the file"), str(Path.home() / proposed), kind
    )
    return Path(name) if name else None


class HelpTab(QWidget):
    """Shows contacts and the support code; writes the export and the package."""

    def __init__(
        self,
        support: Support,
        tasks: Tasks,
        version: str,
        *,
        choose: ChooseFile = choose_file,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._support, self._tasks, self._choose = support, tasks, choose
        layout = column(self, spacing=4)
        self.banner = Banner()
        layout.addWidget(self._hand_in_card())
        layout.addWidget(_contacts_card(version))
        layout.addWidget(self._export_card())
        layout.addWidget(self.banner)
        layout.addStretch()

    def refresh(self) -> None:
        """Ask for the code of the last synchronisation, and whether this install was revoked."""
        self._tasks.run(
            lambda: (self._support.last_sync(), self._support.is_revoked()),
            self._show,
            self._refused,
        )

    def _export_card(self) -> Card:
        card = Card(padding=6, spacing=3)
        card.content.addWidget(Text(_("For the help desk"), Role.HEADING))
        self.code = Text("", Role.STRONG, wrap=True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card.content.addWidget(self.code)
        card.content.addWidget(
            Text(
                _(
                    "The file holds versions, sizes, synchronisations and the log of the program. "
                    "There is nothing of your clients or documents in it."
                ),
                Role.MUTED,
                wrap=True,
            )
        )
        self.export_button = Button(
            _("Export for the help desk"), ButtonKind.SECONDARY, pressed=self._export
        )
        line = row()
        line.addWidget(self.export_button)
        line.addStretch()
        card.content.addLayout(line)
        return card

    def _hand_in_card(self) -> Card:
        self._hand_in_row = card = Card(Surface.ATTENTION, padding=6, spacing=3)
        card.content.addWidget(Text(_("This install was revoked"), Role.HEADING))
        card.content.addWidget(
            Text(
                _(
                    "You can read everything and change nothing; nothing is sent any more. What "
                    "was not sent can be handed in: save it to a file and give the file to the "
                    "Help Desk. Only the insurer's office can open it."
                ),
                wrap=True,
            )
        )
        self.hand_in_button = Button(
            _("Hand in what was not sent"), ButtonKind.PRIMARY, pressed=self._hand_in
        )
        line = row()
        line.addWidget(self.hand_in_button)
        line.addStretch()
        card.content.addLayout(line)
        card.hide()
        return card

    def _show(self, found: tuple[LastSync, bool]) -> None:
        last, revoked = found
        self._hand_in_row.setVisible(revoked)
        if not last.code:
            self.code.setText(_("There is no code of a synchronisation yet."))
            return
        told = _("Code of the last synchronisation ({when}): {code}")
        self.code.setText(told.format(when=last.when, code=last.code))

    def _export(self) -> None:
        path = self._choose(self, self._support.export_name())
        if path is not None:
            self.export_button.allow(False, _("The file is being written…"))
            self._tasks.run(lambda: self._support.export(path), self._exported, self._refused)

    def _exported(self, last: LastSync) -> None:
        self.export_button.allow(True)
        told = _("Send the file to the help desk and read out the code {code}.")
        detail = told.format(code=last.code) if last.code else _("Send the file to the help desk.")
        self.banner.tell(_("The file is written."), detail, Surface.GOOD)

    def _hand_in(self) -> None:
        path = self._choose(self, self._support.hand_in_name())
        if path is not None:
            self.hand_in_button.allow(False, _("The file is being written…"))
            self._tasks.run(lambda: self._support.hand_in(path), self._handed_in, self._refused)

    def _handed_in(self, done: HandIn) -> None:
        self.hand_in_button.allow(True)
        headline = ngettext(
            "{count} edit is in the file.", "{count} edits are in the file.", done.edits
        )
        self.banner.tell(
            headline.format(count=done.edits),
            _("Give it to the Help Desk. Everything stays on this computer as well."),
            Surface.GOOD,
        )

    def _refused(self, error: SmartClientError) -> None:
        self.export_button.allow(True)
        self.hand_in_button.allow(True)
        self.banner.refuse(error)


def _contacts_card(version: str) -> Card:
    card = Card(padding=6, spacing=4)
    card.content.addWidget(Text(_("Do you need advice? We are glad to help."), Role.HEADING))
    for contact in contacts():
        line = row(spacing=4)
        line.addWidget(IconView(contact.icon, 22, "accent"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text(contact.purpose, Role.SMALL))
        value = Text(contact.value, Role.STRONG)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(value)
        line.addLayout(words, 1)
        card.content.addLayout(line)
    told = _("SmartClient {version}").format(version=version)
    card.content.addWidget(Text(told, Role.SMALL))
    return card
