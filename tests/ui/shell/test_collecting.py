"""Garbage is collected on the window's thread, and on no other."""

import gc
import sys
import threading
import weakref
from types import ModuleType

import pytest

from smartclient.ui.collecting import Collector


class Ring:
    """Holds itself, so that only the collection can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_that_other_threads_collect_nothing_and_a_look_does(collector: Collector) -> None:
    collector.look()  # what was imported since the last look is laid aside, and nothing collected
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


def test_that_what_libraries_made_is_looked_through_once_and_no_more(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector.look()
    lasting = [Ring() for _each in range(100)]
    monkeypatch.setitem(sys.modules, "imported_just_now", ModuleType("imported_just_now"))
    before = gc.get_freeze_count()
    collector.look()
    assert gc.get_freeze_count() >= before + len(lasting)
    held = gc.get_freeze_count()
    collector.look()
    assert gc.get_freeze_count() <= held, "only an import lays anything aside"
    later = Ring()
    freed = weakref.ref(later)
    del later
    gc.collect()
    assert freed() is None
