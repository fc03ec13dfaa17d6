"""`smartclient identifier`: checks one typed number or address."""

import argparse
from typing import TYPE_CHECKING

from smartclient.cli.console import print_json
from smartclient.domain.clock import SystemClock
from smartclient.domain.identifiers import IdentifierKind, Verdict, check
from smartclient.domain.language import _

if TYPE_CHECKING:
    from smartclient.cli.console import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("identifier", help=_("check a number or an address"))
    parser.add_argument("kind", choices=[kind.value for kind in IdentifierKind], metavar="KIND")
    parser.add_argument("value", metavar="VALUE")
    parser.add_argument("--country", default="CZ", metavar="CC", help=_("two letters, usually CZ"))
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    today = SystemClock().now().date()
    kind, country = IdentifierKind(arguments.kind), arguments.country.upper()
    checked = check(kind, arguments.value, country=country, today=today)
    print_json(
        {
            "verdict": checked.verdict.value,
            "normalised": checked.normalised,
            "message": checked.message,
            "birth_date": checked.birth_date.isoformat() if checked.birth_date else None,
            "sex": checked.sex,
        }
    )
    return 1 if checked.verdict is Verdict.ERROR else 0
