"""`office …`: the offices, and who may read and write the records of each.

    office create ID --name TEXT
    office grant ID PERSON [--classes identity+medical] [--read-only] --reason TEXT
    office take ID PERSON --reason TEXT
    office list

Exit 1 where there was nothing to change.
"""

import argparse
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.principals import right_of
from smartclient.backoffice.operations.registers import rights
from smartclient.domain.clock import to_text
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import PersonId
from smartclient.domain.language import _
from smartclient.wire.kinds import RecordClass
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("office", help=_("the offices and who works in them"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    creating = actions.add_parser("create", help=_("make an office"))
    creating.add_argument("office", metavar=_("OFFICE"))
    creating.add_argument("--name", required=True, metavar=_("TEXT"))
    creating.set_defaults(act=_create)
    granting = actions.add_parser("grant", help=_("let a person work with an office's records"))
    granting.add_argument("office", metavar=_("OFFICE"))
    granting.add_argument("person", metavar=_("PERSON"))
    granting.add_argument("--classes", default="", metavar="identity+medical")
    granting.add_argument("--read-only", action="store_true")
    granting.add_argument("--reason", required=True, metavar=_("TEXT"))
    granting.set_defaults(act=_grant)
    taking = actions.add_parser("take", help=_("take that right from a person"))
    taking.add_argument("office", metavar=_("OFFICE"))
    taking.add_argument("person", metavar=_("PERSON"))
    taking.add_argument("--reason", required=True, metavar=_("TEXT"))
    taking.set_defaults(act=_take)
    actions.add_parser("list", help=_("all offices")).set_defaults(act=_list)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Do the action in one transaction."""
    with opened(context.home, context.mode, context.clock) as found, found.office.writing() as desk:
        told, is_fine = parsed.act(desk, parsed)
    print_json(told)
    return FINE if is_fine else NEGATIVE


def _create(desk: Desk, parsed: argparse.Namespace) -> tuple[Json, bool]:
    is_new = rights.create_office(desk, parsed.office, parsed.name)
    return {"office": parsed.office, "created": is_new}, is_new


def _grant(desk: Desk, parsed: argparse.Namespace) -> tuple[Json, bool]:
    try:
        scope = rights.office_scope(parsed.office)
        right = right_of(scope, parsed.classes, may_write=not parsed.read_only)
    except ValueError as unknown:
        known = ", ".join(each.value for each in RecordClass if each.value)
        raise BadInput("SC-SERV-079", classes=known) from unknown
    changed = rights.give(desk, PersonId(parsed.person), right, parsed.reason)
    return {"office": parsed.office, "person": parsed.person, "granted": changed}, changed


def _take(desk: Desk, parsed: argparse.Namespace) -> tuple[Json, bool]:
    scope = rights.office_scope(parsed.office)
    changed = rights.take(desk, PersonId(parsed.person), scope, parsed.reason)
    return {"office": parsed.office, "person": parsed.person, "taken": changed}, changed


def _list(desk: Desk, _parsed: argparse.Namespace) -> tuple[Json, bool]:
    offices = rights.list_offices(desk)
    return {"offices": [_office(each) for each in offices]}, True


def _office(office: rights.Office) -> JsonObject:
    members: list[Json] = [
        {
            "person": member.person,
            "name": member.name,
            "classes": member.classes,
            "may_write": member.may_write,
            "since": to_text(member.since),
        }
        for member in office.members
    ]
    return {"office": office.id, "name": office.name, "members": members}
