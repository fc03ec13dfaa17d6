"""Whatever three advisers do with their clients, in the end every laptop shows the same."""

from pathlib import Path

import pytest

from tests.unit.sync.exchange.register_walk import Walk


def _walk(seed: int, steps: int, folder: Path) -> None:
    walk = Walk(seed, folder)
    try:
        walk.go(steps)
        first, *others = walk.come_to_rest()
        for other in others:
            assert other == first, f"seed {seed}"
    finally:
        walk.close()


@pytest.mark.parametrize("seed", range(2))
def test_that_all_laptops_show_the_same_in_the_end(seed: int, tmp_path: Path) -> None:
    _walk(seed, 50, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("seed", range(100, 140))
def test_that_all_laptops_show_the_same_after_longer_walks(seed: int, tmp_path: Path) -> None:
    _walk(seed, 100, tmp_path)
