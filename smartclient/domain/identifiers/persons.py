"""Numbers of persons, which tell the birth date and the sex: rodné číslo, PESEL, CPR."""

from dataclasses import replace
from datetime import date

from smartclient.domain.identifiers.result import (
    Checked,
    Sex,
    doubtful,
    fine,
    impossible,
    is_digits,
)
from smartclient.domain.language import _

_OVERFLOW_SINCE = 2004
_EXACT_SINCE = 1985
_OLDEST = 110


def rodne_cislo(typed: str, today: date | None) -> Checked:
    """Nine digits for births before 1954, ten with a check digit since; months +50 for women."""
    from stdnum.cz import rc
    from stdnum.exceptions import ValidationError

    number: str = rc.compact(typed)
    if not is_digits(number, 9, 10):
        return impossible(typed, _("A birth number has 9 or 10 digits. Please check the spelling."))
    try:
        born: date = rc.get_birth_date(number)
    except ValidationError:
        return impossible(typed, _no_such_day())
    month, sex = _month_and_sex(int(number[2:4]))
    overflowed = month > 20
    if month - (20 if overflowed else 0) != born.month:
        return impossible(typed, _no_such_day())
    if overflowed and born.year < _OVERFLOW_SINCE:
        return impossible(typed, _no_such_day())
    if len(number) == 10 and int(number[:9]) % 11 % 10 != int(number[9]):
        return impossible(typed, _wrong_check_digit())
    if len(number) == 10 and int(number[:9]) % 11 == 10 and born.year >= _EXACT_SINCE:
        message = _("Such birth numbers were given only before 1985. Please check the spelling.")
        return _of_person(doubtful(number, message), born, sex, today)
    return _of_person(fine(number), born, sex, today)


def pesel(typed: str, today: date | None) -> Checked:
    """Eleven digits; the month tells the century. A wrong check digit is only a warning."""
    from stdnum.exceptions import ValidationError
    from stdnum.pl import pesel as polish

    number: str = polish.compact(typed)
    if not is_digits(number, 11):
        return impossible(typed, _("A PESEL has 11 digits. Please check the spelling."))
    try:
        born: date = polish.get_birth_date(number)
    except ValidationError:
        return impossible(typed, _no_such_day())
    sex: Sex = "M" if int(number[9]) % 2 else "F"
    if number[10] != polish.calc_check_digit(number[:10]):
        return _of_person(doubtful(number, _wrong_check_digit()), born, sex, today)
    return _of_person(fine(number), born, sex, today)


def cpr(typed: str, today: date | None) -> Checked:
    """Ten digits; the seventh tells the century, so that a slip there makes a person of 1862.

    Its check digit has meant nothing since 2007.
    """
    from stdnum.dk import cpr as danish
    from stdnum.exceptions import ValidationError

    number: str = danish.compact(typed)
    if not is_digits(number, 10):
        return impossible(typed, _("A CPR number has 10 digits. Please check the spelling."))
    try:
        born: date = danish.get_birth_date(number)
    except ValidationError:
        return impossible(typed, _no_such_day())
    sex: Sex = "M" if int(number[9]) % 2 else "F"
    if today is not None and today.year - born.year > _OLDEST:
        message = _("The person would be more than {years} years old. Please check the spelling.")
        return _of_person(doubtful(number, message.format(years=_OLDEST)), born, sex, today)
    return _of_person(fine(number), born, sex, today)


def _month_and_sex(written: int) -> tuple[int, Sex]:
    """The month without the 50 of women, still with the 20 of an overflow."""
    return (written - 50, "F") if written > 50 else (written, "M")


def _of_person(checked: Checked, born: date, sex: Sex, today: date | None) -> Checked:
    """The result with what the number tells; nobody is born after today."""
    if today is not None and born > today:
        message = _("The date of birth in it is still to come. Please check the spelling.")
        checked = impossible(checked.normalised, message)
    return replace(checked, birth_date=born, sex=sex)


def _no_such_day() -> str:
    return _("There is no such date of birth. Please check the spelling.")


def _wrong_check_digit() -> str:
    return _("The check digit does not fit. Please check the spelling.")
