"""`retention show`: how long each thing is kept, from the table that the worker uses.

`retention run` does the walk of the day and the tidying at once, for who does not want to wait.
"""

import argparse
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations import retention, retention_duty
from smartclient.backoffice.operations.observing_state import count_what_is_large
from smartclient.domain.language import _
from smartclient.domain.retention import PERIODS, WARNED_BEFORE, Period
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("retention", help=_("how long each thing is kept"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    showing = actions.add_parser("show", help=_("print the table of periods"))
    showing.set_defaults(run=show)
    running = actions.add_parser("run", help=_("do now what the worker does every night"))
    running.set_defaults(run=run)


def show(_parsed: argparse.Namespace, _context: Context) -> int:
    """Print the table; needs no home."""
    rows: list[Json] = [_row(period) for period in PERIODS]
    print_json({"periods": rows, "warned_days_before": WARNED_BEFORE.days})
    return FINE


def run(_parsed: argparse.Namespace, context: Context) -> int:
    """Announce, archive, end and tidy what is due."""
    with opened(context.home, context.mode, context.clock) as found:
        walked = retention.walk_all(found.office)
        gone = retention_duty.tidy(found.office)
        retention_duty.sweep(found.office)
        count_what_is_large(found.office)
    print_json(
        {
            "announced": walked.announced,
            "archived": walked.archived,
            "held_back": walked.held_back,
            "deleted": {name: count for name, count in gone.items() if count},
        }
    )
    return FINE


def _row(period: Period) -> JsonObject:
    return {
        "what": period.name,
        "where": period.side.value,
        "kept": period.kept.words(),
        "since": _(period.since),
        "then": _(period.then),
    }
