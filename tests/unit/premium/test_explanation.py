"""The answer to "why so much"."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smartclient.premium import PremiumLine, PremiumRequest, price, price_line
from tests.unit.premium.flexi import flexi

LINE = PremiumLine("1", "insured", "DTH", 35, 25, None, Decimal(2_000_000))


def test_that_the_steps_of_a_line_end_in_its_instalment() -> None:
    priced = price_line(flexi(), LINE, 12)
    texts = [step.text.replace("\u00a0", " ") for step in priced.steps]
    assert texts == [
        "Insured for 2 000 000 Kč from the age of 35 to the age of 60.",
        "In today's money the insurer expects to pay out 6,58 % of the amount.",
        "Counted the same way, premiums are expected to be paid for 21,11 years.",
        "With the costs of the insurance this makes a year's premium.",
        "Paid 12 times a year with a surcharge of 5 %, rounded to 1 Kč.",
    ]
    assert priced.steps[-1].amount == priced.instalment
    assert priced.steps[-2].amount == priced.gross


def test_that_loadings_are_explained_where_there_are_any() -> None:
    loaded = replace(LINE, loading_percent=Decimal("12.50"), flat_extra=Decimal("1.5"))
    texts = [step.text.replace("\u00a0", " ") for step in price_line(flexi(), loaded, 1).steps]
    assert "The individual assessment of the risk raises it by 12,5 %." in texts
    assert "For each 1 000 Kč insured 1,50 Kč a year is added." in texts
    assert texts[-1] == "Paid once a year with a surcharge of 0 %, rounded to 1 Kč."


def test_that_a_rate_is_explained_with_the_risk_group() -> None:
    line = replace(LINE, cover="TNU", amount=Decimal(500_000), occupation_class=2)
    texts = [step.text.replace("\u00a0", " ") for step in price_line(flexi(), line, 12).steps]
    assert texts[1:3] == [
        "The tariff asks 2,72 Kč a year for each 1 000 Kč.",
        "The risk group 2 multiplies it by 1,30.",
    ]


def test_that_the_steps_of_a_contract_add_up_to_what_is_payable() -> None:
    premium = price(flexi(), PremiumRequest(12, (LINE,)))
    *parts, payable = [step.amount for step in premium.steps]
    assert sum(part for part in parts if part is not None) == payable == premium.payable


def steps_of(cover: str, amount: int, variant: str = "", term: int = 25) -> list[str]:
    line = PremiumLine("1", "insured", cover, 35, term, None, Decimal(amount), variant)
    return [step.text.replace("\u00a0", " ") for step in price_line(flexi(2), line, 12).steps]


@pytest.mark.parametrize(
    ("cover", "variant", "sentence"),
    [
        ("DTHF", "linear", "The amount falls evenly to the end."),
        (
            "DTHF",
            "annuity",
            "The amount falls like the rest of a loan with an interest of 4,5 %.",
        ),
        ("DTH", "with_survival", "The amount is paid at the end as well, when the person lives."),
    ],
)
def test_that_it_is_told_how_the_amount_falls(cover: str, variant: str, sentence: str) -> None:
    assert sentence in steps_of(cover, 1_000_000, variant)


def test_that_a_pension_is_explained_with_what_it_is_worth() -> None:
    line = PremiumLine("1", "insured", "INV3", 35, 25, None, Decimal(10_000), "pension")
    insured, worth, *_rest = price_line(flexi(2), line, 12).steps
    assert (
        insured.text == "A pension of 10\u00a0000\u00a0Kč a month is insured until the age of 60."
    )
    assert worth.amount is not None
    assert 2_500_000 < worth.amount < 3_000_000


def test_that_a_waiver_is_explained_as_the_premium_it_waives() -> None:
    assert steps_of("WOP", 14_676)[0] == (
        "A premium of 14 676 Kč a year is waived until the age of 60."
    )


def test_that_what_is_paid_from_the_value_says_that_nothing_is_paid_for_it() -> None:
    line = PremiumLine("1", "insured", "DTHN", 35, 25, None, Decimal(1_000_000))
    *_before, last = price_line(flexi(2), line, 12).steps
    assert last.text.startswith("Nothing is paid for it;")
    assert last.amount == Decimal("103.7")


def test_that_an_investment_is_explained_without_surcharge_and_discount() -> None:
    assert steps_of("INVEST", 500) == [
        "500 Kč a month is invested.",
        "Paid 12 times a year without a surcharge and without a discount.",
    ]
