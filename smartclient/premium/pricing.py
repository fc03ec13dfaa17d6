"""The premium of a line and of a contract.

    G' = G · (1 + underwriting loading) + S/1000 · flat extra
    L = round_half_up(G' · (1 + s_f) / f)        each line, to the tariff's unit
    T = Σ L    D = round_half_up(T · d)    F = round_half_up(12 · monthly fee / f)    P = T - D + F

The order is fixed: lines are rounded, the discount is taken of the rounded total, the fee carries
no discount.
"""

from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from smartclient.domain.errors import BadInput
from smartclient.domain.presentation import number
from smartclient.premium.arithmetic import (
    CONTEXT,
    HUNDRED,
    ONE,
    THOUSAND,
    ZERO,
    add,
    divide,
    multiply,
    round_half_up,
)
from smartclient.premium.explanation import steps_of_line, steps_of_premium
from smartclient.premium.level import LevelFactors
from smartclient.premium.lines import PremiumLine, PremiumRequest, Step
from smartclient.premium.tariff import Cover, Frequency, LevelCover, RateCover, Tariff


@dataclass(frozen=True, slots=True)
class PricedLine:
    """The premium of one line; `gross` and `gross_loaded` are a year's, unrounded.

    `annuity`, `assurance` and `endowment` are ä, A and E of the term; None for a cover that is
    priced by a rate.
    """

    line: PremiumLine
    annuity: Decimal | None
    assurance: Decimal | None
    endowment: Decimal | None
    gross: Decimal
    gross_loaded: Decimal
    instalment: Decimal
    frequency: Frequency = field(repr=False)
    tariff: Tariff = field(repr=False, compare=False)

    @property
    def line_id(self) -> str:
        """The id of the line that was priced."""
        return self.line.id

    @property
    def steps(self) -> tuple[Step, ...]:
        """The answer to "why so much", made when it is asked for."""
        return steps_of_line(self)


@dataclass(frozen=True, slots=True)
class Premium:
    """The premium of a contract, each amount for one instalment and rounded to the unit."""

    lines: tuple[PricedLine, ...]
    frequency: int
    currency: str
    total: Decimal
    discount_percent: Decimal
    discount: Decimal
    fee: Decimal
    payable: Decimal
    minimum: Decimal
    """The least that may be payable at this frequency."""

    @property
    def annual(self) -> Decimal:
        """What is paid in a year."""
        return self.payable * self.frequency

    @property
    def is_below_minimum(self) -> bool:
        """Whether the contract cannot be made because too little would be paid."""
        return self.payable < self.minimum

    @property
    def steps(self) -> tuple[Step, ...]:
        """From the lines to what is payable, in sentences."""
        return steps_of_premium(self)


def price(tariff: Tariff, request: PremiumRequest) -> Premium:
    """The premium of a contract; raises BadInput SC-PREM-… for the first line that cannot be."""
    chosen = _frequency(tariff, request.frequency)
    lines = tuple(price_line(tariff, line, request.frequency) for line in request.lines)
    with localcontext(CONTEXT):
        total = sum((line.instalment for line in lines), ZERO)
        fraction = tariff.discount_for(len(lines))
        discount = round_half_up(total * fraction, tariff.unit)
        fee = round_half_up(12 * tariff.monthly_fee / chosen.instalments, tariff.unit)
        payable = total - discount + fee
        percent = (fraction * HUNDRED).normalize()
    return Premium(
        lines=lines,
        frequency=chosen.instalments,
        currency=tariff.currency,
        total=total,
        discount_percent=percent,
        discount=discount,
        fee=fee,
        payable=payable,
        minimum=chosen.minimum,
    )


def price_line(tariff: Tariff, line: PremiumLine, frequency: int) -> PricedLine:
    """The premium of one line paid `frequency` times a year.

    Raises BadInput SC-PREM-010 to 020; its values name the line and the cover.
    """
    chosen = _frequency(tariff, frequency)
    try:
        return _priced(tariff, line, chosen)
    except BadInput as refusal:
        named = {**refusal.values, "line": line.id, "cover": line.cover}
        raise BadInput(refusal.code, **named) from refusal


def _priced(tariff: Tariff, line: PremiumLine, chosen: Frequency) -> PricedLine:
    cover = tariff.covers.get(line.cover)
    if cover is None:
        raise BadInput("SC-PREM-010")
    _require_within_limits(cover, line)
    if isinstance(cover, LevelCover):
        factors = _level_factors(tariff, cover, line)
        gross = divide(multiply(line.amount, factors.numerator), factors.denominator)
        annuity: Decimal | None = factors.annuity
        assurance: Decimal | None = factors.assurance
        endowment: Decimal | None = factors.endowment
    else:
        gross = _by_rate(cover, line)
        annuity = assurance = endowment = None
    loaded = _loaded(line, gross)
    exact = divide(multiply(loaded, chosen.factor), chosen.divisor)
    instalment = round_half_up(exact, tariff.unit)
    return PricedLine(
        line, annuity, assurance, endowment, gross, loaded, instalment, chosen, tariff
    )


def _loaded(line: PremiumLine, gross: Decimal) -> Decimal:
    """G' = G · (1 + underwriting loading) + S/1000 · flat extra."""
    loaded = gross
    if line.loading_percent:
        loaded = multiply(loaded, add(ONE, divide(line.loading_percent, HUNDRED)))
    if line.flat_extra:
        loaded = add(loaded, multiply(divide(line.amount, THOUSAND), line.flat_extra))
    return loaded


def _frequency(tariff: Tariff, instalments: int) -> Frequency:
    try:
        return tariff.frequencies[instalments]
    except KeyError:
        raise BadInput("SC-PREM-016", frequency=instalments) from None


def _level_factors(tariff: Tariff, cover: LevelCover, line: PremiumLine) -> LevelFactors:
    variant = line.variant or cover.usual_variant
    premium_term = line.term if line.premium_term is None else line.premium_term
    if not 1 <= premium_term <= line.term:
        raise BadInput("SC-PREM-019", term=line.term)
    return tariff.level_factors(cover, variant, line.age, line.term, premium_term)


def _by_rate(cover: RateCover, line: PremiumLine) -> Decimal:
    """S/unit · rate(age band, variant) · factor of the occupation class."""
    factor = cover.class_factors.get(line.occupation_class)
    if factor is None:
        raise BadInput("SC-PREM-015", occupation_class=line.occupation_class)
    rate = multiply(cover.band(line.variant, line.age).rate, factor)
    return multiply(divide(line.amount, cover.unit), rate)


def _require_within_limits(cover: Cover, line: PremiumLine) -> None:
    limits = cover.limits
    youngest, oldest = limits.entry_age
    if not youngest <= line.age <= oldest:
        raise BadInput("SC-PREM-012", low=youngest, high=oldest)
    if line.term < 1 or line.age + line.term > limits.end_age:
        raise BadInput("SC-PREM-013", end_age=limits.end_age)
    least, most = limits.amount
    if not least <= line.amount <= most:
        raise BadInput("SC-PREM-014", low=number(least), high=number(most))
    if line.loading_percent < 0 or line.flat_extra < 0:
        raise BadInput("SC-PREM-020")
