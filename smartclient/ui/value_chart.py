"""How a value may develop, painted by hand: a line for each scenario, and the same as a table."""

from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from smartclient.domain.language import _
from smartclient.domain.presentation import money, number
from smartclient.services.forms import Curve, Outlook
from smartclient.ui.theme import LABEL, look
from smartclient.ui.widgets.button import Button, ButtonKind
from smartclient.ui.widgets.plain_table import PlainTable

_LEFT, _RIGHT, _TOP, _BOTTOM = 88, 18, 14, 78
_NAME_LINE = 22
_STEPS = (1, 2, 5)


def _round_step(most: float) -> float:
    """A step of the axis that gives at most five lines."""
    size = 1.0
    while True:
        for step in _STEPS:
            if most / (step * size) <= 5:
                return step * size
        size *= 10


def short_amount(amount: float) -> str:
    """An amount for the axis: 250 thousand, 1,2 million."""
    if amount >= 1_000_000:
        millions = Decimal(str(amount / 1_000_000))
        places = 0 if millions == millions.to_integral_value() else 1
        return _("{amount} mil.").format(amount=number(millions, places))
    if amount >= 1_000:
        return _("{amount} thous.").format(amount=number(round(amount / 1_000)))
    return number(round(amount))


class ValueLines(QWidget):
    """The lines by year. Left and Right, or the pointer, tell the amounts of one year."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outlook: Outlook | None = None
        self._year: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("Value of the contract by year"))

    def show_outlook(self, outlook: Outlook) -> None:
        """Show other lines."""
        self._outlook, self._year = outlook, None
        self.setAccessibleDescription(f"{outlook.headline}. {outlook.detail}")
        self.update()

    @property
    def told(self) -> str:
        """What is told of the year that is looked at; empty for none."""
        outlook, year = self._outlook, self._year
        if outlook is None or year is None:
            return ""
        values = ", ".join(
            f"{curve.name} {_whole(curve.values[year], outlook.currency)}"
            for curve in outlook.curves
        )
        return _("Year {year}: {values}, paid {paid}").format(
            year=year + 1, values=values, paid=_whole(outlook.paid[year], outlook.currency)
        )

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(look().px(560), look().px(320))

    def minimumSizeHint(self) -> QSize:
        """It can still be read this small."""
        return QSize(look().px(300), look().px(220))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the year under the pointer."""
        outlook = self._outlook
        if outlook is not None and self._field().width() > 0:
            share = (event.position().x() - self._field().left()) / self._field().width()
            self._look_at(round(share * len(outlook.paid)) - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right go through the years."""
        here = -1 if self._year is None else self._year
        match event.key():
            case Qt.Key.Key_Right:
                self._look_at(here + 1)
            case Qt.Key.Key_Left:
                self._look_at(here - 1)
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the axes, the lines, their names and the year that is looked at."""
        del event
        if self._outlook is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter, self._outlook)
        self._paint_line(painter, self._outlook.paid, _pen("muted", 1.4), True)
        for curve in self._outlook.curves:
            self._paint_line(painter, curve.values, _pen_of(self._outlook, curve), False)
        self._paint_names(painter, self._outlook)
        self._paint_year(painter)
        if self.hasFocus():
            painter.setPen(QPen(look().colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    # --- painting ----------------------------------------------------------------------------

    def _look_at(self, year: int) -> None:
        outlook = self._outlook
        if outlook is None:
            return
        self._year = min(max(year, 0), len(outlook.paid) - 1)
        self.setToolTip(self.told)
        self.setAccessibleDescription(self.told)
        self.update()

    def _field(self) -> QRectF:
        px = look().px
        return QRectF(self.rect()).adjusted(px(_LEFT), px(_TOP), -px(_RIGHT), -px(_BOTTOM))

    def _most(self, outlook: Outlook) -> float:
        every = [*outlook.paid, *(value for curve in outlook.curves for value in curve.values)]
        return max(float(max(every, default=Decimal(1))), 1.0)

    def _at(self, outlook: Outlook, year: int, value: float) -> QPointF:
        field, top = self._field(), self._top(outlook)
        x = field.left() + field.width() * year / len(outlook.paid)
        return QPointF(x, field.bottom() - field.height() * value / top)

    def _top(self, outlook: Outlook) -> float:
        step = _round_step(self._most(outlook))
        return step * -(-self._most(outlook) // step)

    def _paint_axes(self, painter: QPainter, outlook: Outlook) -> None:
        field, step, top = self._field(), _round_step(self._most(outlook)), self._top(outlook)
        painter.setFont(look().font(LABEL))
        amount = 0.0
        while amount <= top + step / 2:
            y = self._at(outlook, 0, amount).y()
            painter.setPen(QPen(look().colour("line"), 1))
            painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
            painter.setPen(look().colour("muted"))
            box = QRectF(0, y - look().px(10), field.left() - look().px(10), look().px(20))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, short_amount(amount))
            amount += step
        years = len(outlook.paid)
        every = max(1, round(_round_step(years)))
        for year in range(0, years + 1, every):
            x = self._at(outlook, year, 0).x()
            box = QRectF(x - look().px(40), field.bottom() + look().px(4), look().px(80), 20)
            told = _("year {year}").format(year=year) if year else _("start")
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, told)

    def _paint_line(
        self, painter: QPainter, values: tuple[Decimal, ...], pen: QPen, dashed: bool
    ) -> None:
        outlook = self._outlook
        if outlook is None:
            return
        if dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        points = [self._at(outlook, 0, 0)]
        points += [self._at(outlook, at + 1, float(value)) for at, value in enumerate(values)]
        painter.drawPolyline(QPolygonF(points))

    def _paint_names(self, painter: QPainter, outlook: Outlook) -> None:
        """What is which line, below the years; the dash of the paid one is drawn as well."""
        painter.setFont(look().font(LABEL))
        field = self._field()
        y, x = field.bottom() + look().px(40), field.left()
        named = [(curve.name, _pen_of(outlook, curve), False) for curve in outlook.curves]
        named.append((_("paid in all"), _pen("muted", 1.4), True))
        for name, pen, dashed in named:
            wide = painter.fontMetrics().horizontalAdvance(name)
            if x > field.left() and x + look().px(28) + wide > self.width():
                x, y = field.left(), y + look().px(_NAME_LINE)
            pen.setStyle(Qt.PenStyle.DashLine if dashed else pen.style())
            painter.setPen(pen)
            painter.drawLine(QPointF(x, y), QPointF(x + look().px(22), y))
            painter.setPen(look().colour("text"))
            left = x + look().px(28)
            box = QRectF(left, y - look().px(11), wide + 2, look().px(22))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
            x = left + wide + look().px(20)

    def _paint_year(self, painter: QPainter) -> None:
        outlook, year = self._outlook, self._year
        if outlook is None or year is None:
            return
        field = self._field()
        x = self._at(outlook, year + 1, 0).x()
        painter.setPen(QPen(look().colour("edge"), 1))
        painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))
        painter.setFont(look().font(LABEL, QFont.Weight.DemiBold))
        for curve in outlook.curves:
            at = self._at(outlook, year + 1, float(curve.values[year]))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_pen_of(outlook, curve).color())
            painter.drawEllipse(at, look().px(4), look().px(4))
        middle = next(curve for curve in outlook.curves if curve.is_middle)
        told = _("Year {year}: {amount}").format(
            year=year + 1, amount=_whole(middle.values[year], outlook.currency)
        )
        wide = painter.fontMetrics().horizontalAdvance(told) + look().px(12)
        left = min(max(x - wide / 2, field.left()), field.right() - wide)
        box = QRectF(left, field.top(), wide, look().px(24))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().colour("tip_ground"))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(look().colour("tip_text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, told)


class ValueChart(QWidget):
    """The lines, and a switch to the same as a table by year."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = ValueLines()
        self._switch = Button(_("Show as a table"), ButtonKind.LINK, pressed=self._turn)
        self._faces = QStackedWidget()
        self._faces.addWidget(self.lines)
        self.table: PlainTable | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().px(8))
        layout.addWidget(self._faces, 1)
        layout.addWidget(self._switch, 0, Qt.AlignmentFlag.AlignLeft)

    def show_outlook(self, outlook: Outlook) -> None:
        """Show another projection."""
        self.lines.show_outlook(outlook)
        if self.table is None:
            shares = [2, 2, *[4] * (len(outlook.heads) - 2)]
            self.table = PlainTable(_("Value of the contract by year"), outlook.heads, shares)
            self._faces.addWidget(self.table)
        self.table.show_lines(outlook.lines)

    def _turn(self) -> None:
        lines_shown = self._faces.currentWidget() is self.lines
        if self.table is not None:
            self._faces.setCurrentWidget(self.table if lines_shown else self.lines)
            self._switch.rename(_("Show as lines") if lines_shown else _("Show as a table"))


def _pen_of(outlook: Outlook, curve: Curve) -> QPen:
    """The middle one leads; lowest and highest differ in colour and in their dots."""
    if curve.is_middle:
        return _pen("accent", 2.6)
    lowest = curve is outlook.curves[0]
    pen = _pen("attention" if lowest else "good", 1.8)
    pen.setStyle(Qt.PenStyle.DotLine if lowest else Qt.PenStyle.DashDotLine)
    return pen


def _pen(token: str, width: float) -> QPen:
    """A pen whose width follows the size of the text."""
    return QPen(look().colour(token), width * look().px(100) / 100)


def _whole(amount: Decimal, currency: str) -> str:
    return money(amount.quantize(Decimal(1)), currency)
