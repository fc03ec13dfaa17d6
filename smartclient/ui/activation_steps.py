"""The three steps of the activation window; each shows, asks and emits."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.domain.language import _
from smartclient.domain.sentences import text_for
from smartclient.services.activation import Account
from smartclient.services.synchronisation import StepProgress
from smartclient.ui.announce import announce
from smartclient.ui.help_contacts import HELP_DESK
from smartclient.ui.sync_steps import SyncSteps
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.field import Field, FieldSigns
from smartclient.ui.widgets.text import Role, Text
from smartclient.ui.widgets.tick import Alternative
from smartclient.wire.admission import AdviserUser


class WayStep(QWidget):
    """Both ways of activation; the first asks for the partner's number and has it verified."""

    check_wanted = Signal(str)
    next_wanted = Signal()
    abandoned = Signal()

    def __init__(self, *, can_go_back: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing=3)
        layout.addWidget(Text(_("Activation of the application"), Role.TITLE))
        layout.addWidget(Text(_("Choose how you activate SmartClient."), Role.MUTED))
        layout.addSpacing(look().px(8))
        self.by_partner = Alternative(_("I activate the application for a business partner"))
        self.by_certificate = Alternative(
            _("I activate the application with a personal certificate")
        )
        self.by_partner.setChecked(True)
        ways = QButtonGroup(self)
        ways.addButton(self.by_partner)
        ways.addButton(self.by_certificate)
        layout.addWidget(self.by_partner)
        layout.addWidget(self._partner_part())
        layout.addWidget(self.by_certificate)
        layout.addLayout(self._certificate_part())
        layout.addStretch()
        foot = row(spacing=2)
        if can_go_back:
            back = Button(_("Back without a change"), ButtonKind.SECONDARY)
            back.clicked.connect(self.abandoned)
            foot.addWidget(back)
        foot.addStretch()
        self.next = Button(_("OK"), ButtonKind.PRIMARY)
        self.next.clicked.connect(self.next_wanted)
        foot.addWidget(self.next)
        layout.addLayout(foot)
        self.by_partner.toggled.connect(self._follow_way)
        self._verified = False
        self._follow_way()

    def show_checking(self) -> None:
        """The server is being asked."""
        self.check.allow(False, _("Verifying…"))
        self.number.say(_("Verifying…"), FieldSigns.CALM)

    def show_verified(self, partner_name: str) -> None:
        """The number belongs to this partner."""
        self._verified = True
        self.check.allow(True)
        self.number.say("")
        told = _("The identification of the partner was verified successfully")
        self._verdict.setText(f"{told}\n{partner_name}")
        self._verdict_card.show()
        announce(self, told)
        self._follow_way()
        self.next.setFocus()

    def show_refused(self, error: SmartClientError) -> None:
        """The number was not verified."""
        self._verified = False
        self.check.allow(True)
        self.number.say(text_for(error) if self.is_about_the_number(error) else "")
        self._follow_way()
        self._edit.setFocus()

    def is_about_the_number(self, error: SmartClientError) -> bool:
        """Whether the sentence belongs to the field rather than above it."""
        return isinstance(error, BadInput)

    def _partner_part(self) -> QWidget:
        part = QWidget()
        part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        layout = column(part, spacing=2)
        layout.setContentsMargins(look().px(30), 0, 0, look().px(8))
        self._edit = QLineEdit()
        self._edit.setMaxLength(20)
        self._edit.textEdited.connect(self._changed)
        self._edit.returnPressed.connect(self._ask)
        self.number = Field(
            _("Identification of the partner (HR)"),
            self._edit,
            required=True,
            hint=_("The number of your company, beginning with 9"),
        )
        self.check = Button(_("Verify"), ButtonKind.SECONDARY, pressed=self._ask)
        line = row(spacing=3)
        line.addWidget(self.number, 1)
        beside = column(spacing=1)
        beside.addWidget(Text(" ", Role.LABEL))
        beside.addWidget(self.check)
        beside.addStretch()
        line.addLayout(beside)
        self._verdict_card = Card(Surface.GOOD, padding=3)
        self._verdict = Text("", wrap=True)
        self._verdict_card.content.addWidget(self._verdict)
        self._verdict_card.hide()
        layout.addLayout(line)
        layout.addWidget(self._verdict_card)
        return part

    def _certificate_part(self) -> QVBoxLayout:
        self._certificate = Card(Surface.ATTENTION, padding=3)
        told = _(
            "This way is not served by SmartClient yet. Activate the application for a business "
            "partner, or call the Help Desk PČS {number}."
        ).format(number=HELP_DESK)
        self._certificate.content.addWidget(Text(told, wrap=True))
        part = column()
        part.setContentsMargins(look().px(30), 0, 0, 0)
        part.addWidget(self._certificate)
        return part

    def _ask(self) -> None:
        self._verdict_card.hide()
        self._verified = False
        self._follow_way()
        self.check_wanted.emit(self._edit.text())

    def _changed(self) -> None:
        self._verified = False
        self._verdict_card.hide()
        self.number.say("")
        self._follow_way()

    def _follow_way(self) -> None:
        by_partner = self.by_partner.isChecked()
        self.number.setEnabled(by_partner)
        self.check.setEnabled(by_partner)
        self._certificate.setVisible(not by_partner)
        if not by_partner:
            self.next.allow(False, _("This way is not served yet."))
        else:
            self.next.allow(self._verified, _("First have the number verified."))


class UserStep(QWidget):
    """Údaje uživatele: three mandatory fields, the others may stay empty."""

    back_wanted = Signal()
    confirmed = Signal(object)
    """An `AdviserUser`."""

    _MANDATORY = ("name", "identification", "cnb_number")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing=3)
        layout.addWidget(Text(_("User's data"), Role.TITLE))
        layout.addWidget(Text(_("Fields with * must be filled in."), Role.MUTED))
        layout.addSpacing(look().px(8))
        self.fields: dict[str, Field] = {}
        layout.addLayout(self._grid())
        layout.addStretch()
        foot = row(spacing=2)
        self.back = Button(_("Back"), ButtonKind.SECONDARY)
        self.back.clicked.connect(self.back_wanted)
        self.ok = Button(_("OK"), ButtonKind.PRIMARY, pressed=self._confirm)
        foot.addWidget(self.back)
        foot.addStretch()
        foot.addWidget(self.ok)
        layout.addLayout(foot)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().px(4 * SPACE))
        grid.setVerticalSpacing(look().px(2 * SPACE))
        spots = (
            ("name", _("Name and surname"), "", 0, 0, 2),
            (
                "identification",
                _("Adviser's identification"),
                _("Your user name or commission number in your company"),
                1,
                0,
                1,
            ),
            (
                "cnb_number",
                _("Registration number at the ČNB"),
                _("Your registration as an intermediary (PPZ)"),
                1,
                1,
                1,
            ),
            ("email", _("E-mail"), "", 2, 0, 1),
            ("phone", _("Phone"), "", 2, 1, 1),
        )
        for name, label, hint, line, place, columns in spots:
            edit = QLineEdit()
            edit.setMaxLength(120)
            edit.returnPressed.connect(self._confirm)
            edit.textEdited.connect(lambda _text, name=name: self.fields[name].say(""))
            field = Field(label, edit, required=name in self._MANDATORY, hint=hint)
            grid.addWidget(field, line, place, 1, columns, Qt.AlignmentFlag.AlignTop)
            self.fields[name] = field
        return grid

    def fill(self, account: Account) -> None:
        """Show what is known from the activation before."""
        for name in self.fields:
            self._edit(name).setText(str(getattr(account, name)))

    def focus_first(self) -> None:
        """Put the cursor where typing begins."""
        self._edit("name").setFocus()

    def be_busy(self, busy: bool) -> None:
        """The server is being asked."""
        self.ok.allow(not busy, _("Activating…"))
        self.ok.rename(_("Activating…") if busy else _("OK"))
        self.back.setEnabled(not busy)

    def _edit(self, name: str) -> QLineEdit:
        widget = self.fields[name].widget
        if not isinstance(widget, QLineEdit):
            raise TypeError(name)
        return widget

    def _confirm(self) -> None:
        typed = {name: self._edit(name).text().strip() for name in self.fields}
        empty = [name for name in self._MANDATORY if not typed[name]]
        for name in self._MANDATORY:
            self.fields[name].say(_("Please fill this in.") if name in empty else "")
        if empty:
            self._edit(empty[0]).setFocus()
            return
        self.confirmed.emit(AdviserUser(**typed))


class FirstSynchronisation(QWidget):
    """The first synchronisation runs by itself; afterwards the application opens by itself."""

    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = column(self, spacing=3)
        layout.addWidget(Text(_("First synchronisation"), Role.TITLE))
        layout.addWidget(
            Text(
                _(
                    "SmartClient brings forms, rates and texts. Then it opens by itself; there is "
                    "nothing to press."
                ),
                Role.MUTED,
                wrap=True,
            )
        )
        layout.addSpacing(look().px(12))
        self.steps = SyncSteps()
        layout.addWidget(self.steps)
        layout.addStretch()
        self._again = Button(_("Try again"), ButtonKind.PRIMARY)
        self._again.clicked.connect(self.again_wanted)
        foot = row()
        foot.addStretch()
        foot.addWidget(self._again)
        layout.addLayout(foot)
        self._again.hide()

    def begin(self) -> None:
        """It has started."""
        self.steps.begin()
        self._again.hide()

    def show_progress(self, progress: StepProgress) -> None:
        """Show where it is."""
        self.steps.show_progress(progress)

    def stop(self) -> None:
        """It has failed; it can be tried again."""
        self.steps.halt()
        self._again.show()
        self._again.setFocus()
