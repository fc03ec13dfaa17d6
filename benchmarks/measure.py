"""How a figure is taken: many runs, the median or the 95th percentile, its floor in the same run.

A module of this folder offers `rows()`, which yields one `Row` a figure. What is measured and its
floor are run in turn, so that a slow moment of the machine meets both.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median

JsonRow = dict[str, str | float | bool | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its floor and its budget."""

    name: str
    value: float
    unit: str
    """ms, us, s, per s, requests, bytes, MB."""
    floor: float | None = None
    """The same work without what we add, in the same unit and run."""
    budget: float | None = None
    """The value may not pass it."""
    budget_ratio: float | None = None
    """value / floor may not pass it."""
    at_least: bool = False
    """The budget is a minimum, for rates."""

    @property
    def ratio(self) -> float | None:
        """How many times the floor."""
        return None if not self.floor else self.value / self.floor

    @property
    def ok(self) -> bool:
        """Whether every budget is kept."""
        kept = self.budget is None or (
            self.value >= self.budget if self.at_least else self.value <= self.budget
        )
        ratio = self.ratio
        return kept and (self.budget_ratio is None or ratio is None or ratio <= self.budget_ratio)

    def to_json(self) -> JsonRow:
        """The row for the file of `dev.py bench --json`."""
        shown = asdict(self)
        del shown["at_least"]
        budget_ratio = shown.pop("budget_ratio")
        words = [
            f"{'>=' if self.at_least else '<='} {self.budget:g} {self.unit}"
            if self.budget is not None
            else "",
            f"<= {budget_ratio:g} x floor" if budget_ratio is not None else "",
        ]
        budget = " and ".join(word for word in words if word) or None
        return {**shown, "ratio": self.ratio, "budget": budget, "ok": self.ok}


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection in the middle of a measurement."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds(
    work: Callable[[], object],
    runs: int,
    warm_up: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """The time of each run after the warm-up.

    `time.process_time` as the clock leaves out what other programs take of the machine.
    """
    for _ in range(warm_up):
        work()
    taken = []
    with undisturbed():
        for _ in range(runs):
            begun = clock()
            work()
            taken.append(clock() - begun)
    return taken


def in_turn(
    work: Callable[[], object],
    floor: Callable[[], object],
    runs: int,
    warm_up: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[list[float], list[float]]:
    """The times of two kinds of work that take turns, in seconds."""
    for _ in range(warm_up):
        floor()
        work()
    ours, floors = [], []
    with undisturbed():
        for _ in range(runs):
            begun = clock()
            floor()
            between = clock()
            work()
            ours.append(clock() - between)
            floors.append(between - begun)
    return ours, floors


def middle(times: Sequence[float]) -> float:
    """The median."""
    return median(times)


def p95(times: Sequence[float]) -> float:
    """The 95th percentile by nearest rank."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
