"""A small form with everything the engine knows, and the FLEXI offer as it is published."""

import copy
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject

CATALOGUE = Path(__file__).parents[3] / "catalogue"
FLEXI_OFFER = CATALOGUE / "forms" / "flexi-offer" / "1"
FAMILY = FLEXI_OFFER / "tests" / "answers" / "family.json"
TODAY = date(2026, 11, 21)

MANIFEST: JsonObject = {
    "schema": 1,
    "id": "household",
    "version": 3,
    "document_kind": "other",
    "valid_from": "2026-01-01",
    "template": "household",
    "languages": ["en"],
}
MODEL: JsonObject = {
    "fields": [
        {
            "name": "holder",
            "type": "group",
            "fields": [
                {"name": "name", "type": "text", "required": True, "meaning": "holder.name"},
                {"name": "birth_number", "type": "identifier", "identifier": "cz_rc"},
                {"name": "born", "type": "date"},
                {"name": "phone", "type": "identifier", "identifier": "phone"},
                {"name": "employed", "type": "bool"},
                {"name": "employer", "type": "text", "max_length": 10},
            ],
        },
        {
            "name": "persons",
            "type": "repeat",
            "min": 1,
            "max": 3,
            "fields": [
                {"name": "name", "type": "text", "required": True},
                {"name": "kind", "type": "choice", "choices": "kinds", "default": "adult"},
                {"name": "likes", "type": "multi_choice", "choices": "colours"},
                {
                    "name": "lines",
                    "type": "repeat",
                    "max": 4,
                    "fields": [
                        {"name": "amount", "type": "money", "min": "0", "max": "1000000"},
                        {"name": "note", "type": "multiline"},
                    ],
                },
                {"name": "total", "type": "money"},
                {"name": "secret", "type": "text", "copied": False, "sensitivity": "health"},
            ],
        },
        {"name": "everything", "type": "money"},
        {"name": "share", "type": "decimal", "scale": 2, "min": "0", "max": "100", "unit": "%"},
        {"name": "begins", "type": "date"},
        {"name": "count", "type": "integer"},
    ]
}
RULES: JsonObject = {
    "rules": [
        {
            "path": "holder.born",
            "kind": "calculate",
            "expression": "birth_date('cz_rc', birth_number)",
            "when": "birth_number != None",
        },
        {"path": "holder.employer", "kind": "relevant", "expression": "employed == True"},
        {
            "path": "holder.phone",
            "kind": "required",
            "expression": "count > 2",
            "message": "phone-wanted",
        },
        {"path": "persons.total", "kind": "calculate", "expression": "sum(lines.amount)"},
        {"path": "everything", "kind": "calculate", "expression": "sum(persons, total)"},
        {"path": "persons.lines", "kind": "relevant", "expression": "kind == 'adult'"},
        {"path": "persons.lines.note", "kind": "relevant", "expression": "amount > 100"},
        {"path": "persons.lines.note", "kind": "required", "expression": "amount > 200"},
        {
            "id": "not-too-much",
            "path": "persons.lines.amount",
            "kind": "constraint",
            "expression": "amount <= 5000",
            "message": "too-much",
        },
        {
            "id": "rather-round",
            "path": "persons.lines.amount",
            "kind": "warning",
            "expression": "amount % 10 == 0",
            "message": "not-round",
        },
        {
            "id": "two-adults",
            "path": "persons",
            "kind": "constraint",
            "expression": "count(persons, kind == 'adult') <= 2",
            "message": "adults",
        },
        {
            "path": "persons",
            "kind": "title",
            "expression": "if_(name == None, 'nobody', 'somebody')",
        },
        {"path": "persons.kind", "kind": "offer", "expression": "option.young or count != 7"},
        {"path": "begins", "kind": "default", "expression": "first_of_next_month(today())"},
        {"path": "share", "kind": "readonly", "expression": "count == 9"},
    ]
}
UI: JsonObject = {
    "sections": [
        {
            "id": "holder",
            "elements": [
                {"heading": "who"},
                {"field": "holder.name"},
                {"field": "holder.birth_number"},
                {"field": "holder.born"},
                {"field": "holder.phone"},
                {"field": "holder.employed"},
                {"field": "holder.employer"},
            ],
        },
        {
            "id": "persons",
            "elements": [
                {
                    "repeat": "persons",
                    "edited": True,
                    "elements": [
                        {"field": "name", "columns": 4},
                        {"field": "kind", "widget": "radio"},
                        {"field": "likes"},
                        {
                            "repeat": "lines",
                            "edited": True,
                            "compact": True,
                            "elements": [{"field": "amount"}, {"field": "note"}],
                        },
                        {"field": "total"},
                        {"field": "secret"},
                    ],
                }
            ],
        },
        {
            "id": "rest",
            "elements": [
                {"field": "share"},
                {"field": "begins"},
                {"field": "count"},
                {"field": "everything"},
                {"repeat": "persons", "elements": []},
            ],
        },
    ]
}
TEXTS: JsonObject = {
    "title": "Household",
    "fields": {
        f"*.{name}": {"label": name.capitalize()}
        for name in (
            *("name", "birth_number", "born", "phone", "employed", "employer", "kind", "likes"),
            *("amount", "note", "total", "secret", "everything", "share", "begins", "count"),
        )
    },
    "sections": {
        "holder": {"title": "Holder"},
        "persons": {"title": "Persons"},
        "rest": {"title": "Rest"},
    },
    "headings": {"who": {"title": "Who"}},
    "repeats": {
        "persons": {"title": "Persons", "add": "Add", "remove": "Remove"},
        "persons.lines": {"title": "Lines", "add": "Add", "remove": "Remove"},
    },
    "rows": {"somebody": "{row}. {name}", "nobody": "Person {row}"},
    "messages": {
        "phone-wanted": "With {count} persons we need a phone.",
        "too-much": "{amount} is too much.",
        "not-round": "Rather a round amount.",
        "adults": "Two adults at most.",
    },
}


def files(**changed: Json) -> dict[str, bytes]:
    """The files of the household form; `rules=…` and the like replace whole documents."""
    documents: dict[str, Json] = {
        "manifest": MANIFEST,
        "model": MODEL,
        "rules": RULES,
        "ui": UI,
        "texts": TEXTS,
        **changed,
    }
    names = {"texts": "i18n/en.json"}
    found = {
        names.get(name, f"{name}.json"): json.dumps(document).encode()
        for name, document in documents.items()
    }
    found["choices/kinds.csv"] = b"code,en,young\nadult,Adult,no\nchild,Child,yes\n"
    found["choices/colours.csv"] = b"code,en\nred,Red\nblue,Blue\n"
    return found


def with_rule(**rule: Json) -> dict[str, bytes]:
    """The files with one more rule."""
    rules = copy.deepcopy(RULES)
    listed = rules["rules"]
    assert isinstance(listed, list)
    listed.append(dict(rule))
    return files(rules=rules)


@cache
def household() -> FormPackage:
    return FormPackage.from_files(files())


def opened(answers: Mapping[str, Json] | None = None) -> FormSession:
    return FormSession(household(), answers or {}, today=TODAY, language="en")


@cache
def flexi_files() -> dict[str, bytes]:
    found = (path for path in FLEXI_OFFER.rglob("*") if path.is_file())
    return {path.relative_to(FLEXI_OFFER).as_posix(): path.read_bytes() for path in found}


@cache
def flexi_offer() -> FormPackage:
    return FormPackage.from_files(flexi_files())


def family() -> JsonObject:
    """The answers of a complete offer."""
    answers: JsonObject = json.loads(FAMILY.read_bytes())
    return answers
