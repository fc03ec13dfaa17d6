"""The log as one JSON object a line, the same on server, worker and laptop; no personal data.

What may stand in a line is listed here: ids, codes, counts, names of our own things. Of an
exception its kind and place are told, never its text, which may hold what somebody typed; the place
is a module and a line, because the path of a file may name a person. What another library says is
withheld for the same reason: its name and the place stand there.
"""

import json
import logging
import sys
import threading
from types import TracebackType
from typing import Final, TextIO

from smartclient.domain.clock import Clock, to_text

OURS: Final = "smartclient"
FIELDS: Final = (
    "alarm",
    "announced",
    "archived",
    "at",
    "batch",
    "checks",
    "code",
    "conflicts",
    "documents",
    "driver",
    "duty",
    "error",
    "file",
    "freed",
    "install",
    "kind",
    "mail",
    "method",
    "milliseconds",
    "outcome",
    "pulled",
    "pushed",
    "record",
    "route",
    "status",
    "support",
    "sync",
    "version",
)
WITHHELD: Final = "said by a library"
_PLACES = 12


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
            "event": _event(record),
        }
        for name in FIELDS:
            if hasattr(record, name):
                line[name] = getattr(record, name)
        if not _is_ours(record):
            line["at"] = [f"{record.module}:{record.funcName}:{record.lineno}"]
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["at"] = places(record.exc_info[1].__traceback__)
        return json.dumps(line, ensure_ascii=False, default=_kind)


def places(trace: TracebackType | None) -> list[str]:
    """Where it happened, the innermost last: module, function and line, no path and no source."""
    found = []
    while trace is not None:
        frame = trace.tb_frame
        name = frame.f_globals.get("__name__")
        found.append(f"{name}:{frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-_PLACES:]


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name == OURS or record.name.startswith(f"{OURS}.")


def _event(record: logging.LogRecord) -> str:
    """Our own events are fixed texts; what is filled into one is left out."""
    if not _is_ours(record):
        return WITHHELD
    return str(record.msg)


def _kind(value: object) -> str:
    """A value that JSON does not know is told by its kind alone."""
    return type(value).__name__


def log_to(stream: TextIO, clock: Clock) -> None:
    """Send the log of the whole program to the stream, and what nobody caught."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(clock))
    logging.getLogger().addHandler(handler)
    logging.getLogger(OURS).setLevel(logging.INFO)


def log_what_nobody_caught() -> None:
    """A fault that ends a process or a thread is a line as well: Python would write its text."""
    log = logging.getLogger(f"{OURS}.unforeseen")

    def end(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, fault, trace)
            return
        log.critical("unforeseen", exc_info=(kind, fault, trace))

    def end_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            fault = (told.exc_type, told.exc_value, told.exc_traceback)
            log.critical("a thread ended", exc_info=fault)

    sys.excepthook = end
    threading.excepthook = end_thread
