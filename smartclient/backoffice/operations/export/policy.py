"""What the office decides about its export: formats, reader, holidays, retention, report."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cryptography import x509

from smartclient.backoffice.operations.export.formats import JSON, BatchFormat
from smartclient.domain.lock_time import cutoff

LONGEST_WAIT = 31
"""Days; a calendar that knows only holidays must not keep a batch for ever."""


def no_holiday(_day: date) -> bool:
    """Where batches are handed over every day."""
    return False


@dataclass(frozen=True, slots=True)
class ExportPolicy:
    """How batches are written, handed over, kept and reported."""

    formats: tuple[BatchFormat, ...] = (JSON,)
    reader: x509.Certificate | None = None
    """Whom batches are sealed for; nobody means in the clear."""
    is_holiday: Callable[[date], bool] = no_holiday
    kept: timedelta = timedelta(days=365)
    """How long payload and attachments stay after the business date."""
    report_to: tuple[str, ...] = ()
    """Addresses that get the daily reconciliation."""
    language: str = "cs"

    def hand_over_at(self, business_date: date) -> datetime:
        """When a date's batch goes to the core: at its cut-off, after holidays at the first one.

        A holiday postpones nothing but this: documents are sealed and locked every day.
        """
        day = business_date
        for _ in range(LONGEST_WAIT):
            if not self.is_holiday(day):
                break
            day += timedelta(days=1)
        return cutoff(day)
