"""The premium in words: for the side of the form, and the answer to "why so much"."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.domain.presentation import NBSP, money, number
from smartclient.domain.sentences import sentence_for, text_for
from smartclient.forms.layout import (
    Element,
    FieldLayout,
    GroupLayout,
    RepeatLayout,
    SectionLayout,
)
from smartclient.forms.session import FormSession
from smartclient.premium.lines import Step
from smartclient.premium.pricing import Premium, PricedLine
from smartclient.premium.reasons import changes

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class CoverLine:
    """A cover in words, the amount insured, and what it costs."""

    cover: str
    insured: str
    instalment: str


@dataclass(frozen=True, slots=True)
class PremiumPerson:
    """One insured person with what each cover costs."""

    name: str
    lines: tuple["CoverLine", ...]


@dataclass(frozen=True, slots=True)
class PremiumSummary:
    """What stands beside the form."""

    caption: str
    amount: str
    change: str
    """The difference to before the last change; empty when there is none."""
    is_less: bool
    note: str
    """Why there is no amount, or what a year costs."""
    is_explained: bool
    persons: tuple[PremiumPerson, ...]
    sums: tuple[tuple[str, str], ...]
    """Discount and fee."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of an explanation: steps of words with the amount they arrive at."""

    title: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to "why so much"."""

    title: str
    chapters: tuple[Chapter, ...]


def summarise(
    session: FormSession, before: Premium | None, *, of_contract: bool = False
) -> PremiumSummary:
    """The premium of what is answered now.

    `before` is the one before the last change, or with `of_contract` that of the contract now.
    """
    premium = session.premium
    if premium is None:
        return PremiumSummary(
            caption=_("Premium"),
            amount=NOTHING,
            change="",
            is_less=False,
            note=_why_none(session.premium_problems),
            is_explained=False,
            persons=(),
            sums=(),
        )
    change = Decimal(0) if before is None else premium.payable - before.payable
    comparable = before is not None and before.frequency == premium.frequency
    difference = ""
    if before is not None and of_contract:
        difference = _contract_words(before, premium)
    elif comparable and change:
        difference = _change_words(change, premium.currency)
    return PremiumSummary(
        caption=_caption(premium.frequency),
        amount=money(premium.payable, premium.currency),
        change=difference,
        is_less=bool(difference) and comparable and change < 0,
        note=year_words(premium),
        is_explained=bool(premium.lines),
        persons=tuple(_persons(session, premium)),
        sums=tuple(_sums(premium)),
    )


def premium_faults(session: FormSession) -> tuple[str, ...]:
    """What is wrong with the premium, in sentences.

    What is wrong with a single cover stands at its field as well.
    """
    return tuple(text_for(problem) for problem in session.premium_problems)


def explain(
    session: FormSession, before: Premium | None, *, of_contract: bool = False
) -> Explanation | None:
    """How the premium of now came about; None while there is none."""
    premium = session.premium
    if premium is None:
        return None
    chapters: list[Chapter] = []
    if before is not None:
        changed = tuple(_changed_lines(session, before, premium))
        if changed:
            title = _("What the request changes") if of_contract else _("What the last change did")
            chapters.append(Chapter(title, changed))
    chapters.append(
        Chapter(_("From the covers to what is paid"), _words(premium.steps, premium.currency))
    )
    chapters.extend(
        Chapter(
            _("{cover} · {person}").format(
                cover=line_label(session, line, premium.currency),
                person=_unnumbered(session, line),
            ),
            _words(line.steps, premium.currency),
        )
        for line in premium.lines
    )
    title = _("Why {amount}").format(amount=money(premium.payable, premium.currency))
    return Explanation(title, tuple(chapters))


def line_label(session: FormSession, line: PricedLine, currency: str) -> str:
    """What a line of the premium is called: "Smrt 1 000 000 Kč"."""
    return f"{_cover(session, line)} {money(line.line.amount, currency)}"


def about_signature(
    session: FormSession,
    premium: Premium | None,
    signer: str,
    others: Collection[str],
    *,
    for_children: bool,
) -> str:
    """What a person reads on the pad: what is paid and for how long, and below it the covers.

    The covers are the signer's own; with `for_children` those of the persons who sign nothing, that
    is who is neither the signer nor one of `others`; all of them for one who is not insured.
    """
    if premium is None:
        return ""
    named = [(_unnumbered(session, line), line) for line in premium.lines]
    if for_children:
        signing = {signer, *others}
        lines = [line for name, line in named if not any(_is(each, name) for each in signing)]
    else:
        lines = [line for name, line in named if _is(signer, name)]
    lines = lines or list(premium.lines)
    covers = ", ".join(_lower(line_label(session, line, premium.currency)) for line in lines)
    years = max((line.line.term for line in lines), default=0)
    paid = ngettext("{paid} for {years} year", "{paid} for {years} years", years).format(
        paid=instalment_words(premium), years=years
    )
    return f"{paid}\n{covers[:1].upper()}{covers[1:]}"


def _is(signer: str, insured: str) -> bool:
    """Whether the one who signs is that insured person; a title stands before the signer's name."""
    return bool(insured) and (signer == insured or signer.endswith(f" {insured}"))


def _unnumbered(session: FormSession, line: PricedLine) -> str:
    """The name in a row's title without its number: "1. Eva Černá" is Eva Černá."""
    title = _person(session, line)
    head, dot, rest = title.partition(". ")
    return rest if dot and head.isdigit() else title


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _persons(session: FormSession, premium: Premium) -> Iterable[PremiumPerson]:
    found: dict[str, list[CoverLine]] = {}
    for line in premium.lines:
        shown = CoverLine(
            _cover(session, line),
            money(line.line.amount, premium.currency),
            money(line.instalment, premium.currency),
        )
        found.setdefault(_unnumbered(session, line), []).append(shown)
    return (PremiumPerson(name, tuple(lines)) for name, lines in found.items())


def _person(session: FormSession, line: PricedLine) -> str:
    """The title of the outermost row that the line lies in."""
    parts = line.line_id.split(".")
    for at, part in enumerate(parts):
        if part.isdigit():
            return session.row_title(".".join(parts[:at]), int(part))
    return line.line.person


def _cover(session: FormSession, line: PricedLine) -> str:
    """The label of the cover, as the code list of its field has it."""
    spec_path = ".".join(part for part in line.line_id.split(".") if not part.isdigit())
    for path in _choices_of(session.layout, spec_path):
        state = session.field(f"{line.line_id}.{path}")
        if state.value == line.line.cover:
            found = (choice.label for choice in state.choices if choice.code == state.value)
            return next(found, line.line.cover)
    return line.line.cover


def _choices_of(sections: Iterable[SectionLayout], spec_path: str) -> Iterator[str]:
    """The choices in the rows of a repeat, by their paths relative to a row."""
    for section in sections:
        yield from _choices_in(section.elements, spec_path, "")


def _choices_in(elements: Iterable[Element], spec_path: str, inside: str) -> Iterator[str]:
    for element in elements:
        match element:
            case FieldLayout(choices=choices) if choices and inside == spec_path:
                yield element.path
            case GroupLayout():
                yield from _choices_in(element.elements, spec_path, inside)
            case RepeatLayout():
                deeper = f"{inside}.{element.path}" if inside else element.path
                yield from _choices_in(element.elements, spec_path, deeper)


def _sums(premium: Premium) -> Iterable[tuple[str, str]]:
    if premium.discount:
        percent = f"{number(premium.discount_percent, 0)}{NBSP}%"
        label = _("Discount for the scope {percent}").format(percent=percent)
        yield label, money(-premium.discount, premium.currency)
    if premium.fee:
        yield _("Fee"), money(premium.fee, premium.currency)


def _changed_lines(
    session: FormSession, before: Premium, now: Premium
) -> Iterable[tuple[str, str]]:
    reasons = changes(before, now)
    for reason in reasons:
        told = reason.text
        if reason.line is not None:
            label = line_label(session, reason.line, now.currency)
            told = _("{cover}: {reason}").format(cover=label, reason=reason.text)
        yield told, _difference(reason.difference, now.currency)
    if reasons:
        yield _("Together"), _difference(now.payable - before.payable, now.currency)


def _words(steps: Iterable[Step], currency: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (step.text, "" if step.amount is None else money(_rounded(step.amount), currency))
        for step in steps
    )


def _rounded(amount: Decimal) -> Decimal:
    whole = amount.to_integral_value()
    return whole if whole == amount else round(amount, 2)


def _difference(amount: Decimal, currency: str) -> str:
    sign = "+" if amount > 0 else "\u2212"
    return f"{sign}{NBSP}{money(abs(amount), currency)}"


def _change_words(change: Decimal, currency: str) -> str:
    return _("{difference} against the change before").format(
        difference=_difference(change, currency)
    )


def _contract_words(before: Premium, now: Premium) -> str:
    """What the request does to what is paid; the ways of payment may differ."""
    if before.frequency != now.frequency:
        return _("{now} a year instead of {before} a year").format(
            now=money(now.annual, now.currency), before=money(before.annual, before.currency)
        )
    change = now.payable - before.payable
    if not change:
        return _("as much as before the change")
    return _("{difference} against {before} now").format(
        difference=_difference(change, now.currency), before=money(before.payable, before.currency)
    )


def _caption(frequency: int) -> str:
    match frequency:
        case 12:
            return _("Premium monthly")
        case 4:
            return _("Premium quarterly")
        case 2:
            return _("Premium half-yearly")
        case _:
            return _("Premium yearly")


def instalment_words(premium: Premium) -> str:
    """What is paid how often: "1 223 Kč monthly"."""
    amount = money(premium.payable, premium.currency)
    match premium.frequency:
        case 12:
            return _("{amount} monthly").format(amount=amount)
        case 4:
            return _("{amount} quarterly").format(amount=amount)
        case 2:
            return _("{amount} half-yearly").format(amount=amount)
        case _:
            return _("{amount} yearly").format(amount=amount)


def year_words(premium: Premium) -> str:
    """What a year costs, or the least that can be paid; empty where a year is paid at once."""
    if premium.is_below_minimum:
        return _("The least that can be paid is {amount}.").format(
            amount=money(premium.minimum, premium.currency)
        )
    if premium.frequency == 1:
        return ""
    return _("{amount} a year").format(amount=money(premium.annual, premium.currency))


def _why_none(problems: tuple[SmartClientError, ...]) -> str:
    if problems:
        return sentence_for(problems[0]).happened
    return _("It appears as soon as a person has a cover with an amount.")
