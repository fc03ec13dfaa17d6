"""The one arithmetic of the premium: decimal, 34 digits, half-even, half-up where it is named.

Entering a decimal context costs about a microsecond, so a line enters it once, not at each
operation. Source of the conventions: decision 0010.
"""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN)
"""Entered with `localcontext` by whoever computes; never changed."""

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
THOUSAND = Decimal(1000)


def round_half_up(value: Decimal, unit: Decimal) -> Decimal:
    """The multiple of `unit` nearest to `value`; halves go away from zero."""
    if unit == ONE:
        return value.quantize(ONE, ROUND_HALF_UP, CONTEXT)
    count = CONTEXT.divide(value, unit).quantize(ONE, ROUND_HALF_UP, CONTEXT)
    return CONTEXT.multiply(count, unit)
