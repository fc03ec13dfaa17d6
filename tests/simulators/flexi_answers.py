"""A FLEXI offer filled in as an adviser would type it, up to what is left out on purpose."""

from collections.abc import Collection

from smartclient.forms.session import FormSession

Typed = str | bool | list[str]

PETR: dict[str, Typed] = {
    "policyholder.birth_place": "Pardubice",
    "policyholder.document_kind": "id_card",
    "policyholder.document_number": "123456789",
    "policyholder.document_valid_to": "31. 12. 2031",
    "policyholder.document_issuer": "Magistrát města Pardubic",
    "policyholder.funds": "wage",
    "policyholder.pep": False,
    "insured.0.occupation": "učitel základní školy",
    "insured.0.risk_class": "1",
    "insured.0.net_income": "34500",
    "insured.0.sport": "jízda na kole, lyžování",
    "insured.0.height": "182",
    "insured.0.weight": "81",
    "insured.0.smoker": False,
    "contract.end_age": "65",
    "payment.frequency": "12",
    "payment.way": "standing_order",
    "needs.risks": ["death", "disability"],
    "needs.dependants": "2",
    "needs.budget": "1500",
    "needs.existing": False,
    "needs.recommendation": "Zajistit splátky hypotéky a příjem rodiny.",
    "needs.differs": False,
    "declarations.truth": True,
    "declarations.product_information": True,
    "declarations.personal_information": True,
    "declarations.health_processing": True,
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
    session.finish_typing()
    return session
