"""`helpdesk …`: find an install, see its synchronisations, revoke it, join it to a person.

`helpdesk client` says where a client went that an adviser misses.

Whatever changes something asks for a reason, which is kept with the act.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.named_files import read_file
from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.home import HAND_IN_KEY
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations import desk_acts, helpdesk, taking_in
from smartclient.backoffice.operations.helpdesk import Found, Seen, Sync
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import PERSON
from smartclient.backoffice.operations.registers import rights
from smartclient.backoffice.operations.registers.client_standing import ClientStanding, standings
from smartclient.domain.clock import to_text
from smartclient.domain.ids import InstallId, PersonId
from smartclient.domain.language import _
from smartclient.wire import handed_in
from smartclient.wire.messages import Json, JsonObject, uuid_text
from smartclient.wire.support_codes import shown

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

Change = Callable[[Desk, InstallId, str], None]


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("helpdesk", help=_("installs and their synchronisations"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    _add_questions(actions)
    _add_changes(actions)


def _add_questions(actions: "Subparsers") -> None:
    finding = actions.add_parser("find", help=_("find installs by what a caller can say"))
    finding.add_argument("text", metavar=_("TEXT"))
    finding.set_defaults(run=find)
    looking = actions.add_parser("install", help=_("everything about one install"))
    looking.add_argument("install", metavar=_("INSTALL"))
    looking.set_defaults(run=look_at)
    seeking = actions.add_parser("client", help=_("whether a client is hidden, merged or erased"))
    seeking.add_argument("client", metavar=_("CLIENT|NUMBER"))
    seeking.set_defaults(run=find_client)
    syncing = actions.add_parser("sync", help=_("the synchronisation of a support code"))
    syncing.add_argument("code", metavar=_("CODE"))
    syncing.set_defaults(run=find_sync)


def _add_changes(actions: "Subparsers") -> None:
    joining = actions.add_parser("join", help=_("let an install work for a proven person"))
    joining.add_argument("install", metavar=_("INSTALL"))
    joining.add_argument("--person", required=True, metavar=_("PERSON"))
    joining.set_defaults(run=join)
    adopting = actions.add_parser("adopt", help=_("give an install a scope that the server lost"))
    adopting.add_argument("install", metavar=_("INSTALL"))
    adopting.add_argument("--scope", required=True, metavar=_("SCOPE"))
    adopting.set_defaults(run=adopt)
    parting = actions.add_parser("part", help=_("take back a join that was wrong"))
    parting.add_argument("install", metavar=_("INSTALL"))
    parting.set_defaults(run=part)
    taking = actions.add_parser("take-in", help=_("take in what a revoked install still had"))
    taking.add_argument("file", type=Path, metavar=_("FILE"))
    taking.set_defaults(run=take_in)
    revoking = actions.add_parser("revoke", help=_("let an install synchronise no more"))
    revoking.add_argument("install", metavar=_("INSTALL"))
    revoking.set_defaults(run=_changing("revoke", helpdesk.revoke))
    again = actions.add_parser("reactivate", help=_("let a revoked install synchronise again"))
    again.add_argument("install", metavar=_("INSTALL"))
    again.set_defaults(run=_changing("reactivate", helpdesk.reactivate))
    for each in (joining, adopting, parting, taking, revoking, again):
        each.add_argument("--reason", required=True, metavar=_("TEXT"))


def find(parsed: argparse.Namespace, context: Context) -> int:
    """Print the installs; exit 1 when there is none."""
    with opened(context.home, context.mode, context.clock) as found, found.office.reading() as desk:
        installs = helpdesk.find(desk, parsed.text)
    told: list[Json] = [_line(each) for each in installs]
    print_json({"installs": told})
    return FINE if told else NEGATIVE


def look_at(parsed: argparse.Namespace, context: Context) -> int:
    """Print the install."""
    install = install_named(parsed.install)
    with opened(context.home, context.mode, context.clock) as found, found.office.reading() as desk:
        seen = helpdesk.look_at(desk, install)
    print_json(_told(seen))
    return FINE


def find_client(parsed: argparse.Namespace, context: Context) -> int:
    """Print where the client stands, by its id or a document's number; exit 1 when nowhere."""
    with opened(context.home, context.mode, context.clock) as found, found.office.reading() as desk:
        stands = standings(desk, parsed.client)
    told: list[Json] = [_standing(each) for each in stands]
    print_json({"clients": told})
    return FINE if told else NEGATIVE


def find_sync(parsed: argparse.Namespace, context: Context) -> int:
    """Print the synchronisations of the code."""
    with opened(context.home, context.mode, context.clock) as found, found.office.reading() as desk:
        syncs = helpdesk.find_syncs(desk, parsed.code)
    told: list[Json] = [{"install": each.install, **_sync(each)} for each in syncs]
    print_json({"synchronisations": told})
    return FINE


def join(parsed: argparse.Namespace, context: Context) -> int:
    """Join the install to the person; what it wrote before stays where it is."""
    install, person = install_named(parsed.install), person_named(parsed.person)
    reason = desk_acts.require_reason(parsed.reason)
    with opened(context.home, context.mode, context.clock) as found:
        with found.office.writing() as desk:
            is_new = rights.join(desk, install, person, reason)
        print_json({"install": install, "person": person, "done": "join", "was_new": is_new})
    return FINE


def adopt(parsed: argparse.Namespace, context: Context) -> int:
    """Let the install send what it wrote for a scope that a restored server does not know."""
    install, scope = install_named(parsed.install), scope_named(parsed.scope)
    with opened(context.home, context.mode, context.clock) as found:
        with found.office.writing() as desk:
            is_new = rights.adopt(desk, install, scope, parsed.reason)
        print_json({"install": install, "scope": scope, "done": "adopt", "was_new": is_new})
    return FINE


def part(parsed: argparse.Namespace, context: Context) -> int:
    """Give the install back to the person it began with; exit 1 when it is theirs already."""
    install = install_named(parsed.install)
    with opened(context.home, context.mode, context.clock) as found:
        with found.office.writing() as desk:
            was_joined = rights.part(desk, install, parsed.reason)
        print_json({"install": install, "done": "part", "was_joined": was_joined})
    return FINE if was_joined else NEGATIVE


def take_in(parsed: argparse.Namespace, context: Context) -> int:
    """Open the package and keep what is new, for a person to decide about."""
    reason = desk_acts.require_reason(parsed.reason)
    content = read_file(parsed.file)
    package = handed_in.opened(content, context.home.private_key(HAND_IN_KEY))
    with opened(context.home, context.mode, context.clock) as found, found.office.writing() as desk:
        taken = taking_in.take_in(desk, package, reason)
    print_json(
        {
            "install": taken.install,
            "made_at": to_text(taken.made_at),
            "taken": taken.edits,
            "known": taken.known,
            "erased": taken.erased,
            "files": taken.files,
            "missing_files": taken.missing_files,
        }
    )
    return FINE


def _changing(name: str, change: Change) -> Callable[[argparse.Namespace, Context], int]:
    def run(parsed: argparse.Namespace, context: Context) -> int:
        install, reason = install_named(parsed.install), desk_acts.require_reason(parsed.reason)
        with opened(context.home, context.mode, context.clock) as found:
            with found.office.writing() as desk:
                change(desk, install, reason)
            print_json({"install": install, "done": name})
        return FINE

    return run


def install_named(typed: str) -> InstallId:
    """The id of an install as it was typed; BadInput SC-SYNC-010."""
    return InstallId(uuid_text({"install": typed.strip().lower()}, "install"))


def person_named(typed: str) -> PersonId:
    """The id of a person as it was typed; BadInput SC-SYNC-010."""
    return PersonId(uuid_text({"person": typed.strip().lower()}, "person"))


def scope_named(typed: str) -> str:
    """The scope of a person as it was typed, with or without `person:`; BadInput SC-SYNC-010."""
    return PERSON + uuid_text({"scope": typed.strip().lower().removeprefix(PERSON)}, "scope")


def _line(found: Found) -> JsonObject:
    return {
        "install": found.install,
        "state": "active" if found.revoked_at is None else "revoked",
        "name": found.name,
        "identification": found.identification,
        "hr": found.hr,
        "partner": found.partner,
        "person": found.person,
        "activated_at": to_text(found.activated_at),
        "revoked_at": to_text(found.revoked_at) if found.revoked_at else "",
        "last_contact": to_text(found.last_contact) if found.last_contact else "",
    }


def _standing(stands: ClientStanding) -> JsonObject:
    since, survivor = stands.hidden_since, stands.merged_into
    return {
        "client": stands.client,
        "scope": stands.scope,
        "erased": stands.is_erased,
        "hidden_since": to_text(since) if since else "",
        "merged_into": survivor or "",
    }


def _told(seen: Seen) -> JsonObject:
    syncs: list[Json] = [_sync(each) for each in seen.syncs]
    alarms: list[Json] = [
        {"kind": each.kind, "record": each.record, "at": to_text(each.at)} for each in seen.alarms
    ]
    scopes: list[Json] = list(seen.scopes)
    return {
        **_line(seen.found),
        "version": seen.version,
        "scopes": scopes,
        "documents": dict(seen.documents),
        "waiting": dict(seen.waiting),
        "synchronisations": syncs,
        "alarms": alarms,
    }


def _sync(sync: Sync) -> JsonObject:
    return {
        "code": shown(sync.code),
        "from": to_text(sync.started_at),
        "to": to_text(sync.last_at),
        "outcome": sync.outcome or "fine",
        "requests": sync.requests,
        "taken": sync.pushed,
        "not_taken": sync.not_taken,
        "sent_to_it": sync.pulled,
        "bytes_in": sync.bytes_in,
        "bytes_out": sync.bytes_out,
        "version": sync.version,
    }
