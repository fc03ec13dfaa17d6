"""`publish DIR`: serve what the publisher signed."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.catalogue import publish
from smartclient.backoffice.operations.judgements_due import OF_THE_CATALOGUE, judge_again
from smartclient.domain.language import _

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("publish", help=_("serve what the publisher signed"))
    parser.add_argument("signed", type=Path, metavar=_("DIR"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Publish it, and judge again what waited for a form that has come, or for a mended file."""
    with opened(context.home, context.mode, context.clock) as found:
        now = context.clock.now()
        published = publish(parsed.signed, found.catalogue, found.online_keys(), now)
        with found.office.writing() as desk:
            judge_again(desk, OF_THE_CATALOGUE)
        print_json({"set": published, "tag": found.catalogue.tag()})
    return FINE
