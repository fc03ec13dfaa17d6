"""What is seen of the form of a client: the fields, and at the foot what may be done with them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.forms.states import Changes
from smartclient.services.clients import Typed, typed_in
from smartclient.ui.forms.view import FormView
from smartclient.ui.page import Page
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.text import ElidedText, Role

if TYPE_CHECKING:
    from smartclient.forms.session import FormSession


class ClientFormFrame(Page):
    """Shows one form at a time, or nothing; what is typed is kept by whoever extends it."""

    edited = Signal()
    """Something was typed."""
    back_wanted = Signal()
    discard_wanted = Signal()
    save_wanted = Signal()

    def __init__(
        self, begin: "Callable[[Typed], FormSession]", tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        """`begin` makes the form with what was typed."""
        super().__init__(_("New client"), tasks, parent)
        self._begin = begin
        self.form: FormView | None = None
        self._held: QWidget | None = None
        """What had the keyboard when the typing was stopped."""
        self._place = QVBoxLayout()
        self._nothing = QWidget()
        """Where the form was of a client that went; it keeps what is above at the top."""
        self._place.addWidget(self._nothing, 1)
        self.body.addLayout(self._place, 1)
        self._make_foot()
        self._show_form(shown=False)

    @property
    def typed(self) -> Typed:
        """What stands in the fields now."""
        return typed_in(self.form.session) if self.form is not None else {}

    def _make_foot(self) -> None:
        self._kept = ElidedText("", Role.SMALL)
        self._save = Button(_("Save the client"), ButtonKind.PRIMARY, pressed=self.save_wanted.emit)
        self._save.setShortcut("Ctrl+S")
        self.makes_changes(self._save)
        back = Button(_("Back"), ButtonKind.SECONDARY, pressed=self.back_wanted.emit)
        discard = Button(_("Discard"), ButtonKind.DANGER, pressed=self.discard_wanted.emit)
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

    def _draw(self, typed: Typed) -> None:
        if self.form is not None:
            self._place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        self._held = None
        self.form = form = FormView(self._begin(typed), embedded=True)
        form.changed.connect(self._typed)
        form.ended.connect(self._save.setFocus)
        self._place.addWidget(form)
        self._show_form(shown=True)
        first_empty = "given_name" if not typed.get("given_name") else "national_id"
        form.go_to(f"person.{first_empty}")
        self._show_undo()

    def _typed(self, _changes: Changes) -> None:
        self.edited.emit()
        self._show_undo()

    def _take_back(self) -> None:
        if self.form is not None:
            self.form.undo()

    def _show_undo(self) -> None:
        self._undo.setEnabled(self.form is not None and self.form.session.can_undo)

    def _let_type(self, may: bool) -> None:
        """Let the fields be typed in, where the keyboard was before; or stop that."""
        if self.form is None:
            return
        if not may:
            self._held = self.form.focusWidget()
        self.form.setEnabled(may)
        self._undo.setEnabled(may and self.form.session.can_undo)
        if may and self._held is not None:
            self._held.setFocus()

    def _show_form(self, *, shown: bool) -> None:
        """The form with what may be done with it, or nothing in its place."""
        if self.form is not None:
            self.form.setVisible(shown)
        self._nothing.setVisible(not shown)
        self._foot.setVisible(shown)
