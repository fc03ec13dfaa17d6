"""Figures on paper that stand in no field."""

from dataclasses import replace
from decimal import Decimal

import pytest

from smartclient.documents.figures import paid_before, projected
from smartclient.documents.printing import printed
from smartclient.premium.lines import PremiumLine, PremiumRequest
from smartclient.premium.pricing import Premium, price
from smartclient.premium.projection import Projection, ScenarioResult, YearValue
from smartclient.wire.messages import JsonObject
from tests.unit.documents.workshop import BODY, NOW
from tests.unit.forms.contract_change import change_request
from tests.unit.premium.flexi import flexi


def year(number: int, value: str) -> YearValue:
    nothing = Decimal(0)
    return YearValue(
        year=number,
        age=40 + number,
        paid=Decimal(1200),
        costs=nothing,
        fees=nothing,
        charges=nothing,
        gain=nothing,
        value=Decimal(value),
        surrender=Decimal(value) - Decimal("500.49"),
        paid_in_all=Decimal(1200 * number),
    )


def premium(amount: str, frequency: int) -> Premium:
    line = PremiumLine("a", "1", "DTH", 35, 25, None, Decimal(amount), "constant", 1)
    return price(flexi(), PremiumRequest(frequency, (line,)))


def contract(payable: str, frequency: str) -> JsonObject:
    return {"baseline": {"premium": {"payable": payable, "frequency": frequency}}}


def test_that_a_projection_is_written_in_whole_crowns_and_drawn_from_exact_ones() -> None:
    scenario = ScenarioResult("middle", Decimal("0.025"), (year(1, "1234.50"),), exhausted_in=13)
    found = projected(Projection("CZK", (scenario,)))
    assert found == {
        "scenarios": [
            {
                "name": "middle",
                "rate": "2,5\u00a0%",
                "points": ["1234.50"],
                "years": [
                    {
                        "year": 1,
                        "age": 41,
                        "paid": "1\u00a0200\u00a0Kč",
                        "value": "1\u00a0235\u00a0Kč",
                        "surrender": "734\u00a0Kč",
                    }
                ],
                "exhausted": 2,
            }
        ]
    }


def test_that_a_form_without_a_value_has_no_projection() -> None:
    assert projected(None) is None


@pytest.mark.parametrize(
    ("before", "sign", "difference"),
    [("600", "more", "+108\u00a0Kč"), ("708", "same", "0\u00a0Kč"), ("800", "less", "−92\u00a0Kč")],
)
def test_that_the_premium_before_stands_with_its_difference(
    before: str, sign: str, difference: str
) -> None:
    now = replace(premium("2000000", 12), payable=Decimal(708))
    found = paid_before(contract(before, "12"), now)
    assert found is not None
    assert (found["sign"], found["difference"]) == (sign, difference)


def test_that_payments_of_different_number_are_compared_by_the_year() -> None:
    now = premium("2000000", 1)
    found = paid_before(contract("700", "12"), now)
    assert found is not None
    assert found["difference"] == ""
    assert found["annual"] == "8\u00a0400\u00a0Kč"
    assert str(found["difference_annual"]).startswith("−")


def test_that_nothing_stands_before_a_document_without_a_contract() -> None:
    assert paid_before({}, premium("2000000", 12)) is None
    assert paid_before(contract("700", "12"), None) is None


def test_that_a_change_is_printed_with_what_stood_before() -> None:
    session = change_request()
    session.set("holder.surname", "Nová")
    session.set("payment.way", "order")
    session.set("persons.0.covers.0.sum", "2 500 000")
    data = printed(session, BODY, None, title="Change", at=NOW, language="en")
    items = _items(data["sections"])
    assert items["holder.surname"]["before"] == "Novák"
    assert items["payment.way"]["before"] == "Direct debit"
    gone = items["payment.account"]
    assert (gone["value"], gone["before"]) == ("", "19-2000145399/0800")
    assert "before" not in items["holder.mail"]
    assert items["persons.covers.sum"]["before"] == "2\u00a0000\u00a0000\u00a0Kč"


def _items(found: object) -> dict[str, JsonObject]:
    """All items of blocks, by their path; of rows the first one with a change."""
    items: dict[str, JsonObject] = {}
    if isinstance(found, list):
        for each in found:
            for path, item in _items(each).items():
                if path not in items or "before" not in items[path]:
                    items[path] = item
    elif isinstance(found, dict):
        if isinstance(found.get("path"), str) and "value" in found:
            items[str(found["path"])] = found
        for name in ("sections", "blocks", "items"):
            items |= _items(found.get(name))
    return items
