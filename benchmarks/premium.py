"""The premium: one line cold and remembered, a whole offer at a key press, and a projection.

The floor of a line is its formula written out in the same arithmetic, with nothing around it. The
projection is computed when somebody looks at it; its budget is what still feels immediate.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from pathlib import Path
from time import process_time_ns

from benchmarks.measure import Row, p95, seconds, undisturbed
from smartclient.premium import (
    ChargeLine,
    PremiumLine,
    PremiumRequest,
    ProjectionRequest,
    Tariff,
    price,
    price_line,
    project,
)
from smartclient.premium.arithmetic import CONTEXT, ONE
from smartclient.premium.level import Loadings

_FOLDER = Path(__file__).parents[1] / "catalogue" / "tariffs" / "flexi" / "2"
_LINE = PremiumLine("1", "insured", "DTH", 35, 25, None, Decimal(2_000_000))
_BATCH = 50
_RUNS = 80
_PROJECTION = ProjectionRequest(
    35,
    480,
    Decimal(1_000),
    12,
    Decimal(100_000),
    (ChargeLine(35, "DTHN", Decimal(1_000_000)), ChargeLine(37, "DTHN", Decimal(500_000))),
)


def rows() -> Iterator[Row]:
    """One row a figure."""
    tariff = _tariff()
    rates = [tariff.tables["death"].rate(age) for age in range(35, 60)]
    costs = tariff.loadings["standard"]

    def by_the_book() -> None:
        _gross(rates, tariff.interest, costs)

    # A copy of a tariff remembers nothing; the copies are made before the clock runs.
    forgetful = iter([replace(tariff) for _ in range(_BATCH * (_RUNS + 1))])
    cold, floor = _best_in_turn(lambda: price_line(next(forgetful), _LINE, 12), by_the_book)
    yield Row("premium line, cold, processor", cold, "us", floor, budget=25)
    remembered, floor = _best_in_turn(lambda: price_line(tariff, _LINE, 12), by_the_book)
    yield Row("premium line, remembered, processor", remembered, "us", floor, budget=5)

    offer = _offer()
    taken = seconds(lambda: price(tariff, offer), 400)
    yield Row("premium of ten lines after a key press, p95", p95(taken) * 1e3, "ms", budget=1)

    taken = seconds(lambda: project(tariff, _PROJECTION), 40)
    name = "projection of 40 years in three scenarios, p95"
    yield Row(name, p95(taken) * 1e3, "ms", budget=50)


def _tariff() -> Tariff:
    return Tariff.from_files({file.name: file.read_bytes() for file in _FOLDER.iterdir()})


def _best_in_turn(work: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Microseconds of processor time for one call, each the best of many batches.

    What a shared machine adds to a few microseconds is noise that only ever adds.
    """

    def batch(call: Callable[[], object]) -> float:
        begun = process_time_ns()
        for _ in range(_BATCH):
            call()
        return (process_time_ns() - begun) / _BATCH / 1e3

    with undisturbed():
        batch(work)
        taken = [(batch(floor), batch(work)) for _ in range(_RUNS)]
    return min(ours for _, ours in taken), min(floors for floors, _ in taken)


def _gross(rates: Sequence[Decimal], interest: Decimal, costs: Loadings) -> Decimal:
    """The gross premium of the line, as the formula stands in the book."""
    with localcontext(CONTEXT):
        v = ONE / (ONE + interest)
        p, discount = ONE, ONE
        annuity = assurance = Decimal(0)
        for q in rates:
            annuity += p * discount
            discount *= v
            assurance += p * q * discount
            p *= ONE - q
        numerator = assurance + costs.gamma1 * annuity
        denominator = (ONE - costs.beta) * annuity - costs.alpha * len(rates)
        return _LINE.amount * numerator / denominator


def _offer() -> PremiumRequest:
    """Two adults and a child, ten lines."""
    adults = [
        PremiumLine(f"{cover}{age}", str(age), cover, age, 20, None, Decimal(amount))
        for age in (35, 41)
        for cover, amount in (("DTH", 10**6), ("INV3", 10**6), ("CI", 500_000), ("TNU", 500_000))
    ]
    child = [
        PremiumLine(cover, "child", cover, 6, 12, None, Decimal(300)) for cover in ("DNL", "HOSP")
    ]
    return PremiumRequest(12, (*adults, *child))
