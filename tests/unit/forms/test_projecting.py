"""The projection of a form: from its answers, through the tariff, when somebody looks."""

from decimal import Decimal

import pytest

from smartclient.forms.faults import PackageRefused
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.premium import ChargeLine, ProjectionRequest, project
from smartclient.wire.messages import Json, JsonObject
from tests.unit.forms.household import TODAY, files
from tests.unit.premium.flexi import flexi

CHARGE: JsonObject = {
    "repeat": "persons.lines",
    "when": "note == 'death'",
    "cover": "'DTHN'",
    "age": "count",
    "sum_insured": "amount * 1000",
    "loading": "0.25",
    "term": "5",
}
PROJECTION: JsonObject = {
    "start_age": "count",
    "months": "120",
    "regular": "everything",
    "single": "share",
    "charges": [CHARGE],
}
PRICING: JsonObject = {
    "frequency": "12",
    "payment_way": "if_(holder.employed, 'postal', 'direct_debit')",
    "lines": {
        "repeat": "persons.lines",
        "persons": "persons",
        "report_at": {"": "persons.lines.amount", "SC-PREM-021": "persons.lines.note"},
        "cover": "if_(note == 'day', 'PN', 'INVEST')",
        "age": "count",
        "term": "20",
        "amount": "amount",
        "income": "share",
    },
    "projection": PROJECTION,
}


def package(**changed: Json) -> FormPackage:
    return FormPackage.from_files(files(pricing={**PRICING, **changed}))


def opened(form: FormPackage | None = None, version: int = 2) -> FormSession:
    session = FormSession(form or package(), {}, today=TODAY, tariff=flexi(version), language="en")
    session.add_row("persons.0.lines")
    session.add_row("persons.0.lines")
    for path, typed in (
        ("count", "35"),
        ("persons.0.lines.0.amount", "1000"),
        ("persons.0.lines.1.amount", "400"),
        ("persons.0.lines.1.note", "death"),
    ):
        session.set(path, typed)
    return session


def test_that_the_projection_is_that_of_the_answers() -> None:
    death = ChargeLine(35, "DTHN", Decimal(400_000), Decimal("0.25"), 5)
    request = ProjectionRequest(35, 120, Decimal(1_400), 12, Decimal(0), (death,))
    assert opened().projection == project(flexi(2), request)


def test_that_the_projection_follows_what_is_typed() -> None:
    session = opened()
    before = session.projection
    assert session.projection is before
    session.set("persons.0.lines.0.amount", "2000")
    after = session.projection
    assert before is not None
    assert after is not None
    assert after.scenarios[0].years[0].paid == before.scenarios[0].years[0].paid + 12_000
    session.undo()
    assert session.projection == before


def test_that_rows_that_do_not_meet_the_condition_are_not_charged() -> None:
    session = opened()
    session.set("persons.0.lines.1.note", "nothing")
    assert session.projection == project(
        flexi(2), ProjectionRequest(35, 120, Decimal(1_400), 12, Decimal(0))
    )


def test_that_there_is_no_projection_while_an_answer_is_missing() -> None:
    session = opened()
    session.set("count", "")
    assert session.projection is None
    assert session.projection_problem is None


def test_that_an_age_that_cannot_be_charged_is_told() -> None:
    session = opened()
    session.set("count", "-5")
    problem = session.projection_problem
    assert session.projection is None
    assert problem is not None
    assert problem.code == "SC-PREM-018"


def test_that_a_tariff_without_a_value_is_told() -> None:
    session = opened(version=1)
    assert session.projection is None
    problem = session.projection_problem
    assert problem is not None
    assert problem.code == "SC-PREM-024"


def test_that_an_answer_of_the_wrong_kind_is_told() -> None:
    session = opened(package(projection={**PROJECTION, "months": "'ten'"}))
    problem = session.projection_problem
    assert problem is not None
    assert problem.code == "SC-FORM-111"


def test_that_a_form_without_a_map_or_a_tariff_has_no_projection() -> None:
    without = {name: each for name, each in PRICING.items() if name != "projection"}
    form = FormPackage.from_files(files(pricing=without))
    assert opened(form).projection is None
    untariffed = FormSession(package(), {}, today=TODAY, language="en")
    assert untariffed.projection is None
    assert untariffed.projection_problem is None


def test_that_the_way_of_payment_changes_the_premium_at_once() -> None:
    session = opened()
    before = session.premium
    assert before is not None
    assert session.set("holder.employed", True).premium
    after = session.premium
    assert after is not None
    assert after.payable == before.payable + 10


def test_that_an_amount_beyond_the_income_is_told_at_the_field_of_the_package() -> None:
    session = opened()
    session.set("persons.0.lines.0.note", "day")
    assert session.field("persons.0.lines.0.note").problems == ()
    session.set("share", "100")
    (problem,) = session.field("persons.0.lines.0.note").problems
    assert "at most 300" in problem.message


@pytest.mark.parametrize(
    ("projection", "field"),
    [
        ({**PROJECTION, "months": "nothing"}, "projection.months"),
        ({**PROJECTION, "months": ""}, "projection.months"),
        ({"start_age": "count"}, "projection.months"),
        ({**PROJECTION, "years": "10"}, "projection.years"),
        ({**PROJECTION, "charges": [{**CHARGE, "repeat": "nowhere"}]}, "repeat"),
        ({**PROJECTION, "charges": [{**CHARGE, "sum": "1"}]}, "sum"),
        ({**PROJECTION, "charges": [{"repeat": "persons.lines"}]}, "cover"),
        ({**PROJECTION, "charges": "all"}, "projection.charges"),
        ("all", "projection"),
    ],
)
def test_that_a_fault_of_the_map_is_named(projection: Json, field: str) -> None:
    with pytest.raises(PackageRefused) as refusal:
        package(projection=projection)
    found = [each for each in refusal.value.faults if each.values["file"] == "pricing.json"]
    assert found
    assert any(each.values["field"].endswith(field) for each in found)
