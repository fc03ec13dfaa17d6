"""Finds the command, opens the home, runs it, and turns a refusal into its sentence."""

import argparse
import errno
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient import __version__
from smartclient.backoffice.home import Home
from smartclient.backoffice.log_lines import log_to_stderr
from smartclient.domain.clock import Clock, SystemClock
from smartclient.domain.command_line import Parser, ended
from smartclient.domain.errors import BadInput, Unreachable
from smartclient.domain.language import _, speak
from smartclient.domain.mode import Mode, mode_of
from smartclient.locale import translations_of
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - no public name

COMMANDS = (
    "advisers",
    "archive",
    "backup",
    "contracts",
    "erase",
    "export",
    "handed-in",
    "helpdesk",
    "init",
    "late",
    "office",
    "openapi",
    "paper",
    "publish",
    "receipts",
    "restore",
    "retention",
    "serve",
    "stamps",
    "texts",
    "worker",
)
"""Modules of `backoffice.commands`, each named as its command, with a `register(subparsers)`."""

FINE, NEGATIVE = 0, 1
_TAKES_NOTHING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Context:
    """What every command is given."""

    home: Home
    mode: Mode
    clock: Clock


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    clock = SystemClock()
    speak(translations_of(os.environ))
    log_to_stderr(clock)
    asked = list(sys.argv[1:] if arguments is None else arguments)

    def command() -> int:
        parsed = _parser(asked).parse_args(asked)
        mode = mode_of(os.environ, bundled=hasattr(sys, "frozen"))
        context = Context(Home(parsed.home.resolve()), mode, clock)
        with _told_as_a_command():
            code: int = parsed.run(parsed, context)
        return code

    return ended(command, lambda fault: log.critical("unforeseen", exc_info=fault))


@contextmanager
def _told_as_a_command() -> Iterator[None]:
    """Refusals in words for who types a command.

    What breaks a rule of a message was typed here, or stands in a file that the operator wrote. A
    disk that takes nothing, and a database that went away in the middle, are foreseen.
    """
    try:
        yield
    except OSError as failed:
        if failed.errno not in _TAKES_NOTHING:
            raise
        name = Path(str(failed.filename or "")).name
        raise BadInput("SC-CMD-006", file=name, problem=failed.strerror) from failed
    except BadInput as refusal:
        code = {"SC-SYNC-010": "SC-CMD-009", "SC-SYNC-011": "SC-CMD-010"}.get(refusal.code)
        if code is None:
            raise
        raise BadInput(code, **refusal.values) from refusal
    except Exception as fault:
        # Looked up only now: most commands need no database to refuse something.
        from smartclient.backoffice.tables.engine import PASSING

        if not isinstance(fault, PASSING):
            raise
        log.warning("database", extra={"error": type(fault).__name__})
        raise Unreachable("SC-CMD-011") from fault


def print_json(value: Json) -> None:
    """Print a JSON value on a line of its own, in UTF-8 whatever the console speaks."""
    sys.stdout.flush()
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


def print_text(text: str) -> None:
    """Print lines for people, in UTF-8 whatever the console speaks."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = Parser(prog="smartclient-backoffice", description=_("SmartClient's back office."))
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--home", type=Path, default=Path(), metavar=_("DIR"))
    subparsers = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    # Only the module that is asked for is imported: `export` needs no web server.
    asked = [name for name in COMMANDS if name in arguments]
    for name in asked or COMMANDS:
        module = f"smartclient.backoffice.commands.{name.replace('-', '_')}"
        import_module(module).register(subparsers)
    for command in subparsers.choices.values():
        command.add_argument(
            "--home", type=Path, default=argparse.SUPPRESS, metavar=_("DIR"), dest="home"
        )
    return parser
