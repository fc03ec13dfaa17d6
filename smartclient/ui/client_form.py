"""The form of a client: what is typed is kept at once, and becomes a client when it is saved."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from smartclient.domain import presentation
from smartclient.domain.clients import CheckedClient
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId
from smartclient.domain.language import _
from smartclient.services.clients import ClientItem, Clients, Country, DraftItem
from smartclient.ui.announce import announce
from smartclient.ui.client_fields import ClientFields
from smartclient.ui.dialogs import Ask, Question, ask
from smartclient.ui.page import Page, scrolling
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Surface, row
from smartclient.ui.widgets.field import FieldSigns
from smartclient.ui.widgets.text import ElidedText, Role

_KEEP_MS = 250


class ClientFormPage(Page):
    """Emits `saved` with the client, `left` when the person goes back without saving."""

    saved = Signal(str)
    left = Signal()
    client_opened = Signal(str)

    def __init__(
        self,
        clients: Clients,
        tasks: Tasks,
        countries: tuple[Country, ...],
        *,
        question: Ask = ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("New client"), tasks, parent)
        self._clients, self._question = clients, question
        self._draft_id = ""
        self._client_id: ClientId | None = None
        self._touched: set[str] = set()
        self._all_shown = False
        self._keep_soon = QTimer(self, singleShot=True, interval=_KEEP_MS)
        self._keep_soon.timeout.connect(self.keep_now)
        self.fields = ClientFields(countries)
        self.fields.typed.connect(self._typed)
        self.fields.left.connect(self._left_field)
        self._area = scrolling(self.fields)
        self.body.addWidget(self._area, 1)
        self._make_foot()
        self.tasks.run(self._warm_up, lambda _none: None, self.refused)

    # --- beginning ---------------------------------------------------------------------------

    def begin(self, name: str = "") -> None:
        """An empty form, with a name that was searched for."""
        given, _gap, surname = name.strip().rpartition(" ")
        typed: dict[str, str | bool] = {"given_name": given, "surname": surname}
        typed |= {"citizenship": "CZ", "country": "CZ"}
        self._open(self._clients.new_draft_id(), typed, None, _("New client"))

    def resume(self, draft_id: str) -> None:
        """The form as it was left."""

        def found(drafts: tuple[DraftItem, ...]) -> None:
            for draft in drafts:
                if draft.id == draft_id:
                    name = draft.name or _("New client")
                    self._open(draft.id, dict(draft.typed), draft.client_id, name)

        self.tasks.run(self._clients.drafts, found, self.refused)

    def change(self, client_id: ClientId) -> None:
        """What is known of a client, to be changed; what was typed before and not saved wins."""

        def known() -> tuple[dict[str, str | bool], str]:
            panel = self._clients.panel(client_id)
            kept = [draft for draft in self._clients.drafts() if draft.client_id == client_id]
            return dict(kept[0].typed if kept else panel.typed), panel.name

        def opened(answer: tuple[dict[str, str | bool], str]) -> None:
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

    # --- typing ------------------------------------------------------------------------------

    def keep_now(self) -> None:
        """Keep what is typed, without waiting any longer."""
        self._keep_soon.stop()
        draft_id, typed, client_id = self._draft_id, self.fields.values(), self._client_id
        if draft_id:
            self.tasks.run(
                lambda: self._clients.keep_draft(draft_id, typed, client_id),
                lambda at: self._kept.setText(
                    _("Kept as a draft at {time}").format(time=presentation.clock_time(at))
                ),
                self.refused,
            )

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
        self._all_shown = True
        checked = self._show_objections()
        if checked.first_error:
            self._go_to(checked.first_error)
            return
        self._keep_soon.stop()
        self._save.setEnabled(False)
        typed, client_id, draft_id = self.fields.values(), self._client_id, self._draft_id

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
        self._save.setEnabled(True)

    # --- inside ------------------------------------------------------------------------------

    def _make_foot(self) -> None:
        self._kept = ElidedText("", Role.SMALL)
        self._save = Button(_("Save the client"), ButtonKind.PRIMARY, pressed=self.save)
        self._save.setShortcut("Ctrl+S")
        back = Button(_("Back"), ButtonKind.SECONDARY, pressed=self._go_back)
        discard = Button(_("Discard"), ButtonKind.DANGER, pressed=self.discard)
        foot = row(spacing=3)
        foot.addWidget(back)
        foot.addWidget(discard)
        foot.addWidget(self._kept, 1)
        foot.addWidget(self._save)
        self.body.addLayout(foot)

    def _warm_up(self) -> None:
        # The library of telephone numbers takes longer to import than a key press may.
        self._clients.check({"phone": "+420777123456", "national_id": "8456121234"})

    def _open(
        self, draft_id: str, typed: dict[str, str | bool], client_id: ClientId | None, title: str
    ) -> None:
        self.keep_what_waits()
        self._draft_id, self._client_id = draft_id, client_id
        self._touched, self._all_shown = set(), False
        self.head(title, _("Fields with * must be filled in, the others may come later."))
        self.banner.hide()
        self._kept.setText("")
        self._save.setEnabled(True)
        self.fields.fill(typed)
        self._show_objections()
        self._area.verticalScrollBar().setValue(0)
        first_empty = "given_name" if not typed.get("given_name") else "national_id"
        self.fields.focus(first_empty)

    def _typed(self) -> None:
        self._keep_soon.start()
        self._show_objections()

    def _left_field(self, name: str) -> None:
        if self.fields.values().get(name):
            self._touched.add(name)
            self._show_objections()

    def _show_objections(self) -> CheckedClient:
        checked = self._clients.check(self.fields.values())
        for name, field in self.fields.fields.items():
            objection = checked.objections.get(name)
            shown = objection is not None and (self._all_shown or name in self._touched)
            if objection is None or not shown:
                field.say("")
                continue
            is_error = objection.severity == "error"
            field.say(objection.message, FieldSigns.BAD if is_error else FieldSigns.WARNING)
        self.fields.show_derived(checked.birth_date, checked.sex)
        return checked

    def _go_to(self, name: str) -> None:
        self.fields.focus(name)
        field = self.fields.fields[name]
        self._area.ensureWidgetVisible(field, 0, look().px(40))
        announce(self, field.message)

    def _saved(self, answer: ClientId | ClientItem) -> None:
        self._save.setEnabled(True)
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

    def _go_back(self) -> None:
        self.keep_what_waits()
        self._draft_id = ""
        self.left.emit()
