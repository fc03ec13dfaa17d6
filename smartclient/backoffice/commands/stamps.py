"""`stamps list|again`: accepted files that have no time stamp yet, and why not."""

import argparse
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.operations import stamps_due
from smartclient.backoffice.operations.stamps_due import WaitingStamp
from smartclient.domain.clock import to_text
from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.domain.ids import RecordId
from smartclient.domain.language import _
from smartclient.domain.sentences import text_for
from smartclient.wire.messages import Json, JsonObject, uuid_text

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("stamps", help=_("time stamps of signed files"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    listing = actions.add_parser("list", help=_("files without a time stamp, and why"))
    listing.set_defaults(do=_list)
    again = actions.add_parser("again", help=_("try once more what was given up"))
    again.add_argument("document", metavar=_("DOCUMENT"))
    again.set_defaults(do=_again)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """List or try again; exit 1 when something was given up, or nothing is there to try again."""
    with opened(context.home, context.mode, context.clock) as found:
        code: int = parsed.do(parsed, found)
    return code


def _list(_parsed: argparse.Namespace, found: Opened) -> int:
    with found.office.reading() as desk:
        waiting = stamps_due.waiting(desk)
    files: list[Json] = [_told(each) for each in waiting]
    print_json({"files": files})
    return NEGATIVE if any(each.given_up_at for each in waiting) else FINE


def _again(parsed: argparse.Namespace, found: Opened) -> int:
    document = RecordId(uuid_text({"document": parsed.document}, "document"))
    with found.office.writing() as desk:
        count = stamps_due.try_again(desk, document)
    print_json({"document": document, "files": count})
    return FINE if count else NEGATIVE


def _told(each: WaitingStamp) -> JsonObject:
    return {
        "document": each.document,
        "op": each.op,
        "attempts": each.attempts,
        "code": each.problem,
        "reason": text_for(_refusal(each)) if each.problem else "",
        "next_at": "" if each.given_up_at else to_text(each.due_at),
        "given_up_at": "" if each.given_up_at is None else to_text(each.given_up_at),
    }


def _refusal(each: WaitingStamp) -> SmartClientError:
    """As it was refused, for its sentence."""
    return BadInput(each.problem, problem=each.detail, status=each.detail)
