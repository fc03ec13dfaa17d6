"""`paper arrived NUMBER…`: the signed sheets of these documents are at the insurer's."""

import argparse
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.paper import Arrival, arrived
from smartclient.domain.errors import BadInput
from smartclient.domain.language import _
from smartclient.wire.messages import Json, is_storable

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

MAX_NUMBER = 20


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("paper", help=_("documents that are signed on paper"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    taking = actions.add_parser("arrived", help=_("record that the signed paper is there"))
    taking.add_argument("numbers", nargs="+", metavar=_("NUMBER"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Record each; exit 1 when one of them could not be recorded."""
    for number in parsed.numbers:
        if len(number) > MAX_NUMBER or not is_storable(number):
            rule = f"text of at most {MAX_NUMBER} characters"
            raise BadInput("SC-SYNC-010", field="number", value=number[:MAX_NUMBER], rule=rule)
    told: dict[Arrival, list[Json]] = {arrival: [] for arrival in Arrival}
    with opened(context.home, context.mode, context.clock) as found:
        for number in dict.fromkeys(parsed.numbers):
            with found.office.writing() as desk:
                told[arrived(desk, number)].append(number)
    print_json({arrival.value: numbers for arrival, numbers in told.items()})
    is_fine = all(
        not numbers for arrival, numbers in told.items() if arrival is not Arrival.ARRIVED
    )
    return FINE if is_fine else NEGATIVE
