"""The signing ceremony: the fields one after another, the question at the end, and the way out.

Nothing that was signed is ever lost here: each signature is kept by the service before the next
person takes the pen, and interrupting closes only the window.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from smartclient.documents.reading import IN_THE_WINDOW
from smartclient.domain.clock import Clock
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _
from smartclient.domain.lock_time import PRAGUE
from smartclient.domain.sentences import sentence_for
from smartclient.ink.port import PadDescription
from smartclient.services.signing import SignatureField, Signing, SigningState
from smartclient.ui.announce import announce
from smartclient.ui.ceremony.centre import CeremonyCentre
from smartclient.ui.ceremony.desk import ChoosePad, PadDesk
from smartclient.ui.ceremony.pad_picture import AGAIN, CONFIRM, REFUSE, PadWords
from smartclient.ui.ceremony.pad_reading import CONTINUE
from smartclient.ui.ceremony.read_once import ReadOnce
from smartclient.ui.ceremony.side import CeremonySide
from smartclient.ui.ceremony.signers import Signers
from smartclient.ui.ceremony.watching import PadWatch
from smartclient.ui.ceremony.words import (
    NOTHING,
    connected_words,
    doing_words,
    frame_of,
    last_question,
    reading_of,
    refusal_question,
    refused_words,
    sign_words,
)
from smartclient.ui.dialogs import Ask
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.card import Surface

_NARROW_BELOW = 1080


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
        clock: Clock,
        ask: Ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "ground")
        self._signing, self._tasks, self._ask = signing, tasks, ask
        self._document_id = DocumentId("")
        self._state: SigningState | None = None
        self._problem = ""
        self._busy = False
        self._read = ReadOnce()
        self._large = False
        self._clock = clock
        self.side = CeremonySide()
        self.centre = CeremonyCentre(tasks)
        self.banner, self.pages = self.centre.banner, self.centre.pages
        self.display = self.centre.display
        self.desk = PadDesk(choose_pad, self.display, self)
        self._watch = PadWatch(tasks, self.desk, self)
        self._put_together()
        self._connect()

    @property
    def state(self) -> SigningState | None:
        """What is shown; None until the session is open."""
        return self._state

    @property
    def problem(self) -> str:
        """Why the last attempt was not taken, as the person reads it; empty when it was."""
        return self._problem

    @property
    def headline(self) -> str:
        """Which field of how many is being signed."""
        return self.centre.headline

    @property
    def signers(self) -> Signers:
        """Who signs what."""
        return self.side.signers

    def open(self, document_id: DocumentId) -> None:
        """Begin to sign a document, or go on where it was interrupted."""
        self._document_id = document_id
        self._read.forget()
        self.banner.hide()
        self._tasks.run(
            lambda: self._signing.begin(document_id), self._take_opened, self._refuse_opening
        )

    def confirm(self) -> None:
        """The person confirms what was drawn."""
        state = self._state
        if state is None or self._busy or state.next_field is None:
            return
        buffer = self.desk.take()
        if buffer is None:
            self._begin()
            return
        self._busy = True
        self._show_state()
        announce(self, _("checking and sealing the signature…"))
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
            self._begin()

    def refuse(self) -> None:
        """The person does not want to sign this; earlier signatures stay valid."""
        state = self._state
        if state is None or self._busy or state.next_field is None:
            return
        field = state.next_field
        # While the adviser is asked nobody can sign, neither on the pad nor on the screen.
        self.desk.end()
        self._busy = True
        if not self._ask(self, refusal_question(field)):
            self._busy = False
            self._begin()
            return
        self._tasks.run(
            lambda: self._signing.refuse(state.document_id, field.name),
            self._take_refused,
            self._refuse_signature,
        )

    def interrupt(self) -> None:
        """Close the window; what was signed is kept, the rest can be signed later."""
        self._watch.leave()
        self.left.emit(self._document_id)

    def finish(self) -> None:
        """Ask whether to save and send; yes seals the document, no leaves it open."""
        state = self._state
        if state is None or self._busy or not state.is_signed_by_all:
            return
        if not self._ask(self, last_question(state.kind)):
            return
        self._busy = True
        self._show_state()
        self._tasks.run(
            lambda: self._signing.finish(state.document_id), self._take_finished, self._refuse
        )

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nobody signs; the pad is free again. Minimising changes nothing."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._watch.leave()
            self.pages.close_file()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Small screens give the page more room."""
        super().resizeEvent(event)
        self.side.be_narrow(self.width() < look().px(_NARROW_BELOW))
        self.centre.be_high(self.height())

    # --- what the service answers -------------------------------------------------------------

    def _take_opened(self, state: SigningState) -> None:
        self._state, self._problem, self._busy = state, "", False
        self.pages.open(state.pdf, state.seen)
        self.enlarge(self._large)
        self._show_state()
        self._begin()

    def _take_signed(self, state: SigningState) -> None:
        self._state, self._problem, self._busy = state, "", False
        self.pages.open_revision(state.pdf)
        self._show_state()
        if state.is_signed_by_all:
            announce(self, _("All signatures are placed."))
            self.finish()
        else:
            self._begin()

    def _take_refused(self, state: SigningState) -> None:
        refused = self._state.next_field if self._state is not None else None
        self.display.clear_ink()
        self._state, self._busy = state, False
        self._show_state()
        if refused is None:
            return
        headline, told = refused_words(refused, may_others=state.next_field != refused)
        self.banner.tell(
            headline,
            told,
            Surface.ATTENTION,
            step=_("Sign after all"),
            pressed=lambda: self._choose(refused.name),
        )

    def _take_finished(self, _number: str) -> None:
        self._busy = False
        self._watch.leave()
        self.signed.emit(self._document_id)

    def _refuse_opening(self, error: SmartClientError) -> None:
        self.banner.refuse(error, step=_("Back"), pressed=self.interrupt)

    def _refuse_signature(self, error: SmartClientError) -> None:
        """The signature does not count: say why, on the pad as well, and let it be drawn again."""
        self._busy = False
        spoken = sentence_for(error)
        self._problem = " ".join(part for part in (spoken.happened, spoken.do) if part)
        announce(self, self._problem)
        self._begin(keep_problem=True)

    def _refuse(self, error: SmartClientError) -> None:
        self._busy = False
        self.banner.refuse(error)
        self._show_state()

    # --- the pad ------------------------------------------------------------------------------

    def _begin(self, *, keep_problem: bool = False) -> None:
        state = self._state
        if state is None or state.next_field is None or not self.isVisible():
            return
        self._watch.end()
        if not keep_problem:
            self._problem = ""
        self._begin_step(state, state.next_field)
        self._show_state()
        # Not on a button: a key pressed too early must neither confirm nor interrupt.
        self.signers.cards[state.next_field.name].setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin_step(self, state: SigningState, field: SignatureField) -> None:
        """A person reads first, once for all that says the same, where there is a screen."""
        reading = None if self._read.knows(field) else reading_of(state, field)
        self.display.enlarge(self._large)
        self.desk.begin(self._words(), reading, large=self._large)
        if reading is not None and self.desk.is_read:
            self.display.show_reading(reading, large=self._large)
            announce(self.display, reading.spoken)

    def go_on(self) -> None:
        """The person has read what will be signed."""
        state = self._state
        if state is None or state.next_field is None or self._busy or not self.desk.is_read:
            return
        names = self._read.note(state, state.next_field)
        pressed_on = self.desk.pressed_on or IN_THE_WINDOW
        self._tasks.run(
            lambda: self._signing.note_read(state.document_id, names, pressed_on),
            _nothing,
            self._refuse,
        )
        self._begin()

    def enlarge(self, large: bool) -> None:
        """Large text on the pad and on the pages, for a person who sees badly."""
        self._large = large
        if large:
            self.pages.zoom_by(1)
        else:
            self.pages.fit_width()
        # What is being drawn is not disturbed.
        if self.desk.is_capturing and not self._busy and not self.display.has_ink:
            self._begin()

    def _pad_is_there(self) -> None:
        """A pad that is plugged in again is used without a further press."""
        if not self._busy and not self.desk.is_capturing:
            self._begin()

    def _pad_ready(self, description: PadDescription) -> None:
        self.banner.hide()
        on_screen = self.desk.is_on_screen
        self.side.show_pad(connected_words(description, is_on_screen=on_screen), is_there=True)
        self.centre.show_caption(is_on_screen=on_screen, is_read=self.desk.is_read)
        self._show_state()

    def _pad_refused(self, error: SmartClientError) -> None:
        self.side.show_pad(_("SignPad not connected"), is_there=False)
        self.banner.refuse(error, step=_("Try again"), pressed=self._begin)
        self._show_state()

    def _ink_begins(self) -> None:
        """It is being signed again: what was wrong with the signature before is past."""
        self._problem = ""
        self._show_state()

    def _pressed(self, button: str) -> None:
        ways = {CONFIRM: self.confirm, AGAIN: self.again, REFUSE: self.refuse}
        way = (ways | {CONTINUE: self.go_on}).get(button)
        if way is not None:
            way()

    # --- what is shown ------------------------------------------------------------------------

    def _show_state(self) -> None:
        state = self._state
        if state is None:
            return
        field = state.next_field
        self.side.show_about(state.number, state.client)
        active = field.name if field is not None else ""
        self.side.show_order(state.is_free and field is not None)
        doing = doing_words(self.desk, is_busy=self._busy, has_problem=bool(self._problem))
        self.signers.show_fields(state.fields, active, doing)
        self.centre.show_state(state)
        if not self.desk.is_read:
            self.display.show_words(self._words())
        taking = self.desk.is_capturing and not self._busy
        drawing = taking and not self.desk.is_read
        self.display.allow(confirm=drawing and self.display.has_ink, again=drawing, refuse=taking)
        self.side.allow_finish(state.is_signed_by_all, is_busy=self._busy)

    def _words(self) -> PadWords:
        if self._state is None:
            return NOTHING
        return sign_words(self._state, self._clock.now().astimezone(PRAGUE).date(), self._problem)

    def _activate(self, name: str) -> None:
        """Go to a signature: the open one is signed, another one is shown on its page."""
        state = self._state
        field = next((f for f in state.fields if f.name == name), None) if state else None
        if state is None or field is None:
            return
        if field != state.next_field and state.may_choose(name) and not self._busy:
            self._choose(name)
        elif field != state.next_field:
            self.pages.frame(frame_of(field))
        elif not self.desk.is_capturing and not self._busy:
            self._begin()

    def _choose(self, name: str) -> None:
        """Give the pen to this person; what another one was just drawing is wiped."""
        if self._state is not None and not self._busy:
            self._state = self._state.choosing(name)
            self._begin()

    # --- widgets ------------------------------------------------------------------------------

    def _put_together(self) -> None:
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.side)
        outer.addWidget(self.centre, 1)

    def _connect(self) -> None:
        self.side.interrupted.connect(self.interrupt)
        self.side.finished.connect(self.finish)
        self.side.enlarged.connect(self.enlarge)
        self.side.worded.connect(self.pages.show_words)
        self.signers.activated.connect(self._activate)
        self.pages.refused.connect(self._refuse)
        self.display.pressed.connect(self.desk.press)
        self.display.signed_on.connect(self._ink_begins)
        self.display.wiped.connect(self.again)
        self.desk.ready.connect(self._pad_ready)
        self.desk.pressed.connect(self._pressed)
        self.desk.refused.connect(self._pad_refused)
        self._watch.there.connect(self._pad_is_there)
        self._watch.refused.connect(self._refuse)


def _nothing(_value: None) -> None:
    """Remembering has no answer."""
