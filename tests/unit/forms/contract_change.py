"""A small change request and the settings of a contract it is opened on."""

import json
from collections.abc import Mapping
from functools import cache

from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject
from tests.unit.forms.household import TODAY

SETTINGS: JsonObject = {
    "holder": {"surname": "Novák", "mail": "p.novak@example.com"},
    "payment": {"way": "debit", "account": "19-2000145399/0800"},
    "persons": [
        {
            "key": "1",
            "name": "Petr",
            "covers": [
                {"key": "DTH", "code": "DTH", "sum": "2000000"},
                {"key": "TNU", "code": "TNU", "sum": "500000.00"},
            ],
        },
        {"key": "2", "name": "Eva", "covers": [{"key": "DTH", "code": "DTH", "sum": "900000"}]},
    ],
    "unknown": {"kept": True},
}

_DOCUMENTS: dict[str, Json] = {
    "manifest.json": {
        "schema": 1,
        "id": "change",
        "version": 1,
        "document_kind": "change_request",
        "valid_from": "2026-01-01",
        "template": "change",
        "languages": ["en"],
        "compares": True,
        "signature": "never",
    },
    "model.json": {
        "fields": [
            {
                "name": "holder",
                "type": "group",
                "fields": [
                    {"name": "surname", "type": "text", "required": True},
                    {"name": "mail", "type": "identifier", "identifier": "email"},
                    {"name": "initial", "type": "text"},
                ],
            },
            {
                "name": "payment",
                "type": "group",
                "fields": [
                    {"name": "way", "type": "choice", "choices": "ways", "required": True},
                    {"name": "account", "type": "identifier", "identifier": "cz_account"},
                    {"name": "employer", "type": "text"},
                ],
            },
            {
                "name": "persons",
                "type": "repeat",
                "max": 4,
                "row_key": "key",
                "fields": [
                    {"name": "key", "type": "text"},
                    {"name": "name", "type": "text", "required": True},
                    {
                        "name": "covers",
                        "type": "repeat",
                        "max": 5,
                        "row_key": "key",
                        "fields": [
                            {"name": "key", "type": "text"},
                            {"name": "code", "type": "choice", "choices": "covers"},
                            {"name": "sum", "type": "money", "min": "1"},
                            {"name": "ends", "type": "date"},
                            {"name": "raised", "type": "bool", "compared": False},
                        ],
                    },
                    {
                        "name": "health",
                        "type": "group",
                        "compared": False,
                        "fields": [{"name": "well", "type": "bool", "required": True}],
                    },
                ],
            },
            {
                "name": "request",
                "type": "group",
                "compared": False,
                "fields": [
                    {"name": "from", "type": "date"},
                    {"name": "agreed", "type": "bool", "default": True},
                    {"name": "count", "type": "integer"},
                ],
            },
        ]
    },
    "rules.json": {
        "rules": [
            {"path": "payment.way", "kind": "offer", "expression": "option.code != 'stamps'"},
            {"path": "payment.account", "kind": "relevant", "expression": "way == 'debit'"},
            {"path": "payment.employer", "kind": "relevant", "expression": "way == 'wages'"},
            {"path": "holder.initial", "kind": "calculate", "expression": "lower(surname)"},
            {
                "path": "persons.health",
                "kind": "relevant",
                "expression": "any(covers, sum > before(sum) or before(code) == None)",
            },
            {
                "path": "persons.covers.raised",
                "kind": "calculate",
                "expression": "changed(sum) and sum > before(sum)",
            },
            {"path": "request.count", "kind": "calculate", "expression": "changes()"},
            {
                "id": "changes-something",
                "path": "request.agreed",
                "kind": "constraint",
                "expression": "changes() >= 1",
                "message": "nothing",
            },
        ]
    },
    "ui.json": {
        "sections": [
            {
                "id": "holder",
                "elements": [
                    {"field": "holder.surname"},
                    {"field": "holder.mail"},
                    {"field": "payment.way"},
                    {"field": "payment.account"},
                    {"field": "payment.employer"},
                ],
            },
            {
                "id": "persons",
                "elements": [
                    {
                        "repeat": "persons",
                        "edited": True,
                        "elements": [
                            {"field": "name"},
                            {
                                "repeat": "covers",
                                "edited": True,
                                "elements": [
                                    {"field": "code"},
                                    {"field": "sum"},
                                    {"field": "ends"},
                                ],
                            },
                            {"field": "health.well"},
                        ],
                    }
                ],
            },
            {"id": "request", "elements": [{"field": "request.from"}, {"field": "request.agreed"}]},
        ]
    },
    "i18n/en.json": {
        "title": "Change",
        "fields": {
            f"*.{name}": {"label": name.capitalize()}
            for name in (
                *("surname", "mail", "initial", "way", "account", "employer", "name", "code"),
                *("sum", "ends", "raised", "well", "from", "agreed", "count"),
            )
        },
        "sections": {name: {"title": name} for name in ("holder", "persons", "request")},
        "repeats": {
            name: {"title": "Rows", "add": "Add", "remove": "Remove"}
            for name in ("persons", "persons.covers")
        },
        "messages": {"nothing": "Change something."},
    },
    "export.json": {
        "record": [
            {"name": "SURNAME", "field": "holder.surname"},
            {"name": "WAY", "field": "payment.way"},
            {"name": "ACCOUNT", "field": "payment.account"},
            {"name": "FROM", "field": "request.from"},
            {
                "name": "PERSONS",
                "repeat": "persons",
                "record": [
                    {"name": "KEY", "field": "key"},
                    {"name": "NAME", "field": "name"},
                    {"name": "WELL", "field": "health.well"},
                    {
                        "name": "COVERS",
                        "repeat": "covers",
                        "record": [
                            {"name": "KEY", "field": "key"},
                            {"name": "CODE", "field": "code"},
                            {"name": "SUM", "field": "sum"},
                            {"name": "ENDS", "field": "ends"},
                        ],
                    },
                ],
            },
        ]
    },
}


def files(**changed: Json) -> dict[str, bytes]:
    """The files of the change request."""
    documents = {**_DOCUMENTS, **{f"{name}.json": each for name, each in changed.items()}}
    found = {name: json.dumps(document).encode() for name, document in documents.items()}
    found["choices/ways.csv"] = (
        b"code,en,valid_to\ndebit,Direct debit,\nwages,Wages,\norder,Order,\n"
        b"stamps,Stamps,\ncheque,Cheque,2020-12-31\n"
    )
    found["choices/covers.csv"] = b"code,en\nDTH,Death\nTNU,Accident\nCI,Illness\n"
    return found


@cache
def package() -> FormPackage:
    return FormPackage.from_files(files())


def change_request(
    answers: Mapping[str, Json] | None = None, settings: Mapping[str, Json] | None = None
) -> FormSession:
    """The request opened on the settings."""
    on = SETTINGS if settings is None else settings
    return FormSession(package(), answers or {}, today=TODAY, language="en", baseline=on)
