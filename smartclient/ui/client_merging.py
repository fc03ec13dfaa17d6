"""Two clients are one person: find the other one, compare, choose who stays, merge."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from smartclient.domain.errors import NotAllowed, SmartClientError
from smartclient.domain.ids import ClientId
from smartclient.domain.language import _
from smartclient.domain.sentences import sentence_for
from smartclient.services.clients import ClientItem, ClientMatters, ClientPanel, Clients
from smartclient.store.client_rows import ClientFilter
from smartclient.ui.comparison_table import ComparisonTable, Line
from smartclient.ui.page import scrolling
from smartclient.ui.tasks import Tasks
from smartclient.ui.theme import look
from smartclient.ui.widgets.banner import Banner
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import clear, column, row
from smartclient.ui.widgets.text import FlowingText, Role, Text
from smartclient.ui.widgets.wrapped_list import WrappedList

_PAUSE_MS = 120
_MOST = 30


class MergeDialog(QDialog):
    """Emits who becomes part of whom; merges nothing itself."""

    merge_wanted = Signal(str, str)
    """The loser and the survivor."""

    def __init__(
        self,
        clients: Clients,
        matters: ClientMatters,
        tasks: Tasks,
        first: ClientPanel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clients, self._matters, self._tasks, self._first = clients, matters, tasks, first
        self._second: ClientPanel | None = None
        self._found: tuple[ClientItem, ...] = ()
        self._refusals: Mapping[ClientId, str] = {}
        self.setWindowTitle(_("Merge with another client"))
        self.setModal(True)
        self.resize(look().px(820), look().px(600))
        layout = QVBoxLayout(self)
        edge = look().px(24)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(look().px(10))
        layout.addWidget(
            Text(_("Merge {name} with another client").format(name=first.name), Role.HEADING)
        )
        self.banner = Banner()
        self._steps = QStackedWidget()
        self._steps.addWidget(self._search_step())
        self._steps.addWidget(self._compare_step(first))
        layout.addWidget(self.banner)
        layout.addWidget(self._steps, 1)
        layout.addLayout(self._foot())
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self.search.setText(first.name.split()[-1] if first.name else "")
        self.search.setFocus()

    # --- building ----------------------------------------------------------------------------

    def _search_step(self) -> QWidget:
        step = QWidget()
        box = column(step, spacing=2)
        box.addWidget(FlowingText(_("Find the client who is the same person."), Role.MUTED))
        self.search = QLineEdit()
        self.search.setAccessibleName(_("Search in clients"))
        self.search.setPlaceholderText(_("Search in clients"))
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.list = WrappedList(_("Clients"))
        self.list.itemActivated.connect(lambda _item: self._compare())
        self.list.currentRowChanged.connect(lambda _row: self._allow())
        self._nobody = FlowingText(
            _("No other client fits. Search by the beginning of the name, or by the phone."),
            Role.MUTED,
        )
        self._nobody.hide()
        box.addWidget(self.search)
        box.addWidget(self._nobody)
        self._reason = FlowingText("", Role.WARNING)
        self._reason.hide()
        box.addWidget(self.list, 1)
        box.addWidget(self._reason)
        return step

    def _compare_step(self, first: ClientPanel) -> QWidget:
        content = QWidget()
        box = column(content, spacing=3)
        box.addWidget(Text(_("Who stays?"), Role.STRONG))
        self._group = QButtonGroup(self)
        self.choices = (QPushButton(first.name), QPushButton(_("Client")))
        for place, choice in enumerate(self.choices):
            choice.setProperty("kind", "option")
            choice.setCheckable(True)
            choice.setAutoDefault(False)
            self._group.addButton(choice, place)
            box.addWidget(choice)
        self._note = FlowingText("", Role.MUTED)
        self._group.idToggled.connect(lambda _place, _on: self._tell())
        box.addWidget(self._note)
        self._place = column()
        box.addLayout(self._place)
        box.addStretch()
        return scrolling(content)

    def _foot(self) -> "QVBoxLayout":
        foot = row(spacing=2)
        self._back = Button(_("Back"), ButtonKind.SECONDARY, pressed=self._go_back)
        self.go_on = Button(_("Compare"), ButtonKind.PRIMARY, pressed=self._go_on)
        foot.addWidget(self._back)
        foot.addStretch()
        foot.addWidget(self.go_on)
        outer = column()
        outer.addLayout(foot)
        self.go_on.allow(False, _("Mark a client first."))
        return outer

    # --- finding -----------------------------------------------------------------------------

    def _look(self) -> None:
        wanted = ClientFilter(self.search.text().strip())

        def ask() -> tuple[tuple[ClientItem, ...], Mapping[ClientId, str]]:
            found = self._clients.page(wanted, 0, _MOST).items
            others = tuple(each for each in found if each.id != self._first.id)
            return others, self._matters.merge_refusals(self._first.id, [o.id for o in others])

        self._tasks.run(ask, self._show_found, self._refused)

    def _show_found(self, found: tuple[tuple[ClientItem, ...], Mapping[ClientId, str]]) -> None:
        self._found, self._refusals = found
        self.list.clear()
        for each in self._found:
            about = " · ".join(part for part in (each.national_id, each.city, each.phone) if part)
            lines = (each.name, about, self._why_not(each.id))
            item = self.list.put("\n".join(line for line in lines if line))
            if each.id in self._refusals:
                item.setForeground(look().colour("muted"))
        possible = (n for n, each in enumerate(self._found) if each.id not in self._refusals)
        self.list.setCurrentRow(next(possible, 0 if self._found else -1))
        self._nobody.setVisible(not self._found)
        self._allow()

    def _why_not(self, other: ClientId) -> str:
        """Why the two cannot become one, in short; empty where they can."""
        code = self._refusals.get(other)
        return sentence_for(NotAllowed(code)).happened if code else ""

    def _tell_why(self, other: ClientId | None) -> None:
        """Where the marked client cannot be merged, say below the list what to do instead."""
        code = self._refusals.get(other) if other is not None else None
        spoken = sentence_for(NotAllowed(code)) if code else None
        self._reason.setText(spoken.do if spoken else "")  # why not is said at the client
        self._reason.setVisible(spoken is not None)

    def _allow(self) -> None:
        if self._steps.currentIndex() != 0:
            return
        place = self.list.currentRow()
        marked = self._found[place].id if 0 <= place < len(self._found) else None
        self._tell_why(marked)
        if marked is None:
            self.go_on.allow(False, _("Mark a client first."))
            return
        why_not = self._why_not(marked)
        self.go_on.allow(not why_not, why_not)

    def _go_on(self) -> None:
        if self._steps.currentIndex() == 0:
            self._compare()
        elif self._second is not None:
            stays, goes = self._first, self._second
            if self._group.checkedId() == 1:
                stays, goes = goes, stays
            self.merge_wanted.emit(goes.id, stays.id)
            self.accept()

    def _go_back(self) -> None:
        if self._steps.currentIndex() == 0:
            self.reject()
            return
        self._steps.setCurrentIndex(0)
        self.go_on.rename(_("Compare"))
        self._allow()

    def _compare(self) -> None:
        place = self.list.currentRow()
        if not 0 <= place < len(self._found) or self._found[place].id in self._refusals:
            return
        other: ClientId = self._found[place].id
        self._tasks.run(partial(self._clients.panel, other), self._show_both, self._refused)

    # --- comparing ---------------------------------------------------------------------------

    def _show_both(self, second: ClientPanel) -> None:
        self._second = second
        for choice, panel in zip(self.choices, (self._first, second), strict=True):
            choice.setText(f"{panel.name} ({panel.summary})" if panel.summary else panel.name)
        clear(self._place)
        self.comparison = ComparisonTable((self._first.name, second.name))
        self.comparison.show_lines(_lines(self._first, second))
        self._place.addWidget(self.comparison)
        self.choices[0].setChecked(True)
        self._tell()
        self._steps.setCurrentIndex(1)
        self.go_on.rename(_("Merge the clients"))
        self.go_on.allow(True)

    def _tell(self) -> None:
        if self._second is None:
            return
        stays, goes = self._first, self._second
        if self._group.checkedId() == 1:
            stays, goes = goes, stays
        self._note.setText(
            _(
                "{goes} becomes part of {stays}: documents, files, history and consents stand "
                "there. The data of {stays} stay as they are. You can take the merging back at "
                "any time."
            ).format(goes=goes.name, stays=stays.name)
        )

    def _refused(self, error: SmartClientError) -> None:
        self.banner.refuse(error)


def _lines(first: ClientPanel, second: ClientPanel) -> list[Line]:
    labels = dict.fromkeys(
        [*(each.label for each in first.details), *(each.label for each in second.details)]
    )
    values = [{each.label: each.value for each in panel.details} for panel in (first, second)]
    lines = [Line("", _("Client"), first.name, second.name)]
    lines += [Line("", each, values[0].get(each, ""), values[1].get(each, "")) for each in labels]
    return lines
