"""`init`: make the home of a back office, or complete it."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.backoffice.founding import SERVER_NAME, Founding, found
from smartclient.domain.language import _

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("init", help=_("make the home of a back office"))
    parser.add_argument(
        "--certificates",
        type=Path,
        required=True,
        metavar=_("DIR"),
        help=_("the keys and certificates of the insurer that the server needs"),
    )
    parser.add_argument(
        "--online-keys",
        type=Path,
        metavar=_("DIR"),
        help=_("the publisher's keys for snapshot and timestamp"),
    )
    parser.add_argument(
        "--batches", type=Path, metavar=_("DIR"), help=_("the folder that the core looks into")
    )
    parser.add_argument("--server-name", default=SERVER_NAME)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Make it."""
    founding = Founding(parsed.certificates, parsed.online_keys, parsed.batches, parsed.server_name)
    context.home.folder.mkdir(parents=True, exist_ok=True)
    settings = found(context.home, founding, context.mode, os.urandom)
    print_json(settings.to_json())
    return FINE
