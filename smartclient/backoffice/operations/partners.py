"""The business partners whose advisers may activate: known, unknown or blocked."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.domain.errors import BadInput, Refused
from smartclient.domain.hr_number import hr_number
from smartclient.domain.ids import HrNumber

_OF_HR = select(schema.partner).where(schema.partner.c.hr == bindparam("of_hr"))


@dataclass(frozen=True, slots=True)
class Partner:
    """A company on the insurer's list; its contact is told of each activation."""

    hr: HrNumber
    name: str
    contact_email: str
    blocked: bool = False
    language: str = "cs"


def require_hr(typed: str) -> HrNumber:
    """The HR number as sent; BadInput SC-SERV-013 unless it is digits beginning with 9."""
    number = hr_number(typed)
    if number is None or number != typed:
        raise BadInput("SC-SERV-013")
    return number


def find_partner(desk: Desk, hr: HrNumber) -> Partner | None:
    """The partner of an HR number."""
    row = desk.connection.execute(_OF_HR, {"of_hr": hr}).one_or_none()
    if row is None:
        return None
    return Partner(row.hr, row.name, row.contact_email, bool(row.blocked), row.language)


def require_partner(desk: Desk, hr: HrNumber) -> Partner:
    """The partner; Refused SC-SERV-014 when unknown, SC-SERV-015 when blocked."""
    partner = find_partner(desk, hr)
    if partner is None:
        raise Refused("SC-SERV-014")
    if partner.blocked:
        raise Refused("SC-SERV-015", partner=partner.name)
    return partner


def save_partners(desk: Desk, partners: Iterable[Partner]) -> int:
    """Add the partners or change those that are there; how many were given."""
    rows = [
        {
            "hr": partner.hr,
            "name": partner.name,
            "contact_email": partner.contact_email,
            "language": partner.language,
            "blocked": partner.blocked,
            "changed_at": desk.now,
        }
        for partner in partners
    ]
    upsert(desk.connection, schema.partner, rows)
    return len(rows)
