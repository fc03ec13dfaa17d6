"""One of a long list: what is typed finds it, anywhere in its words and without accents.

What is typed and fits nothing stays as typed, with a problem, like everything else in a form.
"""

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from smartclient.domain.language import _
from smartclient.forms.choices import Choice as Option
from smartclient.forms.states import FieldState
from smartclient.store.folding import fold
from smartclient.ui.forms.controls import Control, leaves
from smartclient.ui.widgets.choice import Choice

LONG_FROM = 21
"""Lists with so many options are searched; shorter ones are seen at a glance."""
_FOLDED = Qt.ItemDataRole.UserRole + 1
_SHOWN = 10


class _Finder(QCompleter):
    """Offers the options whose folded words contain what is typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCompletionRole(_FOLDED)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setMaxVisibleItems(_SHOWN)
        self.found = QListView()
        """The list of what was found, open while somebody types."""
        self.found.setAccessibleName(_("What was found"))
        self.setPopup(self.found)

    def splitPath(self, path: str) -> list[str]:
        """Compare without accents and capitals."""
        return [fold(path)]

    def pathFromIndex(self, index: object) -> str:
        """Show the option's own words, not the folded ones."""
        return str(index.data(Qt.ItemDataRole.DisplayRole))  # type: ignore[attr-defined]


class SearchControl(Control):
    """A field to type in, with the whole list behind Alt+Down and the arrow."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__()
        self._placeholder = placeholder or _("Type a part of it")
        self._choices: tuple[Option, ...] | None = None
        self._folded: dict[str, str] = {}
        self.list = Choice("")
        self.list.setEditable(True)
        self.list.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        self.list.setMaxVisibleItems(_SHOWN)
        self._line = self.list.lineEdit() or QLineEdit(self.list)
        self._line.setPlaceholderText(self._placeholder)
        self._finder = _Finder(self.list)
        self.list.setCompleter(self._finder)
        self.list.activated.connect(self._say_chosen)
        self._line.textEdited.connect(self._say_typed)
        self._fill(self.list)
        self._finder.found.installEventFilter(self)

    def show_state(self, state: FieldState, *, anyway: bool = False) -> None:
        """Show the words of the choice, or what was typed instead of one."""
        if state.choices != self._choices:
            self._take_choices(state.choices)
        if self.list.isEnabled() == state.readonly:
            self.list.setEnabled(not state.readonly)
            self._line.setPlaceholderText("" if state.readonly else self._placeholder)
        if self.is_typing() and not anyway:
            return
        code = state.value if isinstance(state.value, str) else None
        index = self.list.findData(code) if code is not None else -1
        if self.list.currentIndex() != index:
            self.list.setCurrentIndex(index)
        words = self.list.itemText(index) if index >= 0 else state.typed
        if self._line.text() != words:
            self._line.setText(words)
        if not self.is_typing():
            self._line.setCursorPosition(0)

    def name(self, label: str) -> None:
        """The field and the list that opens below it."""
        self.list.name(label)
        self._line.setAccessibleName(label)

    def is_typing(self) -> bool:
        """The focus is in it, or in the list of what was found."""
        return self.list.hasFocus() or self._line.hasFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """When the field is left or Enter goes on, what was typed becomes the one it means."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return self._take_enter(watched)
        elif watched is self.list and event.type() is QEvent.Type.FocusOut and leaves(event):
            self._settle()
        return super().eventFilter(watched, event) if watched is self.list else False

    def _take_enter(self, watched: QObject) -> bool:
        """Enter takes what is marked in the open list, or what was typed, and goes on."""
        found = self._finder.found
        if watched is found:
            marked = found.currentIndex()
            if marked.isValid():
                self._line.setText(str(marked.data()))
            found.hide()
        self._settle()
        if watched is found:
            self.finished.emit()
        return watched is found

    def _take_choices(self, choices: tuple[Option, ...]) -> None:
        self._choices = choices
        self._folded = {choice.code: fold(choice.label) for choice in choices}
        found = QStandardItemModel(self.list)
        for choice in choices:
            item = QStandardItem(choice.label)
            item.setData(choice.code, Qt.ItemDataRole.UserRole)
            item.setData(self._folded[choice.code], _FOLDED)
            found.appendRow(item)
        self._finder.setModel(found)
        with QSignalBlocker(self.list):
            self.list.setModel(found)  # and the one before goes, because it belongs to the list
            self.list.setCurrentIndex(-1)

    def _meant(self, words: str) -> str | None:
        """The code that the words can only mean; the whole word wins, then its beginning."""
        folded = fold(words).strip()
        if not folded:
            return None
        for fits in (str.__eq__, str.startswith, str.__contains__):
            codes = [code for code, label in self._folded.items() if fits(label, folded)]
            if len(codes) == 1:
                return codes[0]
            if codes and fits is str.__eq__:
                return codes[0]
        return None

    def _say_typed(self, words: str) -> None:
        self.typed.emit(words or None)

    def _say_chosen(self, index: int) -> None:
        code = self.list.itemData(index)
        self.typed.emit(code if isinstance(code, str) else None)

    def _settle(self) -> None:
        words = self._line.text()
        at = self.list.currentIndex()
        if at >= 0 and self.list.itemText(at) == words:
            return
        code = self._meant(words)
        if code is None:
            return
        index = self.list.findData(code)
        self.list.setCurrentIndex(index)
        self._line.setText(self.list.itemText(index))
        self.typed.emit(code)
