"""The log as one JSON object a line, for machines to collect; it holds no personal data.

What may stand in a line is listed here: ids, codes, counts, names of our own things.
"""

import json
import logging
import sys
from typing import TextIO

from smartclient.domain.clock import Clock, to_text

_FIELDS = (
    "alarm",
    "announced",
    "archived",
    "batch",
    "checks",
    "code",
    "documents",
    "duty",
    "error",
    "install",
    "mail",
    "method",
    "milliseconds",
    "record",
    "route",
    "status",
    "support",
    "sync",
)


class JsonLines(logging.Formatter):
    """Time, level, event and the listed fields; of an exception its kind and where it happened."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "time": to_text(self._clock.now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.msg if record.args else record.getMessage(),
        }
        for name in _FIELDS:
            if hasattr(record, name):
                line[name] = getattr(record, name)
        if record.exc_info and record.exc_info[1] is not None:
            # The text of an exception may hold what somebody typed; its place never does.
            line["error"] = type(record.exc_info[1]).__name__
            line["at"] = _places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _places(failure: BaseException) -> list[str]:
    places = []
    trace = failure.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(
            f"{trace.tb_frame.f_globals.get('__name__')}:{code.co_name}:{trace.tb_lineno}"
        )
        trace = trace.tb_next
    return places[-12:]


def log_to(stream: TextIO, clock: Clock) -> None:
    """Send the log of the whole program to the stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(clock))
    logging.getLogger().addHandler(handler)
    logging.getLogger("smartclient").setLevel(logging.INFO)


def log_to_stderr(clock: Clock) -> None:
    """Send the log to stderr."""
    log_to(sys.stderr, clock)
