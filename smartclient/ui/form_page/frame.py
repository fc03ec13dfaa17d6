"""What the page of a form shows: sections, the form or its result, the premium, what is missing.

The frame follows the session; what is done with the document is the page's matter.
"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from smartclient.forms.states import Changes, SectionState
from smartclient.premium.pricing import Premium
from smartclient.services.forms import OpenForm, explain, has_outlook, premium_faults, summarise
from smartclient.ui.announce import announce
from smartclient.ui.form_page.changes import ChangesDialog
from smartclient.ui.form_page.foot import FormFoot
from smartclient.ui.form_page.premium import PremiumPanel
from smartclient.ui.form_page.result import ResultView
from smartclient.ui.form_page.sections import RESULT, SectionLine
from smartclient.ui.form_page.side import FormSide
from smartclient.ui.form_page.why import WhyDialog
from smartclient.ui.forms.view import FormView
from smartclient.ui.theme import look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import ButtonKind

_SIDE, _SIDE_NARROW = 248, 200
_PREMIUM, _PREMIUM_NARROW = 312, 264
_NARROW_BELOW = 1180
_SMALL_BELOW = 980
_SOON_MS = 120


class FormFrame(QWidget):
    """Shows one open document at a time."""

    changed = Signal()
    """An answer changed."""
    paused = Signal()
    """Another section is in sight: a good moment to keep what is typed."""
    result_wanted = Signal()
    """The result came to sight and wants to be compared."""
    completion_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "ground")
        self._opened: OpenForm | None = None
        self.form: FormView | None = None
        self.result: ResultView | None = None
        self._before: Premium | None = None
        self._now: Premium | None = None
        self._within_change = False
        self._may_complete = True
        self._small = False
        self._missing_path = ""
        self.banner = Banner()
        self.side = FormSide()
        self.premium = PremiumPanel()
        self.foot = FormFoot()
        self._line = SectionLine()
        self._sections: tuple[SectionState, ...] = ()
        self._missing_soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._missing_soon.timeout.connect(self._show_missing)
        self._put_together()

    @property
    def opened(self) -> OpenForm | None:
        """The document that is open."""
        return self._opened

    @property
    def is_result_shown(self) -> bool:
        """Whether the result stands in the place of the form."""
        return self.result is not None and not self.result.isHidden()

    def show_opened(self, opened: OpenForm, path: str = "") -> None:
        """Show a document, if wanted at a field or at its result."""
        session = opened.session
        self._opened = opened
        self._before = self._now = opened.present or session.premium
        self._within_change = False
        self._sections = ()
        self.side.show_form(opened)
        self.premium.show_kind(opened.kind, priced=session.package.pricing is not None)
        self._line.has_result = self._has_result
        self.side.sections.result.setVisible(self._has_result)
        self.form = FormView(session)
        self.form.changed.connect(self._follow)
        self.form.section_changed.connect(self._section_changed)
        self.form.field_left.connect(self._field_left)
        self._centre.addWidget(self.form, 1)
        self.form.be_compact(self._small)
        self.form.show()
        self._show_premium()
        self._show_progress()
        if path == RESULT:
            self.show_result()
        elif not (path and self.form.go_to(path)):
            self.form.focus_first()

    def forget(self) -> None:
        """Show no document any more."""
        for view in (self.form, self.result):
            if view is not None:
                view.hide()
                view.deleteLater()
        self.form = self.result = None
        self.side.sections.clear()
        self._opened = None

    def show_result(self) -> None:
        """Show the result in the place of the form."""
        opened = self._opened
        if opened is None or self.form is None or not self._has_result:
            return
        if self.result is None:
            self.result = self.make_result(opened)
            self._centre.addWidget(self.result, 1)
        self.form.hide()
        self.result.show_session(opened.session)
        self.result.show()
        self._show_progress()
        self.result_wanted.emit()

    def make_result(self, opened: OpenForm) -> ResultView:
        """The view of the result; the page connects its steps."""
        return ResultView(opened)

    def allow_completion(self, allowed: bool) -> None:
        """Whether it may be completed as far as the page is concerned."""
        self._may_complete = allowed
        self._allow_completion()

    def show_saved(self, words: str) -> None:
        """Show whether everything is kept."""
        self.side.show_saved(words)
        self.foot.show_saved(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Small screens show sections in one line above and the premium in one line below."""
        super().resizeEvent(event)
        small = self.width() < look().px(_SMALL_BELOW)
        narrow = self.width() < look().px(_NARROW_BELOW)
        self.side.setVisible(not small)
        self.premium.setVisible(not small)
        self._line.setVisible(small)
        self.foot.setVisible(small)
        self._small = small
        if self.form is not None:
            self.form.be_compact(small)
        self.side.setFixedWidth(look().px(_SIDE_NARROW if narrow else _SIDE))
        self.premium.setFixedWidth(look().px(_PREMIUM_NARROW if narrow else _PREMIUM))

    # --- following the form -------------------------------------------------------------------

    @property
    def _has_result(self) -> bool:
        return self._opened is not None and (
            bool(self._opened.variant) or has_outlook(self._opened.session)
        )

    def _follow(self, changes: Changes) -> None:
        self.changed.emit()
        if changes.premium:
            if not self._within_change:
                self._note_before()
            self._show_premium()
        self._show_progress()

    def _note_before(self) -> None:
        """Changes are told against the premium before them; those of a contract against it."""
        self._within_change = True
        if self._opened is not None and self._opened.present is None:
            self._before = self._now

    def _field_left(self) -> None:
        """The next change of the premium is told against what it is now."""
        if self._within_change:
            announce(self, f"{self.premium.caption} {self.premium.amount.text()}")
        self._within_change = False

    def _section_changed(self, _section: str) -> None:
        self.paused.emit()
        self._show_progress()

    def _show_premium(self) -> None:
        opened = self._opened
        if opened is None:
            return
        self._now = opened.session.premium
        summary = summarise(opened.session, self._before, of_contract=opened.present is not None)
        self.premium.show_premium(summary)
        priced = opened.session.package.pricing is not None
        self.foot.show_premium(summary if priced else None)

    def _show_progress(self) -> None:
        opened = self._opened
        if opened is None or self.form is None:
            return
        sections = opened.session.sections()
        here = RESULT if self.is_result_shown else self.form.current_section
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
        session = opened.session
        wrong = session.wrong()
        missing = (*wrong, *session.missing())
        self.premium.show_missing(missing, () if wrong else premium_faults(session))
        self.premium.changes.show_changes(session.differences())
        compares = session.package.manifest.compares
        self.foot.show_changes(self.premium.changes.words if compares else "")
        self.foot.next_missing.setVisible(bool(missing))
        self._missing_path = missing[0].path if missing else ""
        self._allow_completion()

    def _allow_completion(self) -> None:
        opened = self._opened
        complete = opened is not None and opened.session.is_complete and self._may_complete
        self.premium.allow_completion(complete)
        self.foot.allow_completion(complete, self.premium.complete.toolTip())
        if self.form is not None:
            # One primary button a screen: once it can be completed, that is the one.
            self.form.next_button.set_kind(ButtonKind.SECONDARY if complete else ButtonKind.PRIMARY)

    def _go_to(self, path: str) -> None:
        if self.form is not None:
            self._show_form()
            self.form.go_to(path)

    def _go_to_missing(self) -> None:
        self._go_to(self._missing_path)

    def _choose_section(self, section_id: str) -> None:
        if section_id == RESULT:
            self.show_result()
        elif self.form is not None:
            self._show_form()
            self.form.show_section(section_id)
            self.form.focus_first()

    def _show_form(self) -> None:
        if self.form is not None and self.result is not None:
            self.result.hide()
            self.form.show()
            self._show_progress()

    def _explain(self) -> None:
        opened = self._opened
        if opened is None:
            return
        explanation = explain(opened.session, self._before, of_contract=opened.present is not None)
        if explanation is not None:
            WhyDialog(explanation, self).open()

    def _show_changes(self) -> None:
        if self._opened is not None:
            dialog = ChangesDialog(self._opened.session.differences(), self)
            dialog.card.chosen.connect(self._go_to)
            dialog.open()

    def _undo(self) -> None:
        if self.form is not None:
            self.form.undo()

    def _redo(self) -> None:
        if self.form is not None:
            self.form.redo()

    # --- widgets ------------------------------------------------------------------------------

    def _put_together(self) -> None:
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        around = QVBoxLayout()
        around.setContentsMargins(look().px(24), look().px(8), look().px(24), 0)
        around.addWidget(self.banner)
        self._line.setContentsMargins(look().px(16), look().px(8), look().px(16), 0)
        self._line.hide()
        self._centre = QVBoxLayout()
        self._centre.setSpacing(0)
        self._centre.addWidget(self._line)
        self._centre.addLayout(around)
        whole = QVBoxLayout()
        whole.setSpacing(0)
        whole.addLayout(self._centre, 1)
        whole.addWidget(self.foot)
        outer.addWidget(self.side)
        outer.addLayout(whole, 1)
        outer.addWidget(self.premium)
        self._connect()

    def _connect(self) -> None:
        for back in (self.side.back, self._line.back):
            back.connect(self.leave_wanted)
        self.side.undo.connect(self._undo)
        self.side.redo.connect(self._redo)
        for chosen in (self.side.sections.chosen, self._line.chosen):
            chosen.connect(self._choose_section)
        for why in (self.premium.why, self.foot.why):
            why.connect(self._explain)
        for completed in (self.premium.completed, self.foot.completed):
            completed.connect(self.completion_wanted)
        self.premium.missing_chosen.connect(self._go_to)
        self.foot.missing_wanted.connect(self._go_to_missing)
        self.foot.changes_wanted.connect(self._show_changes)
