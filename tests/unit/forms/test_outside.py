"""What comes from outside and goes outside: the schema, the record for the core, the trials."""

import json

import jsonschema
import pytest

from smartclient.domain.errors import BadInput
from smartclient.domain.sentences import text_for
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.forms.trials import made, read_trials
from smartclient.wire.messages import Json, JsonObject
from tests.unit.forms.household import TODAY, files, household, opened


def test_that_the_schema_is_one_and_takes_every_answer_of_the_form() -> None:
    schema = household().answers_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    session = opened()
    session.set("begins", "31. 2. 2026")
    session.set("persons.0.likes", ["red"])
    household().require_shape(session.answers)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"holder": "Eva"}, "holder"),
        ({"holder": {"employed": "yes"}}, "holder.employed"),
        ({"persons": [{"kind": "baby"}]}, "persons.0.kind"),
        ({"persons": [{}] * 4}, "persons"),
        ({"share": 12.5}, "share"),
        ({"begins": "1. 1. 2027"}, "begins"),
        ({"count": {"typed": "1"}}, "count"),
        ([], ""),
    ],
)
def test_that_answers_of_another_shape_are_refused_by_field(answers: Json, field: str) -> None:
    with pytest.raises(BadInput, match="SC-FORM-205") as refusal:
        household().require_shape(answers)
    assert refusal.value.values["field"] == field
    assert text_for(refusal.value)


EXPORT: JsonObject = {
    "record": [
        {"name": "HOLDER", "field": "holder.name"},
        {"name": "BORN", "field": "holder.born"},
        {"name": "EMPLOYER", "field": "holder.employer"},
        {
            "name": "PERSONS",
            "repeat": "persons",
            "record": [
                {"name": "NAME", "field": "name"},
                {
                    "name": "LINES",
                    "repeat": "lines",
                    "record": [{"name": "AMOUNT", "field": "amount"}],
                },
            ],
        },
    ]
}


def test_that_only_answers_in_force_leave_under_the_names_of_the_core() -> None:
    package = FormPackage.from_files(files() | {"export.json": json.dumps(EXPORT).encode()})
    session = FormSession(package, {}, today=TODAY, language="en")
    session.set("holder.name", "Eva")
    session.set("holder.birth_number", "850412/1208")
    session.set("holder.employer", "ČD")
    session.set("persons.0.name", "Adam")
    session.add_row("persons.0.lines")
    session.set("persons.0.lines.0.amount", "150")
    session.add_row("persons")
    session.set("persons.1.kind", "child")
    session.add_row("persons.1.lines")
    session.set("persons.1.lines.0.amount", "99")
    assert session.record == {
        "HOLDER": "Eva",
        "BORN": "1985-04-12",
        "PERSONS": [{"NAME": "Adam", "LINES": [{"AMOUNT": "150.00"}]}, {"LINES": []}],
    }


def trials(*documents: JsonObject) -> dict[str, bytes]:
    return files() | {"tests/some.json": json.dumps({"trials": list(documents)}).encode()}


def test_that_a_trial_says_what_differs_from_what_it_expects() -> None:
    given = trials(
        {
            "name": "all sorts",
            "today": "2026-11-21",
            "answers": {"holder": {"name": "Eva"}},
            "steps": [["set", "count", "3"], ["add", "persons"], ["remove", "persons", 0]],
            "expect": {
                "values": {"count": 4},
                "relevant": {"holder.employer": False},
                "required": {"holder.phone": True},
                "warnings": {"holder.phone": ["holder.phone:required"]},
                "missing": ["holder.phone", "persons.0.name"],
                "errors": {},
                "colour": "red",
            },
        }
    )
    result = made(read_trials(given)[0], household(), None)
    assert result.differences == (
        "values: expected {'count': 4}, found {'count': 3}",
        "colour: expected red, found unknown expectation",
    )


@pytest.mark.parametrize("step", [["set", "nobody", "1"], ["jump"], ["remove", "persons", 0]])
def test_that_a_step_that_cannot_be_taken_is_a_difference(step: Json) -> None:
    given = trials({"name": "a", "today": "2026-11-21", "steps": [step], "expect": {}})
    assert made(read_trials(given)[0], household(), None).differences
