"""What all tests share: a laptop, and that none is judged by the clock of a busy machine."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.simulators.laptop import Laptop

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
_LONG_SECONDS = 1_800


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tour takes minutes of one worker: it begins first, whatever the order of the others.

    Long tests run beside other work; the limit of the gate is not theirs.
    """
    items.sort(key=lambda item: "test_tour.py" not in item.nodeid)
    for item in items:
        if item.get_closest_marker("long") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_LONG_SECONDS))


@pytest.fixture(autouse=True)
def log_of_the_program() -> Iterator[None]:
    """A program run inside a test sends its log to the stream of that test, and to no later one."""
    root = logging.getLogger()
    before = set(root.handlers)
    yield
    for handler in set(root.handlers) - before:
        if type(handler) is logging.StreamHandler:
            root.removeHandler(handler)


@pytest.fixture
def laptop(tmp_path: Path) -> "Iterator[Laptop]":
    """An adviser's laptop without a network."""
    from tests.simulators.laptop import Laptop

    made = Laptop(tmp_path)
    yield made
    made.close()
