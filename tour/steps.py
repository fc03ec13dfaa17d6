"""The steps of a report, each with its time and whether it came to its end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from smartclient.wire.messages import JsonObject


@contextmanager
def timed(steps: list[JsonObject], name: str) -> Iterator[None]:
    """Add a step that lasts as long as the block; a fault leaves it told as not ok."""
    begun = time.perf_counter()
    told: JsonObject = {"name": name, "ok": False}
    steps.append(told)
    try:
        yield
        told["ok"] = True
    finally:
        told["seconds"] = round(time.perf_counter() - begun, 3)
