"""The premium: one line cold and remembered, and a whole offer at a key press.

The floor of a line is its formula written out in the same arithmetic, with nothing around it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from pathlib import Path

from benchmarks.measure import Row, in_turn, middle, p95, seconds
from smartclient.premium import PremiumLine, PremiumRequest, Tariff, price, price_line
from smartclient.premium.arithmetic import CONTEXT, ONE
from smartclient.premium.level import Loadings

_FOLDER = Path(__file__).parents[1] / "catalogue" / "tariffs" / "flexi" / "1"
_LINE = PremiumLine("1", "insured", "DTH", 35, 25, None, Decimal(2_000_000))
_BATCH = 50
_RUNS = 80
_MICROSECONDS = 1e6 / _BATCH


def rows() -> Iterator[Row]:
    """One row a figure."""
    tariff = Tariff.from_files({file.name: file.read_bytes() for file in _FOLDER.iterdir()})
    rates = [tariff.tables["death"].rate(age) for age in range(35, 60)]
    costs = tariff.loadings["standard"]
    # A copy of a tariff remembers nothing; the copies are made before the clock runs.
    forgetful = iter([replace(tariff) for _ in range(_BATCH * (_RUNS + 1))])

    def by_the_book() -> None:
        for _ in range(_BATCH):
            _gross(rates, tariff.interest, costs)

    def cold() -> None:
        for _ in range(_BATCH):
            price_line(next(forgetful), _LINE, 12)

    ours, floors = in_turn(cold, by_the_book, _RUNS)
    floor = middle(floors) * _MICROSECONDS
    yield Row("premium line, cold", middle(ours) * _MICROSECONDS, "us", floor, budget=25)

    def remembered() -> None:
        for _ in range(_BATCH):
            price_line(tariff, _LINE, 12)

    ours = seconds(remembered, _RUNS)
    yield Row("premium line, remembered", middle(ours) * _MICROSECONDS, "us", floor, budget=5)

    offer = _offer()
    taken = seconds(lambda: price(tariff, offer), 400)
    yield Row("premium of ten lines after a key press, p95", p95(taken) * 1e3, "ms", budget=1)


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
