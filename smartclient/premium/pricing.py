"""The premium of a line and of a contract.

    G' = G · (1 + underwriting loading) + S/1000 · flat extra
    L = round_half_up(G' · (1 + s_f) / f)        each line, to the tariff's unit
    T = Σ L    D = round_half_up(T · d)    F = round_half_up(12 · monthly fee / f)    P = T - D + F

The order is fixed: lines are rounded, the discount is taken of the rounded total, the fee carries
no discount. A collection fee belongs to F, once for each payment.

What is invested, L = round_half_up(12 · amount / f), carries neither surcharge nor discount. What
is deducted from the value of the contract (NATURAL) is no instalment. A waiver of the premium is
priced last, for the year's instalments of all other lines.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from typing import assert_never

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
from smartclient.premium.covers import InvestedCover, LevelCover, NaturalCover, RateCover
from smartclient.premium.explanation import steps_of_line, steps_of_premium
from smartclient.premium.level import LevelFactors
from smartclient.premium.limits import require_within_limits
from smartclient.premium.lines import PremiumLine, PremiumRequest, Step
from smartclient.premium.tariff import Frequency, Tariff

MONTHS = Decimal(12)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """The premium of one line; `gross` and `gross_loaded` are a year's, unrounded.

    Of a cover that is paid from the value, `gross` is the first year's deduction from a value of
    nothing, and the instalment is zero.
    """

    line: PremiumLine
    factors: LevelFactors | None
    """ä, A and E of the term; None for a cover that is not priced by them."""
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
    def annuity(self) -> Decimal | None:
        """ä of the term, where there is one."""
        return None if self.factors is None else self.factors.annuity

    @property
    def assurance(self) -> Decimal | None:
        """A of the term, where there is one."""
        return None if self.factors is None else self.factors.assurance

    @property
    def endowment(self) -> Decimal | None:
        """E of the term, where there is one."""
        return None if self.factors is None else self.factors.endowment

    @property
    def is_discounted(self) -> bool:
        """Whether the contract's discount is taken of it, and the line counts for it."""
        return isinstance(self.tariff.covers[self.line.cover], LevelCover | RateCover)

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
    """For administration and for the way of payment."""
    payable: Decimal
    minimum: Decimal
    """The least that may be payable at this frequency."""
    collection: Decimal = ZERO
    """The part of the fee that the way of payment costs."""

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
    lines = _priced_lines(tariff, request)
    with localcontext(CONTEXT):
        total = sum((line.instalment for line in lines), ZERO)
        discounted = [line.instalment for line in lines if line.is_discounted]
        fraction = tariff.discount_for(len(discounted))
        discount = round_half_up(sum(discounted, ZERO) * fraction, tariff.unit)
        collection = tariff.collection_fees.get(request.payment_way, ZERO)
        fee = round_half_up(12 * tariff.monthly_fee / chosen.instalments, tariff.unit) + collection
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
        collection=collection,
    )


def price_line(tariff: Tariff, line: PremiumLine, frequency: int) -> PricedLine:
    """The premium of one line paid `frequency` times a year.

    A waiver without an amount costs nothing yet. Raises BadInput SC-PREM-010 to 023; its values
    name the line and the cover.
    """
    chosen = _frequency(tariff, frequency)
    try:
        return _priced(tariff, line, chosen)
    except BadInput as refusal:
        named = {**refusal.values, "line": line.id, "cover": line.cover}
        raise BadInput(refusal.code, **named) from refusal


def _priced_lines(tariff: Tariff, request: PremiumRequest) -> tuple[PricedLine, ...]:
    """The lines in their order; a waiver learns its amount from all others."""
    frequency = request.frequency
    waivers = {at: line for at, line in enumerate(request.lines) if _waives(tariff, line)}
    if not waivers:
        return tuple(price_line(tariff, line, frequency) for line in request.lines)
    priced = {
        at: price_line(tariff, line, frequency)
        for at, line in enumerate(request.lines)
        if at not in waivers
    }
    a_year = sum((line.instalment for line in priced.values()), ZERO) * frequency
    for at, line in waivers.items():
        if not a_year:
            low, high = map(number, tariff.covers[line.cover].limits.amount)
            said = {"amount": "0", "low": low, "high": high}
            raise BadInput("SC-PREM-023", line=line.id, cover=line.cover, **said)
        priced[at] = price_line(tariff, replace(line, amount=a_year), frequency)
    return tuple(priced[at] for at in range(len(request.lines)))


def _waives(tariff: Tariff, line: PremiumLine) -> bool:
    cover = tariff.covers.get(line.cover)
    return isinstance(cover, LevelCover) and cover.waives_premium


def _priced(tariff: Tariff, line: PremiumLine, chosen: Frequency) -> PricedLine:
    cover = tariff.covers.get(line.cover)
    if cover is None:
        raise BadInput("SC-PREM-010")
    require_within_limits(cover, line)
    if isinstance(cover, LevelCover):
        factors = _level_factors(tariff, cover, line)
        gross = multiply(line.amount, factors.gross_of_one)
        loaded, instalment = _paid(tariff, line, gross, chosen)
        return PricedLine(line, factors, gross, loaded, instalment, chosen, tariff)
    match cover:
        case RateCover():
            gross = _by_rate(cover, line)
            loaded, instalment = _paid(tariff, line, gross, chosen)
        case NaturalCover():
            risk = multiply(line.amount, cover.table.rate(line.age))
            gross = multiply(risk, add(ONE, cover.loading))
            loaded, instalment = _loaded(line, gross), ZERO
        case InvestedCover():
            gross = loaded = multiply(line.amount, MONTHS)
            instalment = round_half_up(divide(gross, chosen.divisor), tariff.unit)
        case _:
            assert_never(cover)
    return PricedLine(line, None, gross, loaded, instalment, chosen, tariff)


def _paid(
    tariff: Tariff, line: PremiumLine, gross: Decimal, chosen: Frequency
) -> tuple[Decimal, Decimal]:
    """G' and L."""
    loaded = gross
    if line.loading_percent or line.flat_extra:
        loaded = _loaded(line, gross)
    exact = divide(multiply(loaded, chosen.factor), chosen.divisor)
    return loaded, round_half_up(exact, tariff.unit)


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
