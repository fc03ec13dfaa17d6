"""What a cover may be sold for; each refusal says the limit."""

from decimal import Decimal

from smartclient.domain.errors import BadInput
from smartclient.domain.presentation import number
from smartclient.premium.covers import Cover, LevelCover, Limits
from smartclient.premium.lines import PremiumLine

MOST_PERCENT = Decimal(10_000)
MOST_EXTRA = Decimal(100_000)
"""A year for each 1000, in the tariff's currency: a hundred times the amount itself."""


def require_within_limits(cover: Cover, line: PremiumLine) -> None:
    """Raise BadInput SC-PREM-012 to 015, 020 to 022 unless the line may be sold."""
    limits = cover.limits
    if isinstance(cover, LevelCover) and cover.variant_limits:
        limits = cover.variant_limits.get(line.variant or cover.usual_variant, limits)
    youngest, oldest = limits.entry_age
    if not youngest <= line.age <= oldest:
        raise BadInput("SC-PREM-012", low=youngest, high=oldest)
    if line.term < 1 or line.age + line.term > limits.end_age:
        raise BadInput("SC-PREM-013", end_age=limits.end_age)
    least, most = limits.amount
    if not least <= line.amount <= most:
        _refuse_amount(cover, line, limits)
    if limits.by_age or limits.income is not None:
        _require_within_special_limits(limits, line)
    if line.loading_percent or line.flat_extra:
        _require_possible_loadings(line)
    if line.occupation_class in cover.excluded_classes:
        raise BadInput("SC-PREM-015", occupation_class=line.occupation_class)


def _refuse_amount(cover: Cover, line: PremiumLine, limits: Limits) -> None:
    """A waiver whose premium is not known yet is not refused; `price` gives it the amount."""
    low, high = map(number, limits.amount)
    if not isinstance(cover, LevelCover) or not cover.waives_premium:
        raise BadInput("SC-PREM-014", low=low, high=high)
    if line.amount:
        raise BadInput("SC-PREM-023", amount=number(line.amount), low=low, high=high)


def _require_possible_loadings(line: PremiumLine) -> None:
    percent, extra = line.loading_percent, line.flat_extra
    if not (0 <= percent <= MOST_PERCENT and 0 <= extra <= MOST_EXTRA):
        raise BadInput("SC-PREM-020")


def _require_within_special_limits(limits: Limits, line: PremiumLine) -> None:
    for each in limits.by_age:
        if line.age >= each.from_age and line.amount > each.most:
            raise BadInput(
                "SC-PREM-022",
                age=line.age,
                low=number(limits.amount[0]),
                high=number(each.most),
            )
    if limits.income is not None and line.income is not None:
        most = limits.income.most(line.income)
        if line.amount > most:
            raise BadInput("SC-PREM-021", high=number(most.to_integral_value("ROUND_FLOOR")))
