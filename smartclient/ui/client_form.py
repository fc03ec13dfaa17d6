"""The form of a client: what is typed is kept at once, and becomes a client when it is saved.

The fields and their rules are those of the package of the form, drawn by the one form renderer.
"""

from datetime import datetime
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain import presentation
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId
from smartclient.domain.language import _
from smartclient.forms.states import Changes
from smartclient.services.clients import (
    ClientItem,
    ClientMatters,
    Clients,
    DraftItem,
    Typed,
    Whereabouts,
    typed_in,
)
from smartclient.store.changes import Subject
from smartclient.ui.dialogs import Ask, Question, ask
from smartclient.ui.forms.view import FormView
from smartclient.ui.page import Page
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Surface, row
from smartclient.ui.widgets.text import ElidedText, Role

_KEEP_MS = 250


class ClientFormPage(Page):
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
        *,
        question: Ask = ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("New client"), tasks, parent)
        self._clients, self._matters, self._question = clients, matters, question
        self._draft_id = ""
        self._client_id: ClientId | None = None
        self.form: FormView | None = None
        self._keep_soon = QTimer(self, singleShot=True, interval=_KEEP_MS)
        self._keep_soon.timeout.connect(self.keep_now)
        self._place = QVBoxLayout()
        self._nothing = QWidget()
        """Where the form was of a client that went; it keeps what is above at the top."""
        self._place.addWidget(self._nothing, 1)
        self.body.addLayout(self._place, 1)
        self._make_foot()
        self._show_form(shown=False)
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
        """An empty form, with a name that was searched for."""
        given, _gap, surname = name.strip().rpartition(" ")
        typed: Typed = {"given_name": given, "surname": surname}
        self._open(self._clients.new_draft_id(), typed, None, _("New client"))

    def resume(self, draft_id: str) -> None:
        """The form as it was left."""

        def found(drafts: tuple[DraftItem, ...]) -> None:
            for draft in drafts:
                if draft.id == draft_id:
                    name = draft.name or _("New client")
                    self._open(draft.id, draft.typed, draft.client_id, name)

        self.tasks.run(self._clients.drafts, found, self.refused)

    def change(self, client_id: ClientId) -> None:
        """What is known of a client, to be changed; what was typed before and not saved wins."""

        def known() -> tuple[Typed, str]:
            panel = self._clients.panel(client_id)
            kept = [draft for draft in self._clients.drafts() if draft.client_id == client_id]
            return kept[0].typed if kept else panel.typed, panel.name

        def opened(answer: tuple[Typed, str]) -> None:
            typed, name = answer
            self._open(client_id, typed, client_id, _("Change of data: {name}").format(name=name))

        self.tasks.run(known, opened, self.refused)

    @property
    def changes(self) -> ClientId | None:
        """The client that is being changed; None while a new one is typed."""
        return self._client_id

    @property
    def is_open(self) -> bool:
        """Whether something is being typed here."""
        return bool(self._draft_id)

    @property
    def typed(self) -> Typed:
        """What stands in the fields now."""
        return typed_in(self.form.session) if self.form is not None else {}

    # --- typing ------------------------------------------------------------------------------

    def keep_now(self) -> None:
        """Keep what is typed, without waiting any longer."""
        self._keep_soon.stop()
        draft_id, typed, client_id = self._draft_id, self.typed, self._client_id
        if not draft_id:
            return

        def kept(at: datetime) -> None:
            if draft_id == self._draft_id:
                told = _("Kept as a draft at {time}")
                self._kept.setText(told.format(time=presentation.clock_time(at)))

        keep = partial(self._clients.keep_draft, draft_id, typed, client_id)
        self.tasks.run(keep, kept, self.refused)

    def keep_what_waits(self) -> None:
        """Keep what was typed in the last moments, because the page or the program is left."""
        if self._keep_soon.isActive():
            self.keep_now()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever goes elsewhere leaves nothing behind that is not kept."""
        super().hideEvent(event)
        self.keep_what_waits()

    def discard(self) -> None:
        """Forget what was typed, after a question."""
        draft_id = self._draft_id
        question = Question(
            _("Discard what you typed?"),
            _("It is not kept any more. A client who is saved already stays as it was."),
            _("Yes, discard it"),
            _("No, keep it"),
            destroys=True,
        )
        if not self._question(self, question):
            return
        self._keep_soon.stop()
        self._draft_id = ""
        self.tasks.run(
            lambda: self._clients.discard_draft(draft_id),
            lambda _none: self.left.emit(),
            self.refused,
        )

    def save(self) -> None:
        """Save the client, or show what keeps it from being saved."""
        if self.form is None or not self.form.demand():
            return
        self._keep_soon.stop()
        self._save.allow(False)
        typed, client_id, draft_id = self.typed, self._client_id, self._draft_id

        def save() -> ClientId | ClientItem:
            same = self._clients.same_person(typed, client_id)
            if same is not None:
                return same
            if client_id is not None:
                return self._clients.change(client_id, typed, draft_id)
            return self._clients.save(typed, draft_id)

        self.tasks.run(save, self._saved, self.refused)

    def refused(self, error: SmartClientError) -> None:
        """Say what was refused; the form stays as it is."""
        super().refused(error)
        self._save.allow(True)

    # --- inside ------------------------------------------------------------------------------

    def _make_foot(self) -> None:
        self._kept = ElidedText("", Role.SMALL)
        self._save = Button(_("Save the client"), ButtonKind.PRIMARY, pressed=self.save)
        self._save.setShortcut("Ctrl+S")
        self.makes_changes(self._save)
        back = Button(_("Back"), ButtonKind.SECONDARY, pressed=self._go_back)
        discard = Button(_("Discard"), ButtonKind.DANGER, pressed=self.discard)
        self._undo = Button(
            _("Undo the last step"), ButtonKind.QUIET, icon_name="undo", pressed=self._take_back
        )
        self._undo.setToolTip("Ctrl+Z")
        self._foot = QWidget()
        foot = row(spacing=3)
        self._foot.setLayout(foot)
        foot.addWidget(back)
        foot.addWidget(discard)
        foot.addWidget(self._undo)
        foot.addWidget(self._kept, 1)
        foot.addWidget(self._save)
        self.body.addWidget(self._foot)

    def _open(self, draft_id: str, typed: Typed, client_id: ClientId | None, title: str) -> None:
        self.keep_what_waits()
        self._draft_id, self._client_id = draft_id, client_id
        self.head(title, _("Fields with * must be filled in, the others may come later."))
        self.banner.hide()
        self._kept.setText("")
        self._save.allow(True)
        self._draw(typed)

    def _draw(self, typed: Typed) -> None:
        if self.form is not None:
            self._place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        self.form = form = FormView(self._clients.form(typed), embedded=True)
        form.changed.connect(self._typed)
        form.ended.connect(self._save.setFocus)
        self._place.addWidget(form)
        self._show_form(shown=True)
        first_empty = "given_name" if not typed.get("given_name") else "national_id"
        form.go_to(f"person.{first_empty}")
        self._show_undo()

    def _typed(self, _changes: Changes) -> None:
        self._keep_soon.start()
        self._show_undo()

    def _take_back(self) -> None:
        if self.form is not None:
            self.form.undo()

    def _show_undo(self) -> None:
        self._undo.setEnabled(self.form is not None and self.form.session.can_undo)

    def _saved(self, answer: ClientId | ClientItem) -> None:
        self._save.allow(True)
        if isinstance(answer, ClientItem):
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
        self._draft_id = ""
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
        self.keep_what_waits()
        self._draft_id = ""
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

    def _show_form(self, *, shown: bool) -> None:
        """The form with what may be done with it, or nothing in its place."""
        if self.form is not None:
            self.form.setVisible(shown)
        self._nothing.setVisible(not shown)
        self._foot.setVisible(shown)

    def _go_back(self) -> None:
        self.keep_what_waits()
        self._draft_id = ""
        self.left.emit()
