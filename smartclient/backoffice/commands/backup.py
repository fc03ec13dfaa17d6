"""`backup DIR`: everything a restore needs, into a new folder, while the office works."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.backups import back_up
from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.domain.language import _

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("backup", help=_("make a backup into a new folder"))
    parser.add_argument("folder", type=Path, metavar=_("DIR"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Make it; prints what it is."""
    settings = context.home.settings(context.mode)
    made = back_up(context.home, settings, parsed.folder.resolve(), context.clock.now())
    print_json({**made.to_json(), "folder": made.folder.name})
    return FINE
