"""A client of the register: what is kept of a person.

What is typed of a person, and whether it may be saved, is the matter of the form of the client; a
record is made of its answers. Source: domain facts 1.1 and 1.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from smartclient.domain.identifiers import IdentifierKind, Sex, check


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

    @classmethod
    def entered(cls, answers: Mapping[str, object]) -> "PersonRecord":
        """The record of the answers of a form without faults; telephone and postcode in one form.

        The country decides how a telephone without its code and a postcode are written.
        """
        country = _text(answers, "country") or "CZ"
        tidy = {
            name: check(kind, written, country=country).normalised
            for name, kind in (
                ("phone", IdentifierKind.PHONE),
                ("postcode", IdentifierKind.POSTCODE),
            )
            if (written := _text(answers, name))
        }
        return cls.from_json({**answers, **tidy})


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
