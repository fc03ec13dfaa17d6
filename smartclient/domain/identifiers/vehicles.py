"""Numbers of vehicles: VIN and registration plate."""

import re

from smartclient.domain.identifiers.result import Checked, doubtful, fine, impossible
from smartclient.domain.language import _

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_VALUES = {letter: value for value, letter in enumerate("0123456789")} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NORTH_AMERICA = "12345"
_PLATES = {
    "CZ": re.compile(r"\d[A-FH-NPR-VX-Z0-9]{2}\d{4}|[A-FH-NPR-VX-Z0-9]{8}"),
    "PL": re.compile(r"(?=.{4,8}$)[A-Z]{1,3}[A-Z0-9]{2,6}"),
    "DK": re.compile(r"[A-ZÆØÅ]{2}\d{5}"),
}


def vin(typed: str) -> Checked:
    """17 characters without I, O and Q; its check digit means something only in North America."""
    number = "".join(typed.split()).upper()
    if _VIN.fullmatch(number) is None:
        message = _("A VIN has 17 characters without I, O and Q. Please check the spelling.")
        return impossible(typed, message)
    if number[0] in _NORTH_AMERICA and number[8] != _vin_check(number):
        return doubtful(number, _("The check digit does not fit. Please check the spelling."))
    return fine(number)


def plate(typed: str, country: str) -> Checked:
    """Stored in upper case without spaces; a plate of another look is only doubted."""
    number = "".join(typed.replace("-", "").split()).upper()
    if not number:
        return impossible(typed, _("The plate is empty."))
    shape = _PLATES.get(country)
    if shape is not None and shape.fullmatch(number) is None:
        message = _("Plates of this country look different. Please check the spelling.")
        return doubtful(number, message)
    return fine(number)


def _vin_check(number: str) -> str:
    total = sum(
        weight * _VIN_VALUES[character]
        for weight, character in zip(_VIN_WEIGHTS, number, strict=True)
    )
    return "X" if total % 11 == 10 else str(total % 11)
