"""What all tests share: none is judged by the clock of a busy machine."""

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tour takes minutes of one worker: it begins first, whatever the order of the others."""
    items.sort(key=lambda item: "test_tour.py" not in item.nodeid)
