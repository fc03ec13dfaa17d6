"""How dates, times and money are written for people; one formatter for windows, pages and PDFs.

Czech typography: 9. 3. 2026, 1 234 567,50 Kč, 18:42, with no-break spaces.
"""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from smartclient.domain.language import _
from smartclient.domain.lock_time import PRAGUE

NBSP = "\u00a0"
CURRENCY_SIGNS = {"CZK": "Kč", "PLN": "zł", "DKK": "kr.", "EUR": "€"}


def number(value: Decimal | int, places: int = 0) -> str:
    """1 234 567,50 with no-break spaces between thousands and a decimal comma."""
    text = f"{value:,.{places}f}"
    return text.replace(",", NBSP).replace(".", ",").replace("-", "\u2212")


def money(value: Decimal, currency: str = "CZK", places: int | None = None) -> str:
    """1 223 Kč; without `places`, haléře are written only where there are any."""
    shown = places if places is not None else (0 if value == value.to_integral_value() else 2)
    return f"{number(value, shown)}{NBSP}{CURRENCY_SIGNS.get(currency, currency)}"


def day(value: date) -> str:
    """9. 3. 2026"""
    return f"{value.day}.{NBSP}{value.month}.{NBSP}{value.year}"


def clock_time(instant: datetime, zone: ZoneInfo = PRAGUE) -> str:
    """18:42 in the reader's zone."""
    return instant.astimezone(zone).strftime("%H:%M")


def moment(instant: datetime, now: datetime, zone: ZoneInfo = PRAGUE) -> str:
    """dnes 18:20 for today, otherwise the day alone."""
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return _("today {time}").format(time=clock_time(instant, zone))
    return day(local.date())


def phone(number: str) -> str:
    """+420 777 123 456; numbers of other countries as they are kept."""
    if number.startswith("+420") and len(number) == 13:
        body = number[4:]
        return NBSP.join(("+420", body[:3], body[3:6], body[6:]))
    return number
