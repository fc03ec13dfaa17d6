"""How typed text becomes an answer, in the habits of people who write Czech.

What can be read is kept in one normal form; what cannot is kept exactly as typed, with a sentence
that says how to write it. Numbers: "34 500,50", "34.500", "1 234 567 Kč". Days: "9. 3. 2026",
"9.3.26", "09032026", "2026-03-09". Moments: a day, a space and "14:30".
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from smartclient.domain import presentation
from smartclient.domain.identifiers import IdentifierKind, Verdict, check
from smartclient.domain.language import _, ngettext
from smartclient.domain.lock_time import PRAGUE
from smartclient.forms.choices import CodeList
from smartclient.forms.fitting import to_minutes
from smartclient.forms.guards import Value
from smartclient.forms.model import FieldSpec, FieldType
from smartclient.forms.states import Problem, Severity
from smartclient.wire.messages import Json

TYPED = "$typed"
"""The name under which an answer holds text that could not be read."""

Typed = str | bool | list[str] | None

_MAX_DIGITS = 15
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?")
_ENGLISH = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d*")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_EXACT = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[./\-](\d{1,2})[./\-](\d{4}|\d{2})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DIGITS_DAY = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})", re.ASCII)
_CLOCK = re.compile(r"(.*?)[\sTv,]+(\d{1,2})[:.](\d{2})(?: ?h(?:od)?\.?)?", re.ASCII)
_LONGEST_MOMENT = 60
_LONGEST_TEXT = 20_000
"""Twice what any field may hold; what is longer is not even tidied."""
_UNSEEN = frozenset({"Cc", "Cs"})
_YES = frozenset({"ano", "a", "yes", "y", "true", "1"})
_NO = frozenset({"ne", "n", "no", "false", "0"})
_YEARS_AHEAD = 15
"""A year of two digits is never more than this many years in the future."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer as it was understood."""

    value: Value = None
    """For expressions; None when absent or unreadable."""
    json: Json = None
    """For the answers."""
    problems: tuple[Problem, ...] = ()


EMPTY = Reading()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the answers of one form on one day. `codes` are the codes of each list."""

    today: date
    codes: Mapping[str, frozenset[str]]

    @classmethod
    def of_lists(cls, today: date, lists: Mapping[str, CodeList]) -> "Reader":
        """A reader that knows the options of these lists."""
        return cls(today, {name: frozenset(each.options) for name, each in lists.items()})

    def typed(self, spec: FieldSpec, typed: Typed) -> Reading:
        """What a person typed or chose."""
        if typed is None or typed == "" or typed == []:
            return EMPTY
        match typed:
            case bool() if spec.type is FieldType.BOOL:
                return Reading(typed, typed)
            case list() if spec.type is FieldType.MULTI_CHOICE and self._known(spec, typed):
                codes = tuple(dict.fromkeys(typed))
                return Reading(codes, [*codes])
            case list():
                return self._text(spec, ", ".join(typed))
            case _:
                return self._text(spec, str(typed))

    def stored(self, spec: FieldSpec, stored: Json) -> Reading:
        """What stands in the answers of a document; kept as it is, whatever it is."""
        if stored is None:
            return EMPTY
        if isinstance(stored, dict) and isinstance(stored.get(TYPED), str):
            return self.typed(spec, str(stored[TYPED]))
        if isinstance(stored, list) and spec.type is FieldType.MULTI_CHOICE:
            codes = [each for each in stored if isinstance(each, str)]
            if len(codes) == len(stored) and self._known(spec, codes):
                return self.typed(spec, codes)
        value = _exact(spec, stored)
        if isinstance(value, Decimal) and _places(value) > spec.scale:
            return Reading(None, stored, (_error(_too_fine(spec)),))
        if value is not None:
            return Reading(value, stored, _limits(spec, value))
        if isinstance(stored, str):
            return self._text(spec, stored)
        return Reading(None, stored, (_error(_("This answer cannot be read. Fill it in again.")),))

    def _text(self, spec: FieldSpec, typed: str) -> Reading:
        if len(typed) > _LONGEST_TEXT:
            return _unread(typed, _too_long(spec))
        tidy = tidied(typed, keep_lines=spec.type is FieldType.MULTILINE)
        if not tidy:
            return EMPTY
        match spec.type:
            case FieldType.TEXT | FieldType.MULTILINE:
                return Reading(tidy, tidy, _limits(spec, tidy))
            case FieldType.INTEGER | FieldType.DECIMAL | FieldType.MONEY:
                return _number(spec, tidy, typed)
            case FieldType.DATE:
                return self._day(spec, tidy, typed)
            case FieldType.DATETIME:
                return self._moment(spec, tidy, typed)
            case FieldType.BOOL:
                word = tidy.casefold()
                if word in _YES | _NO:
                    return Reading(word in _YES, word in _YES)
                return _unread(typed, _("Answer yes or no."))
            case FieldType.CHOICE:
                return self._choice(spec, tidy, typed)
            case FieldType.MULTI_CHOICE:
                codes = [code.strip() for code in tidy.split(",")]
                known = self._known(spec, codes)
                return self.typed(spec, codes) if known else _unchosen(typed)
            case FieldType.IDENTIFIER:
                return self._identifier(spec, tidy, typed)

    def _day(self, spec: FieldSpec, tidy: str, typed: str) -> Reading:
        compact = _SPACES.sub("", tidy).removesuffix(".")
        if iso := _ISO_DAY.fullmatch(compact):
            year, month, day = (int(part) for part in iso.groups())
        elif czech := _DAY.fullmatch(compact) or _DIGITS_DAY.fullmatch(compact):
            day, month, year = (int(part) for part in czech.groups())
            if len(czech.group(3)) == 2:
                year = self._full_year(year)
        else:
            return _unread(typed, _("This is not a date. Write it for example as 9. 3. 2026."))
        try:
            read = date(year, month, day)
        except ValueError:
            return _unread(typed, _("There is no such day in the calendar."))
        return Reading(read, read.isoformat(), _limits(spec, read))

    def _moment(self, spec: FieldSpec, tidy: str, typed: str) -> Reading:
        parts = _CLOCK.fullmatch(tidy) if len(tidy) <= _LONGEST_MOMENT else None
        if parts is None:
            sentence = _("Write a day and a time, for example 9. 3. 2026 14:30.")
            return _unread(typed, sentence)
        day = self._day(spec, parts[1], typed)
        if not isinstance(day.value, date):
            return day
        hour, minute = int(parts[2]), int(parts[3])
        if hour > 23 or minute > 59:
            return _unread(typed, _("There is no such time of day."))
        shown = datetime.combine(day.value, time(hour, minute), PRAGUE)
        if not _was_on_the_clock(shown):
            return _unread(typed, _("There was no such time on that day: clocks went forward."))
        return Reading(shown, to_minutes(shown), _limits(spec, shown))

    def _full_year(self, short: int) -> int:
        latest = self.today.year + _YEARS_AHEAD
        return latest - (latest - short) % 100

    def _choice(self, spec: FieldSpec, code: str, typed: str) -> Reading:
        return Reading(code, code) if self._known(spec, [code]) else _unchosen(typed)

    def _known(self, spec: FieldSpec, codes: Sequence[str]) -> bool:
        return self.codes.get(spec.choices, frozenset()).issuperset(codes)

    def _identifier(self, spec: FieldSpec, tidy: str, typed: str) -> Reading:
        checked = check(IdentifierKind(spec.identifier), tidy, today=self.today)
        match checked.verdict:
            case Verdict.OK:
                return Reading(checked.normalised, checked.normalised)
            case Verdict.WARNING:
                doubt = Problem(Severity.WARNING, checked.message)
                return Reading(checked.normalised, checked.normalised, (doubt,))
            case Verdict.ERROR:
                return _unread(typed, checked.message)


def tidied(text: str, *, keep_lines: bool = False) -> str:
    """The text without what cannot be seen: control characters, doubled and outer spaces."""
    lines = (" ".join(_visible(line).split()) for line in text.splitlines())
    return "\n".join(lines).strip() if keep_lines else " ".join(filter(None, lines))


def _visible(line: str) -> str:
    """Without control characters and halves of surrogate pairs, which no file can hold."""
    kept = (sign for sign in line if sign == "\t" or unicodedata.category(sign) not in _UNSEEN)
    return unicodedata.normalize("NFC", "".join(kept))


def _was_on_the_clock(moment: datetime) -> bool:
    """Whether clocks showed it: an hour a year is left out in spring."""
    try:
        again = moment.astimezone(UTC).astimezone(PRAGUE)
    except OverflowError:
        return False
    return again.replace(tzinfo=None) == moment.replace(tzinfo=None)


def _error(message: str) -> Problem:
    return Problem(Severity.ERROR, message)


def _unread(typed: str, message: str) -> Reading:
    return Reading(None, {TYPED: typed}, (_error(message),))


def _unchosen(typed: str) -> Reading:
    return _unread(typed, _("Choose one of the options."))


def _exact(spec: FieldSpec, stored: Json) -> Value:
    """The value of the normal form of a number or day; None for everything else."""
    match spec.type:
        case FieldType.BOOL if isinstance(stored, bool):
            return stored
        case FieldType.INTEGER:
            if not isinstance(stored, int) or isinstance(stored, bool):
                return None
            return stored if abs(stored) < 10**_MAX_DIGITS else None
        case FieldType.DECIMAL | FieldType.MONEY if isinstance(stored, str | int):
            fits = len(str(stored)) <= _MAX_DIGITS + 8 and _EXACT.fullmatch(str(stored))
            return Decimal(stored) if fits else None
        case FieldType.DATE if isinstance(stored, str) and len(stored) == 10:
            try:
                return date.fromisoformat(stored)
            except ValueError:
                return None
    return None


def _number(spec: FieldSpec, tidy: str, typed: str) -> Reading:
    bare = _SPACES.sub("", tidy).replace("\u2212", "-").casefold()
    for ending in (",-", ",--", "kč", "czk", "%", spec.unit.casefold()):
        bare = bare.removesuffix(ending) if ending else bare
    written = _decimal_point(bare, spec.scale)
    if not _PLAIN.fullmatch(written) or sum(map(str.isdigit, written)) > _MAX_DIGITS:
        return _unread(typed, _not_a_number(spec))
    number = Decimal(written)
    if _places(number) > spec.scale:
        return _unread(typed, _too_fine(spec))
    if spec.type is FieldType.INTEGER:
        return Reading(int(number), int(number), _limits(spec, number))
    exact = number.quantize(Decimal(1).scaleb(-spec.scale))
    return Reading(exact, f"{exact:f}", _limits(spec, exact))


def _decimal_point(bare: str, scale: int) -> str:
    """The number with a decimal point and nothing between thousands.

    A dot before exactly three digits divides thousands, as Czech people write, unless the field
    has three decimal places.
    """
    if _THOUSANDS.fullmatch(bare) and (scale < 3 or "," in bare or bare.count(".") > 1):
        return bare.replace(".", "").replace(",", ".")
    if _ENGLISH.fullmatch(bare):
        return bare.replace(",", "")
    return bare.replace(",", ".")


def _not_a_number(spec: FieldSpec) -> str:
    match spec.type:
        case FieldType.INTEGER:
            return _("Write a whole number, for example 168.")
        case FieldType.MONEY:
            return _("This is not an amount. Write it for example as 34 500,50.")
    return _("This is not a number. Write it for example as 12,5.")


def _too_fine(spec: FieldSpec) -> str:
    if spec.scale == 0:
        return _("Write a whole number, for example 168.")
    sentence = ngettext(
        "Write at most {count} digit after the decimal comma.",
        "Write at most {count} digits after the decimal comma.",
        spec.scale,
    )
    return sentence.format(count=spec.scale)


def _too_long(spec: FieldSpec) -> str:
    return ngettext(
        "The text is too long; at most {count} character fits.",
        "The text is too long; at most {count} characters fit.",
        spec.max_length,
    ).format(count=spec.max_length)


def _limits(spec: FieldSpec, value: Value) -> tuple[Problem, ...]:
    """What the model itself allows of a readable answer."""
    if isinstance(value, str) and len(value) > spec.max_length:
        return (_error(_too_long(spec)),)
    if isinstance(value, int | Decimal):
        if spec.least is not None and value < spec.least:
            limit = shown_number(spec, spec.least)
            return (_error(_("It must be at least {limit}.").format(limit=limit)),)
        if spec.most is not None and value > spec.most:
            limit = shown_number(spec, spec.most)
            return (_error(_("It must be at most {limit}.").format(limit=limit)),)
    return ()


def shown_number(spec: FieldSpec, value: Decimal | int) -> str:
    """A number as people write it, without needless zeros; an amount with its currency."""
    if spec.type is FieldType.MONEY:
        return presentation.money(Decimal(value), spec.currency)
    return presentation.number(value, _places(Decimal(value)))


def _places(number: Decimal) -> int:
    """How many digits after the decimal point say something."""
    return max(0, -int(number.normalize().as_tuple().exponent))
