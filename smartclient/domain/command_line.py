"""What the programs of the command line share: how they refuse, and with which code they end."""

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.domain.sentences import text_for
from smartclient.domain.unforeseen import refusal_of

BAD_INPUT = 2
"""The exit code of whatever was refused or failed; 1 is a verdict."""


class Parser(argparse.ArgumentParser):
    """A parser whose refusals go the same way as every other (SC-CMD-001)."""

    def error(self, message: str) -> NoReturn:
        """Refuse instead of leaving the process."""
        raise BadInput("SC-CMD-001", problem=message, usage=self.format_usage().strip())


def ended(
    command: Callable[[], int], seen: Callable[[Exception], None] = lambda _fault: None
) -> int:
    """The exit code of a command; a refusal or a fault tells its sentence on stderr.

    `seen` is given a fault that nobody foresaw, for a log that shows no values.
    """
    try:
        return command()
    except SmartClientError as refusal:
        print_refusal(refusal)
    except Exception as fault:  # noqa: BLE001 - see `unforeseen`
        seen(fault)
        print_refusal(refusal_of(fault))
    return BAD_INPUT


def print_refusal(refusal: SmartClientError, about: str = "") -> None:
    """Print a refusal to stderr: its code, what it is about, and its sentence."""
    words = " ".join(part for part in (about, text_for(refusal)) if part)
    print(f"{refusal.code}: {words}", file=sys.stderr)
