"""The page of a form: what is typed is kept, the premium follows every key, what is missing leads.

The page owns the session of the form. It hands copies of the answers to the service and never
waits for it.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from smartclient.domain.clock import Clock
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _, ngettext
from smartclient.forms.states import Changes, SectionState
from smartclient.premium.pricing import Premium
from smartclient.services.forms import (
    Completed,
    Forms,
    OpenForm,
    Snapshot,
    explain,
    summarise,
)
from smartclient.ui.announce import announce
from smartclient.ui.dialogs import Ask, Question, ask
from smartclient.ui.form_page.premium import PremiumPanel
from smartclient.ui.form_page.saving import Autosave
from smartclient.ui.form_page.sections import SectionLine
from smartclient.ui.form_page.side import FormSide
from smartclient.ui.form_page.why import WhyDialog
from smartclient.ui.forms.view import FormView
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import row
from smartclient.ui.widgets.text import Role, Text

_SIDE, _SIDE_NARROW = 248, 200
_PREMIUM, _PREMIUM_NARROW = 312, 264
_NARROW_BELOW = 1180
_SMALL_BELOW = 980
_SOON_MS = 120


class FormPage(QWidget):
    """Edits one document at a time; open it with `open`."""

    left = Signal()
    """The person goes back to the documents."""
    preview_requested = Signal(str)
    """The document is complete: show its pages. Carries the document's id."""

    def __init__(
        self,
        forms: Forms,
        tasks: Tasks,
        clock: Clock,
        question: Ask = ask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "ground")
        self._forms, self._tasks, self._clock = forms, tasks, clock
        self._ask = question
        self._opened: OpenForm | None = None
        self._autosave: Autosave | None = None
        self.form: FormView | None = None
        self._before: Premium | None = None
        self._now: Premium | None = None
        self._within_change = False
        self._completing = False
        self.banner = Banner()
        self.side = FormSide()
        self.premium = PremiumPanel()
        self._line = SectionLine()
        self._foot = QFrame()
        self._sections: tuple[SectionState, ...] = ()
        self._missing_soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._missing_soon.timeout.connect(self._show_missing)
        self._put_together()

    @property
    def opened(self) -> OpenForm | None:
        """The document that is open."""
        return self._opened

    @property
    def is_kept(self) -> bool:
        """Everything typed is in the store."""
        return self._autosave is None or self._autosave.is_kept

    def open(self, document_id: DocumentId, path: str = "", *, warning: str = "") -> None:
        """Open a document, if wanted at a field; a warning is shown above it."""
        self.close_form()
        self.banner.hide()
        self._wanted, self._warning = path, warning
        self._tasks.run(lambda: self._forms.open(document_id), self._take_form, self._refuse)

    def close_form(self) -> None:
        """Keep what is left and forget the document; call it before the program closes."""
        if self._autosave is not None:
            self._autosave.stop()
            self._autosave.deleteLater()
            self._autosave = None
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self._opened = None

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
        self._allow_completion()
        if self.form is not None:
            self.form.setEnabled(False)
        snapshot = Snapshot.of(opened.session, opened.client)

        def complete() -> Completed:
            # In one piece of work: what is completed is what was typed last, or nothing.
            self._forms.keep(opened.document_id, snapshot)
            return self._forms.complete(opened.document_id)

        self._tasks.run(complete, self._take_completed, self._refuse_completion)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leaving the page keeps what is typed."""
        super().hideEvent(event)
        if self._autosave is not None:
            self._autosave.save_now()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Small screens show sections in one line above and the premium in one line below."""
        super().resizeEvent(event)
        small = self.width() < look().px(_SMALL_BELOW)
        narrow = self.width() < look().px(_NARROW_BELOW)
        self.side.setVisible(not small)
        self.premium.setVisible(not small)
        self._line.setVisible(small)
        self._foot.setVisible(small)
        self._small = small
        if self.form is not None:
            self.form.be_compact(small)
        self.side.setFixedWidth(look().px(_SIDE_NARROW if narrow else _SIDE))
        self.premium.setFixedWidth(look().px(_PREMIUM_NARROW if narrow else _PREMIUM))

    # --- what the service answers -------------------------------------------------------------

    def _take_form(self, opened: OpenForm) -> None:
        if opened.signatures and not self._ask(self, _about_signatures(opened)):
            self.left.emit()
            return
        if self._warning or opened.notice:
            headline = self._warning or opened.notice
            self.banner.tell(headline, opened.notice if self._warning else "")
        self._opened = opened
        self._before = self._now = opened.session.premium
        self._within_change = False
        self.side.show_form(opened)
        self._autosave = Autosave(self._tasks, self._clock, self._take_save, self)
        self._autosave.changed.connect(self._show_saved)
        self._autosave.refused.connect(self._refuse_save)
        self.form = FormView(opened.session)
        self.form.changed.connect(self._follow)
        self.form.section_changed.connect(self._section_changed)
        self.form.field_left.connect(self._field_left)
        self._centre.addWidget(self.form, 1)
        self.form.be_compact(self._small)
        self.form.show()
        self._show_all()
        if self._wanted:
            self.form.go_to(self._wanted)
        else:
            self.form.focus_first()

    def _take_completed(self, completed: Completed) -> None:
        self._completing = False
        opened = self._opened
        if opened is None:
            return
        words = (
            _("The offer is complete and waits for the signature.")
            if completed.stage is Stage.WAITING
            else _("The offer is complete.")
        )
        announce(self, words)
        document_id = opened.document_id
        self._forget_autosave()
        self.close_form()
        self.preview_requested.emit(document_id)

    def _refuse(self, error: SmartClientError) -> None:
        self.banner.refuse(error, step=_("Back to the documents"), pressed=self.left.emit)

    def _refuse_save(self, error: SmartClientError) -> None:
        if error.code == "SC-OFFER-003":
            self._let_go(error)
        else:
            self.banner.refuse(error, step=_("Try again"), pressed=self._save_again)

    def _forget_autosave(self) -> None:
        if self._autosave is not None:
            self._autosave.pause()
            self._autosave.deleteLater()
            self._autosave = None

    def _let_go(self, error: SmartClientError) -> None:
        """The document is no longer this page's: what was typed is kept among the conflicts."""
        self._forget_autosave()
        if self.form is not None:
            self.form.setEnabled(False)
        self._opened = None
        self.premium.allow_completion(False)
        self.banner.refuse(error, step=_("Back to the documents"), pressed=self._leave)

    def _refuse_completion(self, error: SmartClientError) -> None:
        self._completing = False
        if error.code == "SC-OFFER-003":
            self._let_go(error)
            return
        if self.form is not None:
            self.form.setEnabled(True)
        if self._autosave is not None:
            self._autosave.note_change()
        self.banner.refuse(error)
        self._allow_completion()

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

    # --- following the form -------------------------------------------------------------------

    def _follow(self, changes: Changes) -> None:
        if self._autosave is not None:
            self._autosave.note_change()
        if changes.premium:
            if not self._within_change:
                self._before, self._within_change = self._now, True
            self._show_premium()
        self._show_progress()

    def _field_left(self) -> None:
        """The next change of the premium is told against what it is now."""
        if self._within_change:
            announce(self, f"{self.premium.caption} {self.premium.amount.text()}")
        self._within_change = False

    def _section_changed(self, _section: str) -> None:
        if self._autosave is not None:
            self._autosave.save_now()
        self._show_progress()

    def _show_all(self) -> None:
        self._sections = ()
        self._show_premium()
        self._show_progress()
        self._show_saved()

    def _show_premium(self) -> None:
        opened = self._opened
        if opened is None:
            return
        premium = opened.session.premium
        self._now = premium
        summary = summarise(opened.session, self._before)
        self.premium.show_premium(summary)
        self._amount.setText(summary.amount)
        self._caption.setText(summary.caption)

    def _show_progress(self) -> None:
        opened = self._opened
        if opened is None or self.form is None:
            return
        sections = opened.session.sections()
        here = self.form.current_section
        self.side.sections.show_sections(sections, here)
        self._line.show_sections(sections, here)
        self.side.show_undo(opened.session.can_undo, opened.session.can_redo)
        if sections != self._sections:
            self._sections = sections
            self._show_missing()
        else:
            # As many as before; whether they are the same may be told a moment later.
            self._missing_soon.start()

    def _show_missing(self) -> None:
        opened = self._opened
        if opened is None:
            return
        self._missing_soon.stop()
        missing = (*opened.session.wrong(), *opened.session.missing())
        self.premium.show_missing(missing)
        self._next_missing.setVisible(bool(missing))
        self._missing_path = missing[0].path if missing else ""
        self._allow_completion()

    def _allow_completion(self) -> None:
        opened = self._opened
        complete = opened is not None and opened.session.is_complete and not self._completing
        self.premium.allow_completion(complete)
        self._complete.allow(complete, self.premium.complete.toolTip())
        self._complete.set_kind(ButtonKind.PRIMARY if complete else ButtonKind.SECONDARY)
        if self.form is not None:
            # One primary button a screen: once it can be completed, that is the one.
            self.form.next_button.set_kind(ButtonKind.SECONDARY if complete else ButtonKind.PRIMARY)

    def _show_saved(self) -> None:
        words = self._autosave.words if self._autosave is not None else ""
        self.side.show_saved(words)
        self._saved.setText(words)

    def _go_to(self, path: str) -> None:
        if self.form is not None:
            self.form.go_to(path)

    def _go_to_missing(self) -> None:
        self._go_to(self._missing_path)

    def _choose_section(self, section_id: str) -> None:
        if self.form is not None:
            self.form.show_section(section_id)
            self.form.focus_first()

    def _explain(self) -> None:
        opened = self._opened
        explanation = explain(opened.session, self._before) if opened is not None else None
        if explanation is not None:
            WhyDialog(explanation, self).open()

    def _undo(self) -> None:
        if self.form is not None:
            self.form.undo()

    def _redo(self) -> None:
        if self.form is not None:
            self.form.redo()

    def _leave(self) -> None:
        self.close_form()
        self.left.emit()

    # --- widgets ------------------------------------------------------------------------------

    def _put_together(self) -> None:
        self._wanted = self._warning = self._missing_path = ""
        self._small = False
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.side.back.connect(self._leave)
        self.side.undo.connect(self._undo)
        self.side.redo.connect(self._redo)
        self.side.sections.chosen.connect(self._choose_section)
        self.premium.why.connect(self._explain)
        self.premium.missing_chosen.connect(self._go_to)
        self.premium.completed.connect(self.complete)
        around = QVBoxLayout()
        around.setContentsMargins(look().px(24), look().px(8), look().px(24), 0)
        around.addWidget(self.banner)
        self._set_up_line()
        self._set_up_foot()
        self._centre = QVBoxLayout()
        self._centre.setSpacing(0)
        self._centre.addWidget(self._line)
        self._centre.addLayout(around)
        whole = QVBoxLayout()
        whole.setSpacing(0)
        whole.addLayout(self._centre, 1)
        whole.addWidget(self._foot)
        outer.addWidget(self.side)
        outer.addLayout(whole, 1)
        outer.addWidget(self.premium)

    def _set_up_line(self) -> None:
        line = self._line
        line.setContentsMargins(look().px(16), look().px(8), look().px(16), 0)
        line.chosen.connect(self._choose_section)
        line.back.connect(self._leave)
        line.hide()

    def _set_up_foot(self) -> None:
        foot = self._foot
        foot.setProperty("surface", "foot")
        line = row(foot, spacing=3)
        line.setContentsMargins(look().px(20), look().px(8), look().px(20), look().px(8))
        self._caption = Text("", Role.SMALL)
        self._amount = Text("", Role.HEADING)
        self._saved = Text("", Role.SMALL)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._caption)
        words.addWidget(self._amount)
        self._next_missing = Button(
            _("Next missing"), ButtonKind.QUIET, pressed=self._go_to_missing
        )
        self._complete = Button(_("Complete"), pressed=self.complete)
        line.addLayout(words)
        line.addSpacing(look().px(12))
        line.addWidget(self._saved, 1)
        line.addWidget(Button(_("why?"), ButtonKind.LINK, pressed=self._explain))
        line.addWidget(self._next_missing, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._complete, 0, Qt.AlignmentFlag.AlignVCenter)
        foot.hide()


def _about_signatures(opened: OpenForm) -> Question:
    return Question(
        ngettext(
            "{count} person has already signed this document. Edit it all the same?",
            "{count} people have already signed this document. Edit it all the same?",
            opened.signatures,
        ).format(count=opened.signatures),
        _("As soon as you change something, the signatures given are thrown away."),
        _("Edit"),
        _("Leave it as it is"),
        destroys=True,
    )


def _nothing() -> None:
    """There is nothing to keep."""
