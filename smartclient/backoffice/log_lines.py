"""Where the log of the back office goes: to stderr, one JSON object a line, for a collector."""

import sys

from smartclient.domain.clock import Clock
from smartclient.domain.log_lines import JsonLines as JsonLines
from smartclient.domain.log_lines import log_to, log_what_nobody_caught


def log_to_stderr(clock: Clock) -> None:
    """Send the log to stderr, and what nobody caught with it."""
    log_to(sys.stderr, clock)
    log_what_nobody_caught()
