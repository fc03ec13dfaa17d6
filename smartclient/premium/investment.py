"""What a tariff says of the value of a contract: what is invested, what it costs, what it may earn.

Each amount of a year is found by the year of the contract, counted from 1.
"""

from dataclasses import dataclass
from decimal import Decimal

from smartclient.premium.arithmetic import add, multiply, round_half_up
from smartclient.premium.natural import tiered_fee

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a regular payment that is invested, up to a year; None for all later ones."""

    to_year: int | None
    fraction: Decimal


@dataclass(frozen=True, slots=True)
class SurrenderFee:
    """What leaving early costs, up to a year: a fraction of the value, and no less than `least`."""

    to_year: int | None
    fraction: Decimal
    least: Decimal


@dataclass(frozen=True, slots=True)
class Scenario:
    """A yearly return that a projection supposes."""

    name: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Investment:
    """The parameters of the value of a contract."""

    fee_regular: Decimal
    """Deducted each month of a contract with regular payments."""
    fee_single: Decimal
    """Deducted each month of a contract with a single payment only."""
    management: Decimal
    """A fraction of the value a year, deducted by months."""
    single_fee: tuple[tuple[Decimal, Decimal], ...]
    """Tiers (up to, fraction) of a single or an extra payment."""
    allocation: tuple[Allocation, ...]
    surrender_fee: tuple[SurrenderFee, ...]
    scenarios: tuple[Scenario, ...]

    def allocated(self, year: int) -> Decimal:
        """The fraction of a regular payment of that year which is invested."""
        return next(
            each.fraction
            for each in self.allocation
            if each.to_year is None or year <= each.to_year
        )

    def fee_of_single(self, payment: Decimal, unit: Decimal) -> Decimal:
        """What is taken of a single or an extra payment, never more than the payment."""
        return min(payment, tiered_fee(payment, self.single_fee, unit))

    def surrender(self, value: Decimal, year: int) -> Decimal:
        """What is paid out when the contract is left at the end of that year."""
        fee = next(
            each for each in self.surrender_fee if each.to_year is None or year <= each.to_year
        )
        asked = max(fee.least, round_half_up(multiply(value, fee.fraction), CENT))
        return max(Decimal(0), add(value, -asked))
