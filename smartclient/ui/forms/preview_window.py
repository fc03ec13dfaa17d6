"""A form package as the adviser sees it, for the person who writes it.

The answers are tried out and kept nowhere. After the files of the package were changed, F5 reads
them again and keeps what was typed; faults are told in words, each with its file and field.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.domain.sentences import sentence_for
from smartclient.forms.faults import PackageRefused
from smartclient.forms.session import FormSession
from smartclient.forms.states import Changes
from smartclient.services.forms import summarise
from smartclient.ui.form_page.premium import Missing, PremiumPanel
from smartclient.ui.form_page.sections import SectionList
from smartclient.ui.forms.view import FormView
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.choice import Choice
from smartclient.ui.widgets.text import ElidedText, FlowingText, Role, Text
from smartclient.ui.widgets.tick import Tick
from smartclient.wire.messages import Json

OpenForm = Callable[[str, Mapping[str, Json] | None], FormSession]
"""Reads the package anew and opens it in a language, with answers or (None) from the beginning."""
LANGUAGES = {"cs": "Čeština", "en": "English", "pl": "Polski", "da": "Dansk"}
_SIDE, _PREMIUM = 248, 312


class FormPreviewWindow(QWidget):
    """Shows one package; `reload` reads its files again."""

    def __init__(
        self,
        open_form: OpenForm,
        language: str,
        *,
        speak: Callable[[str], None],
        wear: Callable[[bool], None],
        dark: bool = False,
    ) -> None:
        """`speak` lets the program speak a language, `wear` makes it dark or light."""
        super().__init__()
        self._open, self._speak, self._wear = open_form, speak, wear
        self._language, self._is_dark = language, dark
        self.form: FormView | None = None
        self.session: FormSession | None = None
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._content: QWidget | None = None
        self._sections = SectionList()
        self._premium: PremiumPanel | None = None
        self._missing = Missing()
        self.setProperty("surface", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(look().px(1440), look().px(900))
        again = QShortcut(QKeySequence(Qt.Key.Key_F5), self)
        again.activated.connect(self.reload)
        self._speak(language)
        self._show(None)

    def reload(self) -> None:
        """Read the files of the package again and go on with what was typed."""
        self._show(self.session.answers if self.session is not None else None)

    def begin_again(self) -> None:
        """Read the files of the package again and forget what was typed."""
        self._show(None)

    def choose_language(self, language: str) -> None:
        """Show the form, and everything around it, in another language."""
        if language != self._language:
            self._language = language
            self._speak(language)
            self.reload()

    def be_dark(self, dark: bool) -> None:
        """Wear the dark or the light scheme."""
        self._is_dark = dark
        self._wear(dark)

    # --- inside ------------------------------------------------------------------------------

    def _show(self, answers: Mapping[str, Json] | None) -> None:
        here = self.form.current_section if self.form is not None else ""
        try:
            session = self._open(self._language, answers)
        except PackageRefused as refused:
            self._replace(self._faults(refused.faults))
            return
        except SmartClientError as refused:
            self._replace(self._faults((refused,)))
            return
        self.session = session
        self._replace(self._form(session, here))
        self._follow(Changes(premium=True))
        if self.form is not None:
            self.form.focus_first()

    def _replace(self, content: QWidget) -> None:
        if self._content is not None:
            self._outer.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._outer.addWidget(content)
        content.show()

    def _form(self, session: FormSession, section: str) -> QWidget:
        package = session.package
        self.setWindowTitle(_("Form {title}").format(title=package.title(self._language)))
        self._sections = SectionList()
        self._sections.chosen.connect(self._choose)
        self.form = FormView(session)
        self.form.changed.connect(self._follow)
        self.form.section_changed.connect(lambda _id: self._show_sections())
        if section in {each.id for each in session.layout}:
            self.form.show_section(section)
        whole = QWidget()
        box = column(whole)
        box.addWidget(self._head(session))
        parts = QHBoxLayout()
        parts.setSpacing(0)
        parts.addWidget(self._side())
        parts.addWidget(self.form, 1)
        parts.addWidget(self._right(session))
        box.addLayout(parts, 1)
        return whole

    def _head(self, session: FormSession | None) -> QFrame:
        head = QFrame()
        head.setProperty("surface", "top")
        line = row(head, spacing=3)
        line.setContentsMargins(look().px(24), look().px(8), look().px(24), look().px(8))
        title, version = _("Preview of a form"), ""
        if session is not None:
            package = session.package
            title = package.title(self._language)
            version = _("{form}, version {version} – nothing you type here is kept").format(
                form=package.id, version=package.version
            )
        line.addWidget(Text(title, Role.HEADING))
        line.addWidget(ElidedText(version, Role.MUTED), 1)
        languages = session.package.languages if session is not None else (self._language,)
        line.addWidget(self._language_choice(languages))
        dark = Tick(_("Dark"))
        dark.setChecked(self._is_dark)
        dark.toggled.connect(self.be_dark)
        line.addWidget(dark)
        again = Button(_("Read the files again"), icon_name="refresh", pressed=self.reload)
        again.setToolTip("F5")
        line.addWidget(again)
        return head

    def _language_choice(self, languages: tuple[str, ...]) -> Choice:
        choice = Choice(_("Language"))
        for language in languages:
            choice.addItem(LANGUAGES.get(language, language), language)
        choice.setCurrentIndex(choice.findData(self._language))
        choice.setMinimumWidth(look().px(130))
        choice.activated.connect(lambda at: self.choose_language(str(choice.itemData(at))))
        return choice

    def _side(self) -> QFrame:
        side = QFrame()
        side.setProperty("surface", "side")
        side.setFixedWidth(look().px(_SIDE))
        column(side, padding=3).addWidget(scrolling(self._sections))
        return side

    def _right(self, session: FormSession) -> QWidget:
        if session.package.pricing is not None:
            self._premium = panel = PremiumPanel()
            panel.complete.hide()
            panel.missing_chosen.connect(self._go_to)
            self._missing = panel.missing
            panel.setFixedWidth(look().px(_PREMIUM))
            return panel
        self._premium = None
        self._missing = Missing()
        self._missing.chosen.connect(self._go_to)
        side = QFrame()
        side.setProperty("surface", "right")
        side.setFixedWidth(look().px(_PREMIUM))
        box = column(side, padding=6)
        box.addWidget(self._missing)
        box.addStretch(1)
        return side

    def _faults(self, faults: tuple[SmartClientError, ...] | list[BadInput]) -> QWidget:
        self.form = None
        self.setWindowTitle(_("Preview of a form"))
        told = ngettext(
            "{count} fault keeps this form from being shown",
            "{count} faults keep this form from being shown",
            len(faults),
        ).format(count=len(faults))
        listed = QWidget()
        cards = column(listed, padding=8, spacing=3)
        cards.addWidget(Text(told, Role.TITLE, wrap=True))
        cards.addWidget(
            Text(_("Correct the files and press F5; what you typed is still here."), Role.MUTED)
        )
        for fault in faults:
            cards.addWidget(_fault_card(fault))
        anew = row()
        anew.addWidget(Button(_("Begin with an empty form"), pressed=self.begin_again))
        anew.addStretch(1)
        cards.addLayout(anew)
        cards.addStretch(1)
        whole = QWidget()
        box = column(whole)
        box.addWidget(self._head(None))
        box.addWidget(scrolling(listed), 1)
        return whole

    def _follow(self, changes: Changes) -> None:
        session = self.session
        if session is None or self.form is None:
            return
        self._show_sections()
        self._missing.show_missing((*session.wrong(), *session.missing()))
        if changes.premium and self._premium is not None:
            self._premium.show_premium(summarise(session, None))

    def _show_sections(self) -> None:
        if self.session is not None and self.form is not None:
            self._sections.show_sections(self.session.sections(), self.form.current_section)

    def _choose(self, section: str) -> None:
        if self.form is not None:
            self.form.show_section(section)
            self.form.focus_first()

    def _go_to(self, path: str) -> None:
        if self.form is not None:
            self.form.go_to(path)


def _fault_card(fault: SmartClientError) -> Card:
    spoken = sentence_for(fault)
    card = Card(Surface.BAD, padding=4, spacing=1)
    card.content.addWidget(FlowingText(spoken.happened, Role.STRONG))
    if spoken.do:
        card.content.addWidget(FlowingText(spoken.do))
    card.content.addWidget(
        Text(_("Code for the help desk: {code}").format(code=fault.code), Role.SMALL)
    )
    return card
