"""One door to all checks, by the kind of the identifier."""

from datetime import date
from enum import StrEnum

from smartclient.domain.identifiers import businesses, contacts, payments, persons, vehicles
from smartclient.domain.identifiers.result import Checked


class IdentifierKind(StrEnum):
    """What a person may be asked to type."""

    CZ_RC = "cz_rc"
    CZ_ICO = "cz_ico"
    CZ_DIC = "cz_dic"
    CZ_ACCOUNT = "cz_account"
    PL_PESEL = "pl_pesel"
    PL_NIP = "pl_nip"
    PL_REGON = "pl_regon"
    DK_CPR = "dk_cpr"
    DK_CVR = "dk_cvr"
    IBAN = "iban"
    VIN = "vin"
    PHONE = "phone"
    MOBILE = "mobile"
    EMAIL = "email"
    POSTCODE = "postcode"
    PLATE = "plate"


def check(
    kind: IdentifierKind, typed: str, *, country: str = "CZ", today: date | None = None
) -> Checked:
    """What there is to say about a typed identifier; works without a network.

    `country` (two letters) decides for telephones, postcodes and plates. With `today` a birth date
    that is still to come is an error, and a CPR of somebody above 110 a warning.
    """
    match kind:
        case IdentifierKind.CZ_RC:
            return persons.rodne_cislo(typed, today)
        case IdentifierKind.PL_PESEL:
            return persons.pesel(typed, today)
        case IdentifierKind.DK_CPR:
            return persons.cpr(typed, today)
        case IdentifierKind.PHONE:
            return contacts.phone(typed, country)
        case IdentifierKind.MOBILE:
            return contacts.mobile(typed, country)
        case IdentifierKind.POSTCODE:
            return contacts.postcode(typed, country)
        case IdentifierKind.PLATE:
            return vehicles.plate(typed, country)
        case _:
            return _OF_VALUE_ALONE[kind](typed)


_OF_VALUE_ALONE = {
    IdentifierKind.CZ_ICO: businesses.ico,
    IdentifierKind.CZ_DIC: businesses.dic,
    IdentifierKind.CZ_ACCOUNT: payments.czech_account,
    IdentifierKind.PL_NIP: businesses.nip,
    IdentifierKind.PL_REGON: businesses.regon,
    IdentifierKind.DK_CVR: businesses.cvr,
    IdentifierKind.IBAN: payments.iban,
    IdentifierKind.VIN: vehicles.vin,
    IdentifierKind.EMAIL: contacts.email,
}
