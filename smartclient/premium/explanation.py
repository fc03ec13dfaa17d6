"""The answer to "why so much": how an instalment came about, in sentences for people.

It is made when somebody asks, not at each key press.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from smartclient.domain.language import _, ngettext
from smartclient.domain.presentation import money, number
from smartclient.premium.arithmetic import HUNDRED, multiply
from smartclient.premium.covers import RateBand, RateCover
from smartclient.premium.lines import Step

if TYPE_CHECKING:
    from smartclient.premium.pricing import Premium, PricedLine


def steps_of_line(priced: "PricedLine") -> tuple[Step, ...]:
    """From the amount insured to the instalment."""
    cover = priced.tariff.covers[priced.line.cover]
    if isinstance(cover, RateCover):
        return (*_rate_steps(priced, cover), *_loading_steps(priced), _instalment_step(priced))
    return (*_level_steps(priced), *_loading_steps(priced), _instalment_step(priced))


def steps_of_premium(premium: "Premium") -> tuple[Step, ...]:
    """From the lines to what is payable."""
    discount = _("Discount of {percent} % for the scope of the insurance.")
    return (
        Step(_("All covers of all insured persons together."), premium.total),
        Step(discount.format(percent=_short(premium.discount_percent)), -premium.discount),
        Step(_("Fee for administering the contract; it carries no discount."), premium.fee),
        Step(_("What is paid each time."), premium.payable),
    )


def _level_steps(priced: "PricedLine") -> tuple[Step, ...]:
    line, currency = priced.line, priced.tariff.currency
    assurance, annuity = priced.assurance, priced.annuity
    if assurance is None or annuity is None:
        raise ValueError("a level premium has ä and A")
    insured = _("Insured for {amount} from the age of {age} to the age of {end_age}.")
    benefits = _("In today's money the insurer expects to pay out {percent} % of the amount.")
    payments = _("Counted the same way, premiums are expected to be paid for {years} years.")
    return (
        Step(
            insured.format(
                amount=money(line.amount, currency), age=line.age, end_age=line.age + line.term
            )
        ),
        Step(benefits.format(percent=number(multiply(assurance, HUNDRED), 2))),
        Step(payments.format(years=number(annuity, 2))),
        Step(_("With the costs of the insurance this makes a year's premium."), priced.gross),
    )


def _rate_steps(priced: "PricedLine", cover: RateCover) -> tuple[Step, ...]:
    line, currency = priced.line, priced.tariff.currency
    band = cover.band(line.variant, line.age)
    insured = _("Insured for {amount} at the age of {age}.")
    factor = cover.class_factors[line.occupation_class]
    group = _("The risk group {occupation_class} multiplies it by {factor}.")
    return (
        Step(insured.format(amount=money(line.amount, currency), age=line.age)),
        Step(_rate_text(cover, band, currency)),
        Step(group.format(occupation_class=line.occupation_class, factor=number(factor, 2))),
        Step(_("This makes a year's premium."), priced.gross),
    )


def _rate_text(cover: RateCover, band: RateBand, currency: str) -> str:
    return _("The tariff asks {rate} a year for each {unit}.").format(
        rate=money(band.rate, currency), unit=money(cover.unit, currency)
    )


def _loading_steps(priced: "PricedLine") -> tuple[Step, ...]:
    line, currency = priced.line, priced.tariff.currency
    steps: list[Step] = []
    if line.loading_percent:
        text = _("The individual assessment of the risk raises it by {percent} %.")
        steps.append(Step(text.format(percent=_short(line.loading_percent))))
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
    percent = _short(multiply(priced.frequency.surcharge, HUNDRED))
    return Step(text.format(count=count, percent=percent, unit=unit), priced.instalment)


def _short(value: Decimal) -> str:
    """The number without zeros at its end."""
    places = value.normalize().as_tuple().exponent
    return number(value, max(0, -places) if isinstance(places, int) else 0)
