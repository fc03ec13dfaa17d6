"""The page of a form: what is done with the document that is open in it.

The page owns the session of the form. It hands copies of the answers to the service and never
waits for it.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QDialog, QWidget

from smartclient.domain.clock import Clock
from smartclient.domain.document_life import DocumentKind, Stage
from smartclient.domain.errors import NotAllowed, SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _
from smartclient.services.forms import (
    Compared,
    Completed,
    Forms,
    Migration,
    OpenForm,
    Snapshot,
)
from smartclient.ui.announce import announce
from smartclient.ui.autosave import Autosave, about_unkept
from smartclient.ui.dialogs import Ask, ask
from smartclient.ui.form_page.frame import FormFrame
from smartclient.ui.form_page.moved import MovedDialog, migration_dialog
from smartclient.ui.form_page.questions import about_signatures, about_variant
from smartclient.ui.form_page.result import ResultView
from smartclient.ui.form_page.sections import RESULT
from smartclient.ui.tasks import Task, Tasks
from smartclient.ui.widgets.card import Surface

_TO_CONFLICTS = ("SC-OFFER-003", "SC-OFFER-009")
"""What was typed could not be kept in the document, and is kept among the conflicts."""


class FormPage(FormFrame):
    """Edits one document at a time; open it with `open`."""

    left = Signal()
    """The person goes back to the documents."""
    preview_requested = Signal(str)
    """The document is complete: show its pages. Carries the document's id."""
    prefill_requested = Signal(str)
    """An offer is to be filled from the modelling that is open."""

    def __init__(
        self,
        forms: Forms,
        tasks: Tasks,
        clock: Clock,
        question: Ask = ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._forms, self._tasks, self._clock = forms, tasks, clock
        self._ask = question
        self._opening: Task | None = None
        self._autosave: Autosave | None = None
        self._wanted = self._warning = ""
        self._completing = False
        self._save_refused = False
        """The banner tells of a save that was refused."""
        self._lost: SmartClientError | None = None
        """Why what was typed went to the conflicts; the page lets go once nothing is under way."""
        self.versions: MovedDialog | None = None
        """The question about a newer version of the form, while it is asked."""
        self.changed.connect(self._note_change)
        self.paused.connect(self._save_now)
        self.result_wanted.connect(self._compare)
        self.completion_wanted.connect(self.complete)
        self.leave_wanted.connect(self._leave)

    @property
    def is_kept(self) -> bool:
        """Everything typed is in the store."""
        return self._autosave is None or self._autosave.is_kept

    def open(self, document_id: DocumentId, path: str = "", *, warning: str = "") -> None:
        """Open a document, if wanted at a field; a warning is shown above it.

        The one that is open stays while it cannot be kept, as `close_form` says.
        """
        if not self.close_form():
            return
        self.banner.hide()
        self._wanted, self._warning = path, warning
        work = partial(self._forms.open, document_id)
        self._opening = self._tasks.run(work, self._take_form, self._refuse)

    def keep_typed(self, *, asks: bool = True) -> bool:
        """Keep what is left before this returns; False where it fails and the person rather stays.

        Without `asks` nobody is asked, because the program ends.
        """
        refusal = self._autosave.keep_rest() if self._autosave is not None else None
        return refusal is None or not asks or self._leaves_unkept(refusal)

    def close_form(self, *, asks: bool = True) -> bool:
        """Keep what is left and forget the document; call it before the program closes.

        Where that is False, as of `keep_typed`, the form is open as before.
        """
        if self._opening is not None:
            self._opening.cancel()  # who closes the page waits for no document
        if not self.keep_typed(asks=asks):
            return False
        self._forget_autosave()
        self.forget()
        return True

    def _leaves_unkept(self, refusal: SmartClientError) -> bool:
        """What is not allowed stays so: it is among the conflicts, or its document is gone."""
        if isinstance(refusal, NotAllowed):
            return True
        self._tell_refused_save(refusal)
        return self._ask(self, about_unkept(refusal))

    def complete(self) -> None:
        """Keep everything, complete the document and show its pages."""
        opened, autosave = self._opened, self._autosave
        if opened is None or autosave is None or self._completing:
            return
        if not opened.session.is_complete:
            self._show_progress()
            return
        opened.session.finish_typing()
        autosave.pause()
        self._completing = True
        self.allow_completion(False)
        if self.form is not None:
            self.form.setEnabled(False)
        typed = Snapshot.of(opened.session, opened.client)
        complete = partial(self._forms.complete, opened.document_id, typed)
        self._tasks.run(complete, self._take_completed, self._refuse_completion)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leaving the page keeps what is typed."""
        super().hideEvent(event)
        self._save_now()

    # --- what the service answers -------------------------------------------------------------

    def _take_form(self, opened: OpenForm) -> None:
        self.banner.hide()  # it may tell of the document before
        if opened.newer is not None and opened.newer.forced:
            self._ask_about_version(opened.document_id, self.left.emit)
            return
        if opened.signatures and not self._ask(self, about_signatures(opened)):
            self.left.emit()
            return
        self._tell(opened)
        self._completing = self._save_refused = False
        self._lost = None
        self._autosave = Autosave(self._tasks, self._clock, self._take_save, self)
        self._autosave.changed.connect(self._show_saved)
        self._autosave.refused.connect(self._refuse_save)
        self.allow_completion(True)
        self.show_opened(opened, self._wanted)
        self._show_saved()

    def _tell(self, opened: OpenForm) -> None:
        if self._warning or opened.notice:
            headline = self._warning or opened.notice
            self.banner.tell(headline, opened.notice if self._warning else "")
        elif opened.newer is not None:
            self.banner.tell(
                _("There is a newer version of this form."),
                _("You can finish the draft as it is, or move it to the newer version."),
                Surface.ACCENT,
                step=_("See what would change"),
                pressed=partial(self._ask_about_version, opened.document_id, _nothing),
            )

    def _take_completed(self, completed: Completed) -> None:
        opened = self._opened
        if opened is None:
            return
        announce(self, _completed_words(opened, completed))
        document_id = opened.document_id
        self._forget_autosave()
        self.close_form()
        self.preview_requested.emit(document_id)

    def _refuse(self, error: SmartClientError) -> None:
        self.banner.refuse(error, step=_("Back to the documents"), pressed=self.left.emit)

    def _refuse_save(self, error: SmartClientError) -> None:
        if error.code not in _TO_CONFLICTS:
            self._tell_refused_save(error)
            return
        if self.form is not None:
            self.form.setEnabled(False)
        self._lost = error
        self._let_go_when_kept()

    def _let_go_when_kept(self) -> None:
        """What was typed before the refusal was heard is kept as well, whatever the answer."""
        if self._lost is not None and (self._autosave is None or not self._autosave.save_rest()):
            self._let_go(self._lost)

    def _tell_refused_save(self, error: SmartClientError) -> None:
        self._save_refused = True
        self.banner.refuse(error, step=_("Try again"), pressed=self._save_again)

    def _forget_autosave(self) -> None:
        if self._autosave is not None:
            self._autosave.end()
            self._autosave.deleteLater()
            self._autosave = None

    def _let_go(self, error: SmartClientError) -> None:
        """The document is no longer this page's: what was typed is kept among the conflicts."""
        self._lost = None
        self._forget_autosave()
        if self.form is not None:
            self.form.setEnabled(False)
        self._opened = None
        self.allow_completion(False)
        self.banner.refuse(error, step=_("Back to the documents"), pressed=self._leave)

    def _refuse_completion(self, error: SmartClientError) -> None:
        self._completing = self._save_refused = False
        if error.code in _TO_CONFLICTS:
            self._let_go(error)
            return
        if self.form is not None:
            self.form.setEnabled(True)
        if self._autosave is not None:
            self._autosave.note_change()
        self.banner.refuse(error)
        self.allow_completion(True)

    # --- keeping ------------------------------------------------------------------------------

    def _note_change(self) -> None:
        if self._autosave is not None:
            self._autosave.note_change()

    def _save_now(self) -> None:
        if self._autosave is not None:
            self._autosave.save_now()

    def _save_again(self) -> None:
        if self._autosave is not None:
            self.banner.hide()
            self._autosave.save_now()

    def _take_save(self) -> Callable[[], None]:
        opened = self._opened
        if opened is None:
            return _nothing
        snapshot = Snapshot.of(opened.session, opened.client)
        return lambda: self._forms.keep(opened.document_id, snapshot)

    def _show_saved(self) -> None:
        self.show_saved(self._autosave.words if self._autosave is not None else "")
        if self._save_refused and self.is_kept:
            self._save_refused = False
            self.banner.hide()
        self._let_go_when_kept()

    def _leave(self) -> None:
        if self.close_form():
            self.left.emit()

    # --- a newer version of the form -------------------------------------------------------------

    def _ask_about_version(self, document_id: DocumentId, declined: Callable[[], object]) -> None:
        self._save_now()

        def show(migration: Migration | None) -> None:
            if migration is None:
                return
            self.versions = migration_dialog(migration, self.window())
            self.versions.accepted.connect(partial(self._migrate, document_id))
            self.versions.rejected.connect(declined)
            self.versions.finished.connect(self._forget_versions)
            self.versions.open()

        self._tasks.run(lambda: self._forms.migration(document_id), show, self._refuse)

    def _forget_versions(self, _result: QDialog.DialogCode) -> None:
        self.versions = None

    def _migrate(self, document_id: DocumentId) -> None:
        if not self.close_form():
            return
        self._tasks.run(
            lambda: self._forms.migrate(document_id),
            lambda _none: self.open(document_id),
            self._refuse,
        )

    # --- the result and its variants -------------------------------------------------------------

    def make_result(self, opened: OpenForm) -> ResultView:
        """The result with its steps connected."""
        result = ResultView(opened)
        variants, document_id = self._forms.variants, opened.document_id
        result.variant_added.connect(lambda: self._turn(lambda: variants.add(document_id)))
        result.variant_taken.connect(
            lambda letter: self._turn(lambda: variants.take(document_id, letter))
        )
        result.variant_dropped.connect(self._drop_variant)
        result.prefill_wanted.connect(self._prefill)
        return result

    def _compare(self) -> None:
        opened = self._opened
        if opened is None or len(opened.variants) < 2:
            return
        keep, compare = self._take_save(), self._forms.variants.compare

        def work() -> Compared:
            keep()
            return compare(opened.document_id)

        self._tasks.run(work, self._show_compared, self._refuse_save)

    def _show_compared(self, compared: Compared) -> None:
        if self.result is not None:
            self.result.variants.show_compared(compared)

    def _turn(self, change: Callable[[], object]) -> None:
        """Change the variants of what is kept, and open the result again."""
        opened = self._opened
        if opened is None:
            return
        document_id = opened.document_id
        if not self.close_form():
            return
        again = partial(self.open, document_id, RESULT)
        self._tasks.run(change, lambda _done: again(), self._refuse)

    def _drop_variant(self, letter: str) -> None:
        opened = self._opened
        if opened is None or not self._ask(self, about_variant(letter)):
            return
        document_id = opened.document_id
        self._turn(lambda: self._forms.variants.drop(document_id, letter))

    def _prefill(self) -> None:
        opened = self._opened
        if opened is not None:
            document_id = opened.document_id
            if self.close_form():
                self.prefill_requested.emit(document_id)


def _completed_words(opened: OpenForm, completed: Completed) -> str:
    waits = completed.stage is Stage.WAITING
    if opened.kind is DocumentKind.OFFER:
        if waits:
            return _("The offer is complete and waits for the signature.")
        return _("The offer is complete.")
    if waits:
        return _("The document is complete and waits for the signature.")
    return _("The document is complete.")


def _nothing() -> None:
    """There is nothing to keep, or nothing to be done."""
