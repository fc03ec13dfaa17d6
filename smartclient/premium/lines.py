"""What is priced: frozen values, money as Decimal in the tariff's currency."""

from dataclasses import dataclass
from decimal import Decimal

from smartclient.premium.arithmetic import ZERO


@dataclass(frozen=True, slots=True)
class PremiumLine:
    """One cover of one insured person.

    `amount` is the sum insured; for daily benefits the amount a day, for pensions and for what is
    invested the amount a month, for a waiver the year's premium. `premium_term` None means that
    premiums are paid for the whole term; `variant` "" is the cover's usual one.
    """

    id: str
    person: str
    cover: str
    age: int
    term: int
    premium_term: int | None
    amount: Decimal
    variant: str = ""
    occupation_class: int = 1
    loading_percent: Decimal = ZERO
    """Underwriting loading in percent of the premium."""
    flat_extra: Decimal = ZERO
    """Flat extra a year for each 1000 of the amount."""
    income: Decimal | None = None
    """Net income a month, where it is known; limits of some covers follow from it."""


@dataclass(frozen=True, slots=True)
class PremiumRequest:
    """A contract: how many instalments a year (1, 2, 4, 12) and all lines of all insured."""

    frequency: int
    lines: tuple[PremiumLine, ...]
    payment_way: str = ""
    """A code for which the tariff may ask a collection fee."""


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of the answer to "why so much", with the amount it arrives at, if any."""

    text: str
    amount: Decimal | None = None
