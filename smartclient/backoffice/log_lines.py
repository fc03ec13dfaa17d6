"""Where the log of the back office goes: to stderr, one JSON object a line, for a collector."""

import sys

from smartclient.domain.clock import Clock
from smartclient.domain.log_lines import JsonLines as JsonLines
from smartclient.domain.log_lines import log_to


def log_to_stderr(clock: Clock) -> None:
    """Send the log to stderr."""
    log_to(sys.stderr, clock)
