"""Python's cycles are collected as in the program: beside the exchange, once a second."""

import contextlib
import gc
import threading
from collections.abc import Iterator

from smartclient.ui.collecting import EVERY_MS, collect_what_is_due


@contextlib.contextmanager
def as_the_program_collects() -> Iterator[None]:
    """What is there is looked through no more, and nobody collects while allocating.

    The program's window thread does that (`ui.collecting`); here it is a thread of its own. What is
    measured meanwhile, its floor as well, is measured so.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    over = threading.Event()

    def look() -> None:
        while not over.wait(EVERY_MS / 1_000):
            collect_what_is_due()

    looking = threading.Thread(target=look, name="collector")
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()
        gc.enable()
        gc.unfreeze()
