"""How long each thing is kept: the one table of periods, for server and laptop alike.

`after` gives the instant from which a thing may go. Periods of months are counted on the calendar
of Prague and end with a whole day, so that nobody loses a document in the middle of one. Only the
server's clock ends anything of a document: the laptop drops it when the server says so.
Source: capability row SC-34; the other periods are decisions of ours (docs/observing.md).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from smartclient.domain.language import N_
from smartclient.domain.lock_time import PRAGUE

_SHORTEST_MONTHS = timedelta(days=30)
"""Any number of months from two on is longer than so many times this."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A length of time: calendar months, or a fixed span; or a size, which time does not end."""

    months: int = 0
    span: timedelta = timedelta(0)
    most: str = ""

    def after(self, since: datetime) -> datetime:
        """The instant (UTC) from which a thing of `since` may go."""
        if not self.months:
            return since + self.span
        last_day = _months_later(since.astimezone(PRAGUE).date(), self.months)
        gone = datetime.combine(last_day + timedelta(days=1), time(0), tzinfo=PRAGUE)
        return gone.astimezone(UTC)

    def latest(self, now: datetime) -> datetime:
        """What is younger than this is kept for certain; what is older must be asked of `after`."""
        return now - (self.months * _SHORTEST_MONTHS if self.months else self.span)

    def words(self) -> str:
        """For a table: 6 months, 90 days, 1 hour, 4 MB."""
        if self.most:
            return self.most
        if self.months:
            years, months = divmod(self.months, 12)
            return _counted(self.months, "month") if months else _counted(years, "year")
        hours = int(self.span.total_seconds() // 3600)
        return _counted(hours // 24, "day") if hours % 24 == 0 else _counted(hours, "hour")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _months_later(day: date, months: int) -> date:
    """The same day so many months later; the last one of a month that is too short."""
    counted = day.year * 12 + day.month - 1 + months
    year, month = divmod(counted, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Side(StrEnum):
    """Where a thing is kept."""

    SERVER = "server"
    LAPTOP = "laptop"


@dataclass(frozen=True, slots=True)
class Period:
    """One row of the table. `since` and `then` are source texts for `_`."""

    name: str
    side: Side
    kept: Kept
    since: str
    then: str


_IS_DELETED = N_("is deleted")


def _server(name: str, kept: Kept, since: str, then: str = _IS_DELETED) -> Period:
    return Period(name, Side.SERVER, kept, since, then)


def _laptop(name: str, kept: Kept, since: str, then: str = _IS_DELETED) -> Period:
    return Period(name, Side.LAPTOP, kept, since, then)


def _days(count: int) -> Kept:
    return Kept(span=timedelta(days=count))


WARNED_BEFORE = timedelta(days=14)
"""So long before, the server tells the laptop on which day a document goes to the archive."""

DOCUMENTS = _server(
    "documents",
    Kept(months=6),
    N_("the server received its last change"),
    N_("goes to the archive; its stub stays in Documents"),
)
_TO_THE_ARCHIVE = N_("it went to the archive")
_WITH_ITS_FILES = N_("is deleted with its files")
ARCHIVE_OF_BUSINESS = _server(
    "archive: handed over or signed", Kept(months=120), _TO_THE_ARCHIVE, _WITH_ITS_FILES
)
ARCHIVE_OF_DRAFTS = _server(
    "archive: everything else", Kept(months=12), _TO_THE_ARCHIVE, _WITH_ITS_FILES
)
TOKENS = _server("tokens", Kept(span=timedelta(hours=1)), N_("it was given"))
NONCES = _server(
    "nonces",
    _days(90),
    N_("it was used"),
    N_("is deleted; no certificate of that day is valid any more"),
)
PARTS = _server(
    "parts of files",
    _days(7),
    N_("the last part arrived"),
    N_("are deleted; the laptop sends the file again"),
)
_WRITTEN = N_("the file was written")
ORPHANS = _server(
    "files without a record", _days(1), _WRITTEN, N_("is deleted; its transaction never came")
)
STAGED = _server(
    "files made ready for a batch",
    _days(7),
    _WRITTEN,
    N_("is deleted; the next batch makes it again"),
)
BATCHES = _server(
    "export batches",
    _days(365),
    N_("the business date, unless the settings say otherwise; the core must have answered"),
    N_("payload and files are deleted, manifest and signature stay"),
)
SYNC_HISTORY = _server("synchronisations", _days(90), N_("it ended"))
MAIL = _server("mail", _days(90), N_("it was sent or given up"))
ALARMS = _server("alarms", Kept(months=24), N_("it was raised"))
HANDED_IN = _server(
    "handed-in records",
    Kept(months=24),
    N_("a person took it"),
    N_("is deleted; what nobody took stays"),
)
DESK_ACTS = _server("acts of the help desk", Kept(months=120), N_("it was done"))
BUCKETS = _server("counts of tries", _days(2), N_("the last try"))

LAPTOP_DOCUMENTS = _laptop(
    "documents",
    DOCUMENTS.kept,
    N_("the server says that it went to the archive"),
    N_("body, PDF and values are deleted, the stub stays; nothing unsent is touched"),
)
SYNCS_KEPT = 1_000
"""Synchronisations that a laptop remembers; the quiet ones come every few minutes."""
LAPTOP_SYNCS = _laptop("synchronisations", Kept(most=str(SYNCS_KEPT)), N_("the oldest go first"))
LOG_FILES, LOG_FILE_MB = 4, 1
"""The laptop's log: so many files of so many megabytes."""
LAPTOP_LOG = _laptop(
    "log", Kept(most=f"{LOG_FILES * LOG_FILE_MB} MB"), N_("the oldest lines go first")
)

PERIODS = (
    DOCUMENTS,
    ARCHIVE_OF_BUSINESS,
    ARCHIVE_OF_DRAFTS,
    TOKENS,
    NONCES,
    PARTS,
    ORPHANS,
    STAGED,
    BATCHES,
    SYNC_HISTORY,
    MAIL,
    ALARMS,
    HANDED_IN,
    DESK_ACTS,
    BUCKETS,
    LAPTOP_DOCUMENTS,
    LAPTOP_SYNCS,
    LAPTOP_LOG,
)
"""Every period there is."""
