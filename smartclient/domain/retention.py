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


DOCUMENTS = Period(
    "documents",
    Side.SERVER,
    Kept(months=6),
    N_("the server received its last change"),
    N_("goes to the archive; its stub stays in Documents"),
)
WARNED_BEFORE = timedelta(days=14)
"""So long before, the server tells the laptop on which day a document goes to the archive."""
ARCHIVE_OF_BUSINESS = Period(
    "archive: handed over or signed",
    Side.SERVER,
    Kept(months=120),
    N_("it went to the archive"),
    N_("is deleted with its files"),
)
ARCHIVE_OF_DRAFTS = Period(
    "archive: everything else",
    Side.SERVER,
    Kept(months=12),
    N_("it went to the archive"),
    N_("is deleted with its files"),
)
NONCES = Period(
    "nonces",
    Side.SERVER,
    Kept(span=timedelta(days=90)),
    N_("it was used"),
    N_("is deleted; no certificate of that day is valid any more"),
)
TOKENS = Period(
    "tokens", Side.SERVER, Kept(span=timedelta(hours=1)), N_("it was given"), N_("is deleted")
)
PARTS = Period(
    "parts of files",
    Side.SERVER,
    Kept(span=timedelta(days=7)),
    N_("the last part arrived"),
    N_("are deleted; the laptop sends the file again"),
)
ORPHANS = Period(
    "files without a record",
    Side.SERVER,
    Kept(span=timedelta(days=1)),
    N_("the file was written"),
    N_("is deleted; its transaction never came"),
)
STAGED = Period(
    "files made ready for a batch",
    Side.SERVER,
    Kept(span=timedelta(days=7)),
    N_("the file was written"),
    N_("is deleted; the next batch makes it again"),
)
BATCHES = Period(
    "export batches",
    Side.SERVER,
    Kept(span=timedelta(days=365)),
    N_("the business date, unless the settings say otherwise; the core must have answered"),
    N_("payload and files are deleted, manifest and signature stay"),
)
SYNC_HISTORY = Period(
    "synchronisations",
    Side.SERVER,
    Kept(span=timedelta(days=90)),
    N_("it ended"),
    N_("is deleted"),
)
MAIL = Period(
    "mail",
    Side.SERVER,
    Kept(span=timedelta(days=90)),
    N_("it was sent or given up"),
    N_("is deleted"),
)
ALARMS = Period("alarms", Side.SERVER, Kept(months=24), N_("it was raised"), N_("is deleted"))
HANDED_IN = Period(
    "handed-in records",
    Side.SERVER,
    Kept(months=24),
    N_("a person took it"),
    N_("is deleted; what nobody took stays"),
)
DESK_ACTS = Period(
    "acts of the help desk",
    Side.SERVER,
    Kept(months=120),
    N_("it was done"),
    N_("is deleted"),
)
BUCKETS = Period(
    "counts of tries",
    Side.SERVER,
    Kept(span=timedelta(days=2)),
    N_("the last try"),
    N_("is deleted"),
)
LAPTOP_LOG = Period(
    "log",
    Side.LAPTOP,
    Kept(most="4 MB"),
    N_("the oldest lines go first"),
    N_("is deleted"),
)
LAPTOP_SYNCS = Period(
    "synchronisations",
    Side.LAPTOP,
    Kept(most="1000"),
    N_("the oldest go first"),
    N_("is deleted"),
)
LAPTOP_DOCUMENTS = Period(
    "documents",
    Side.LAPTOP,
    Kept(months=6),
    N_("the server says that it went to the archive"),
    N_("body, PDF and values are deleted, the stub stays; nothing unsent is touched"),
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
