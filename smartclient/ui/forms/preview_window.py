"""A form package as the adviser sees it, for the person who writes it.

The answers are tried out and kept nowhere. After the files of the package were changed, F5 reads
them again and keeps what was typed; faults are told in words, each with its file and field.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _, ngettext
from smartclient.domain.sentences import sentence_for
from smartclient.forms.faults import PackageRefused
from smartclient.forms.session import FormSession
from smartclient.services.forms import OpenForm
from smartclient.ui.form_page.frame import FormFrame
from smartclient.ui.forms.view import FormView
from smartclient.ui.icons import IconView
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button
from smartclient.ui.widgets.card import Card, Surface, column, row
from smartclient.ui.widgets.choice import Choice
from smartclient.ui.widgets.text import ElidedText, FlowingText, Role, Text
from smartclient.ui.widgets.tick import Tick
from smartclient.wire.messages import Json

ReadForm = Callable[[str, Mapping[str, Json] | None], FormSession]
"""Reads the package anew and opens it in a language, with answers or (None) from the beginning."""
LANGUAGES = {"cs": "Čeština", "en": "English", "pl": "Polski", "da": "Dansk"}


class FormPreviewWindow(QWidget):
    """Shows one package; `reload` reads its files again."""

    def __init__(
        self,
        read_form: ReadForm,
        language: str,
        *,
        speak: Callable[[str], None],
        wear: Callable[[bool], None],
        dark: bool = False,
    ) -> None:
        """`speak` lets the program speak a language, `wear` makes it dark or light."""
        super().__init__()
        self._read, self._speak, self._wear = read_form, speak, wear
        self._language, self._is_dark = language, dark
        self._frame: FormFrame | None = None
        self.session: FormSession | None = None
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._content: QWidget | None = None
        self.setProperty("surface", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(look().px(1440), look().px(900))
        again = QShortcut(QKeySequence(Qt.Key.Key_F5), self)
        again.activated.connect(self.reload)
        self._speak(language)
        self._show(None)

    @property
    def form(self) -> FormView | None:
        """The form on the screen; None while faults are told."""
        return self._frame.form if self._frame is not None else None

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
            session = self._read(self._language, answers)
        except PackageRefused as refused:
            self._tell_faults(refused.faults)
        except SmartClientError as refused:
            self._tell_faults((refused,))
        else:
            self.session = session
            self._draw(session, here)

    def _replace(self, content: QWidget) -> None:
        if self._content is not None:
            self._outer.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._outer.addWidget(content)
        content.show()

    def _draw(self, session: FormSession, section: str) -> None:
        package = session.package
        title = package.title(self._language)
        self.setWindowTitle(_("Form {title}").format(title=title))
        self._frame = frame = FormFrame()
        frame.side.stand_alone()
        frame.completion_wanted.connect(self._tell_complete)
        frame.leave_wanted.connect(self.close)
        whole = QWidget()
        box = column(whole)
        box.addWidget(self._head(session))
        box.addWidget(frame, 1)
        self._replace(whole)
        opened = OpenForm(
            document_id=DocumentId(""),
            kind=package.document_kind,
            title=title,
            number=package.id,
            client=_("version {version}").format(version=package.version),
            versions="",
            session=session,
        )
        frame.show_opened(opened)
        if frame.form is not None and section in {each.id for each in session.layout}:
            frame.form.show_section(section)
            frame.form.focus_first()

    def _tell_complete(self) -> None:
        if self._frame is not None:
            self._frame.banner.tell(
                _("The form is complete."),
                _("In a preview nothing is kept, so there are no pages to show."),
                Surface.GOOD,
            )

    def _head(self, session: FormSession | None) -> QFrame:
        head = QFrame()
        head.setProperty("surface", "top")
        line = row(head, spacing=3)
        line.setContentsMargins(look().px(24), look().px(8), look().px(24), look().px(8))
        line.addWidget(Text(_("Preview of a form"), Role.HEADING))
        line.addWidget(ElidedText(_("Nothing you type here is kept."), Role.MUTED), 1)
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

    def _tell_faults(self, faults: Sequence[SmartClientError]) -> None:
        self._frame = None
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
        self._replace(whole)


def _fault_card(fault: SmartClientError) -> Card:
    spoken = sentence_for(fault)
    card = Card(padding=4)
    line = row(spacing=3)
    line.addWidget(IconView("attention", 20, "bad"), 0, Qt.AlignmentFlag.AlignTop)
    words = column(spacing=1)
    words.addWidget(FlowingText(spoken.happened, Role.STRONG))
    if spoken.do:
        words.addWidget(FlowingText(spoken.do))
    code = _("Code for the help desk: {code}").format(code=fault.code)
    words.addWidget(Text(code, Role.SMALL))
    line.addLayout(words, 1)
    card.content.addLayout(line)
    return card
