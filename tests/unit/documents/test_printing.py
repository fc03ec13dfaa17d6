"""A filled form becomes what the pages say."""

from collections.abc import Iterator
from itertools import pairwise

from smartclient.documents.rendering import render
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject
from tests.unit.documents.offers import TODAY, offer, package, print_data
from tests.unit.documents.workshop import BODY, NOW, template

NBSP = "\u00a0"


def blocks_of(printed: Json, section: str) -> list[JsonObject]:
    assert isinstance(printed, dict)
    sections = printed["sections"]
    assert isinstance(sections, list)
    for each in sections:
        if isinstance(each, dict) and each["id"] == section:
            found = each["blocks"]
            assert isinstance(found, list)
            return [block for block in found if isinstance(block, dict)]
    return []


def items_of(blocks: Json) -> Iterator[JsonObject]:
    """Every answer below some blocks, rows included."""
    assert isinstance(blocks, list)
    for block in blocks:
        assert isinstance(block, dict)
        yield from items_of(block.get("blocks", []))
        items = block.get("items", [])
        assert isinstance(items, list)
        yield from (item for item in items if isinstance(item, dict))


def answer(section: str, path: str) -> Json:
    found = [
        item["value"]
        for item in items_of([*blocks_of(print_data(offer()), section)])
        if item["path"] == path
    ]
    return found[0] if found else None


def test_that_answers_are_written_as_people_write_them() -> None:
    assert answer("policyholder", "policyholder.birth_date") == f"15.{NBSP}6.{NBSP}1991"
    assert answer("policyholder", "policyholder.national_id") == "910615/1010"
    assert answer("policyholder", "policyholder.document_kind") == "občanský průkaz"
    assert answer("policyholder", "policyholder.pep") is False
    assert answer("persons", "insured.height") == f"178{NBSP}cm"
    assert answer("persons", "insured.net_income") == f"45{NBSP}000{NBSP}Kč"


def test_that_what_is_irrelevant_or_unanswered_is_left_out() -> None:
    assert answer("policyholder", "policyholder.address.postcode_abroad") is None
    assert answer("policyholder", "policyholder.mailing.street") is None
    assert answer("persons", "insured.sport") is None


def test_that_a_heading_stands_only_above_something() -> None:
    for section in ("policyholder", "persons", "covers", "health", "needs", "declarations"):
        kinds = [block["kind"] for block in blocks_of(print_data(offer()), section)]
        assert kinds[-1] != "heading"
        assert ("heading", "heading") not in pairwise(kinds)


def test_that_health_questions_are_printed_whole_and_numbered_for_each_person() -> None:
    first, second = blocks_of(print_data(offer()), "health")
    for row in (first, second):
        asked = [item for item in items_of(row["blocks"]) if "number" in item]
        assert [item["number"] for item in asked] == list(range(1, 10))
        assert all(str(item["label"]).endswith((".", "?")) for item in asked)
    assert [item["value"] for item in items_of(first["blocks"]) if "number" in item].count(
        True
    ) == 1


def test_that_the_details_of_a_yes_follow_their_question() -> None:
    first = blocks_of(print_data(offer()), "health")[0]
    paths = [str(item["path"]) for item in items_of(first["blocks"])]
    yes = paths.index("insured.health.movement.answer")
    assert paths[yes + 1 : yes + 3] == [
        "insured.health.movement.detail.diagnosis",
        "insured.health.movement.detail.since",
    ]


def test_that_covers_stand_in_a_table_with_their_premium() -> None:
    rows = [block for block in blocks_of(print_data(offer()), "covers") if block["kind"] == "row"]
    assert [row["title"] for row in rows] == ["1. Petr Novák", "2. Lenka Nováková"]
    (table,) = [block for block in rows[0]["blocks"] if isinstance(block, dict)]  # type: ignore[union-attr]
    lines = table["rows"]
    assert isinstance(lines, list)
    assert isinstance(lines[0], list)
    assert str(lines[0][0]).startswith("Smrt")
    assert lines[0][1:] == [
        "",
        f"2{NBSP}000{NBSP}000{NBSP}Kč",
        "60",
        f"672{NBSP}Kč",
    ]
    assert len(lines) == 3


def test_that_the_premium_names_every_person_and_adds_up() -> None:
    session = offer()
    premium = print_data(session)["premium"]
    assert isinstance(premium, dict)
    assert session.premium is not None
    assert premium["payable"] == f"{session.premium.payable:,f}".replace(",", NBSP) + f"{NBSP}Kč"
    assert premium["frequency"] == 12
    persons = premium["persons"]
    assert isinstance(persons, list)
    assert [each["person"] for each in persons if isinstance(each, dict)] == [
        "1. Petr Novák",
        "2. Lenka Nováková",
    ]


def test_that_the_adviser_signs_under_his_name() -> None:
    signatures = print_data(offer())["signatures"]
    assert isinstance(signatures, list)
    assert [(each["field"], each["person"]) for each in signatures if isinstance(each, dict)] == [
        ("policyholder", "Ing. Petr Novák"),
        ("insured_2", "Lenka Nováková"),
        ("adviser", "Jana Dvořáková"),
    ]


def test_that_what_cannot_be_read_stands_as_it_was_typed() -> None:
    session = offer()
    session.set("policyholder.document_valid_to", "31. 2. 2026")
    items = items_of([*blocks_of(print_data(session), "policyholder")])
    (typed,) = [item for item in items if item["path"] == "policyholder.document_valid_to"]
    assert typed["value"] == "31. 2. 2026"


def test_that_two_persons_of_the_same_name_stay_two() -> None:
    session = offer()
    session.set("insured.1.given_name", "Petr")
    session.set("insured.1.surname", "Novák")
    premium = print_data(session)["premium"]
    assert isinstance(premium, dict)
    assert isinstance(premium["persons"], list)
    assert len(premium["persons"]) == 2


def test_that_an_empty_form_prints_no_answer_that_was_not_given() -> None:
    session = FormSession(package(), {}, today=TODAY)
    printed = print_data(session)
    assert printed["premium"] is None
    assert render(template(), BODY, printed, at=NOW).pages >= 1


def test_that_a_whole_offer_is_drawn_with_a_place_for_everybody() -> None:
    frozen = render(template(), BODY, print_data(offer()), at=NOW)
    assert [place.name for place in frozen.places] == ["policyholder", "insured_2", "adviser"]
    assert [place.signer for place in frozen.places][2] == "Jana Dvořáková"
