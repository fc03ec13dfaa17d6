"""The signing ceremony: the fields one after another, the question at the end, and the way out.

Nothing that was signed is ever lost here: each signature is kept by the service before the next
person takes the pen, and interrupting closes only the window.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _, ngettext
from smartclient.domain.sentences import sentence_for
from smartclient.ink.port import Pad, PadButton, PadDescription, PadPicture
from smartclient.services.signing import (
    FieldStanding,
    SignatureField,
    Signing,
    SigningState,
)
from smartclient.ui.announce import announce
from smartclient.ui.ceremony.capture import PadCapture
from smartclient.ui.ceremony.pad_display import PadDisplay
from smartclient.ui.ceremony.pad_picture import AGAIN, CONFIRM, REFUSE, PadWords, picture_of
from smartclient.ui.ceremony.signers import Signers
from smartclient.ui.dialogs import Ask, Question
from smartclient.ui.icons import IconView
from smartclient.ui.onscreen_pad import OnScreenPad
from smartclient.ui.page import scrolling
from smartclient.ui.pages.strip import Frame, PageStrip
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Surface, row
from smartclient.ui.widgets.text import ElidedText, Role, Text

ChoosePad = Callable[[OnScreenPad], Pad]
"""The pad for the next signature, given the one on this screen; Unreachable SC-SIGN-001 if none.

It may be the same pad each time.
"""
_SIDE = 320
_SIDE_NARROW = 236
_NARROW_BELOW = 1080
_PAD_SHARE = 0.37


class CeremonyPage(QWidget):
    """Signs one document. Open it with `open`; it says `left` or `signed` when it is done."""

    signed = Signal(str)
    """The document is signed and kept; carries its id."""
    left = Signal(str)
    """Interrupted; everything signed so far is kept. Carries the document's id."""

    def __init__(
        self,
        signing: Signing,
        tasks: Tasks,
        choose_pad: ChoosePad,
        ask: Ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "ground")
        self._signing, self._tasks, self._ask = signing, tasks, ask
        self._choose_pad = choose_pad
        self._state: SigningState | None = None
        self._capture: PadCapture | None = None
        self._onscreen = OnScreenPad(1, 1)
        self._pad: Pad | None = None
        self._problem = ""
        self._busy = False
        self._put_together()

    @property
    def state(self) -> SigningState | None:
        """What is shown; None until the session is open."""
        return self._state

    @property
    def problem(self) -> str:
        """Why the last attempt was not taken, as the person reads it; empty when it was."""
        return self._problem

    @property
    def is_ready(self) -> bool:
        """The pad waits for the pen."""
        return self._capture is not None and self._capture.buffer is not None

    @property
    def headline(self) -> str:
        """Which field of how many is being signed."""
        return self._headline.text()

    def open(self, document_id: DocumentId) -> None:
        """Begin to sign a document, or go on where it was interrupted."""
        self._document_id = document_id
        self.banner.hide()
        self._tasks.run(
            lambda: self._signing.begin(document_id), self._take_opened, self._refuse_opening
        )

    def confirm(self) -> None:
        """The person confirms what was drawn."""
        state, capture = self._state, self._capture
        if state is None or capture is None or self._busy or state.next_field is None:
            return
        capture.end()
        buffer = capture.buffer
        if buffer is None:
            self._begin_capture()
            return
        self._busy = True
        self._tell_progress(_("checking and sealing the signature…"))
        field = state.next_field.name

        def keep() -> SigningState:
            try:
                return self._signing.sign(state.document_id, field, buffer)
            finally:
                buffer.wipe()

        self._tasks.run(keep, self._take_signed, self._refuse_signature)

    def again(self) -> None:
        """Throw away what was drawn and begin the same signature once more."""
        if not self._busy:
            self._begin_capture()

    def refuse(self) -> None:
        """The person does not want to sign this; earlier signatures stay valid."""
        state = self._state
        if state is None or self._busy or state.next_field is None:
            return
        field = state.next_field
        asked = Question(
            _("Does {person} refuse to sign?").format(person=field.signer),
            _(
                "Signatures given before stay valid. The document stays open, waits for a "
                "signature and is not sent to PČS; you can sign later or edit the document."
            ),
            _("Refuse the signature"),
            _("Back to signing"),
            destroys=True,
        )
        if not self._ask(self, asked):
            return
        self._end_capture()
        self._busy = True
        self._tasks.run(
            lambda: self._signing.refuse(state.document_id, field.name),
            self._take_refused,
            self._refuse_signature,
        )

    def interrupt(self) -> None:
        """Close the window; what was signed is kept, the rest can be signed later."""
        self._end_capture()
        self._give_pad_back()
        self.left.emit(self._document_id)

    def finish(self) -> None:
        """Ask whether to save and send; yes seals the document, no leaves it open."""
        state = self._state
        if state is None or self._busy or not state.is_signed_by_all:
            return
        asked = Question(
            _("Do you want to save the offer and send it to PČS?"),
            _(
                "All signatures are placed. After saving, the document can be neither edited nor "
                "cancelled; it is sent at the next synchronisation."
            ),
            _("Yes, save and send"),
            _("Not yet"),
        )
        if not self._ask(self, asked):
            return
        self._busy = True
        self._tell_progress("")
        self._finish.allow(False, _("The document is being saved."))
        self._tasks.run(
            lambda: self._signing.finish(state.document_id), self._take_finished, self._refuse
        )

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nobody signs; the pad is free again. Minimising changes nothing."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._end_capture()
            self._give_pad_back()
            self.pages.close_file()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Small screens give the page more room."""
        super().resizeEvent(event)
        narrow = self.width() < look().px(_NARROW_BELOW)
        self._side.setFixedWidth(look().px(_SIDE_NARROW if narrow else _SIDE))
        self._be_narrow(narrow)
        pad = round(self.height() * _PAD_SHARE)
        self.display.setFixedHeight(max(look().px(170), min(look().px(290), pad)))

    def _be_narrow(self, narrow: bool) -> None:
        edge = look().px(14 if narrow else 24)
        self._side_box.setContentsMargins(edge, look().px(14 if narrow else 26), edge, edge)
        self._interrupt.setText(_("Interrupt") if narrow else _("Interrupt and go on later"))

    # --- what the service answers -------------------------------------------------------------

    def _take_opened(self, state: SigningState) -> None:
        self._state = state
        self.pages.open(state.pdf, state.seen)
        self._pad_state.show_icon("circle", "muted")
        self._show_state()
        self._begin_capture()

    def _take_signed(self, state: SigningState) -> None:
        self._busy = False
        self._problem = ""
        self._state = state
        self.pages.open_revision(state.pdf)
        self._show_state()
        if state.is_signed_by_all:
            self._end_capture()
            announce(self, _("All signatures are placed."))
            self.finish()
        else:
            self._begin_capture()

    def _take_refused(self, state: SigningState) -> None:
        self._busy = False
        self._state = state
        self._show_state()
        field = state.next_field
        if field is not None:
            self.banner.tell(
                _("{person} refused to sign.").format(person=field.signer),
                _("The document waits for a signature and is not sent to PČS."),
                Surface.ATTENTION,
                step=_("Sign after all"),
                pressed=self._begin_capture,
            )

    def _take_finished(self, _number: str) -> None:
        self._busy = False
        self._give_pad_back()
        self.signed.emit(self._document_id)

    def _refuse_opening(self, error: SmartClientError) -> None:
        self.banner.refuse(error, step=_("Back"), pressed=self.interrupt)

    def _refuse_signature(self, error: SmartClientError) -> None:
        """The signature does not count: say why, on the pad as well, and let it be drawn again."""
        self._busy = False
        spoken = sentence_for(error)
        self._problem = " ".join(part for part in (spoken.happened, spoken.do) if part)
        self._show_state()
        announce(self, self._problem)
        self._begin_capture(keep_problem=True)

    def _refuse(self, error: SmartClientError) -> None:
        self._busy = False
        self.banner.refuse(error)
        self._show_state()

    # --- the pad ------------------------------------------------------------------------------

    def _begin_capture(self, *, keep_problem: bool = False) -> None:
        self._end_capture()
        state = self._state
        if state is None or state.next_field is None or not self.isVisible():
            return
        if not keep_problem:
            self._problem = ""
        try:
            pad = self._choose_pad(self._onscreen)
        except SmartClientError as error:
            self._pad_refused(error)
            return
        if pad is not self._pad:
            self._give_pad_back()
        self._pad = pad
        self.display.attach(self._onscreen if pad is self._onscreen else None)
        self.display.clear_ink()
        capture = PadCapture(pad, self._picture(self._words()), self)
        capture.ready.connect(self._pad_ready)
        capture.pressed.connect(self._pressed)
        capture.refused.connect(self._pad_refused)
        if pad is not self._onscreen:
            capture.inked.connect(self.display.draw)
        self._capture = capture
        self._show_state()
        # Not on a button: a key pressed too early must neither confirm nor interrupt.
        self.signers.cards[state.next_field.name].setFocus(Qt.FocusReason.OtherFocusReason)
        capture.start()

    def _end_capture(self) -> None:
        capture, self._capture = self._capture, None
        if capture is None:
            return
        capture.disconnect(self)
        capture.end()
        if not self._busy:
            capture.wipe()
        capture.deleteLater()

    def _give_pad_back(self) -> None:
        pad, self._pad = self._pad, None
        if pad is not None:
            pad.close()

    def _pad_ready(self, description: PadDescription) -> None:
        self.banner.hide()
        self._pad_state.show_icon("online", "good")
        on_screen = self._pad is self._onscreen
        if not on_screen:
            self.display.mirror(description)
        self._pad_words.setText(
            _("Signing on this screen")
            if on_screen
            else _("{model} connected").format(model=description.model)
        )
        self._caption.setText(
            _("Sign here with a pen, a finger or the mouse")
            if on_screen
            else _("Mirror of the SignPad's display")
        )
        self._show_state()

    def _pad_refused(self, error: SmartClientError) -> None:
        self._end_capture()
        self._give_pad_back()
        self._pad_state.show_icon("offline", "muted")
        self._pad_words.setText(_("SignPad not connected"))
        self.banner.refuse(error, step=_("Try again"), pressed=self._begin_capture)
        self._show_state()

    def _pressed(self, button: str) -> None:
        way = {CONFIRM: self.confirm, AGAIN: self.again, REFUSE: self.refuse}.get(button)
        if way is not None:
            way()

    # --- what is shown ------------------------------------------------------------------------

    def _show_state(self) -> None:
        state = self._state
        if state is None:
            return
        field = state.next_field
        self._title.setText(_("Signing of the document"))
        self._about.setText(
            _("{number} · {client}").format(number=state.number, client=state.client)
        )
        self.signers.show_fields(
            state.fields, field.name if field is not None else "", self._doing(field)
        )
        self._headline.setText(_headline(state))
        self.display.show_words(self._words())
        drawing = self._capture is not None and not self._busy
        self.display.allow(confirm=drawing and self.display.has_ink, again=drawing, refuse=drawing)
        if field is not None:
            place = field.place
            self.pages.frame(
                Frame(field.page - 1, place.x, place.y, place.width, place.height, field.role)
            )
        else:
            self.pages.frame(None)
        self._finish.allow(
            state.is_signed_by_all and not self._busy,
            _("All signatures have to be placed first."),
        )
        self._finish.set_kind(
            ButtonKind.PRIMARY if state.is_signed_by_all else ButtonKind.SECONDARY
        )
        self._caption.setVisible(field is not None)
        self.display.setVisible(field is not None)
        self._show_page(self.pages.page)

    def _doing(self, field: SignatureField | None) -> str:
        if field is None or (field.standing is FieldStanding.REFUSED and self._capture is None):
            return ""
        if self._busy:
            return _("checking and sealing the signature…")
        if self._problem:
            return _("has to be signed again")
        if self._capture is None:
            return ""
        on_screen = self._pad is self._onscreen
        return _("signs on this screen…") if on_screen else _("signs on the SignPad…")

    def _tell_progress(self, words: str) -> None:
        self._show_state()
        announce(self, words)

    def _words(self) -> PadWords:
        state = self._state
        field = state.next_field if state is not None else None
        if state is None or field is None:
            return PadWords("", "", "")
        return PadWords(
            _("{role} · {person}").format(role=field.role, person=field.signer),
            field.meaning,
            field.summary,
            self._problem,
        )

    def _picture(
        self, words: PadWords
    ) -> Callable[[int, int], tuple[PadPicture, tuple[PadButton, ...]]]:
        return lambda width, height: picture_of(words, width, height)

    def _show_page(self, page: int) -> None:
        if not self.pages.count:
            return
        where = _("page {page} of {count}").format(page=page + 1, count=self.pages.count)
        unseen = len(self.pages.unseen)
        self._whereabouts.setText(
            where if unseen else _("{where} · all pages shown ✓").format(where=where)
        )

    def _ink_came(self) -> None:
        self._show_state()

    # --- widgets ------------------------------------------------------------------------------

    def _put_together(self) -> None:
        self._document_id = DocumentId("")
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._side = self._make_side()
        outer.addWidget(self._side)
        outer.addLayout(self._make_centre(), 1)

    def _make_side(self) -> QFrame:
        side = QFrame()
        side.setProperty("surface", "side")
        side.setFixedWidth(look().px(_SIDE))
        self._side_box = box = QVBoxLayout(side)
        box.setSpacing(look().px(4))
        self._title = Text(_("Signing of the document"), Role.TITLE, wrap=True)
        self._about = ElidedText("", Role.MUTED)
        self.signers = Signers()
        self.signers.activated.connect(self._activate)
        self._pad_state = IconView("circle", 12, "muted")
        self._pad_words = Text("", wrap=True)
        middle = QWidget()
        inside = QVBoxLayout(middle)
        inside.setContentsMargins(0, look().px(12), 0, 0)
        inside.setSpacing(look().px(6))
        inside.addWidget(self.signers)
        inside.addSpacing(look().px(10))
        pad_line = row(spacing=2)
        pad_line.addWidget(self._pad_state)
        pad_line.addWidget(self._pad_words, 1)
        inside.addLayout(pad_line)
        inside.addWidget(
            Text(
                _(
                    "Biometrics are encrypted at once after the signature. Only an independent "
                    "authority has the key."
                ),
                Role.SMALL,
                wrap=True,
            )
        )
        inside.addStretch(1)
        self._interrupt = Button(_("Interrupt and go on later"), pressed=self.interrupt)
        self._finish = Button(_("Save and send to PČS"), pressed=self.finish)
        box.addWidget(self._title)
        box.addWidget(self._about)
        box.addWidget(scrolling(middle), 1)
        box.addWidget(self._interrupt)
        box.addSpacing(look().px(4))
        box.addWidget(self._finish)
        return side

    def _make_centre(self) -> QVBoxLayout:
        centre = QVBoxLayout()
        edge = look().px(28)
        centre.setContentsMargins(edge, look().px(20), edge, look().px(16))
        centre.setSpacing(look().px(10))
        self._headline = Text("", Role.HEADING)
        self._whereabouts = Text("", Role.MUTED)
        head = row(spacing=3)
        head.addWidget(self._headline, 1)
        head.addWidget(self._whereabouts)
        self.banner = Banner()
        self.pages = PageStrip(self._tasks)
        self.pages.page_changed.connect(self._show_page)
        self.pages.pages_seen.connect(lambda: self._show_page(self.pages.page))
        self.display = PadDisplay()
        self.display.pressed.connect(self._pressed)
        self.display.signed_on.connect(self._ink_came)
        self.display.wiped.connect(self.again)
        self._caption = Text("", Role.SMALL)
        self._caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        centre.addLayout(head)
        centre.addWidget(self.banner)
        centre.addWidget(self.pages, 1)
        centre.addWidget(self.display)
        centre.addWidget(self._caption)
        return centre

    def _activate(self, name: str) -> None:
        """Go to a signature: the open one is signed, another one is shown on its page."""
        state = self._state
        if state is None:
            return
        field = next((f for f in state.fields if f.name == name), None)
        if field is None:
            return
        if field == state.next_field:
            if self._capture is None and not self._busy:
                self._begin_capture()
            return
        place = field.place
        self.pages.frame(
            Frame(field.page - 1, place.x, place.y, place.width, place.height, field.role)
        )


def _headline(state: SigningState) -> str:
    field = state.next_field
    if field is None:
        return _("All signatures are placed")
    position = state.fields.index(field) + 1
    count = len(state.fields)
    return ngettext(
        "Field {position} of {count} · {role}", "Field {position} of {count} · {role}", count
    ).format(position=position, count=count, role=field.role)
