"""A client of the register: what is kept of a person, and whether what was typed can be kept.

What is typed stays text until it is saved; `check` reads it the way the register wants it and says
field by field what does not fit. Only what cannot be right is an error; the rest is a warning and
may be saved. Source: domain facts 1.1 and 1.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from smartclient.domain.identifiers.contacts import email as check_email
from smartclient.domain.identifiers.contacts import phone as check_phone
from smartclient.domain.identifiers.contacts import postcode as check_postcode
from smartclient.domain.identifiers.persons import rodne_cislo
from smartclient.domain.identifiers.result import Checked, Sex, Verdict
from smartclient.domain.language import _

Typed = Mapping[str, str | bool]
"""What stands in the fields of the form, by the names in `FIELDS`; absent means untouched."""

MANDATORY: Final = ("given_name", "surname", "house_number", "postcode", "city", "country")
FIELDS: Final = (
    "title",
    "given_name",
    "surname",
    "national_id",
    "foreigner",
    "birth_date",
    "sex",
    "citizenship",
    "street",
    "house_number",
    "postcode",
    "city",
    "country",
    "phone",
    "email",
    "note",
)
_LONGEST: Final = 120
_LONGEST_NOTE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person lives; `country` is a code like CZ."""

    street: str
    house_number: str
    postcode: str
    city: str
    country: str

    @property
    def line(self) -> str:
        """Široká 12, 530 02 Pardubice; a village without streets has only its number."""
        place = " ".join(part for part in (self.street, self.house_number) if part)
        return f"{place}, {self.postcode} {self.city}"


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as the register keeps it."""

    given_name: str
    surname: str
    address: Address
    title: str = ""
    national_id: str = ""
    """Rodné číslo without the slash; empty for a foreigner without one."""
    foreigner: bool = False
    birth_date: date | None = None
    sex: Sex | None = None
    citizenship: str = "CZ"
    phone: str = ""
    """E.164."""
    email: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """Ing. Petr Novák"""
        return " ".join(part for part in (self.title, self.given_name, self.surname) if part)

    def to_json(self) -> dict[str, str | bool]:
        """The record as it is kept."""
        return {
            "kind": "person",
            "title": self.title,
            "given_name": self.given_name,
            "surname": self.surname,
            "national_id": self.national_id,
            "foreigner": self.foreigner,
            "birth_date": self.birth_date.isoformat() if self.birth_date else "",
            "sex": self.sex or "",
            "citizenship": self.citizenship,
            "street": self.address.street,
            "house_number": self.address.house_number,
            "postcode": self.address.postcode,
            "city": self.address.city,
            "country": self.address.country,
            "phone": self.phone,
            "email": self.email,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "PersonRecord":
        """The record of `to_json`; what a newer program added is left aside."""
        born = _text(kept, "birth_date")
        return cls(
            given_name=_text(kept, "given_name"),
            surname=_text(kept, "surname"),
            address=Address(
                street=_text(kept, "street"),
                house_number=_text(kept, "house_number"),
                postcode=_text(kept, "postcode"),
                city=_text(kept, "city"),
                country=_text(kept, "country") or "CZ",
            ),
            title=_text(kept, "title"),
            national_id=_text(kept, "national_id"),
            foreigner=kept.get("foreigner") is True,
            birth_date=date.fromisoformat(born) if born else None,
            sex=_sex(_text(kept, "sex")),
            citizenship=_text(kept, "citizenship") or "CZ",
            phone=_text(kept, "phone"),
            email=_text(kept, "email"),
            note=_text(kept, "note"),
        )

    def typed(self) -> dict[str, str | bool]:
        """The record as it would have been typed, for the form that changes it."""
        born = self.birth_date
        return {
            "title": self.title,
            "given_name": self.given_name,
            "surname": self.surname,
            "national_id": slashed(self.national_id),
            "foreigner": self.foreigner,
            "birth_date": f"{born.day}. {born.month}. {born.year}" if born else "",
            "sex": self.sex or "",
            "citizenship": self.citizenship,
            "street": self.address.street,
            "house_number": self.address.house_number,
            "postcode": self.address.postcode,
            "city": self.address.city,
            "country": self.address.country,
            "phone": self.phone,
            "email": self.email,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Objection:
    """What does not fit at a field. Only an error keeps the client from being saved."""

    severity: Literal["error", "warning"]
    message: str


@dataclass(frozen=True, slots=True)
class CheckedClient:
    """What the typed fields come to. `record` is there when nothing stands against saving."""

    objections: Mapping[str, Objection] = field(default_factory=dict)
    birth_date: date | None = None
    """As the national id tells it, or as it was typed for a foreigner."""
    sex: Sex | None = None
    record: PersonRecord | None = None

    @property
    def first_error(self) -> str:
        """The name of the first field that keeps the client from being saved."""
        wrong = (name for name in FIELDS if self._is_error(name))
        return next(wrong, "")

    def _is_error(self, name: str) -> bool:
        objection = self.objections.get(name)
        return objection is not None and objection.severity == "error"


def check(typed: Typed, today: date) -> CheckedClient:
    """Read what was typed; every mandatory field that is empty is an error of its own."""
    reading = _Reading(typed, today)
    return reading.result()


class _Reading:
    def __init__(self, typed: Typed, today: date) -> None:
        self._typed = typed
        self._today = today
        self._objections: dict[str, Objection] = {}

    def result(self) -> CheckedClient:
        foreigner = self._typed.get("foreigner") is True
        country = self._words("country") or "CZ"
        if foreigner:
            national_id, born, sex = "", self._birth_date(), _sex(self._words("sex"))
        else:
            national_id, born, sex = self._national_id()
        record = PersonRecord(
            given_name=self._mandatory("given_name"),
            surname=self._mandatory("surname"),
            address=Address(
                street=self._words("street"),
                house_number=self._mandatory("house_number"),
                postcode=self._postcode(country),
                city=self._mandatory("city"),
                country=country,
            ),
            title=self._words("title"),
            national_id=national_id,
            foreigner=foreigner,
            birth_date=born,
            sex=sex,
            citizenship=self._words("citizenship") or "CZ",
            phone=self._contact("phone", country),
            email=self._contact("email", country),
            note=self._words("note", _LONGEST_NOTE),
        )
        fits = all(objection.severity == "warning" for objection in self._objections.values())
        return CheckedClient(self._objections, born, sex, record if fits else None)

    def _words(self, name: str, longest: int = _LONGEST) -> str:
        value = self._typed.get(name, "")
        words = value.strip() if isinstance(value, str) else ""
        if len(words) > longest:
            message = _("At most {longest} characters fit here.").format(longest=longest)
            self._objections[name] = Objection("error", message)
        return words

    def _mandatory(self, name: str) -> str:
        words = self._words(name)
        if not words:
            self._objections[name] = Objection("error", _("Please fill this in."))
        return words

    def _national_id(self) -> tuple[str, date | None, Sex | None]:
        words = self._words("national_id")
        if not words:
            message = _("Fill in the birth number, or tick that the client has none.")
            self._objections["national_id"] = Objection("error", message)
            return "", None, None
        checked = rodne_cislo(words, self._today)
        self._object("national_id", checked)
        return checked.normalised, checked.birth_date, checked.sex

    def _birth_date(self) -> date | None:
        words = self._words("birth_date")
        born = read_date(words)
        if born is None or born > self._today or born.year < self._today.year - 130:
            message = _("Write the date of birth like 9. 3. 1984.")
            self._objections["birth_date"] = Objection("error", message)
            return None
        return born

    def _postcode(self, country: str) -> str:
        words = self._mandatory("postcode")
        if not words:
            return ""
        checked = check_postcode(words, country)
        self._object("postcode", checked)
        return checked.normalised

    def _contact(self, name: Literal["phone", "email"], country: str) -> str:
        words = self._words(name)
        if not words:
            return ""
        checked = check_phone(words, country) if name == "phone" else check_email(words)
        self._object(name, checked)
        return checked.normalised

    def _object(self, name: str, checked: Checked) -> None:
        match checked.verdict:
            case Verdict.ERROR:
                self._objections[name] = Objection("error", checked.message)
            case Verdict.WARNING:
                self._objections[name] = Objection("warning", checked.message)
            case Verdict.OK:
                pass


def read_date(words: str) -> date | None:
    """9. 3. 1984, 9.3.1984, 09-03-1984 or 1984-03-09 as a date; None for anything else."""
    parts = words.replace(".", " ").replace("-", " ").replace("/", " ").split()
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    year_first = len(parts[0]) == 4
    year, month, day = (parts if year_first else parts[::-1])[:3]
    if len(year) != 4:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def slashed(national_id: str) -> str:
    """845612/1234 as people write it; other lengths as they are."""
    plain = len(national_id) in (9, 10)
    return f"{national_id[:6]}/{national_id[6:]}" if plain else national_id


def _text(source: Mapping[str, object], name: str) -> str:
    value = source.get(name, "")
    return value if isinstance(value, str) else ""


def _sex(code: str) -> Sex | None:
    match code:
        case "M" | "F":
            return code
        case _:
            return None
