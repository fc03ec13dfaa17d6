"""`export`: the run of a business date; what the worker does by itself at the cut-off."""

import argparse
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.domain.clock import Clock, from_text, to_text
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.language import _
from smartclient.domain.lock_time import last_cutoff_date
from smartclient.domain.mode import Mode
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

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
    parser.add_argument(
        "--date", metavar="YYYY-MM-DD", help=_("the business date; the newest one without it")
    )
    parser.add_argument("--at", metavar="INSTANT", help=_("practice only: as if it were this time"))
    parser.add_argument(
        "--resend", action="store_true", help=_("hand the same bytes over once more")
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Export up to the hand-over; a date that was handed over stays as it is."""
    clock = _clock(parsed.at, context)
    with opened(context.home, context.mode, clock) as found:
        day = _date(parsed.date) if parsed.date else last_cutoff_date(clock.now())
        exporter = replace(found.exporter(), patience=PATIENCE_SECONDS)
        done = exporter.resend(day) if parsed.resend else exporter.export(day)
    print_json(_told(done))
    return FINE


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
