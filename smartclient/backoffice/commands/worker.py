"""`worker`: judging, export at the cut-off, mail, the core's answers, freshness; until stopped."""

import argparse
import logging
import signal
import threading
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.operations.judgements_due import OF_THE_OFFICE, judge_again
from smartclient.backoffice.worker import Worker, duties_of
from smartclient.domain.language import _
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("worker", help=_("do what is due, until stopped"))
    parser.add_argument("--once", action="store_true", help=_("one round, then end"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Work; with --once, exit 1 when a duty failed.

    A worker is begun after a repair, an upgrade or with other certificates: what the office could
    not judge, or did not accept as signed, is judged again.
    """
    with opened(context.home, context.mode, context.clock) as found:
        with found.office.writing() as desk:
            judge_again(desk, OF_THE_OFFICE)
        worker = worker_of(found)
        if parsed.once:
            failed = worker.round()
            told: list[Json] = [*failed]
            print_json({"failed": told})
            return NEGATIVE if failed else FINE
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_received: stopped.set())
        while not stopped.is_set():
            worker.round()
            stopped.wait(PAUSE_SECONDS)
    return FINE


def worker_of(found: Opened) -> Worker:
    """The worker of an opened back office; the log says what its settings leave undone."""
    for event in found.left_undone():
        log.warning(event)
    duties = duties_of(
        found.office,
        found.exporter(),
        found.postman(),
        found.catalogue,
        found.online_keys,
        found.stamping(),
    )
    return Worker(found.office.clock, duties, found.office.reach)
