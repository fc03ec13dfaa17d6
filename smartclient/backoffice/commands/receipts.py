"""`receipts check [--scope SCOPE]`: whether every consent that arrived is still as it arrived.

Exit 1 when a chain of receipts is broken; the first broken record of each chain is named.
"""

import argparse
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.registers import receipt_check
from smartclient.backoffice.operations.registers.receipt_check import Broken
from smartclient.domain.clock import to_text
from smartclient.domain.errors import Refused
from smartclient.domain.language import _
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("receipts", help=_("the chains of receipts of consents"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    checking = actions.add_parser(
        "check", help=_("verify every receipt, and name the first broken")
    )
    checking.add_argument("--scope", default="", metavar=_("SCOPE"), help=_("only this scope"))
    checking.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Check and print; Refused SC-SERV-091 for a scope that has no consents."""
    broken: list[Json] = []
    receipts = 0
    with opened(context.home, context.mode, context.clock) as found:
        with found.office.reading() as desk:
            scopes = receipt_check.scopes_with_consents(desk)
        if parsed.scope:
            if parsed.scope not in scopes:
                raise Refused("SC-SERV-091")
            scopes = [parsed.scope]
        for scope in scopes:
            # Each scope for itself: pushes go on meanwhile.
            with found.office.reading() as desk:
                checked = receipt_check.check(desk, scope)
            receipts += checked.receipts
            if checked.broken is not None:
                broken.append(_told(checked.broken))
    print_json({"scopes": len(scopes), "receipts": receipts, "broken": broken})
    return NEGATIVE if broken else FINE


def _told(broken: Broken) -> JsonObject:
    return {
        "scope": broken.scope,
        "place": broken.place,
        "record": broken.event,
        "received_at": to_text(broken.received_at),
        "problem": broken.fault.value,
    }
