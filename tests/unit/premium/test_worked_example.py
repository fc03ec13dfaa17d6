"""The worked example of the tariff, to every digit that it states, through the real folder."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest

from smartclient.premium import PremiumLine, PremiumRequest, price, price_line
from tests.unit.premium.flexi import flexi

LINES = (
    PremiumLine("1", "insured", "DTH", 35, 25, None, Decimal(2_000_000)),
    PremiumLine(
        "2", "insured", "DTHF", 35, 20, None, Decimal(1_500_000), loading_percent=Decimal(25)
    ),
    PremiumLine("3", "insured", "ADTH", 35, 25, None, Decimal(1_000_000), occupation_class=2),
    PremiumLine("4", "insured", "DNL", 35, 25, None, Decimal(300), occupation_class=2),
)


VERSIONS = pytest.mark.parametrize("version", [1, 2])


@VERSIONS
def test_that_the_table_of_deaths_follows_its_law(version: int) -> None:
    with localcontext(prec=50):
        a, b, c = Decimal("0.0003"), Decimal("0.000022"), Decimal("1.104")
        table = flexi(version).tables["death"]
        for age in range(table.first_age, table.last_age + 1):
            q = 1 - (-a - b * c**age * (c - 1) / c.ln()).exp()
            assert table.rate(age) == q.quantize(Decimal("0.000001"), ROUND_HALF_UP)


@VERSIONS
def test_that_a_level_line_has_the_stated_sums_and_gross_premium(version: int) -> None:
    line = price_line(flexi(version), LINES[0], 1)
    assert line.assurance is not None
    assert line.annuity is not None
    assert f"{line.assurance:.13f}" == "0.0657888625194"
    assert f"{line.annuity:.13f}" == "21.1109719224887"
    assert f"{line.gross:.12f}" == "7674.942910461529"


@VERSIONS
def test_that_a_linearly_falling_line_has_the_stated_sums_and_gross_premium(version: int) -> None:
    line = price_line(flexi(version), LINES[1], 1)
    assert line.assurance is not None
    assert line.annuity is not None
    assert f"{line.assurance:.13f}" == "0.0171536044493"
    assert f"{line.annuity:.13f}" == "17.5364792978757"
    assert f"{line.gross:.12f}" == "2253.894516674349"


@VERSIONS
@pytest.mark.parametrize(
    ("frequency", "instalments", "total", "discount", "fee", "payable"),
    [
        (1, (7675, 2817, 1365, 2434), 14291, 715, 420, 13996),
        (2, (3914, 1437, 696, 1241), 7288, 364, 210, 7134),
        (4, (1976, 725, 351, 627), 3679, 184, 105, 3600),
        (12, (672, 247, 119, 213), 1251, 63, 35, 1223),
    ],
)
def test_that_the_contract_comes_out_to_the_unit(
    version: int,
    frequency: int,
    instalments: tuple[int, ...],
    total: int,
    discount: int,
    fee: int,
    payable: int,
) -> None:
    premium = price(flexi(version), PremiumRequest(frequency, LINES))
    assert [line.instalment for line in premium.lines] == [Decimal(n) for n in instalments]
    assert premium.total == total
    assert premium.discount == discount
    assert premium.fee == fee
    assert premium.payable == payable
    assert premium.annual == payable * frequency
    assert premium.discount_percent == 5
