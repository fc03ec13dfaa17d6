"""The result of a modelling: how the value may develop, and its variants side by side."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QTableWidgetItem, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.forms.session import FormSession
from smartclient.services.forms import LETTERS, Compared, OpenForm, outlook, why_no_outlook
from smartclient.ui.icons import IconView
from smartclient.ui.page import scrolling
from smartclient.ui.theme import look
from smartclient.ui.value_chart import ValueChart
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.card import Card, column, row
from smartclient.ui.widgets.plain_table import PlainTable
from smartclient.ui.widgets.text import FlowingText, Role, Text

_TWO_LINES = 58


class ResultView(QWidget):
    """Says what is to be done with the variants; the page does it."""

    variant_added = Signal()
    variant_taken = Signal(str)
    variant_dropped = Signal(str)
    prefill_wanted = Signal()

    def __init__(self, opened: OpenForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened = opened
        content = QWidget()
        box = column(content, spacing=4)
        edge = look().px(24)
        box.setContentsMargins(edge, look().px(20), edge, look().px(20))
        box.addLayout(self._head())
        box.addWidget(self._outlook_card())
        self.variants = VariantsCard(opened)
        self.variants.setVisible(bool(opened.variant))
        self.variants.added.connect(self.variant_added)
        self.variants.taken.connect(self.variant_taken)
        self.variants.dropped.connect(self.variant_dropped)
        box.addWidget(self.variants)
        box.addStretch(1)
        outer = column(self)
        outer.addWidget(scrolling(content))

    def show_session(self, session: FormSession) -> None:
        """Show the projection of what is answered now."""
        shown = outlook(session)
        self.chart.setVisible(shown is not None)
        self._warning.setVisible(shown is not None and bool(shown.warning))
        if shown is None:
            self._headline.setText(_("There is no projection of the value yet"))
            self._detail.setText(why_no_outlook(session))
            return
        self._headline.setText(shown.headline)
        self._detail.setText(shown.detail)
        self._warning.setText(shown.warning)
        self.chart.show_outlook(shown)

    def _head(self) -> QVBoxLayout:
        head = column(spacing=1)
        line = row(spacing=2)
        line.addWidget(Text(_("Result"), Role.TITLE), 1)
        self.prefill = Button(
            _("Prefill into an offer"),
            ButtonKind.SECONDARY,
            icon_name="prefill",
            pressed=self.prefill_wanted.emit,
        )
        self.prefill.setVisible(bool(self._opened.variant))
        line.addWidget(self.prefill)
        head.addLayout(line)
        return head

    def _outlook_card(self) -> Card:
        card = Card(spacing=2)
        self._headline = FlowingText("", Role.HEADING)
        self._detail = FlowingText("", Role.MUTED)
        self._warning = FlowingText("", Role.WARNING)
        self.chart = ValueChart()
        self.chart.setMinimumHeight(look().px(340))
        for part in (self._headline, self._detail, self._warning, self.chart):
            card.content.addWidget(part)
        return card


class VariantsCard(Card):
    """Up to three variants as columns, with the steps that each of them allows."""

    added = Signal()
    taken = Signal(str)
    dropped = Signal(str)

    def __init__(self, opened: OpenForm) -> None:
        super().__init__(spacing=2)
        self._opened = opened
        line = row(spacing=2)
        line.addWidget(Text(_("Variants side by side"), Role.HEADING_SMALL), 1)
        self.add = Button(
            _("Add a variant"), ButtonKind.SECONDARY, icon_name="copy", pressed=self.added.emit
        )
        full = len(opened.variants) >= len(LETTERS)
        self.add.allow(not full, _("At most three variants can be compared."))
        line.addWidget(self.add)
        self.content.addLayout(line)
        self._about = FlowingText(
            _("A new variant begins as a copy of the one that is open; change it and compare."),
            Role.MUTED,
        )
        self.content.addWidget(self._about)
        self._steps = column(spacing=1)
        self.content.addLayout(self._steps)
        self.table: PlainTable | None = None
        for letter in opened.variants:
            self._steps.addWidget(self._variant(letter))

    def show_compared(self, compared: Compared) -> None:
        """Show what the variants cost, insure and may be worth."""
        if len(compared.letters) < 2:
            return
        if self.table is None:
            heads = ("", *(_("Variant {letter}").format(letter=each) for each in compared.letters))
            shares = (5, *(4 for _each in compared.letters))
            self.table = PlainTable(_("Variants side by side"), heads, shares)
            self.content.addWidget(self.table)
        self.table.show_lines([(line.label, *line.cells) for line in compared.lines])
        for at, line in enumerate(compared.lines):
            if line.differs or not line.cells:
                for column_at in range(self.table.columnCount()):
                    _strengthen(self.table.item(at, column_at))
        height = self.table.horizontalHeader().height()
        for at, line in enumerate(compared.lines):
            if any("\n" in cell for cell in line.cells):
                self.table.setRowHeight(at, look().px(_TWO_LINES))
            height += self.table.rowHeight(at)
        self.table.setFixedHeight(height + look().px(4))

    def _variant(self, letter: str) -> QWidget:
        here = letter == self._opened.variant
        name = _("Variant {letter}").format(letter=letter)
        holder = QWidget()
        line = row(holder, spacing=2)
        line.addWidget(IconView("circle-full" if here else "circle", 16, "accent"))
        line.addWidget(Text(name, Role.STRONG if here else Role.BODY))
        told = _("open now") if here else ""
        line.addWidget(Text(told, Role.SMALL), 1)
        if not here:
            open_it = Button(_("Open"), ButtonKind.LINK, pressed=lambda: self.taken.emit(letter))
            open_it.setAccessibleName(_("Open {variant}").format(variant=name))
            line.addWidget(open_it)
        if len(self._opened.variants) > 1:
            drop = Button(_("Let go"), ButtonKind.LINK, pressed=lambda: self.dropped.emit(letter))
            drop.setAccessibleName(_("Let go {variant}").format(variant=name))
            line.addWidget(drop)
        return holder


def _strengthen(item: QTableWidgetItem | None) -> None:
    """What differs, and the headings, stand out by weight."""
    if item is not None:
        font = look().font(weight=QFont.Weight.DemiBold)
        item.setFont(font)
        item.setTextAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
