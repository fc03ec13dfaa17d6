"""`advisers import FILE`: the list of partners whose advisers may activate.

A JSON list of {"hr", "name", "contact_email", "blocked" (false), "language" ("cs")}. Partners that
are not in the file stay as they are.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.named_files import read_file
from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.judgements_due import OF_PARTNERS, judge_again
from smartclient.backoffice.operations.partners import Partner, require_hr, save_partners
from smartclient.domain.errors import BadInput
from smartclient.domain.language import _
from smartclient.locale import LANGUAGES
from smartclient.wire.encoding import parse
from smartclient.wire.messages import Json, listed, mapping, text, truth

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

MAX_PARTNERS = 100_000


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("advisers", help=_("the partners whose advisers may activate"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    taking = actions.add_parser("import", help=_("add or change partners from a list"))
    taking.add_argument("file", type=Path, metavar=_("FILE"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Import the list, all of it or nothing, and judge again what waited for a partner."""
    content = read_file(parsed.file)
    partners = listed({"partners": parse(content)}, "partners", _partner, MAX_PARTNERS)
    with opened(context.home, context.mode, context.clock) as found, found.office.writing() as desk:
        count = save_partners(desk, partners)
        judge_again(desk, OF_PARTNERS)
    print_json({"partners": count, "blocked": sum(partner.blocked for partner in partners)})
    return FINE


def _partner(source: Json) -> Partner:
    fields = {"blocked": False, "language": "cs", **mapping(source, "partner")}
    language = text(fields, "language", 2)
    if language not in LANGUAGES:
        rule = ", ".join(LANGUAGES)
        raise BadInput("SC-SYNC-010", field="language", value=language, rule=rule)
    return Partner(
        hr=require_hr(text(fields, "hr", 40)),
        name=text(fields, "name"),
        contact_email=text(fields, "contact_email"),
        blocked=truth(fields, "blocked"),
        language=language,
    )
