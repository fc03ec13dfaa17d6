"""`smartclient <command>`: finds the command, runs it, and turns a refusal into its sentence.

Only the module of the command that was asked for is imported, so that one command does not pay for
the libraries of another. A command module exposes `register(subparsers)`; it adds its parser there
and sets `run`, a function from the parsed arguments to the exit code.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from smartclient import __version__
from smartclient.domain.command_line import Parser, ended
from smartclient.domain.language import _, speak
from smartclient.locale import translations_of

if TYPE_CHECKING:
    from smartclient.cli.form import ShowForm

COMMANDS = (
    "expression",
    "form",
    "identifier",
    "premium",
    "sign",
    "trace",
    "update",
    "verify",
)
"""Modules of `smartclient.cli`, each named as its command."""


def main(argv: Sequence[str] | None = None, show_form: "ShowForm | None" = None) -> int:
    """Run one command; returns the exit code. Prints its JSON to stdout, a refusal to stderr.

    `show_form` opens the window of `form preview`, the only command that has one.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    speak(translations_of(os.environ))

    def command() -> int:
        parsed = _parser(arguments).parse_args(arguments)
        parsed.show_form = show_form
        code: int = parsed.run(parsed)
        return code

    return ended(command)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = Parser(prog="smartclient", description=_("SmartClient without a window."))
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    asked = [name for name in arguments[:1] if name in COMMANDS]
    for name in asked or COMMANDS:
        import_module(f"smartclient.cli.{name}").register(subparsers)
    return parser
