"""`smartclient <command>`: finds the command, runs it, and turns a refusal into its sentence.

Only the module of the command that was asked for is imported, so that one command does not pay for
the libraries of another. A command module exposes `register(subparsers)`; it adds its parser there
and sets `run`, a function from the parsed arguments to the exit code.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn

from smartclient import __version__
from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.domain.language import _, speak
from smartclient.domain.sentences import text_for
from smartclient.locale import LANGUAGES, load

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

FINE, NEGATIVE, BAD_INPUT = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """A parser whose refusals go the same way as every other."""

    def error(self, message: str) -> NoReturn:
        raise BadInput("SC-CMD-001", problem=message, usage=self.format_usage().strip())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Prints its JSON to stdout, a refusal to stderr."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    speak(load(_language(os.environ)))
    try:
        parsed = _parser(arguments).parse_args(arguments)
        code: int = parsed.run(parsed)
    except SmartClientError as refusal:
        print(f"{refusal.code}: {text_for(refusal)}", file=sys.stderr)
        return BAD_INPUT
    return code


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="smartclient", description=_("SmartClient without a window."))
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    asked = [name for name in arguments[:1] if name in COMMANDS]
    for name in asked or COMMANDS:
        import_module(f"smartclient.cli.{name}").register(subparsers)
    return parser


def _language(environment: Mapping[str, str]) -> str:
    """The language that the system speaks, if it is one of ours; otherwise English."""
    for name in ("SMARTCLIENT_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if chosen := environment.get(name, ""):
            return chosen[:2] if chosen[:2] in LANGUAGES else "en"
    return "en"
