"""`handed-in list|show|accept|refuse`: edits that came after a right or an install was lost.

    handed-in list [--all]
    handed-in show OP [--files DIR]
    handed-in accept OP --by NAME --reason TEXT [--field PATH]... [--over]
    handed-in refuse OP --by NAME --reason TEXT

They are never written by the program: a person decides, is named, and says why.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.deciding import add_actions
from smartclient.backoffice.commands.named_files import write_file
from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.operations import blobs, handed_in_decisions
from smartclient.backoffice.operations.handed_in_decisions import Edit, Wish
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.registers import handing_in
from smartclient.domain.clock import to_text
from smartclient.domain.language import _
from smartclient.wire.messages import Answer, Json, JsonObject

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("handed-in", help=_("edits that came after a right was lost"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    words = (_("one edit, and how it differs"), _("write it into the scope it was meant for"))
    made = add_actions(actions, ("op", "OP"), *words)
    made.listing.set_defaults(do=_list)
    made.showing.add_argument(
        "--files", type=Path, metavar=_("DIR"), help=_("write its files there")
    )
    made.showing.set_defaults(do=_show)
    made.accepting.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="PATH",
        help=_("of a record changed since: only this field; may be repeated"),
    )
    made.accepting.add_argument(
        "--over", action="store_true", help=_("of a record changed since: over what stands")
    )
    made.accepting.set_defaults(do=_accept)
    made.refusing.set_defaults(do=_refuse)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """List, show or decide; exit 1 when the edit shown could not be written as it is."""
    with opened(context.home, context.mode, context.clock) as found:
        code: int = parsed.do(parsed, found)
    return code


def _list(parsed: argparse.Namespace, found: Opened) -> int:
    with found.office.reading() as desk:
        edits = handed_in_decisions.edits(desk, waiting=not parsed.all)
    told: list[Json] = [_told(each) for each in edits]
    print_json({"handed_in": told})
    return FINE


def _show(parsed: argparse.Namespace, found: Opened) -> int:
    with found.office.reading() as desk:
        edit = handed_in_decisions.find(desk, parsed.op)
        kept = handing_in.find(desk, edit.op)
        answer = handed_in_decisions.outlook(desk, kept.line).answer
        differing: list[Json] = [
            {"field": path, "record": now, "handed_in": said}
            for path, now, said in handed_in_decisions.differences(desk, kept.line)
        ]
        if parsed.files is not None:
            _write_files(desk, kept, parsed.files)
    line: JsonObject = {"line": kept.line.to_json(), "differences": differing}
    print_json({**_told(edit), **line, "would_be": answer.value})
    return FINE if answer is Answer.OK or edit.decided else NEGATIVE


def _accept(parsed: argparse.Namespace, found: Opened) -> int:
    wish = Wish(tuple(parsed.field), parsed.over)
    with found.office.writing() as desk:
        edit = handed_in_decisions.accept(desk, parsed.op, parsed.by, parsed.reason, wish)
    print_json(_told(edit))
    return FINE


def _refuse(parsed: argparse.Namespace, found: Opened) -> int:
    with found.office.writing() as desk:
        edit = handed_in_decisions.refuse(desk, parsed.op, parsed.by, parsed.reason)
    print_json(_told(edit))
    return FINE


def _write_files(desk: Desk, found: handing_in.Opened, folder: Path) -> None:
    """Write what came with the edit, each file under its digest."""
    for named in found.line.blobs:
        blob = blobs.find_in_scope(desk, found.scope, named)
        write_file(folder / named, blobs.read(desk, blob))


def _told(edit: Edit) -> JsonObject:
    told: JsonObject = {
        "op": edit.op,
        "record": edit.record,
        "kind": edit.kind,
        "meant_for": edit.meant_for,
        "kept_in": edit.scope,
        "install": edit.install,
        "received_at": to_text(edit.received_at),
        "decision": None,
    }
    if edit.decided is not None:
        decided: JsonObject = {
            "decision": edit.decided.decision.value,
            "by": edit.decided.by,
            "reason": edit.decided.reason,
            "at": to_text(edit.decided.at),
        }
        told |= {"decision": decided}
    return told
