"""The answer to "why did it change": every input is named, and the differences add up."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.premium import (
    Cause,
    Premium,
    PremiumLine,
    PremiumRequest,
    changes,
    price,
)
from tests.unit.premium.flexi import flexi

DTH = PremiumLine("insured.0.covers.0", "insured.0", "DTH", 35, 25, None, Decimal(1_000_000))
INV = PremiumLine("insured.0.covers.1", "insured.0", "INV3", 35, 25, None, Decimal(500_000))
DNL = PremiumLine("insured.1.covers.0", "insured.1", "DNL", 41, 20, None, Decimal(300))
WOP = PremiumLine("insured.0.covers.2", "insured.0", "WOP", 35, 25, None, Decimal(0))


def priced(*lines: PremiumLine, frequency: int = 12, version: int = 2, way: str = "") -> Premium:
    return price(flexi(version), PremiumRequest(frequency, lines, way))


def told(before: Premium, after: Premium) -> list[tuple[tuple[Cause, ...], str, str, Decimal]]:
    return [
        (
            reason.causes,
            reason.line.line.cover if reason.line else "",
            reason.text.replace("\u00a0", " "),
            reason.difference,
        )
        for reason in changes(before, after)
    ]


@pytest.mark.parametrize(
    ("changed", "cause", "text"),
    [
        (replace(INV, age=36), Cause.AGE, "The age at the start is 36 instead of 35."),
        (replace(INV, term=20), Cause.TERM, "The cover lasts 20 years instead of 25."),
        (
            replace(INV, premium_term=10),
            Cause.PREMIUM_TERM,
            "Premiums are paid for 10 years instead of 25.",
        ),
        (
            replace(INV, variant="linear"),
            Cause.VARIANT,
            "Another variant of the cover was chosen.",
        ),
        (
            replace(INV, amount=Decimal(800_000)),
            Cause.AMOUNT,
            "The amount is 800 000 Kč instead of 500 000 Kč.",
        ),
        (
            replace(INV, loading_percent=Decimal("37.5")),
            Cause.LOADING,
            "The loading after the assessment of the risk is 37,5 % instead of 0 %.",
        ),
        (
            replace(INV, flat_extra=Decimal("1.5")),
            Cause.FLAT_EXTRA,
            "For each 1 000 Kč insured 1,50 Kč a year is added instead of 0 Kč.",
        ),
    ],
)
def test_that_a_changed_input_is_named_with_what_it_makes(
    changed: PremiumLine, cause: Cause, text: str
) -> None:
    before, after = priced(DTH, INV), priced(DTH, changed)
    (reason, *_discount) = told(before, after)
    difference = after.lines[1].instalment - before.lines[1].instalment
    assert reason == ((cause,), "INV3", text, difference)


def test_that_another_risk_group_is_named() -> None:
    before, after = priced(DNL), priced(replace(DNL, occupation_class=3))
    (reason, *_discount) = told(before, after)
    assert reason[:3] == (
        (Cause.OCCUPATION_CLASS,),
        "DNL",
        "The risk group is 3 instead of 1.",
    )


def test_that_two_inputs_of_one_line_are_told_one_by_one() -> None:
    before = priced(INV)
    after = priced(replace(INV, amount=Decimal(800_000), loading_percent=Decimal(50)))
    causes = [reason.causes for reason in changes(before, after)]
    assert causes == [(Cause.AMOUNT,), (Cause.LOADING,), (Cause.DISCOUNT,)]


def test_that_inputs_the_tariff_allows_only_together_are_told_together() -> None:
    """At 45 a disability cannot be insured for 25 years."""
    before, after = priced(INV), priced(replace(INV, age=45, term=15))
    (reason, *_discount) = told(before, after)
    assert reason[0] == (Cause.AGE, Cause.TERM)
    assert reason[2] == (
        "The age at the start is 45 instead of 35. The cover lasts 15 years instead of 25."
    )


def test_that_a_new_cover_and_one_that_is_gone_are_told() -> None:
    before, after = priced(DTH, INV), priced(DTH, DNL)
    found = told(before, after)
    assert found[0] == ((Cause.ADDED,), "DNL", "The cover is new.", after.lines[1].instalment)
    assert found[1] == (
        (Cause.ENDED,),
        "INV3",
        "The cover is no longer there.",
        -before.lines[1].instalment,
    )


def test_that_rows_which_moved_up_are_not_told_as_changed() -> None:
    other = replace(DTH, id="insured.1.covers.0", person="insured.1", age=41)
    moved = replace(other, id="insured.0.covers.0", person="insured.0")
    causes = [reason.causes for reason in changes(priced(DTH, INV, other), priced(moved))]
    assert causes == [(Cause.ENDED,), (Cause.ENDED,), (Cause.DISCOUNT,)]


def test_that_the_usual_variant_is_the_same_whether_it_is_named_or_not() -> None:
    assert changes(priced(INV), priced(replace(INV, variant="constant"))) == ()
    assert changes(priced(INV), priced(replace(INV, premium_term=25))) == ()


def test_that_another_frequency_is_told_with_what_a_year_costs() -> None:
    before, after = priced(DTH, INV, frequency=1), priced(DTH, INV)
    (reason,) = told(before, after)
    assert reason[0] == (Cause.FREQUENCY,)
    assert reason[2] == (
        f"Paid 12 times a year, which makes {shown(after.annual)} a year; "
        f"before it was {shown(before.annual)} a year."
    )
    assert reason[3] == after.payable - before.payable


def test_that_the_fee_of_a_postal_order_is_told() -> None:
    (reason,) = told(priced(DTH), priced(DTH, way="postal"))
    assert reason == ((Cause.FEE,), "", "The fee is 45 Kč instead of 35 Kč.", Decimal(10))


def test_that_a_waiver_tells_that_the_premium_it_waives_has_changed() -> None:
    before, after = priced(DTH, WOP), priced(replace(DTH, amount=Decimal(5_000_000)), WOP)
    reason = told(before, after)[1]
    assert reason[:2] == ((Cause.AMOUNT,), "WOP")
    assert reason[2].startswith("The premium that is waived makes")


def test_that_another_tariff_with_the_same_numbers_makes_no_difference() -> None:
    assert changes(priced(DTH, version=1), priced(DTH, version=2)) == ()


def test_that_a_dearer_tariff_is_told() -> None:
    dear = replace(flexi(2), version=3, label="2027", monthly_fee=Decimal(50))
    after = price(dear, PremiumRequest(12, (DTH,)))
    (reason,) = told(priced(DTH), after)
    assert reason == (
        (Cause.TARIFF,),
        "",
        "The tariff 2027 counts instead of 2026-11b.",
        Decimal(15),
    )


def test_that_a_tariff_without_the_former_covers_tells_the_whole_difference() -> None:
    less = {code: cover for code, cover in flexi(2).covers.items() if code != "INV3"}
    after = price(replace(flexi(2), version=3, covers=less), PremiumRequest(12, (DTH,)))
    before = priced(DTH, INV)
    (reason,) = changes(before, after)
    assert reason.causes == (Cause.TARIFF,)
    assert reason.difference == after.payable - before.payable


def test_that_contracts_without_lines_have_nothing_to_tell() -> None:
    assert changes(priced(), priced()) == ()
    (reason, _discount) = changes(priced(DTH), priced())
    assert reason.causes == (Cause.ENDED,)


def shown(amount: Decimal) -> str:
    return f"{amount:,.0f} Kč".replace(",", " ")


lines = st.builds(
    PremiumLine,
    id=st.uuids().map(str),
    person=st.sampled_from(["insured.0", "insured.1"]),
    cover=st.sampled_from(["DTH", "DTHF", "INV1", "INV3", "CI", "DNL", "PN", "WOP", "INVEST"]),
    age=st.integers(18, 60),
    term=st.integers(1, 45),
    premium_term=st.none() | st.integers(1, 45),
    amount=st.integers(100, 1_000_000).map(Decimal),
    occupation_class=st.integers(1, 4),
    loading_percent=st.sampled_from([Decimal(0), Decimal(25), Decimal("112.5")]),
    flat_extra=st.sampled_from([Decimal(0), Decimal("1.5")]),
)
contracts = st.tuples(
    st.lists(lines, max_size=4), st.sampled_from([1, 2, 4, 12]), st.sampled_from(["", "postal"])
)


def possible(contract: tuple[list[PremiumLine], int, str]) -> Premium:
    """The contract with those of its lines that have a price."""
    found, frequency, way = contract
    kept: list[PremiumLine] = []
    for line in found:
        try:
            priced(*kept, line, frequency=frequency, way=way)
        except BadInput:
            continue
        kept.append(line)
    return priced(*kept, frequency=frequency, way=way)


@settings(max_examples=80)
@given(earlier=contracts, later=contracts)
def test_that_the_differences_add_up_to_the_difference_of_what_is_payable(
    earlier: tuple[list[PremiumLine], int, str], later: tuple[list[PremiumLine], int, str]
) -> None:
    before, after = possible(earlier), possible(later)
    found = changes(before, after)
    if before.lines or after.lines:
        assert sum(reason.difference for reason in found) == after.payable - before.payable
    assert all(reason.difference and reason.text.endswith(".") for reason in found)
