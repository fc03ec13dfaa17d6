"""Sums over a decrement table: ä, A and E of a term, and the two halves of a level premium.

    ä_n = Σ p_t v^t      A_n = Σ p_t q_{x+t} b_t v^{t+1}      E_n = p_n v^n
    G = S · (A_n + ε·E_n + γ1·ä_m + γ2·(ä_n - ä_m)) / ((1 - β)·ä_m - α·m)

A pension R paid k times a year to the end of the term is a sum S = R·k·ä-certain of n years that
falls as the rest of its payments; without interest it is the sum of the payments still to come,
which is what the waiver of a premium insures.

Of every basis the present values at its first age are kept: D_x = Π v(1 - w) of those still
there, and C_x = D_x·v·q of what is paid. Then p_t v^t = D_{x+t} / D_x, and a term costs a few sums
and divisions.
"""

from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from enum import StrEnum
from itertools import accumulate
from operator import mul

from smartclient.domain.errors import BadInput
from smartclient.premium.arithmetic import CONTEXT, ONE, ZERO

_MOST_OF_ONE = Decimal(10) ** 9
"""A premium beyond it comes from a denominator that is nothing but for rounding."""


class Shape(StrEnum):
    """How the benefit b_t falls over the term."""

    CONSTANT = "constant"
    LINEAR = "linear"
    ANNUITY = "annuity"
    """As the rest of a loan with its own interest."""
    PENSION = "pension"
    """As the rest of payments that are valued at their own interest; the amount is one payment."""


@dataclass(frozen=True, slots=True)
class Table:
    """Yearly probabilities by age, without gaps."""

    name: str
    first_age: int
    rates: tuple[Decimal, ...]

    @property
    def last_age(self) -> int:
        """The last age with a rate."""
        return self.first_age + len(self.rates) - 1

    def rate(self, age: int) -> Decimal:
        """The probability of an age; BadInput SC-PREM-018 outside the table."""
        if not self.first_age <= age <= self.last_age:
            raise BadInput("SC-PREM-018", table=self.name, age=age)
        return self.rates[age - self.first_age]


@dataclass(frozen=True, slots=True)
class Loadings:
    """Costs of a level premium: acquisition, collection, administration while and after paying."""

    alpha: Decimal
    beta: Decimal
    gamma1: Decimal
    gamma2: Decimal


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything a level premium is computed from but the person's age and the terms."""

    interest: Decimal
    decrement: Table
    """Who leaves; for a cover that ends by its first payment, by death or payment."""
    benefit: Table
    """Who is paid."""
    loadings: Loadings
    shape: Shape = Shape.CONSTANT
    shape_interest: Decimal = ZERO
    survival: bool = False
    """The sum is paid at the end of the term as well."""
    middle_of_year: bool = False
    payments: int = 1
    """How many payments of a pension a year."""
    first_age: int = field(init=False)
    last_age: int = field(init=False)
    staying: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    """v(1 - w) by age from `first_age` on."""
    paying: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    """v·q by age from `first_age` on; v^½·q where benefits are paid in the middle of the year."""
    present: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    """D_x from `first_age` to the age after the last."""
    present_paid: tuple[Decimal, ...] = field(init=False, repr=False, compare=False)
    """C_x by age from `first_age` on."""

    def __post_init__(self) -> None:
        leave, benefit = self.decrement, self.benefit
        first = max(leave.first_age, benefit.first_age)
        last = min(leave.last_age, benefit.last_age)
        ages = range(first, last + 1)
        with localcontext(CONTEXT):
            v = ONE / (ONE + self.interest)
            until_paid = v.sqrt() if self.middle_of_year else v
            staying = tuple(v * (ONE - leave.rate(age)) for age in ages)
            paying = tuple(until_paid * benefit.rate(age) for age in ages)
            present = tuple(accumulate(staying, mul, initial=ONE))
            present_paid = tuple(map(mul, present, paying))
        object.__setattr__(self, "first_age", first)
        object.__setattr__(self, "last_age", last)
        object.__setattr__(self, "staying", staying)
        object.__setattr__(self, "paying", paying)
        object.__setattr__(self, "present", present)
        object.__setattr__(self, "present_paid", present_paid)


@dataclass(frozen=True, slots=True)
class LevelFactors:
    """ä_n, A_n and E_n, and the yearly premium for one unit of the amount."""

    annuity: Decimal
    assurance: Decimal
    endowment: Decimal
    gross_of_one: Decimal


def ends_by_payment(death: Table, benefit: Table) -> Table:
    """Who leaves a cover that ends by death or by its first payment: 1 - (1 - w)(1 - q)."""
    first = max(death.first_age, benefit.first_age)
    last = min(death.last_age, benefit.last_age)
    with localcontext(CONTEXT):
        rates = tuple(
            ONE - (ONE - death.rate(age)) * (ONE - benefit.rate(age))
            for age in range(first, last + 1)
        )
    return Table(f"{death.name}+{benefit.name}", first, rates)


def factors_of(basis: Basis, age: int, term: int, premium_term: int) -> LevelFactors:
    """The factors of a person of `age` for whole years, 1 ≤ premium_term ≤ term.

    Raises BadInput SC-PREM-017 where the term is too short to carry the costs, SC-PREM-018 where
    a table ends too early.
    """
    if age < basis.first_age or age + term - 1 > basis.last_age:
        _refuse_ages(basis, age, age + term - 1)
    with localcontext(CONTEXT):
        annuity, paid, assurance, endowment = _sums(basis, age, term, premium_term)
        costs = basis.loadings
        denominator = (ONE - costs.beta) * paid - costs.alpha * premium_term
        if denominator <= 0:
            raise BadInput("SC-PREM-017", term=premium_term)
        numerator = assurance + costs.gamma1 * paid
        if costs.gamma2:
            numerator += costs.gamma2 * (annuity - paid)
        if basis.survival:
            numerator += endowment
        if basis.shape is Shape.PENSION:
            numerator *= sum_of_pension(basis, term)
        gross_of_one = numerator / denominator
        if gross_of_one > _MOST_OF_ONE:
            raise BadInput("SC-PREM-017", term=premium_term)
    return LevelFactors(annuity, assurance, endowment, gross_of_one)


def _refuse_ages(basis: Basis, first: int, last: int) -> None:
    """Name the table that does not reach from the first to the last age."""
    for table in (basis.decrement, basis.benefit):
        table.rate(first)
        table.rate(last)


def sum_of_pension(basis: Basis, term: int) -> Decimal:
    """What a pension of one is worth when it begins at once: k·Σ v_c^t for t = 0..n-1."""
    with localcontext(CONTEXT):
        v = ONE / (ONE + basis.shape_interest)
        return sum((v**t for t in range(term)), ZERO) * basis.payments


def _sums(
    basis: Basis, age: int, term: int, premium_term: int
) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """ä_n, ä_m, A_n and E_n in the context that is entered."""
    begin = age - basis.first_age
    end = begin + term
    there = basis.present[begin:end]
    pays = basis.present_paid[begin:end]
    at_start, at_end = basis.present[begin], basis.present[end]
    if not at_start:
        # The table lets nobody live so long; whoever is insured all the same begins anew.
        anew = tuple(accumulate(basis.staying[begin:end], mul, initial=ONE))
        there, at_end = anew[:-1], anew[-1]
        pays = tuple(map(mul, there, basis.paying[begin:end]))
        at_start = ONE
    annuity = sum(there, ZERO) / at_start
    paid = annuity if premium_term == term else sum(there[:premium_term], ZERO) / at_start
    if basis.shape is not Shape.CONSTANT:
        pays = tuple(map(mul, pays, _benefits(basis, term)))
    return annuity, paid, sum(pays, ZERO) / at_start, at_end / at_start


def _benefits(basis: Basis, term: int) -> list[Decimal]:
    """b_t for t = 0..n-1 of a benefit that falls."""
    if basis.shape is Shape.LINEAR or not basis.shape_interest:
        return [Decimal(term - t) / term for t in range(term)]
    v = ONE / (ONE + basis.shape_interest)
    whole = ONE - v**term
    return [(ONE - v ** (term - t)) / whole for t in range(term)]
