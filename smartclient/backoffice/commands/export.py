"""`export`: the run of a business date; what the worker does by itself at the cut-off.

`export reconcile [DATE]` counts a date instead: JSON, or a plain table with --table.
"""

import argparse
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json, print_text
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.operations.export import reporting
from smartclient.backoffice.operations.export.reconciling import reconcile
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.domain.clock import Clock, from_text, to_text
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.language import _
from smartclient.domain.lock_time import last_cutoff_date
from smartclient.domain.mode import Mode
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

RUN, RECONCILE = "run", "reconcile"
PATIENCE_SECONDS = 60.0
"""The worker may be reading the core's answers; a person waits for it."""


@dataclass(frozen=True, slots=True)
class PractisedClock:
    """The clock of practice: the wall stands at the instant that was asked for."""

    instant: datetime
    real: Clock

    def now(self) -> datetime:
        """The instant that was asked for."""
        return self.instant

    def monotonic(self) -> float:
        """The real counter."""
        return self.real.monotonic()


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("export", help=_("export a business date"))
    parser.add_argument("action", nargs="?", choices=(RUN, RECONCILE), default=RUN)
    parser.add_argument("day", nargs="?", metavar=_("DATE"), help=_("the date to reconcile"))
    parser.add_argument(
        "--table", action="store_true", help=_("reconcile as a plain table instead of JSON")
    )
    parser.add_argument(
        "--date", metavar="YYYY-MM-DD", help=_("the business date; the newest one without it")
    )
    parser.add_argument("--at", metavar="INSTANT", help=_("practice only: as if it were this time"))
    parser.add_argument(
        "--resend", action="store_true", help=_("hand the same bytes over once more")
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Export up to the hand-over; a date that was handed over stays as it is.

    Reconciling exits with 1 when a person has to look.
    """
    clock = _clock(parsed.at, context)
    with opened(context.home, context.mode, clock) as found:
        asked = parsed.day or parsed.date
        day = _date(asked) if asked else last_cutoff_date(clock.now())
        if parsed.action == RECONCILE:
            return _reconcile(found, day, as_a_table=parsed.table)
        exporter = replace(found.exporter(), patience=PATIENCE_SECONDS)
        done = exporter.resend(day) if parsed.resend else exporter.export(day)
    print_json(_told(done))
    return FINE


def _reconcile(found: Opened, day: date, *, as_a_table: bool) -> int:
    places = found.places()
    with found.office.reading() as desk:
        counted = reconcile(desk, day, places.archive, places.to_core)
    if as_a_table:
        print_text(reporting.as_table(counted))
    else:
        print_json(reporting.as_json(counted))
    return FINE if counted.is_even else NEGATIVE


def _clock(at: str | None, context: Context) -> Clock:
    if at is None:
        return context.clock
    if context.mode is Mode.PRODUCTION:
        raise NotAllowed("SC-EXP-008")
    try:
        return PractisedClock(from_text(at), context.clock)
    except ValueError as wrong:
        raise BadInput("SC-EXP-009", value=at[:40], rule="2026-11-21T21:00:00+01:00") from wrong


def _date(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as wrong:
        raise BadInput("SC-EXP-009", value=typed[:40], rule="2026-11-21") from wrong


def _told(run: ExportRun) -> Json:
    return {
        "batch": run.batch,
        "business_date": run.business_date.isoformat(),
        "cutoff": to_text(run.cutoff),
        "state": run.state.value,
        "documents": run.documents,
        "manifest_sha256": run.manifest_sha256,
    }
