"""Garbage is collected on the window's thread, and on no other."""

import gc
import threading
import weakref

from smartclient.ui.collecting import Collector


class Ring:
    """Holds itself, so that only the collection can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_that_other_threads_collect_nothing_and_a_look_does(collector: Collector) -> None:
    freed_on: list[int] = []
    ring = Ring()
    weakref.finalize(ring, lambda: freed_on.append(threading.get_ident()))
    del ring
    worker = threading.Thread(target=lambda: [Ring() for _each in range(5_000)])
    worker.start()
    worker.join()
    assert freed_on == []
    assert not gc.isenabled()
    collector.look()
    assert freed_on == [threading.get_ident()]
