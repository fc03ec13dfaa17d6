"""What is deducted from the value of a contract."""

from decimal import Decimal

import pytest

from smartclient.premium.level import Table
from smartclient.premium.natural import monthly_charge, tiered_fee

TABLE = Table("death", 40, (Decimal("0.0012"),))
TIERS = ((Decimal(2_000_000), Decimal("0.015")), (Decimal(5_000_000), Decimal("0.0075")))


def test_that_a_month_costs_a_twelfth_of_the_risk_with_its_loading() -> None:
    charge = monthly_charge(TABLE, 40, Decimal(1_000_000), Decimal(400_000), Decimal("0.1"))
    assert charge == Decimal("66")


def test_that_nothing_is_charged_once_the_value_covers_the_sum() -> None:
    assert monthly_charge(TABLE, 40, Decimal(1000), Decimal(2000), Decimal(0)) == 0


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (0, 0),
        (100, 2),  # 1.50 is rounded up
        (2_000_000, 30_000),
        (3_000_000, 37_500),
        (5_000_000, 52_500),
        (9_000_000, 52_500),
    ],
)
def test_that_each_tier_asks_for_its_own_slice(amount: int, fee: int) -> None:
    assert tiered_fee(Decimal(amount), TIERS, Decimal(1)) == fee
