"""Undo and redo: every edit with what stood there before and after."""

from dataclasses import dataclass

from smartclient.forms.model import Key
from smartclient.wire.messages import Json

MAX_STEPS = 500


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a field, or of all rows of a repeat, in the form of the answers."""

    key: Key
    before: Json
    after: Json


class History:
    """The edits of one session. Typing in one field is one step until it is finished."""

    def __init__(self) -> None:
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        self._typing: Key | None = None

    def typed(self, key: Key, before: Json, after: Json) -> None:
        """Remember a change of a field."""
        if self._typing == key:
            before = self._done.pop().before
        self._push(Edit(key, before, after))
        self._typing = key if before != after else None

    def rows_changed(self, key: Key, before: Json, after: Json) -> None:
        """Remember a change of the rows of a repeat."""
        self._push(Edit(key, before, after))
        self._typing = None

    def finish_typing(self) -> None:
        """The next change of the same field is a step of its own."""
        self._typing = None

    def back(self) -> Edit | None:
        """The edit to take back, now taken off."""
        self._typing = None
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._undone[-1]

    def forth(self) -> Edit | None:
        """The edit to make again, now put back."""
        self._typing = None
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._done[-1]

    @property
    def can_undo(self) -> bool:
        """Whether an edit can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether an edit can be made again."""
        return bool(self._undone)

    def _push(self, edit: Edit) -> None:
        self._undone.clear()
        if edit.before != edit.after:
            self._done.append(edit)
            del self._done[:-MAX_STEPS]
