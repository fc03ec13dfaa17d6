"""Fields of a shown form, as a person types into them and reads them."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit

from smartclient.forms.session import FormSession
from smartclient.ui.forms.cell import FieldCell
from smartclient.ui.forms.controls import LineControl
from smartclient.ui.forms.view import FormView
from tests.ui.keyboard import write

EVA = "insured.0"
Shown = Callable[[FormSession], FormView]


def line_of(cell: FieldCell) -> QLineEdit:
    """The line of a field that has one."""
    control = cell.control
    assert isinstance(control, LineControl)
    return control.line


def type_into(view: FormView, path: str, text: str) -> QLineEdit:
    """Type key by key, as a person does."""
    assert view.go_to(path)
    line = line_of(view.section.cells[path])
    line.selectAll()
    write(line, text)
    return line


def message_at(view: FormView, path: str) -> str:
    """What stands under a field."""
    return view.section.cells[path].message.text
