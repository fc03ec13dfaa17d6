"""`texts publish FILE`: texts by version, which every install reads from the portal.

A JSON list of {"code", "version", "language", "title", "text", "valid_from"}. All of it or nothing;
a version that was published is never changed. Exit 1 when all of it stands there already.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.named_files import read_file
from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.registers.texts import publish, read_list
from smartclient.domain.language import _

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("texts", help=_("texts that every install reads"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    publishing = actions.add_parser("publish", help=_("publish texts from a list"))
    publishing.add_argument("file", type=Path, metavar=_("FILE"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Publish the list."""
    texts = read_list(read_file(parsed.file))
    with opened(context.home, context.mode, context.clock) as found, found.office.writing() as desk:
        new = publish(desk, texts)
    print_json({"texts": len(texts), "new": new})
    return FINE if new else NEGATIVE
