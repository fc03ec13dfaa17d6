"""`openapi`: the description of the API, for whoever talks to it or tests it. Needs no home."""

import argparse
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.domain.language import _

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("openapi", help=_("print the description of the API"))
    parser.set_defaults(run=run)


def run(_parsed: argparse.Namespace, _context: Context) -> int:
    """Print it as JSON."""
    from smartclient.backoffice.api.description import openapi  # what it needs, others do not

    print_json(openapi())
    return FINE
