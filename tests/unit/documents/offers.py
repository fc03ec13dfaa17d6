"""A FLEXI offer filled in as an adviser would, on the real form package and tariff."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from smartclient.documents.printing import printed
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.premium.tariff import Tariff
from smartclient.wire.messages import JsonObject
from tests.simulators.flexi_answers import HEALTH
from tests.unit.documents.workshop import BODY, NOW, REPOSITORY

TODAY = date(2026, 11, 21)
POLICYHOLDER: Mapping[str, str | bool] = {
    "given_name": "Petr",
    "surname": "Novák",
    "title": "Ing.",
    "national_id": "910615/1010",
    "birth_place": "Praha",
    "document_kind": "id_card",
    "document_number": "204518332",
    "document_issuer": "Magistrát hlavního města Prahy",
    "document_valid_to": "14. 5. 2033",
    "pep": False,
    "funds": "wage",
    "address.street": "Na Dlouhém lánu",
    "address.house_number": "1234/56",
    "address.postcode": "16000",
    "address.city": "Praha 6",
}
ADULT: Mapping[str, str | bool] = {
    "occupation": "učitel základní školy",
    "risk_class": "1",
    "net_income": "45 000",
    "height": "178",
    "weight": "81",
    "smoker": False,
    "beneficiary_way": "law",
}
COVERS = (
    ("DTH", "2 000 000", "60", ""),
    ("INV3", "1 500 000", "55", "linear"),
    ("DNL", "300", "60", "from_day_8"),
)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@cache
def package() -> FormPackage:
    return FormPackage.from_files(
        files_of(REPOSITORY / "catalogue" / "forms" / "flexi-offer" / "1")
    )


@cache
def tariff() -> Tariff:
    return Tariff.from_files(files_of(REPOSITORY / "catalogue" / "tariffs" / "flexi" / "1"))


def fill(session: FormSession, inside: str, answers: Mapping[str, str | bool]) -> None:
    for name, typed in answers.items():
        session.set(f"{inside}.{name}", typed)


def offer() -> FormSession:
    """An offer of Petr for himself and his wife Lenka, with a yes among his health questions."""
    session = FormSession(package(), {}, today=TODAY, tariff=tariff())
    fill(session, "policyholder", POLICYHOLDER)
    session.set("contact.mobile", "601234567")
    session.set("contact.email", "petr.novak@example.cz")
    session.set("contract.end_age", "60")
    fill_adult(session, 0)
    fill(
        session,
        "insured.0.health.movement",
        {"answer": True, "detail.diagnosis": "vyhřeznutí ploténky", "detail.since": "2023"},
    )
    for cover in COVERS:
        add_cover(session, 0, cover)
    session.add_row("insured")
    wife = {"role": "adult", "relation": "spouse", "given_name": "Lenka", "surname": "Nováková"}
    fill(session, "insured.1", {**wife, "national_id": "935723/1004"})
    fill_adult(session, 1)
    add_cover(session, 1, ("DTH", "1 000 000", "58", ""))
    fill(session, "payment", {"frequency": "12", "way": "standing_order"})
    session.set("needs.recommendation", "Odpovídá výši hypotéky a příjmu domácnosti.")
    session.set("declarations.truth", True)
    return session


def fill_adult(session: FormSession, row: int) -> None:
    fill(session, f"insured.{row}", ADULT)
    fill(session, f"insured.{row}.health", {f"{name}.answer": False for name in HEALTH})


def add_cover(session: FormSession, row: int, cover: tuple[str, str, str, str]) -> None:
    code, amount, end_age, variant = cover
    path = f"insured.{row}.covers"
    rows = session.rows(path)
    index = 0 if code == "DTH" and rows else session.add_row(path)
    fill(session, f"{path}.{index}", {"code": code, "sum": amount, "end_age": end_age})
    if variant:
        session.set(f"{path}.{index}.variant", variant)


def body_of(session: FormSession) -> JsonObject:
    return BODY | {"answers": session.answers_in_force}


def print_data(session: FormSession) -> JsonObject:
    return printed(session, body_of(session), session.premium, title=package().title(), at=NOW)
