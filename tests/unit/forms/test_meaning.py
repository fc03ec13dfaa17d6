"""A modelling fills in an offer by what its answers mean."""

import json
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.forms.carrying import leaves
from smartclient.forms.meaning import Carried, carry
from smartclient.forms.model import FieldSpec, RepeatSpec
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject
from tests.unit.forms.household import MANIFEST, TODAY, files


def form(id_: str, model: list[Json], *rules: Json, **lists: bytes) -> FormPackage:
    """A form whose fields stand in one section, rows in their order."""
    given = files(
        manifest={**MANIFEST, "id": id_},
        model={"fields": model},
        rules={"rules": list(rules)},
        ui={"sections": [{"id": "all", "elements": elements(model)}]},
        texts={
            "title": id_,
            "fields": {f"*.{name}": {"label": name.capitalize()} for name in names(model)},
            "sections": {"all": {"title": "All"}},
            "repeats": {
                path: {"title": "Rows", "add": "Add", "remove": "Remove"}
                for path in ("persons", "insured", "insured.covers", "persons.covers")
            },
        },
    )
    return FormPackage.from_files(
        given | {f"choices/{name}.csv": each for name, each in lists.items()}
    )


def elements(fields: list[Any], inside: str = "") -> list[Json]:
    found: list[Json] = []
    for each in fields:
        path = f"{inside}{each['name']}"
        match each["type"]:
            case "repeat":
                within = elements(each["fields"])
                found.append({"repeat": path, "edited": True, "elements": within})
            case "group":
                found += elements(each["fields"], f"{path}.")
            case _:
                found.append({"field": path})
    return found


def names(fields: list[Any]) -> list[str]:
    found: list[str] = []
    for each in fields:
        found += names(each["fields"]) if "fields" in each else [each["name"]]
    return found


@cache
def modelling() -> FormPackage:
    return form(
        "modelling",
        [
            {"name": "note", "type": "text"},
            {
                "name": "persons",
                "type": "repeat",
                "max": 4,
                "meaning": "insured",
                "fields": [
                    {"name": "who", "type": "text", "meaning": "insured.name"},
                    {"name": "born", "type": "date", "meaning": "insured.birth_date"},
                    {"name": "job", "type": "text", "meaning": "insured.occupation"},
                    {"name": "hidden", "type": "text", "meaning": "insured.note"},
                    {"name": "risk", "type": "choice", "choices": "risks", "meaning": "risk"},
                    {"name": "age", "type": "integer", "meaning": "insured.age"},
                    {
                        "name": "covers",
                        "type": "repeat",
                        "max": 3,
                        "meaning": "covers",
                        "fields": [{"name": "sum", "type": "money", "meaning": "cover.sum"}],
                    },
                ],
            },
            {"name": "budget", "type": "money", "meaning": "needs.budget"},
            {"name": "first", "type": "text", "meaning": "misplaced"},
            {
                "name": "wants",
                "type": "multi_choice",
                "choices": "risks",
                "meaning": "needs.risks",
            },
        ],
        {"path": "persons.hidden", "kind": "relevant", "expression": "job == 'spy'"},
        risks=b"code,en\n1,First\n2,Second\n9,Ninth\n",
    )


@cache
def offer() -> FormPackage:
    return form(
        "offer",
        [
            {
                "name": "insured",
                "type": "repeat",
                "max": 2,
                "meaning": "insured",
                "fields": [
                    {"name": "name", "type": "text", "meaning": "insured.name"},
                    {"name": "birth_date", "type": "date", "meaning": "insured.birth_date"},
                    {"name": "note", "type": "text", "meaning": "insured.note"},
                    {"name": "risk", "type": "choice", "choices": "risks", "meaning": "risk"},
                    {"name": "age", "type": "integer", "meaning": "insured.age"},
                    {"name": "misplaced", "type": "text", "meaning": "misplaced"},
                    {
                        "name": "covers",
                        "type": "repeat",
                        "max": 3,
                        "meaning": "covers",
                        "fields": [{"name": "amount", "type": "money", "meaning": "cover.sum"}],
                    },
                ],
            },
            {
                "name": "needs",
                "type": "group",
                "fields": [
                    {"name": "budget", "type": "integer", "meaning": "needs.budget"},
                    {
                        "name": "risks",
                        "type": "multi_choice",
                        "choices": "risks",
                        "meaning": "needs.risks",
                    },
                ],
            },
        ],
        {"path": "insured.age", "kind": "calculate", "expression": "41"},
        {
            "path": "insured.note",
            "kind": "calculate",
            "expression": "lower(name)",
            "when": "name != None",
        },
        risks=b"code,en\n1,First class\n2,Second\n",
    )


def carried(answers: JsonObject) -> Carried:
    return carry(FormSession(modelling(), answers, today=TODAY, language="en"), offer())


def test_that_answers_stand_where_they_mean_the_same() -> None:
    found = carried(
        {
            "persons": [
                {"who": "Jan", "covers": [{"sum": "5.00"}, {}, {"sum": "7.00"}]},
                {"who": "Eva", "born": "1984-06-12"},
            ],
            "budget": "1500.00",
        }
    )
    assert (
        found.answers
        == {
            "insured": [
                {"name": "Jan", "covers": [{"amount": "5.00"}, {}, {"amount": "7.00"}]},
                {"name": "Eva", "birth_date": "1984-06-12"},
            ],
            "needs": {"budget": 1500},
        }
        or found.left
    )
    assert [each.path for each in found.taken][:3] == [
        "insured.0.name",
        "insured.0.covers.0.amount",
        "insured.0.covers.2.amount",
    ]


def test_that_what_cannot_be_taken_is_listed_with_its_reason() -> None:
    found = carried(
        {
            "note": "call on Monday",
            "persons": [
                {"job": "clerk", "risk": "9", "age": 40, "born": {"$typed": "once"}},
                {"risk": "1"},
                {"who": "Ota"},
            ],
            "first": "x",
            "wants": ["1", "9"],
        }
    )
    assert {(each.path, each.value, each.reason) for each in found.left} == {
        ("note", "call on Monday", "The other form does not ask it."),
        ("persons.0.job", "clerk", "The other form does not ask it."),
        ("persons.0.risk", "Ninth", "The other form offers no such answer."),
        ("persons.0.age", "40", "The other form works it out by itself."),
        ("persons.2.who", "Ota", "The other form has room for 2 rows."),
        ("first", "x", "The other form does not ask it."),
        ("wants", "Ninth", "The other form offers no such answer."),
    }
    assert found.answers["needs"] == {"risks": ["1"]}
    assert found.answers["insured"] == [{"birth_date": {"$typed": "once"}}, {"risk": "1"}]
    changed = {each.path: (each.value, each.reason) for each in found.taken}
    assert changed["insured.1.risk"] == ("First", "")


def test_that_what_is_not_asked_is_not_carried() -> None:
    found = carried({"persons": [{"job": "clerk", "hidden": "secret"}]})
    assert "secret" not in json.dumps(found.answers)
    assert [each.path for each in found.left] == ["persons.0.job"]
    spy = carried({"persons": [{"job": "spy", "hidden": "secret"}]})
    assert spy.answers["insured"] == [{"note": "secret"}]


def test_that_what_the_other_form_works_out_differently_now_is_left() -> None:
    spy: JsonObject = {"job": "spy", "hidden": "secret"}
    found = carried({"persons": [{**spy, "who": "Eva"}, {**spy, "hidden": "jan", "who": "Jan"}]})
    assert found.answers["insured"] == [{"name": "Eva"}, {"name": "Jan", "note": "jan"}]
    told = [(each.path, each.reason) for each in found.left if each.path.endswith("hidden")]
    assert told == [("persons.0.hidden", "The other form works it out by itself.")]
    assert carried({"persons": [spy]}).answers["insured"] == [{"note": "secret"}]


def test_that_rows_that_are_carried_get_the_defaults_of_new_rows() -> None:
    source = FormSession(modelling(), {"persons": [{"who": "Jan"}]}, today=TODAY, language="en")
    target = form(
        "target",
        [
            {
                "name": "insured",
                "type": "repeat",
                "meaning": "insured",
                "fields": [
                    {"name": "name", "type": "text", "meaning": "insured.name"},
                    {"name": "note", "type": "text", "default": "as usual"},
                ],
            }
        ],
    )
    assert carry(source, target).answers == {"insured": [{"name": "Jan", "note": "as usual"}]}


VALUES = st.one_of(
    st.sampled_from(["Jan", "1", "9", "5.00", "12.55", "1984-06-12", ["1", "9"], 7, True]),
    st.none(),
)
PERSON = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("who", "born", "job", "hidden", "risk", "age"), VALUES),
        "covers": st.lists(st.fixed_dictionaries({}, optional={"sum": VALUES}), max_size=3),
    },
)


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {"persons": st.lists(PERSON, max_size=4)},
        optional=dict.fromkeys(("note", "budget", "wants", "first"), VALUES),
    )
)
def test_that_every_answer_is_taken_or_left(answers: dict[str, Any]) -> None:
    session = FormSession(modelling(), answers, today=TODAY, language="en")
    found = carry(session, offer())
    asked = [
        leaf.path
        for leaf in leaves(modelling(), session.answers)
        if isinstance(leaf.spec, FieldSpec)
        and session.field(leaf.path).relevant
        and leaf.value not in (None, [])
    ]
    there = [
        leaf.path
        for leaf in leaves(offer(), found.answers)
        if not isinstance(leaf.spec, RepeatSpec)
    ]
    assert sorted(there) == sorted(each.path for each in found.taken)
    left = {each.path for each in found.left}
    assert len(set(asked) - left) <= len(there) <= len(asked)
    FormSession.begun_with(offer(), found.answers, today=TODAY, language="en")
