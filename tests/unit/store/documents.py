"""Bodies of documents for tests, as the contract of the wire describes them."""

from decimal import Decimal

from smartclient.wire.messages import JsonObject


def offer(
    number: str = "7200041873",
    client_name: str = "Petr Novák",
    *,
    premium: Decimal | None = Decimal(1223),
    digital: bool = True,
    kind: str = "offer",
    surname: str = "Novák",
) -> JsonObject:
    """The body of an offer with one answer that tests change: the surname."""
    priced: JsonObject = {"payable": str(premium), "frequency": 12, "currency": "CZK", "lines": []}
    return {
        "schema": 1,
        "document_kind": kind,
        "number": number,
        "form_id": "flexi-offer",
        "form_version": 1,
        "client_id": "c-1",
        "client_name": client_name,
        "answers": {"policyholder": {"surname": surname}},
        "premium": None if premium is None else priced,
        "digital": digital,
    }
