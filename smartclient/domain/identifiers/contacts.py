"""How a person is reached: telephone, e-mail, postcode."""

import re

from smartclient.domain.identifiers.result import Checked, doubtful, fine, impossible
from smartclient.domain.language import _

_LONGEST_EMAIL = 254
_POSTCODES = {"CZ": 5, "SK": 5, "PL": 5, "DK": 4}
_SPACES = re.compile(r"\s")


def phone(typed: str, country: str) -> Checked:
    """Stored as E.164; what no network would connect is only doubted."""
    import phonenumbers

    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return impossible(typed, _("This is not a telephone number. Please check the spelling."))
    normalised = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number):
        message = _("Such a telephone number is not in use. Please check the spelling.")
        return doubtful(normalised, message)
    return fine(normalised)


def mobile(typed: str, country: str) -> Checked:
    """A telephone that receives SMS."""
    import phonenumbers

    checked = phone(typed, country)
    if checked.message:
        return checked
    kind = phonenumbers.number_type(phonenumbers.parse(checked.normalised))
    receives = (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    if kind not in receives:
        message = _("This is not a mobile telephone, an SMS would not arrive.")
        return impossible(checked.normalised, message)
    return checked


def email(typed: str) -> Checked:
    """One @, a domain with a dot, at most 254 characters; the domain is stored in lower case."""
    name, at, domain = typed.strip().partition("@")
    labels = domain.split(".")
    shaped = name and at and "@" not in domain and len(labels) > 1 and all(labels)
    normalised = f"{name}@{domain.lower()}"
    if not shaped or _SPACES.search(normalised) or len(normalised) > _LONGEST_EMAIL:
        message = _("An e-mail address is written name@domain.cz. Please check the spelling.")
        return impossible(typed, message)
    return fine(normalised)


def postcode(typed: str, country: str) -> Checked:
    """530 02 in Czechia and Slovakia, 00-950 in Poland, 8000 in Denmark; others as they are."""
    compact = "".join(typed.replace("-", "").split())
    digits = _POSTCODES.get(country)
    if digits is None and compact:
        return fine(typed.strip())
    if not (compact.isascii() and compact.isdigit()) or len(compact) != digits:
        message = _("A postcode has {digits} digits. Please check the spelling.")
        return impossible(typed, message.format(digits=digits or 1))
    match country:
        case "PL":
            return fine(f"{compact[:2]}-{compact[2:]}")
        case "CZ" | "SK":
            return fine(f"{compact[:3]} {compact[3:]}")
        case _:
            return fine(compact)
