"""`late list|show|accept|refuse`: signed packages that met a locked or newer document.

They are never refused by the program: a person decides, is named, and says why. The adviser reads
the reason in Documents.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.deciding import add_actions
from smartclient.backoffice.commands.named_files import write_file
from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.operations import late_packages
from smartclient.backoffice.operations.judgements import Verdict
from smartclient.backoffice.operations.late_packages import LatePackage
from smartclient.domain.clock import to_text
from smartclient.domain.errors import NotAllowed, SmartClientError
from smartclient.domain.language import _
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("late", help=_("signed packages that came after the lock"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    words = (_("one package, and how it differs"), _("hand it over with the next export"))
    made = add_actions(actions, ("package", _("PACKAGE")), *words)
    made.listing.set_defaults(do=_list)
    made.showing.add_argument("--pdf", type=Path, metavar=_("FILE"), help=_("write the signed PDF"))
    made.showing.set_defaults(do=_show)
    made.accepting.add_argument(
        "--despite-check", action="store_true", help=_("although the check found a fault")
    )
    made.accepting.set_defaults(do=_accept)
    made.refusing.set_defaults(do=_refuse)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """List, show or decide; exit 1 when a check found a fault."""
    with opened(context.home, context.mode, context.clock) as found:
        code: int = parsed.do(parsed, found)
    return code


def _list(parsed: argparse.Namespace, found: Opened) -> int:
    with found.office.reading() as desk:
        packages = late_packages.late_packages(desk, undecided=not parsed.all)
        told: list[Json] = [
            {"number": late_packages.body_of(desk, late).get("number"), **_told(late)}
            for late in packages
        ]
    print_json({"packages": told})
    return FINE


def _show(parsed: argparse.Namespace, found: Opened) -> int:
    with found.office.reading() as desk:
        late = late_packages.find(desk, parsed.package)
        body = late_packages.body_of(desk, late)
        differing: list[Json] = [
            {"field": path, "document": now, "signed": signed}
            for path, now, signed in late_packages.differences(desk, late)
        ]
        if parsed.pdf:
            write_file(parsed.pdf, late_packages.signed_pdf(desk, late))
    verdict = _check(found, late)
    print_json(
        {
            **_told(late),
            "number": body.get("number"),
            "signed_at": body.get("signed_at"),
            "differences": differing,
            "check": verdict.to_json(),
        }
    )
    return FINE if verdict.exportable else NEGATIVE


def _accept(parsed: argparse.Namespace, found: Opened) -> int:
    with found.office.reading() as desk:
        late = late_packages.find(desk, parsed.package)
    verdict = _check(found, late)
    if not verdict.exportable and not parsed.despite_check:
        raise NotAllowed("SC-EXP-018", package=late.id, verdict=verdict.code)
    formats = found.settings.export.policy(found.home.certificate).formats
    with found.office.writing() as desk:
        decided = late_packages.accept(
            desk, late.id, (parsed.by, parsed.reason), verdict.record, formats
        )
    print_json(_told(decided))
    return FINE


def _refuse(parsed: argparse.Namespace, found: Opened) -> int:
    with found.office.writing() as desk:
        decided = late_packages.refuse(desk, parsed.package, parsed.by, parsed.reason)
    print_json(_told(decided))
    return FINE


def _check(found: Opened, late: LatePackage) -> Verdict:
    """What the judge says of the signed file."""
    with found.office.reading() as desk:
        case = late_packages.case_of(desk, late)
    try:
        return found.exporter().judge(case)
    except SmartClientError as refusal:
        return Verdict(False, code=refusal.code)


def _told(late: LatePackage) -> JsonObject:
    told: JsonObject = {
        "package": late.id,
        "document": late.document,
        "hr": late.hr,
        "received_at": to_text(late.received_at),
        "decision": None,
    }
    if late.decided is not None:
        decided: JsonObject = {
            "decision": late.decided.decision.value,
            "by": late.decided.by,
            "reason": late.decided.reason,
            "at": to_text(late.decided.at),
            "batch": late.decided.batch,
        }
        told |= {"decision": decided}
    return told
