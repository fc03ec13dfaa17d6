"""What is deducted from the value of a contract: monthly risk charges, and fees by tiers."""

from collections.abc import Sequence
from decimal import Decimal, localcontext

from smartclient.premium.arithmetic import CONTEXT, ONE, ZERO, round_half_up
from smartclient.premium.level import Table

_MONTHS = Decimal(12)


def monthly_charge(
    table: Table, age: int, sum_insured: Decimal, value: Decimal, loading: Decimal
) -> Decimal:
    """(S - V) · q/12 · (1 + λ), unrounded, never negative; pass V 0 where S itself is at risk."""
    with localcontext(CONTEXT):
        at_risk = max(ZERO, sum_insured - value)
        return at_risk * table.rate(age) / _MONTHS * (ONE + loading)


def tiered_fee(amount: Decimal, tiers: Sequence[tuple[Decimal, Decimal]], unit: Decimal) -> Decimal:
    """The fee on a single payment: each tier (up to, fraction) asks for its own slice of it.

    Nothing is asked above the last tier. Rounded half-up to `unit`.
    """
    with localcontext(CONTEXT):
        fee, below = ZERO, ZERO
        for up_to, fraction in tiers:
            fee += max(ZERO, min(amount, up_to) - below) * fraction
            below = up_to
        return round_half_up(fee, unit)
