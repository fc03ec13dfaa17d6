"""Numbers of businesses: IČO and DIČ, NIP and REGON, CVR."""

from smartclient.domain.identifiers.result import Checked, fine, impossible, is_digits
from smartclient.domain.language import _

_ICO_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)


def ico(typed: str) -> Checked:
    """Up to eight digits, stored with the zeros in front; no library knows it."""
    number = "".join(typed.split())
    if not is_digits(number, *range(1, 9)):
        return impossible(typed, _("An IČO has 8 digits. Please check the spelling."))
    number = number.zfill(8)
    total = sum(weight * int(digit) for weight, digit in zip(_ICO_WEIGHTS, number[:7], strict=True))
    expected = ((11 - total % 11) % 11 or 1) % 10
    if int(number[7]) != expected or not int(number):
        return impossible(typed, _wrong_check_digit())
    return fine(number)


def dic(typed: str) -> Checked:
    """CZ and 8 to 10 digits; stored with CZ."""
    from stdnum.cz import dic as czech
    from stdnum.exceptions import ValidationError

    number: str = czech.compact(typed)
    if not is_digits(number, 8, 9, 10):
        return impossible(typed, _("A DIČ is CZ and 8 to 10 digits. Please check the spelling."))
    try:
        return fine(f"CZ{czech.validate(number)}")
    except ValidationError:
        return impossible(typed, _wrong_check_digit())


def nip(typed: str) -> Checked:
    """Ten digits with a check digit."""
    from stdnum.exceptions import ValidationError
    from stdnum.pl import nip as polish

    number: str = polish.compact(typed)
    if not is_digits(number, 10):
        return impossible(typed, _("A NIP has 10 digits. Please check the spelling."))
    try:
        return fine(polish.validate(number))
    except ValidationError:
        return impossible(typed, _wrong_check_digit())


def regon(typed: str) -> Checked:
    """Nine or fourteen digits with check digits."""
    from stdnum.exceptions import ValidationError
    from stdnum.pl import regon as polish

    number: str = polish.compact(typed)
    if not is_digits(number, 9, 14):
        return impossible(typed, _("A REGON has 9 or 14 digits. Please check the spelling."))
    try:
        return fine(polish.validate(number))
    except ValidationError:
        return impossible(typed, _wrong_check_digit())


def cvr(typed: str) -> Checked:
    """Eight digits with a check digit."""
    from stdnum.dk import cvr as danish
    from stdnum.exceptions import ValidationError

    number: str = danish.compact(typed)
    if not is_digits(number, 8):
        return impossible(typed, _("A CVR number has 8 digits. Please check the spelling."))
    try:
        return fine(danish.validate(number))
    except ValidationError:
        return impossible(typed, _wrong_check_digit())


def _wrong_check_digit() -> str:
    return _("The check digit does not fit. Please check the spelling.")
