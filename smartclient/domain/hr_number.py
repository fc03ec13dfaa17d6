"""The identification of a business partner (HR): an identifier, not a secret."""

from smartclient.domain.ids import HrNumber

MAX_DIGITS = 20


def hr_number(typed: str) -> HrNumber | None:
    """The number that was typed, spaces ignored; None unless it is digits and begins with 9."""
    digits = "".join(typed.split())
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
    return HrNumber(digits) if is_number and digits.startswith("9") else None
