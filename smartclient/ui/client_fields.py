"""The fields of a client on a grid of six columns; they hold what is typed and no rule."""

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QSpacerItem,
    QWidget,
)

from smartclient.domain import presentation
from smartclient.domain.identifiers.result import Sex
from smartclient.domain.language import _
from smartclient.services.clients import Country
from smartclient.ui.theme import SPACE, look
from smartclient.ui.widgets.card import Card, column
from smartclient.ui.widgets.choice import Choice
from smartclient.ui.widgets.field import Field
from smartclient.ui.widgets.text import Role, Text
from smartclient.ui.widgets.tick import Tick

_COLUMNS = 6
_BELOW_ALL = 20


class ClientFields(QWidget):
    """Emits `typed` after each change, `left` with the name of a field that lost the focus."""

    typed = Signal()
    left = Signal(str)

    def __init__(self, countries: tuple[Country, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._countries = countries
        self._filling = False
        self.fields: dict[str, Field] = {}
        self._names: dict[QObject, str] = {}
        self.foreigner = Tick(_("The client has no birth number (foreigner)"))
        layout = column(self, spacing=4)
        for card in (self._person(), self._address(), self._contact()):
            layout.addWidget(card)
        layout.addStretch()
        self.foreigner.toggled.connect(self._follow_foreigner)
        self._follow_foreigner(False)

    def values(self) -> dict[str, str | bool]:
        """What stands in the fields."""
        typed: dict[str, str | bool] = {
            name: _value_of(field.widget) for name, field in self.fields.items()
        }
        typed["foreigner"] = self.foreigner.isChecked()
        if not self.foreigner.isChecked():
            typed["birth_date"] = typed["sex"] = ""
        return typed

    def fill(self, typed: Mapping[str, str | bool]) -> None:
        """Show what was typed before."""
        self._filling = True
        self.foreigner.setChecked(typed.get("foreigner") is True)
        for name, field in self.fields.items():
            _set_value(field.widget, str(typed.get(name, "")))
        self._filling = False
        self._follow_foreigner(self.foreigner.isChecked())

    def focus(self, name: str) -> None:
        """Put the cursor into a field."""
        self.fields[name].widget.setFocus()

    def show_derived(self, born: date | None, sex: Sex | None) -> None:
        """Show what the birth number tells."""
        if self.foreigner.isChecked():
            return
        self._filling = True
        _set_value(self.fields["birth_date"].widget, presentation.day(born) if born else "")
        _set_value(self.fields["sex"].widget, sex or "")
        self._filling = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell which field was left."""
        if event.type() is QEvent.Type.FocusOut and watched in self._names:
            self.left.emit(self._names[watched])
        return super().eventFilter(watched, event)

    # --- building ----------------------------------------------------------------------------

    def _person(self) -> Card:
        grid = _Grid(_("Person"))
        self._line(grid, "title", _("Title"), 0, 0, 1)
        self._line(grid, "given_name", _("Given name"), 0, 1, 2, required=True)
        self._line(grid, "surname", _("Surname"), 0, 3, 3, required=True)
        self._line(grid, "national_id", _("Birth number"), 1, 0, 2, required=True)
        self._line(grid, "birth_date", _("Date of birth"), 1, 2, 2)
        sex = Choice(_("Sex"))
        for code, name in (("", ""), ("F", _("woman")), ("M", _("man"))):
            sex.addItem(name, code)
        self._add(grid, "sex", Field(_("Sex"), sex), 1, 4, 2)
        self._country(grid, "citizenship", _("Citizenship"), 2, 4, 2)
        grid.layout_.addWidget(self.foreigner, 2, 0, 1, 4)
        return grid.card

    def _address(self) -> Card:
        grid = _Grid(_("Residence"))
        self._line(grid, "street", _("Street"), 0, 0, 4)
        self._line(grid, "house_number", _("House number"), 0, 4, 2, required=True)
        self._line(grid, "postcode", _("Postcode"), 1, 0, 2, required=True)
        self._line(grid, "city", _("Town"), 1, 2, 2, required=True)
        self._country(grid, "country", _("Country"), 1, 4, 2, required=True)
        return grid.card

    def _contact(self) -> Card:
        grid = _Grid(_("Contact"))
        why = _("Needed for the digital signature")
        self._line(grid, "phone", _("Mobile phone"), 0, 0, 3, hint=why)
        self._line(grid, "email", _("E-mail"), 0, 3, 3, hint=why)
        note = QPlainTextEdit()
        note.setFixedHeight(look().px(84))
        note.setTabChangesFocus(True)
        self._add(grid, "note", Field(_("Note"), note), 1, 0, 6)
        return grid.card

    def _line(
        self,
        grid: "_Grid",
        name: str,
        label: str,
        line: int,
        place: int,
        columns: int,
        *,
        required: bool = False,
        hint: str = "",
    ) -> None:
        field = Field(label, QLineEdit(), required=required, hint=hint)
        self._add(grid, name, field, line, place, columns)

    def _country(
        self,
        grid: "_Grid",
        name: str,
        label: str,
        line: int,
        place: int,
        columns: int,
        *,
        required: bool = False,
    ) -> None:
        choice = Choice(label)
        for country in self._countries:
            choice.addItem(country.name, country.code)
        self._add(grid, name, Field(label, choice, required=required), line, place, columns)

    def _add(
        self, grid: "_Grid", name: str, field: Field, line: int, place: int, columns: int
    ) -> None:
        field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        grid.layout_.addWidget(field, line, place, 1, columns)
        self.fields[name] = field
        self._names[field.widget] = name
        field.widget.installEventFilter(self)
        match field.widget:
            case QLineEdit() as edit:
                edit.textEdited.connect(self._tell)
            case QPlainTextEdit() as text:
                text.textChanged.connect(self._tell)
            case Choice() as choice:
                choice.currentIndexChanged.connect(self._tell)

    def _tell(self, *_changed: object) -> None:
        if not self._filling:
            self.typed.emit()

    def _follow_foreigner(self, foreigner: bool) -> None:
        number, born = self.fields["national_id"], self.fields["birth_date"]
        number.widget.setEnabled(not foreigner)
        number.mark_required(not foreigner)
        born.mark_required(foreigner)
        edit = born.widget
        if isinstance(edit, QLineEdit):
            edit.setReadOnly(not foreigner)
            edit.setPlaceholderText("" if foreigner else _("from the birth number"))
        self.fields["sex"].widget.setEnabled(foreigner)
        self._tell()


class _Grid:
    """A card with a heading and a grid of six columns."""

    def __init__(self, heading: str) -> None:
        self.card = Card(spacing=2)
        self.card.content.addWidget(Text(heading, Role.HEADING_SMALL))
        self.layout_ = QGridLayout()
        self.layout_.setHorizontalSpacing(look().px(4 * SPACE))
        self.layout_.setVerticalSpacing(look().px(SPACE))
        for place in range(_COLUMNS):
            self.layout_.setColumnStretch(place, 1)
            # A column without anything of its own would lose its gap.
            self.layout_.addItem(QSpacerItem(0, 0), _BELOW_ALL, place)
        self.card.content.addLayout(self.layout_)


def _value_of(widget: QWidget) -> str:
    match widget:
        case QLineEdit() as edit:
            return edit.text()
        case QPlainTextEdit() as text:
            return text.toPlainText()
        case Choice() as choice:
            return str(choice.currentData() or "")
        case _:
            return ""


def _set_value(widget: QWidget, value: str) -> None:
    match widget:
        case QLineEdit() as edit:
            if edit.text() != value:
                edit.setText(value)
        case QPlainTextEdit() as text:
            text.setPlainText(value)
        case Choice() as choice:
            choice.setCurrentIndex(max(0, choice.findData(value)))
