"""Accounts: IBAN, and the Czech form prefix-number/bank."""

import re

from smartclient.domain.identifiers.result import Checked, doubtful, fine, impossible
from smartclient.domain.language import _

_CZECH = re.compile(r"(?:(\d{0,6})-)?(\d{2,10})/(\d{4})")
_SHAPE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")


def iban(typed: str) -> Checked:
    """Check digits and the length of the country; stored without spaces."""
    from stdnum import iban as international
    from stdnum.exceptions import InvalidChecksum, ValidationError

    number: str = international.compact(typed)
    if _SHAPE.fullmatch(number) is None:
        message = _("An IBAN begins with two letters and two digits. Please check the spelling.")
        return impossible(typed, message)
    try:
        return fine(international.validate(number))
    except InvalidChecksum:
        return impossible(typed, _("The check digits do not fit. Please check the spelling."))
    except ValidationError:
        message = _("An IBAN of this country looks different. Please check the spelling.")
        return impossible(typed, message)


def czech_account(typed: str) -> Checked:
    """19-2000145399/0800: both parts with their check; stored without zeros in front."""
    from stdnum.cz import bankaccount
    from stdnum.exceptions import InvalidChecksum, ValidationError

    number = "".join(typed.split())
    match = _CZECH.fullmatch(number)
    if match is None or not number.isascii() or not int(match[2]):
        message = _("An account is written 123456-1234567890/0800. Please check the spelling.")
        return impossible(typed, message)
    prefix, root, bank = match[1] or "0", match[2], match[3]
    normalised = f"{int(root)}/{bank}" if not int(prefix) else f"{int(prefix)}-{int(root)}/{bank}"
    try:
        bankaccount.validate(number)
    except InvalidChecksum:
        message = _("The check of the account number does not fit. Please check the spelling.")
        return impossible(typed, message)
    except ValidationError:
        return doubtful(normalised, _("The bank code {code} is not known.").format(code=bank))
    return fine(normalised)


def grouped(number: str) -> str:
    """An IBAN as it is shown: in groups of four."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
