"""The answer to "why did it change": which line, which input, and what each of them made.

One input after another is taken over from the newer premium and the line is priced again, so the
differences add up to the difference of what is payable, to the unit. Inputs that the tariff refuses
one by one (a higher age before a shorter term) are told together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from smartclient.domain.errors import BadInput
from smartclient.domain.language import _, ngettext
from smartclient.domain.presentation import money
from smartclient.premium.arithmetic import THOUSAND
from smartclient.premium.covers import LevelCover, RateCover
from smartclient.premium.explanation import short
from smartclient.premium.lines import PremiumLine, PremiumRequest
from smartclient.premium.pricing import Premium, PricedLine, price, price_line
from smartclient.premium.tariff import Tariff


class Cause(StrEnum):
    """What is different now."""

    TARIFF = "tariff"
    FREQUENCY = "frequency"
    ADDED = "added"
    ENDED = "ended"
    AGE = "age"
    TERM = "term"
    PREMIUM_TERM = "premium_term"
    VARIANT = "variant"
    OCCUPATION_CLASS = "class"
    AMOUNT = "amount"
    LOADING = "loading"
    FLAT_EXTRA = "flat_extra"
    DISCOUNT = "discount"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class ChangeReason:
    """One reason in sentences, and what it makes of one payment."""

    causes: tuple[Cause, ...]
    """One; several where the tariff allows them only together."""
    line: PricedLine | None
    """The line as it is now, or as it was when it ended; None for the contract as a whole."""
    text: str
    difference: Decimal


def changes(before: Premium, after: Premium) -> tuple[ChangeReason, ...]:
    """Why `after` is not `before`: contract, lines in their order, discount, fee.

    What makes no difference to the premium is left out. The differences sum to
    `after.payable - before.payable`.
    """
    priced = after.lines or before.lines
    if not priced:
        return ()
    tariff = priced[0].tariff
    try:
        moved, base = _moved(before, after, tariff)
    except BadInput:
        text = _("The tariff is another one, and the former covers have no price in it.")
        difference = after.payable - before.payable
        return (ChangeReason((Cause.TARIFF,), None, text, difference),)
    found = [*moved, *_of_lines(tariff, base, after), *_of_contract(base, after)]
    return tuple(reason for reason in found if reason.difference)


def _moved(before: Premium, after: Premium, tariff: Tariff) -> tuple[list[ChangeReason], Premium]:
    """The former lines in the tariff and at the frequency of now, step by step."""
    found: list[ChangeReason] = []
    base = before
    former = before.lines[0].tariff if before.lines else tariff
    if (former.id, former.version) != (tariff.id, tariff.version):
        base = _again(before, tariff, before.frequency)
        text = _("The tariff {now} counts instead of {before}.")
        text = text.format(now=tariff.label, before=former.label)
        found.append(ChangeReason((Cause.TARIFF,), None, text, base.payable - before.payable))
    if before.frequency != after.frequency:
        moved = _again(base, tariff, after.frequency)
        text = _frequency_words(moved, base)
        found.append(ChangeReason((Cause.FREQUENCY,), None, text, moved.payable - base.payable))
        base = moved
    return found, base


def _again(premium: Premium, tariff: Tariff, frequency: int) -> Premium:
    """The same lines priced again; what the way of payment costs stays as it was."""
    lines = tuple(line.line for line in premium.lines)
    again = price(tariff, PremiumRequest(frequency, lines))
    return replace(
        again,
        fee=again.fee + premium.collection,
        payable=again.payable + premium.collection,
        collection=premium.collection,
    )


def _frequency_words(now: Premium, before: Premium) -> str:
    text = ngettext(
        "Paid once a year, which makes {annual} a year; before it was {before} a year.",
        "Paid {count} times a year, which makes {annual} a year; before it was {before} a year.",
        now.frequency,
    )
    return text.format(
        count=now.frequency,
        annual=money(now.annual, now.currency),
        before=money(before.annual, before.currency),
    )


def _of_lines(tariff: Tariff, base: Premium, after: Premium) -> Iterator[ChangeReason]:
    partners = _partners(base.lines, after.lines)
    for at, line in enumerate(after.lines):
        if at in partners:
            yield from _of_line(tariff, base.lines[partners[at]], line)
        else:
            yield ChangeReason((Cause.ADDED,), line, _("The cover is new."), line.instalment)
    gone = set(range(len(base.lines))) - set(partners.values())
    for at in sorted(gone):
        line = base.lines[at]
        text = _("The cover is no longer there.")
        yield ChangeReason((Cause.ENDED,), line, text, -line.instalment)


def _partners(before: Sequence[PricedLine], after: Sequence[PricedLine]) -> dict[int, int]:
    """Newer line → the former one. Rows move up when one is removed, so ids do not tell."""
    found: dict[int, int] = {}
    alike: tuple[Callable[[PremiumLine], object], ...] = (
        lambda line: replace(line, id=""),
        lambda line: replace(line, id="", person=""),
        lambda line: (line.person, line.cover),
    )
    for key in alike:
        free = [at for at in range(len(before)) if at not in found.values()]
        for at, line in enumerate(after):
            if at in found:
                continue
            former = next((one for one in free if key(before[one].line) == key(line.line)), None)
            if former is not None:
                found[at] = former
                free.remove(former)
    return found


@dataclass(frozen=True, slots=True)
class _Input:
    cause: Cause
    taken: Callable[[PremiumLine, PremiumLine], PremiumLine]
    """The former line with this input of the newer one."""
    words: Callable[[PremiumLine, PremiumLine, PricedLine], str]


def _of_line(tariff: Tariff, former: PricedLine, line: PricedLine) -> Iterator[ChangeReason]:
    now, frequency = line.line, line.frequency.instalments
    current = replace(
        former.line,
        id=now.id,
        person=now.person,
        income=now.income,
        variant=_variant(tariff, former.line),
        premium_term=_paying(former.line),
    )
    now = replace(now, variant=_variant(tariff, now), premium_term=_paying(now))
    instalment = former.instalment
    causes: list[Cause] = []
    texts: list[str] = []
    for each in _INPUTS:
        taken = each.taken(current, now)
        if taken == current:
            continue
        causes.append(each.cause)
        texts.append(each.words(now, current, line))
        current = taken
        try:
            priced = price_line(tariff, current, frequency).instalment
        except BadInput:
            continue
        yield ChangeReason(tuple(causes), line, " ".join(texts), priced - instalment)
        instalment, causes, texts = priced, [], []


def _of_contract(base: Premium, after: Premium) -> Iterator[ChangeReason]:
    currency = after.currency
    discount = base.discount - after.discount
    text = _("The discount is {now} instead of {before}.")
    if after.discount_percent != base.discount_percent:
        text = _("The discount is {now_percent} %, {now}, instead of {percent} %, {before}.")
    text = text.format(
        now=money(after.discount, currency),
        before=money(base.discount, currency),
        now_percent=short(after.discount_percent),
        percent=short(base.discount_percent),
    )
    yield ChangeReason((Cause.DISCOUNT,), None, text, discount)
    text = _("The fee is {now} instead of {before}.").format(
        now=money(after.fee, currency), before=money(base.fee, currency)
    )
    yield ChangeReason((Cause.FEE,), None, text, after.fee - base.fee)


def _variant(tariff: Tariff, line: PremiumLine) -> str:
    cover = tariff.covers[line.cover]
    usual = cover.usual_variant if isinstance(cover, LevelCover | RateCover) else ""
    return line.variant or usual


def _paying(line: PremiumLine) -> int | None:
    """None also where the number of years is that of the whole term."""
    return None if line.premium_term == line.term else line.premium_term


def _age_words(now: PremiumLine, before: PremiumLine, _line: PricedLine) -> str:
    text = _("The age at the start is {now} instead of {before}.")
    return text.format(now=now.age, before=before.age)


def _term_words(now: PremiumLine, before: PremiumLine, _line: PricedLine) -> str:
    text = ngettext(
        "The cover lasts {now} year instead of {before}.",
        "The cover lasts {now} years instead of {before}.",
        now.term,
    )
    return text.format(now=now.term, before=before.term)


def _paying_words(now: PremiumLine, before: PremiumLine, _line: PricedLine) -> str:
    years = now.premium_term or now.term
    text = ngettext(
        "Premiums are paid for {now} year instead of {before}.",
        "Premiums are paid for {now} years instead of {before}.",
        years,
    )
    return text.format(now=years, before=before.premium_term or before.term)


def _variant_words(_now: PremiumLine, _before: PremiumLine, _line: PricedLine) -> str:
    return _("Another variant of the cover was chosen.")


def _class_words(now: PremiumLine, before: PremiumLine, _line: PricedLine) -> str:
    text = _("The risk group is {now} instead of {before}.")
    return text.format(now=now.occupation_class, before=before.occupation_class)


def _amount_words(now: PremiumLine, before: PremiumLine, line: PricedLine) -> str:
    cover, currency = line.tariff.covers[now.cover], line.tariff.currency
    if isinstance(cover, LevelCover) and cover.waives_premium:
        text = _("The premium that is waived makes {now} a year instead of {before}.")
    else:
        text = _("The amount is {now} instead of {before}.")
    return text.format(now=money(now.amount, currency), before=money(before.amount, currency))


def _loading_words(now: PremiumLine, before: PremiumLine, _line: PricedLine) -> str:
    text = _("The loading after the assessment of the risk is {now} % instead of {before} %.")
    return text.format(now=short(now.loading_percent), before=short(before.loading_percent))


def _extra_words(now: PremiumLine, before: PremiumLine, line: PricedLine) -> str:
    currency = line.tariff.currency
    text = _("For each {thousand} insured {now} a year is added instead of {before}.")
    return text.format(
        thousand=money(THOUSAND, currency),
        now=money(now.flat_extra, currency),
        before=money(before.flat_extra, currency),
    )


_INPUTS = (
    _Input(Cause.AGE, lambda old, new: replace(old, age=new.age), _age_words),
    _Input(Cause.TERM, lambda old, new: replace(old, term=new.term), _term_words),
    _Input(
        Cause.PREMIUM_TERM,
        lambda old, new: replace(old, premium_term=new.premium_term),
        _paying_words,
    ),
    _Input(Cause.VARIANT, lambda old, new: replace(old, variant=new.variant), _variant_words),
    _Input(
        Cause.OCCUPATION_CLASS,
        lambda old, new: replace(old, occupation_class=new.occupation_class),
        _class_words,
    ),
    _Input(Cause.AMOUNT, lambda old, new: replace(old, amount=new.amount), _amount_words),
    _Input(
        Cause.LOADING,
        lambda old, new: replace(old, loading_percent=new.loading_percent),
        _loading_words,
    ),
    _Input(
        Cause.FLAT_EXTRA,
        lambda old, new: replace(old, flat_extra=new.flat_extra),
        _extra_words,
    ),
)
