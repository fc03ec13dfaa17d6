"""What the last synchronisations did, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from smartclient.domain import presentation
from smartclient.domain.language import _, ngettext
from smartclient.domain.sentences import SENTENCES

if TYPE_CHECKING:
    from smartclient.store.sync_history import SyncRun

SHOWN = 5
READ = 200
"""So many are read to find those to show: quiet ones beside each other are one line."""


@dataclass(frozen=True, slots=True)
class RunItem:
    """A synchronisation that has ended, in words; quiet ones in a row are told together."""

    when: str
    outcome: str
    is_good: bool
    moved: str
    sent: str
    received: str
    took: str
    times: int = 1

    @property
    def told(self) -> str:
        """What it did, or how it ended."""
        if not self.is_good:
            return self.outcome
        if self.times > 1:
            again = ngettext(
                "nothing new, and {count} more time before",
                "nothing new, and {count} more times before",
                self.times - 1,
            )
            return again.format(count=self.times - 1)
        return self.moved


def run_items(runs: "Iterable[SyncRun]", now: datetime) -> tuple[RunItem, ...]:
    """Each of them, the newest first."""
    return tuple(_item(run, now) for run in runs)


def gathered(runs: "Iterable[SyncRun]", now: datetime, shown: int) -> tuple[RunItem, ...]:
    """The newest lines; synchronisations without anything new share one line with their count."""
    items: list[RunItem] = []
    for run, item in _with_items(runs, now):
        quiet = _is_quiet(run)
        if quiet and items and items[-1].moved == item.moved and items[-1].is_good:
            items[-1] = replace(items[-1], times=items[-1].times + 1)
        elif len(items) == shown:
            break
        else:
            items.append(item)
    return tuple(items)


def _with_items(runs: "Iterable[SyncRun]", now: datetime) -> "Iterator[tuple[SyncRun, RunItem]]":
    return ((run, _item(run, now)) for run in runs)


def _is_quiet(run: "SyncRun") -> bool:
    from smartclient.store.sync_history import DONE

    return run.outcome == DONE and not (run.pushed or run.pulled or run.conflicts)


def _item(run: "SyncRun", now: datetime) -> RunItem:
    from smartclient.store.sync_history import CANCELLED, DONE

    when = presentation.moment(run.ended_at, now)
    at = presentation.clock_time(run.ended_at)
    match run.outcome:
        case code if code == DONE:
            outcome = _("done")
        case code if code == CANCELLED:
            outcome = _("interrupted")
        case code if code in SENTENCES and "{" not in SENTENCES[code].happened:
            outcome = _(SENTENCES[code].happened)
        case code:
            outcome = _("not finished ({code})").format(code=code)
    return RunItem(
        when=when if at in when else f"{when} {at}",
        outcome=outcome,
        is_good=run.outcome == DONE,
        moved=_moved(run) if run.outcome == DONE else "",
        sent=str(run.pushed),
        received=str(run.pulled),
        took=_took(run),
    )


def _moved(run: "SyncRun") -> str:
    if _is_quiet(run):
        return _("nothing new")
    moved = _("sent {sent}, received {received}").format(sent=run.pushed, received=run.pulled)
    if not run.conflicts:
        return moved
    told = ngettext("{count} conflict", "{count} conflicts", run.conflicts)
    return f"{moved}, {told.format(count=run.conflicts)}"


def _took(run: "SyncRun") -> str:
    seconds = max(0.0, (run.ended_at - run.started_at).total_seconds())
    if seconds < 60:
        return _("{seconds} s").format(seconds=presentation.number(round(seconds)))
    return _("{minutes} min").format(minutes=round(seconds / 60))
