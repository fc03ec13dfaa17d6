"""The answer to "why so much": how an instalment came about, in sentences for people.

It is made when somebody asks, not at each key press.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from smartclient.domain.language import _, ngettext
from smartclient.domain.presentation import money, number
from smartclient.premium.arithmetic import HUNDRED, divide, multiply
from smartclient.premium.covers import (
    InvestedCover,
    LevelCover,
    NaturalCover,
    RateBand,
    RateCover,
)
from smartclient.premium.level import Basis, Shape, sum_of_pension
from smartclient.premium.lines import Step

if TYPE_CHECKING:
    from smartclient.premium.pricing import Premium, PricedLine

_MONTHS = Decimal(12)


def steps_of_line(priced: "PricedLine") -> tuple[Step, ...]:
    """From the amount insured to the instalment."""
    cover = priced.tariff.covers[priced.line.cover]
    match cover:
        case LevelCover():
            found = _level_steps(priced, cover.variants[priced.line.variant or cover.usual_variant])
        case RateCover():
            found = _rate_steps(priced, cover)
        case NaturalCover():
            return _natural_steps(priced, cover)
        case InvestedCover():
            return _invested_steps(priced)
        case _:
            assert_never(cover)
    return (*found, *_loading_steps(priced), _instalment_step(priced))


def steps_of_premium(premium: "Premium") -> tuple[Step, ...]:
    """From the lines to what is payable."""
    discount = _("Discount of {percent} % for the scope of the insurance.")
    fee = _("Fee for administering the contract; it carries no discount.")
    found = [
        Step(_("All covers of all insured persons together."), premium.total),
        Step(discount.format(percent=short(premium.discount_percent)), -premium.discount),
        Step(fee, premium.fee - premium.collection),
    ]
    if premium.collection:
        found.append(Step(_("Fee for the chosen way of payment."), premium.collection))
    found.append(Step(_("What is paid each time."), premium.payable))
    return tuple(found)


def short(value: Decimal) -> str:
    """The number without zeros at its end."""
    places = value.normalize().as_tuple().exponent
    return number(value, max(0, -places) if isinstance(places, int) else 0)


def _level_steps(priced: "PricedLine", basis: Basis) -> tuple[Step, ...]:
    assurance, annuity = priced.assurance, priced.annuity
    if assurance is None or annuity is None:
        raise ValueError("a level premium has ä and A")
    benefits = _("In today's money the insurer expects to pay out {percent} % of the amount.")
    payments = _("Counted the same way, premiums are expected to be paid for {years} years.")
    paid_out = multiply(assurance, HUNDRED)
    if basis.survival and priced.endowment is not None:
        paid_out = multiply(assurance + priced.endowment, HUNDRED)
    return (
        *_amount_steps(priced, basis),
        Step(benefits.format(percent=number(paid_out, 2))),
        Step(payments.format(years=number(annuity, 2))),
        Step(_("With the costs of the insurance this makes a year's premium."), priced.gross),
    )


def _amount_steps(priced: "PricedLine", basis: Basis) -> Iterator[Step]:
    """What is insured, and how it falls."""
    line, currency = priced.line, priced.tariff.currency
    said = {
        "amount": money(line.amount, currency),
        "age": line.age,
        "end_age": line.age + line.term,
    }
    match basis.shape:
        case Shape.PENSION if basis.payments == 1:
            text = _("A premium of {amount} a year is waived until the age of {end_age}.")
            yield Step(text.format_map(said))
        case Shape.PENSION:
            text = _("A pension of {amount} a month is insured until the age of {end_age}.")
            yield Step(text.format_map(said))
        case _:
            text = _("Insured for {amount} from the age of {age} to the age of {end_age}.")
            yield Step(text.format_map(said))
    yield from _falling_steps(priced, basis)
    if basis.survival:
        yield Step(_("The amount is paid at the end as well, when the person lives."))


def _falling_steps(priced: "PricedLine", basis: Basis) -> Iterator[Step]:
    match basis.shape:
        case Shape.CONSTANT:
            return
        case Shape.LINEAR:
            yield Step(_("The amount falls evenly to the end."))
        case Shape.ANNUITY:
            text = _("The amount falls like the rest of a loan with an interest of {percent} %.")
            percent = short(multiply(basis.shape_interest, HUNDRED))
            yield Step(text.format(percent=percent))
        case Shape.PENSION:
            text = _("If it began at once, all that would be paid is worth this amount.")
            worth = multiply(priced.line.amount, sum_of_pension(basis, priced.line.term))
            yield Step(text, worth)
        case _:
            assert_never(basis.shape)


def _rate_steps(priced: "PricedLine", cover: RateCover) -> tuple[Step, ...]:
    line, currency = priced.line, priced.tariff.currency
    band = cover.band(line.variant, line.age)
    factor = cover.class_factors[line.occupation_class]
    group = _("The risk group {occupation_class} multiplies it by {factor}.")
    return (
        _insured_step(priced),
        Step(_rate_text(cover, band, currency)),
        Step(group.format(occupation_class=line.occupation_class, factor=number(factor, 2))),
        Step(_("This makes a year's premium."), priced.gross),
    )


def _insured_step(priced: "PricedLine") -> Step:
    amount = money(priced.line.amount, priced.tariff.currency)
    text = _("Insured for {amount} at the age of {age}.")
    return Step(text.format(amount=amount, age=priced.line.age))


def _rate_text(cover: RateCover, band: RateBand, currency: str) -> str:
    return _("The tariff asks {rate} a year for each {unit}.").format(
        rate=money(band.rate, currency), unit=money(cover.unit, currency)
    )


def _natural_steps(priced: "PricedLine", cover: NaturalCover) -> tuple[Step, ...]:
    at_risk = _("Only what the amount exceeds the value of the contract by is charged.")
    deducted = _("Nothing is paid for it; in the first year so much a month leaves the value.")
    return (
        _insured_step(priced),
        *((Step(at_risk),) if cover.sum_at_risk else ()),
        *_loading_steps(priced),
        Step(deducted, divide(priced.gross_loaded, _MONTHS)),
    )


def _invested_steps(priced: "PricedLine") -> tuple[Step, ...]:
    amount = money(priced.line.amount, priced.tariff.currency)
    count = priced.frequency.instalments
    text = ngettext(
        "Paid once a year without a surcharge and without a discount.",
        "Paid {count} times a year without a surcharge and without a discount.",
        count,
    )
    return (
        Step(_("{amount} a month is invested.").format(amount=amount)),
        Step(text.format(count=count), priced.instalment),
    )


def _loading_steps(priced: "PricedLine") -> tuple[Step, ...]:
    line, currency = priced.line, priced.tariff.currency
    steps: list[Step] = []
    if line.loading_percent:
        text = _("The individual assessment of the risk raises it by {percent} %.")
        steps.append(Step(text.format(percent=short(line.loading_percent))))
    if line.flat_extra:
        text = _("For each {thousand} insured {extra} a year is added.")
        thousand, extra = money(Decimal(1000), currency), money(line.flat_extra, currency)
        steps.append(Step(text.format(thousand=thousand, extra=extra)))
    if steps:
        steps.append(Step(_("This makes a year's premium with loadings."), priced.gross_loaded))
    return tuple(steps)


def _instalment_step(priced: "PricedLine") -> Step:
    count = priced.frequency.instalments
    text = ngettext(
        "Paid once a year with a surcharge of {percent} %, rounded to {unit}.",
        "Paid {count} times a year with a surcharge of {percent} %, rounded to {unit}.",
        count,
    )
    unit = money(priced.tariff.unit, priced.tariff.currency)
    percent = short(multiply(priced.frequency.surcharge, HUNDRED))
    return Step(text.format(count=count, percent=percent, unit=unit), priced.instalment)
