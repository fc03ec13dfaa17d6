"""Keeps what is typed in a form: soon after the last key, at once when it is left or closes.

What it says is true: "Saved" counts from the commit, not from the key; while something is not kept
yet it says so. A refused save is made again by itself, and its refusal stays in sight until then.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from smartclient.domain.clock import Clock
from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.domain.presentation import clock_time
from smartclient.domain.sentences import sentence_for
from smartclient.ui.dialogs import Question
from smartclient.ui.tasks import Tasks, unexpected

DEBOUNCE_MS = 600
LONGEST_MS = 3_000
"""Somebody who types without a pause is kept safe as often as this."""

Save = Callable[[], None]
TakeSave = Callable[[], Save]
"""On the window's thread: takes a copy of what is to be kept and returns the work that keeps it."""


class Autosave(QObject):
    """One document, or client, that is typed and kept."""

    changed = Signal()
    """What it says changed."""
    refused = Signal(object)
    """It could not be kept; carries the refusal."""

    def __init__(
        self, tasks: Tasks, clock: Clock, take: TakeSave, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._clock, self._take = tasks, clock, take
        self._dirty = False
        self._under_way = 0
        self._saved_at: tuple[float, datetime] | None = None
        self._failed = False
        self._ended = False
        self._soon = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._soon.timeout.connect(self.save_now)
        self._latest = QTimer(self, singleShot=True, interval=LONGEST_MS)
        self._latest.timeout.connect(self.save_now)
        self._second = QTimer(self, interval=1_000)
        self._second.timeout.connect(self.changed.emit)
        self._second.start()

    @property
    def is_kept(self) -> bool:
        """Everything typed so far is in the store."""
        return not self._dirty and self._under_way == 0 and not self._failed

    @property
    def kept_at(self) -> datetime | None:
        """When something typed was kept last; None before the first time."""
        return None if self._saved_at is None else self._saved_at[1]

    @property
    def words(self) -> str:
        """What is true now: "Saved 2 s ago"."""
        if self._failed:
            return _("Not saved yet")
        if not self.is_kept:
            return _("Saving…")
        if self._saved_at is None:
            return _("Saved")
        counted, instant = self._saved_at
        seconds = int(self._clock.monotonic() - counted)
        if seconds < 60:
            return _("Saved {seconds} s ago").format(seconds=seconds)
        minutes = seconds // 60
        if minutes < 60:
            return ngettext(
                "Saved {minutes} minute ago", "Saved {minutes} minutes ago", minutes
            ).format(minutes=minutes)
        return _("Saved at {time}").format(time=clock_time(instant))

    def note_change(self) -> None:
        """Something was typed."""
        self._dirty = True
        self._soon.start()
        if not self._latest.isActive():
            self._latest.start()
        self.changed.emit()

    def save_now(self) -> None:
        """Keep it at once, if anything is not kept yet."""
        self._soon.stop()
        self._latest.stop()
        if self._ended or not (self._dirty or self._failed):
            return
        save = self._take()
        self._dirty = False
        self._under_way += 1
        self._tasks.run(save, self._done, self._refuse)
        self.changed.emit()

    def save_rest(self) -> bool:
        """Keep at once what was typed after the last save; whether any answer is to come."""
        if self._dirty:
            self.save_now()
        return self._under_way > 0

    def pause(self) -> None:
        """Somebody else keeps it now; `note_change` goes on."""
        self._soon.stop()
        self._latest.stop()

    def keep_rest(self) -> SmartClientError | None:
        """Keep what is left before this returns; the refusal where that fails."""
        # A save that waits its turn is made again here: the program may end before its turn.
        return None if self.is_kept else self._save_here()

    def end(self) -> None:
        """Keep nothing any more; what becomes of saves under way is not told."""
        self._ended = True
        for timer in (self._soon, self._latest, self._second):
            timer.stop()

    def _save_here(self) -> SmartClientError | None:
        try:
            self._take()()
        except SmartClientError as error:
            refusal = error
        except Exception as fault:  # noqa: BLE001 - as of work in the line: it must be told
            refusal = unexpected(fault)
        else:
            self._dirty = False
            self._note_success()
            return None
        self._note_refusal()
        return refusal

    def _note_success(self) -> None:
        self._failed = False
        self._saved_at = (self._clock.monotonic(), self._clock.now())
        self.changed.emit()

    def _note_refusal(self) -> None:
        self._failed = True
        self._latest.start()
        self.changed.emit()

    def _done(self, _value: None) -> None:
        self._under_way -= 1
        if not self._ended:
            self._note_success()

    def _refuse(self, error: SmartClientError) -> None:
        self._under_way -= 1
        if self._ended:
            return
        self._note_refusal()
        self.refused.emit(error)


def about_unkept(refusal: SmartClientError) -> Question:
    """Whether to leave a form whose last changes could not be kept."""
    spoken = sentence_for(refusal)
    return Question(
        _("What you typed last could not be kept. Leave the form all the same?"),
        f"{spoken.happened} {spoken.do}".strip(),
        _("Leave it, and lose that"),
        _("Stay in the form"),
        destroys=True,
        prefers_no=True,
    )
