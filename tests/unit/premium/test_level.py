"""The sums over a table against the formulas written out literally."""

from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.premium.arithmetic import CONTEXT
from smartclient.premium.level import (
    Basis,
    Loadings,
    Shape,
    Table,
    ends_by_payment,
    factors_of,
)
from tests.unit.premium.flexi import flexi

NEAR = Decimal(10) ** -30
NO_COSTS = Loadings(Decimal(0), Decimal(0), Decimal(0), Decimal(0))
COSTS = Loadings(Decimal("0.02"), Decimal("0.06"), Decimal("0.0004"), Decimal("0.0002"))


def benefit_of(shape: Shape, interest: Decimal, t: int, n: int) -> Decimal:
    if shape is Shape.CONSTANT:
        return Decimal(1)
    if shape is Shape.LINEAR:
        return Decimal(n - t) / n
    v = 1 / (1 + interest)
    return (1 - v ** (n - t)) / (1 - v**n)


def by_the_book(basis: Basis, x: int, n: int, m: int) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    v = 1 / (1 + basis.interest)
    p, annuity, paid, assurance = Decimal(1), Decimal(0), Decimal(0), Decimal(0)
    for t in range(n):
        annuity += p * v**t
        paid += p * v**t if t < m else 0
        until_paid = t + (Decimal("0.5") if basis.middle_of_year else 1)
        b = benefit_of(basis.shape, basis.shape_interest, t, n)
        assurance += p * basis.benefit.rate(x + t) * b * v**until_paid
        p *= 1 - basis.decrement.rate(x + t)
    return annuity, paid, assurance, p * v**n


@given(
    age=st.integers(20, 50),
    term=st.integers(1, 25),
    paying=st.integers(1, 25),
    shape=st.sampled_from(Shape),
    interest=st.decimals("0", "0.08", places=4),
    middle=st.booleans(),
    ends=st.booleans(),
)
def test_that_the_sums_are_those_of_the_formulas(
    age: int, term: int, paying: int, shape: Shape, interest: Decimal, middle: bool, ends: bool
) -> None:
    death, illness = flexi().tables["death"], flexi().tables["illness_basic"]
    basis = Basis(
        interest=interest,
        decrement=ends_by_payment(death, illness) if ends else death,
        benefit=illness,
        loadings=NO_COSTS,
        shape=shape,
        shape_interest=Decimal("0.045"),
        middle_of_year=middle,
    )
    found = factors_of(basis, age, term, min(paying, term))
    with localcontext(CONTEXT):
        annuity, paid, assurance, endowment = by_the_book(basis, age, term, min(paying, term))
    assert abs(found.annuity - annuity) < NEAR
    assert abs(_paid(basis, age, min(paying, term)) - paid) < NEAR
    assert abs(found.assurance - assurance) < NEAR
    assert abs(found.endowment - endowment) < NEAR


@given(
    age=st.integers(20, 60), term=st.integers(1, 25), interest=st.decimals("0", "0.08", places=4)
)
def test_that_death_and_survival_together_are_worth_one_less_the_interest_on_payments(
    age: int, term: int, interest: Decimal
) -> None:
    death = flexi().tables["death"]
    found = factors_of(Basis(interest, death, death, NO_COSTS), age, term, term)
    with localcontext(CONTEXT):
        lost = interest / (1 + interest)
        assert abs(found.assurance + found.endowment + lost * found.annuity - 1) < NEAR


def test_that_a_cover_with_survival_benefit_pays_for_the_endowment() -> None:
    death = flexi().tables["death"]
    without = factors_of(Basis(Decimal("0.01"), death, death, COSTS), 40, 10, 10)
    with_it = factors_of(Basis(Decimal("0.01"), death, death, COSTS, survival=True), 40, 10, 10)
    with localcontext(CONTEXT):
        more = with_it.gross_of_one - without.gross_of_one
        assert abs(more * _denominator(with_it.annuity, 10) - with_it.endowment) < NEAR


def test_that_costs_after_paying_are_taken_from_the_years_without_premiums() -> None:
    death = flexi().tables["death"]
    basis = Basis(Decimal("0.01"), death, death, COSTS)
    found, paid = factors_of(basis, 40, 20, 5), _paid(basis, 40, 5)
    with localcontext(CONTEXT):
        expected = found.assurance + COSTS.gamma1 * paid
        expected += COSTS.gamma2 * (found.annuity - paid)
        assert abs(found.gross_of_one * _denominator(paid, 5) - expected) < NEAR


def _paid(basis: Basis, age: int, premium_term: int) -> Decimal:
    """ä_m, as the annuity of a cover that ends with its premiums; costs are none of it."""
    free = replace(basis, loadings=NO_COSTS)
    return factors_of(free, age, premium_term, premium_term).annuity


def _denominator(paid: Decimal, premium_term: int) -> Decimal:
    return (1 - COSTS.beta) * paid - COSTS.alpha * premium_term


def test_that_an_age_which_nobody_reaches_can_still_be_computed() -> None:
    """A table may say of several last years that everybody leaves."""
    omega = Table("omega", 100, (Decimal("0.5"), Decimal(1), Decimal(1), Decimal(1)))
    found = factors_of(Basis(Decimal("0.25"), omega, omega, NO_COSTS), 102, 2, 2)
    assert [found.annuity, found.assurance, found.endowment] == [1, Decimal("0.8"), 0]


def test_that_a_term_too_short_for_its_costs_is_refused() -> None:
    death = flexi().tables["death"]
    heavy = Loadings(Decimal(1), Decimal("0.1"), Decimal(0), Decimal(0))
    with pytest.raises(BadInput) as refusal:
        factors_of(Basis(Decimal("0.01"), death, death, heavy), 40, 3, 3)
    assert refusal.value.code == "SC-PREM-017"


def test_that_a_denominator_of_nothing_but_rounding_is_refused() -> None:
    """(1 - 0) · ä - α · m with α = ä/m but for the last digit."""
    death = flexi().tables["death"]
    annuity = factors_of(Basis(Decimal("0.01"), death, death, NO_COSTS), 40, 3, 3).annuity
    with localcontext(CONTEXT):
        alpha = annuity / 3 - Decimal(10) ** -31
    heavy = Loadings(alpha, Decimal(0), Decimal(0), Decimal(0))
    with pytest.raises(BadInput) as refusal:
        factors_of(Basis(Decimal("0.01"), death, death, heavy), 40, 3, 3)
    assert refusal.value.code == "SC-PREM-017"


def test_that_an_age_outside_the_table_is_refused_with_the_name_of_the_table() -> None:
    short = Table("short", 20, (Decimal("0.001"),) * 10)
    basis = Basis(Decimal("0.01"), short, short, NO_COSTS)
    with pytest.raises(BadInput) as refusal:
        factors_of(basis, 25, 6, 6)
    assert refusal.value.code == "SC-PREM-018"
    assert refusal.value.values["table"] == "short"
    assert refusal.value.values["age"] == "30"
    assert factors_of(basis, 25, 5, 5).annuity > 0


def test_that_a_cover_that_ends_by_payment_is_left_by_death_or_payment() -> None:
    death = Table("death", 30, (Decimal("0.1"),))
    illness = Table("illness", 30, (Decimal("0.2"),))
    assert ends_by_payment(death, illness).rate(30) == Decimal("0.28")
