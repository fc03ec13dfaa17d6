"""The form of a client: what is typed is kept at once, and becomes a client when it is saved.

The fields and their rules are those of the package of the form, drawn by the one form renderer,
and what is typed is kept by the same `Autosave` as a document's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from smartclient.domain import presentation
from smartclient.domain.clock import Clock
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId
from smartclient.domain.language import _
from smartclient.services.clients import (
    ClientItem,
    ClientMatters,
    Clients,
    DraftItem,
    Typed,
    Whereabouts,
)
from smartclient.store.changes import Subject
from smartclient.store.save_order import moment
from smartclient.ui.autosave import Autosave, Save, about_unkept
from smartclient.ui.client_form_frame import ClientFormFrame
from smartclient.ui.dialogs import Ask, Question, ask
from smartclient.ui.tasks import Task, Tasks
from smartclient.ui.widgets.card import Surface

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Draft:
    """What stands in the form at one moment."""

    id: str
    typed: Typed
    client_id: ClientId | None
    taken: int = field(default_factory=moment)


class ClientFormPage(ClientFormFrame):
    """Emits `saved` with the client, `left` when the person goes back without saving."""

    saved = Signal(str)
    left = Signal()
    abandoned = Signal()
    """The client that was being changed is not here any more."""
    client_opened = Signal(str)

    watches: ClassVar[frozenset[Subject]] = frozenset({Subject.CLIENT})

    def __init__(
        self,
        clients: Clients,
        matters: ClientMatters,
        tasks: Tasks,
        clock: Clock,
        *,
        question: Ask = ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(clients.form, tasks, parent)
        self._clients, self._matters, self._question = clients, matters, question
        self._clock = clock
        self._draft_id = ""
        self._client_id: ClientId | None = None
        self._opening: Task | None = None
        self._autosave: Autosave | None = None
        self._ending: _Draft | None = None
        """What is being saved as a client, or discarded; until that is answered."""
        self._keep_refused = False
        """The banner tells that what is typed could not be kept."""
        self.edited.connect(self._note_typed)
        self.back_wanted.connect(self._go_back)
        self.discard_wanted.connect(self.discard)
        self.save_wanted.connect(self.save)
        self.tasks.run(self._clients.prepare, lambda _none: None, self.refused)

    def refresh(self) -> None:
        """Look whether the client that is being changed is still the one to change."""
        client_id = self._client_id
        if client_id is not None and self.is_open:

            def told(standing: Whereabouts) -> None:
                if client_id == self._client_id:
                    self._stand(standing)

            self.ask(lambda: self._matters.whereabouts(client_id), told)

    # --- beginning ---------------------------------------------------------------------------

    def begin(self, name: str = "") -> None:
        """An empty form, with a name that was searched for; not over one that cannot be kept."""
        if not self.close_form():
            return
        given, _gap, surname = name.strip().rpartition(" ")
        typed: Typed = {"given_name": given, "surname": surname}
        self._open(self._clients.new_draft_id(), typed, None, _("New client"))

    def resume(self, draft_id: str) -> None:
        """The form as it was left; not over one that cannot be kept."""

        def found(drafts: tuple[DraftItem, ...]) -> None:
            for draft in drafts:
                if draft.id == draft_id:
                    name = draft.name or _("New client")
                    self._open(draft.id, draft.typed, draft.client_id, name)
                    return
            self.abandoned.emit()  # it is a client by now

        if self.close_form():
            self._opening = self.tasks.run(self._clients.drafts, found, self._refuse_opening)

    def change(self, client_id: ClientId) -> None:
        """What is known of a client, to be changed; what was typed before and not saved wins.

        Not over a form that cannot be kept.
        """

        def known() -> tuple[Typed, str]:
            panel = self._clients.panel(client_id)
            kept = [draft for draft in self._clients.drafts() if draft.client_id == client_id]
            return kept[0].typed if kept else panel.typed, panel.name

        def opened(answer: tuple[Typed, str]) -> None:
            typed, name = answer
            self._open(client_id, typed, client_id, _("Change of data: {name}").format(name=name))

        if self.close_form():
            self._opening = self.tasks.run(known, opened, self._refuse_opening)

    @property
    def changes(self) -> ClientId | None:
        """The client that is being changed; None while a new one is typed."""
        return self._client_id

    @property
    def is_open(self) -> bool:
        """Whether something is being typed here."""
        return bool(self._draft_id)

    # --- typing ------------------------------------------------------------------------------

    def keep_now(self) -> None:
        """Keep what is typed, without waiting any longer."""
        if self._autosave is not None:
            self._autosave.save_now()

    def keep_typed(self, *, asks: bool = True) -> bool:
        """Keep what is left before this returns; False where it fails and the person rather stays.

        Without `asks` nobody is asked, because the program ends.
        """
        refusal = self._autosave.keep_rest() if self._autosave is not None else None
        if refusal is None or not asks:
            return True
        self._refuse_keeping(refusal)
        return self._question(self, about_unkept(refusal))

    def close_form(self) -> bool:
        """Keep what is left and forget the form; where that is False it is open as before."""
        if self._opening is not None:
            self._opening.cancel()
        if not self.keep_typed():
            return False
        self._forget()
        self.banner.hide()
        self._show_form(shown=False)
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever goes elsewhere leaves nothing behind that is not kept."""
        super().hideEvent(event)
        self.keep_now()

    def discard(self) -> None:
        """Forget what was typed, after a question."""
        question = Question(
            _("Discard what you typed?"),
            _("It is not kept any more. A client who is saved already stays as it was."),
            _("Yes, discard it"),
            _("No, keep it"),
            destroys=True,
        )
        if self._ending is not None or not self._question(self, question):
            return
        draft = self._end_typing()
        self._end(draft, lambda: self._clients.discard_draft(draft.id), self._discarded)

    def save(self) -> None:
        """Save the client, or show what keeps it from being saved."""
        if self.form is None or self._ending is not None or not self.form.demand():
            return
        draft = self._end_typing()
        clients, typed, client_id = self._clients, draft.typed, draft.client_id

        def save() -> ClientId | ClientItem:
            clients.keep_draft(draft.id, typed, client_id, taken=draft.taken)
            same = clients.same_person(typed, client_id)
            if same is not None:
                return same
            if client_id is not None:
                return clients.change(client_id, typed, draft.id, taken=draft.taken)
            return clients.save(typed, draft.id, taken=draft.taken)

        self._end(draft, save, self._saved)

    def refused(self, error: SmartClientError) -> None:
        """Say what was refused; the form stays as it is."""
        super().refused(error)
        self._save.allow(True)

    # --- inside ------------------------------------------------------------------------------

    def _open(self, draft_id: str, typed: Typed, client_id: ClientId | None, title: str) -> None:
        self._draft_id, self._client_id = draft_id, client_id
        self.head(title, _("Fields with * must be filled in, the others may come later."))
        self.banner.hide()
        self._autosave = Autosave(self.tasks, self._clock, self._take_save, self)
        self._autosave.changed.connect(self._show_kept)
        self._autosave.refused.connect(self._refuse_keeping)
        self._show_kept()
        self._save.allow(True)
        self._draw(typed)

    def _forget(self) -> None:
        """Nothing is typed here any more."""
        if self._autosave is not None:
            self._autosave.end()
            self._autosave.deleteLater()
            self._autosave = None
        self._ending, self._keep_refused = None, False
        self._draft_id = ""

    def _refuse_opening(self, error: SmartClientError) -> None:
        self.banner.refuse(error, step=_("Back to clients"), pressed=self.abandoned.emit)

    # --- keeping, and its end ----------------------------------------------------------------

    def _draft(self) -> _Draft:
        return self._ending or _Draft(self._draft_id, self.typed, self._client_id)

    def _take_save(self) -> Save:
        draft = self._draft()
        return partial(
            self._clients.keep_draft, draft.id, draft.typed, draft.client_id, taken=draft.taken
        )

    def _show_kept(self) -> None:
        autosave = self._autosave
        if autosave is None:
            return
        words = "" if autosave.is_kept else autosave.words
        if autosave.is_kept and autosave.kept_at is not None:
            told = _("Kept as a draft at {time}")
            words = told.format(time=presentation.clock_time(autosave.kept_at))
        self._kept.setText(words)
        if self._keep_refused and autosave.is_kept:
            self._keep_refused = False
            self.banner.hide()
            self.refresh_soon()  # the client may have gone meanwhile

    def _refuse_keeping(self, error: SmartClientError) -> None:
        self._keep_refused = True
        self.banner.refuse(error, step=_("Try again"), pressed=self._keep_again)

    def _keep_again(self) -> None:
        self.banner.hide()
        self.keep_now()

    def _end_typing(self) -> _Draft:
        """What is to be saved or discarded; nothing else is typed until `_type_on`."""
        if self._autosave is not None:
            self._autosave.pause()
        self._ending = draft = self._draft()
        self._save.allow(False)
        self._let_type(False)
        return draft

    def _end(self, draft: _Draft, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """The answer is for nobody once the form was left."""

        def answered(value: T) -> None:
            if self._ending is draft:
                done(value)

        def refused(error: SmartClientError) -> None:
            if self._ending is draft:
                self._refuse_end(error)

        self.tasks.run(work, answered, refused)

    def _type_on(self) -> None:
        self._ending = None
        self._save.allow(True)
        self._let_type(True)

    def _refuse_end(self, error: SmartClientError) -> None:
        self._type_on()
        self._keep_refused = False
        if self._autosave is not None:
            self._autosave.note_change()
        self.refused(error)

    def _discarded(self, _none: None) -> None:
        self._forget()
        self.left.emit()

    def _note_typed(self) -> None:
        if self._autosave is not None:
            self._autosave.note_change()

    def _saved(self, answer: ClientId | ClientItem) -> None:
        if isinstance(answer, ClientItem):
            self._type_on()
            if self._autosave is not None:
                self._autosave.note_change()
            self.banner.tell(
                _("A client with this birth number is here already: {name}").format(
                    name=answer.name
                ),
                _("Nothing was saved twice. What you typed is kept as a draft."),
                Surface.ATTENTION,
                step=_("Open the client"),
                pressed=lambda: self.client_opened.emit(answer.id),
            )
            return
        self._forget()
        self.saved.emit(answer)

    def _stand(self, standing: Whereabouts) -> None:
        """Gone or merged while it was typed: say so, and lead out; nothing is saved to it."""
        survivor = standing.survivor
        if not standing.is_here:
            self._lead_out(standing)
        elif survivor is not None:
            self.banner.tell(
                _("This client became part of {name}.").format(name=survivor.name),
                _("Your changes cannot be saved here any more; they are kept as a draft."),
                Surface.ATTENTION,
                step=_("Open {name}").format(name=survivor.name),
                pressed=lambda: self.client_opened.emit(survivor.id),
            )
        self._save.allow(
            standing.is_here and survivor is None, _("This client is not here any more.")
        )

    def _lead_out(self, standing: Whereabouts) -> None:
        """The client went; the last words follow what was handed in of it."""
        refusal = self._autosave.keep_rest() if self._autosave is not None else None
        if refusal is not None:
            self._refuse_keeping(refusal)
            return
        self._forget()
        self._show_form(shown=False)
        self.head(_("Client"))
        self.banner.tell(
            _("This client is not on this computer any more."),
            _(
                "You no longer have the right to it. What you typed was handed in: a person at "
                "the insurer reads it and decides."
            )
            if standing.was_handed_in
            else _("The insurer erased it, or you no longer have the right to it."),
            Surface.ATTENTION,
            step=_("Back to clients"),
            pressed=self.abandoned.emit,
        )

    def _go_back(self) -> None:
        if self.close_form():
            self.left.emit()
