"""The actions of a command by which a named person decides about what waits: list, show, accept,
refuse. What each does is the command's own.
"""

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smartclient.domain.language import _

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


@dataclass(frozen=True, slots=True)
class Actions:
    """The parsers of the four actions, for the options and functions of a command."""

    listing: argparse.ArgumentParser
    showing: argparse.ArgumentParser
    accepting: argparse.ArgumentParser
    refusing: argparse.ArgumentParser


def add_actions(
    actions: "Subparsers", named: tuple[str, str], showing: str, accepting: str
) -> Actions:
    """Add them. `named` is the argument that names one of what waits, with its metavar; `showing`
    and `accepting` say what these do.
    """
    made = Actions(
        actions.add_parser("list", help=_("what waits for a decision")),
        actions.add_parser("show", help=showing),
        actions.add_parser("accept", help=accepting),
        actions.add_parser("refuse", help=_("leave it out for good")),
    )
    made.listing.add_argument("--all", action="store_true", help=_("with what was decided before"))
    name, metavar = named
    for action in (made.showing, made.accepting, made.refusing):
        action.add_argument(name, metavar=metavar)
    for action in (made.accepting, made.refusing):
        action.add_argument("--by", required=True, metavar=_("NAME"), help=_("who decides"))
        action.add_argument("--reason", required=True, metavar=_("TEXT"), help=_("why"))
    return made
