"""FLEXI offers filled in as an adviser would type them, up to what is left out on purpose."""

import json
from collections.abc import Collection
from pathlib import Path

from smartclient.forms.session import FormSession
from smartclient.wire.messages import JsonObject

Typed = str | bool | list[str]

_TRIALS = Path(__file__).parents[2] / "catalogue" / "forms" / "flexi-offer" / "2" / "tests"

PETR: dict[str, Typed] = {
    "policyholder.birth_place": "Pardubice",
    "needs.met_how": "in_person",
    "needs.met_where": "u klienta doma, Pardubice",
    "needs.risks": ["death", "disability"],
    "needs.for_whom": ["partner", "children"],
    "needs.sum": "2000000",
    "needs.years": "24",
    "needs.budget": "1500",
    "needs.family": "married",
    "needs.dependants": "2",
    "needs.existing": False,
    "needs.investing": False,
    "needs.withheld": False,
    "needs.recommendation": "Zajistit splátky hypotéky a příjem rodiny.",
    "needs.differs": False,
    "needs.handed_over": ["ipid", "terms", "distributor"],
    "needs.handed_how": "repository",
    "insured.0.job": "employee",
    "insured.0.occupation": "učitel základní školy",
    "insured.0.risk_class": "1",
    "insured.0.net_income": "34500",
    "insured.0.sport": "jízda na kole, lyžování",
    "insured.0.height": "182",
    "insured.0.weight": "81",
    "insured.0.smoker": False,
    "insured.0.hand": "right",
    "insured.0.doctor.name": "MUDr. Jana Malá",
    "insured.0.doctor.address": "Smilova 334, Pardubice",
    "contract.end_age": "65",
    "payment.frequency": "12",
    "payment.way": "standing_order",
    "aml.document_kind": "id_card",
    "aml.document_number": "123456789",
    "aml.document_valid_to": "31. 12. 2031",
    "aml.document_issuer": "Magistrát města Pardubic",
    "aml.copy": True,
    "aml.origin": "wage",
    "aml.pep": False,
    "aml.us_person": False,
    "declarations.truth": True,
    "declarations.product_information": True,
    "declarations.personal_information": True,
    "declarations.health_processing": True,
    "declarations.medical_secrecy": True,
    "signing.place": "Pardubice",
}
HEALTH = (
    "hospital",
    "unable",
    "medicines",
    "organs",
    "mind",
    "movement",
    "planned",
    "disability",
    "refused",
)
COVERS = (("DTH", "2000000"), ("INV3", "1500000"), ("TNU", "1000000"))


def fill_in(
    session: FormSession, *, without: Collection[str] = (), digital: bool = True
) -> FormSession:
    """Fill in a new offer of Petr Novák; paths in `without` stay unanswered."""
    for path, value in PETR.items():
        if path not in without:
            session.set(path, value)
    for question in HEALTH:
        path = f"insured.0.health.{question}.answer"
        if path not in without:
            session.set(path, False)
    for number, (cover, amount) in enumerate(COVERS):
        row = f"insured.0.covers.{number}"
        if number >= session.rows("insured.0.covers"):
            session.add_row("insured.0.covers")
        for path, value in ((f"{row}.code", cover), (f"{row}.sum", amount)):
            if path not in without:
                session.set(path, value)
        variant = session.field(f"{row}.variant")
        if variant.relevant and variant.choices:
            session.set(f"{row}.variant", variant.choices[0].code)
        if session.field(f"{row}.end_age").relevant:
            session.set(f"{row}.end_age", "65")
    if session.field("signing.digital").relevant:
        session.set("signing.digital", digital)
    if session.field("declarations.electronic").relevant:
        session.set("declarations.electronic", True)
    session.finish_typing()
    return session


def answers(name: str) -> JsonObject:
    """Whole offers as answers: `smallest`, `family`, `company`, and `full`: 2 adults, 5 children."""
    content = (_TRIALS / "answers" / f"{name}.json").read_bytes()
    found: JsonObject = json.loads(content)
    return found
