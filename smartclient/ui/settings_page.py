"""NASTAVENÍ: updates, activation, appearance and whom to call, as tabs at the left."""

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _
from smartclient.services.activation import Account
from smartclient.services.settings import SCALES, Appearance, Settings
from smartclient.services.support import Support
from smartclient.sync.updates.answers import AppAnswer, Outcome
from smartclient.ui.dialogs import Ask, Question, ask
from smartclient.ui.help_contacts import HELP_DESK
from smartclient.ui.help_tab import HelpTab
from smartclient.ui.page import Page, scrolling
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import SPACE, Scheme, look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, Surface, clear, column, row
from smartclient.ui.widgets.choice import Choice
from smartclient.ui.widgets.field import Field
from smartclient.ui.widgets.text import Role, Text

_LANGUAGES = (("cs", "Čeština"), ("en", "English"))


class Tab(IntEnum):
    """The tabs by their places from the top."""

    UPDATES = 0
    ACTIVATION = 1
    APPEARANCE = 2
    HELP = 3


class SettingsPage(Page):
    """Emits the wish to activate anew, and that another language was chosen."""

    reactivation_wanted = Signal()
    restart_wanted = Signal()

    def __init__(
        self,
        settings: Settings,
        account: Callable[[], Account | None],
        tasks: Tasks,
        support: Support,
        *,
        question: Ask = ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Settings"), tasks, parent)
        self._settings, self._account, self._question = settings, account, question
        self._appearance = Appearance()
        self._filling = False
        self._tabs = QStackedWidget()
        self.help = HelpTab(support, tasks, settings.version)
        self._names = QVBoxLayout()
        self._names.setSpacing(look().px(4))
        self._group = QButtonGroup(self)
        for name, tab in (
            (_("Application updates"), self._updates_tab()),
            (_("Application activation"), self._activation_tab()),
            (_("Appearance and language"), self._appearance_tab()),
            (_("Help and contacts"), self.help),
        ):
            self._add_tab(name, tab)
        self._tabs.currentChanged.connect(lambda _place: self.help.refresh())
        line = QHBoxLayout()
        line.setSpacing(look().px(5 * SPACE))
        side = Card(padding=2)
        side.setFixedWidth(look().px(230))
        side.content.addLayout(self._names)
        line.addWidget(side, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(scrolling(self._tabs), 1)
        self.body.addLayout(line, 1)

    def refresh(self) -> None:
        """Ask for what was chosen and who works here."""
        self.ask(lambda: (self._settings.appearance(), self._account()), self._show)
        self.help.refresh()

    def open_tab(self, place: int) -> None:
        """Open a tab by its place from the top, as in `Tab`."""
        self._group.button(place).setChecked(True)
        self._tabs.setCurrentIndex(place)

    def _add_tab(self, name: str, tab: QWidget) -> None:
        place = self._tabs.count()
        button = QPushButton(name)
        button.setProperty("kind", "tab")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        button.clicked.connect(lambda: self._tabs.setCurrentIndex(place))
        self._group.addButton(button, place)
        self._names.addWidget(button)
        self._tabs.addWidget(tab)
        button.setChecked(place == 0)

    # --- updates -----------------------------------------------------------------------------

    def _updates_tab(self) -> QWidget:
        tab = QWidget()
        layout = column(tab, spacing=4)
        card = Card(padding=6, spacing=3)
        card.content.addWidget(Text(_("Application updates"), Role.HEADING))
        version = _("You have version {version}.").format(version=self._settings.version)
        card.content.addWidget(Text(version))
        card.content.addWidget(
            Text(
                _(
                    "When you are connected, SmartClient looks for a new version before each "
                    "start. Here you can look now."
                ),
                Role.MUTED,
                wrap=True,
            )
        )
        self.update_button = Button(_("Start the update"), ButtonKind.PRIMARY)
        self.update_button.clicked.connect(self._look_for_update)
        line = row()
        line.addWidget(self.update_button)
        line.addStretch()
        card.content.addSpacing(look().px(4))
        card.content.addLayout(line)
        self.update_banner = Banner()
        layout.addWidget(card)
        layout.addWidget(self.update_banner)
        layout.addStretch()
        return tab

    def _look_for_update(self) -> None:
        self.update_button.allow(False, _("Looking for a new version…"))
        self.update_banner.tell(_("Looking for a new version…"), "", Surface.CARD)
        self.tasks.run(
            self._settings.look_for_update, self._show_update, self._no_update, queue="network"
        )

    def _show_update(self, answer: AppAnswer) -> None:
        self.update_button.allow(True)
        if answer.refusal is not None:
            self.update_banner.refuse(answer.refusal)
            return
        spoken = answer.sentence
        surface = Surface.GOOD if answer.outcome is Outcome.NONE else Surface.ACCENT
        self.update_banner.tell(
            spoken.happened, " ".join(part for part in (spoken.safe, spoken.do) if part), surface
        )

    def _no_update(self, error: SmartClientError) -> None:
        self.update_button.allow(True)
        self.update_banner.refuse(error)

    # --- activation --------------------------------------------------------------------------

    def _activation_tab(self) -> QWidget:
        tab = QWidget()
        layout = column(tab, spacing=4)
        card = Card(padding=6, spacing=3)
        card.content.addWidget(Text(_("Application activation"), Role.HEADING))
        self._who = QGridLayout()
        self._who.setHorizontalSpacing(look().px(5 * SPACE))
        self._who.setVerticalSpacing(look().px(2 * SPACE))
        self._who.setColumnStretch(1, 1)
        card.content.addLayout(self._who)
        card.content.addWidget(
            Text(
                _(
                    "Do you work with another company now? Change the activation. SmartClient "
                    "restarts and asks for the new partner number (HR). Your documents stay and "
                    "keep the number under which they were made."
                ),
                Role.MUTED,
                wrap=True,
            )
        )
        self.change_activation = Button(
            _("Change the way of activation"), ButtonKind.SECONDARY, pressed=self._change
        )
        line = row()
        line.addWidget(self.change_activation)
        line.addStretch()
        card.content.addLayout(line)
        told = _("No access any more? Call the Help Desk PČS, {number}.").format(number=HELP_DESK)
        card.content.addWidget(Text(told, Role.SMALL, wrap=True))
        layout.addWidget(card)
        layout.addStretch()
        return tab

    def _change(self) -> None:
        question = Question(
            _("Change the way of activation?"),
            _(
                "SmartClient restarts and asks for the partner number (HR). Synchronise first, so "
                "that what you have is on the server. Nothing is deleted on this computer."
            ),
            _("Restart and change"),
            _("Leave as it is"),
        )
        if self._question(self, question):
            self.reactivation_wanted.emit()

    # --- appearance --------------------------------------------------------------------------

    def _appearance_tab(self) -> QWidget:
        tab = QWidget()
        layout = column(tab, spacing=4)
        card = Card(padding=6, spacing=3)
        card.content.addWidget(Text(_("Appearance and language"), Role.HEADING))
        self.scheme = Choice(_("Colours"))
        self.scheme.addItem(_("Light"), Scheme.LIGHT.value)
        self.scheme.addItem(_("Dark"), Scheme.DARK.value)
        self.scale = Choice(_("Size of text"))
        for per_cent in SCALES:
            self.scale.addItem(f"{per_cent} %", per_cent)
        self.language = Choice(_("Language"))
        for code, name in _LANGUAGES:
            self.language.addItem(name, code)
        for label, choice, hint in (
            (_("Colours"), self.scheme, ""),
            (_("Size of text"), self.scale, _("Open windows change at the next start.")),
            (_("Language"), self.language, _("Changes at the next start.")),
        ):
            choice.setFixedWidth(look().px(280))
            choice.currentIndexChanged.connect(self._choose)
            card.content.addWidget(Field(label, choice, hint=hint))
        layout.addWidget(card)
        layout.addStretch()
        return tab

    def _choose(self) -> None:
        if self._filling:
            return
        chosen = Appearance(
            scheme="dark" if self.scheme.currentData() == "dark" else "light",
            scale=int(self.scale.currentData()),
            language=str(self.language.currentData()),
        )
        restart = chosen.scale != self._appearance.scale
        restart = restart or chosen.language != self._appearance.language
        self._appearance = chosen
        look().wear(Scheme(chosen.scheme), look().scale)
        self.do(lambda: self._settings.keep_appearance(chosen), lambda _none: None)
        if restart:
            self.banner.tell(
                _("The change is seen after the next start of SmartClient."),
                "",
                Surface.ACCENT,
                step=_("Restart now"),
                pressed=self.restart_wanted.emit,
            )

    # --- showing -----------------------------------------------------------------------------

    def _show(self, found: tuple[Appearance, Account | None]) -> None:
        appearance, account = found
        self._appearance = appearance
        self._filling = True
        self.scheme.setCurrentIndex(self.scheme.findData(appearance.scheme))
        self.scale.setCurrentIndex(max(0, self.scale.findData(appearance.scale)))
        self.language.setCurrentIndex(max(0, self.language.findData(appearance.language)))
        self._filling = False
        clear(self._who)
        for line, (label, value) in enumerate(_lines(account)):
            self._who.addWidget(Text(label, Role.MUTED), line, 0)
            self._who.addWidget(Text(value), line, 1)


def _lines(account: Account | None) -> tuple[tuple[str, str], ...]:
    if account is None:
        return ((_("Activation"), _("not activated")),)
    partner = f"{account.hr} · {account.partner_name}" if account.partner_name else account.hr
    return (
        (_("Business partner (HR)"), partner),
        (_("Name and surname"), account.name),
        (_("Adviser's identification"), account.identification),
        (_("Registration number at the ČNB"), account.cnb_number),
    )
