"""A small form with every kind of widget, rows under tabs and rows in a list, for the renderer.

It belongs to no product; what the FLEXI offer asks may change without these tests.
"""

import json
from collections.abc import Mapping
from datetime import date

from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json

TODAY = date(2026, 11, 21)

_MODEL: Json = {
    "fields": [
        {
            "name": "insured",
            "type": "repeat",
            "min": 1,
            "max": 3,
            "fields": [
                {"name": "given_name", "type": "text", "required": True},
                {"name": "surname", "type": "text", "required": True},
                {"name": "title", "type": "text"},
                {"name": "national_id", "type": "identifier", "identifier": "cz_rc"},
                {"name": "born", "type": "date"},
                {"name": "country", "type": "choice", "choices": "countries", "required": True},
                {"name": "income", "type": "money"},
                {"name": "height", "type": "integer", "min": 50, "max": 250, "unit": "cm"},
                {"name": "smoker", "type": "bool", "required": True},
                {"name": "cigarettes", "type": "integer", "min": 1, "max": 100, "required": True},
                {
                    "name": "habit",
                    "type": "group",
                    "fields": [{"name": "since", "type": "date", "required": True}],
                },
                {
                    "name": "covers",
                    "type": "repeat",
                    "min": 0,
                    "max": 3,
                    "fields": [
                        {"name": "cover", "type": "choice", "choices": "covers", "required": True},
                        {"name": "sum", "type": "money", "required": True, "min": "1000"},
                    ],
                },
            ],
        },
        {
            "name": "home",
            "type": "group",
            "fields": [
                {"name": "owner", "type": "bool"},
                {"name": "since", "type": "date", "required": True},
                {"name": "pets", "type": "multi_choice", "choices": "pets"},
                {"name": "note", "type": "multiline"},
                {"name": "agreed", "type": "bool", "required": True},
                {"name": "rent", "type": "choice", "choices": "payers"},
                {"name": "work", "type": "choice", "choices": "occupations"},
                {"name": "guest", "type": "text"},
                {"name": "total", "type": "decimal", "scale": 0},
            ],
        },
    ]
}
_UI: Json = {
    "sections": [
        {
            "id": "people",
            "elements": [
                {
                    "repeat": "insured",
                    "edited": True,
                    "elements": [
                        {"field": "given_name", "columns": 2},
                        {"field": "surname", "columns": 2},
                        {"field": "title", "columns": 2},
                        {"field": "national_id", "columns": 2},
                        {"field": "born", "columns": 2},
                        {"field": "country", "columns": 2},
                        {"field": "income", "columns": 3},
                        {"field": "height", "columns": 1},
                        {"field": "smoker", "columns": 2},
                        {"field": "cigarettes", "columns": 2, "starts_row": True},
                        {"group": "habit", "elements": [{"field": "habit.since", "columns": 2}]},
                        {
                            "repeat": "covers",
                            "edited": True,
                            "compact": True,
                            "elements": [
                                {"field": "cover", "columns": 3},
                                {"field": "sum", "columns": 2},
                            ],
                        },
                    ],
                },
                {"field": "home.guest", "columns": 3},
            ],
        },
        {
            "id": "home",
            "elements": [
                {
                    "group": "home",
                    "elements": [
                        {"field": "home.owner", "columns": 6},
                        {"field": "home.since", "columns": 2},
                        {"field": "home.rent", "widget": "radio", "columns": 4},
                        {"heading": "more"},
                        {"field": "home.pets", "columns": 3},
                        {"field": "home.note", "columns": 6},
                        {"field": "home.agreed", "widget": "tick", "columns": 6},
                        {"field": "home.total", "columns": 2},
                        {"field": "home.work", "columns": 4},
                    ],
                }
            ],
        },
    ]
}
_RULES: Json = {
    "rules": [
        {"path": "insured.cigarettes", "kind": "relevant", "expression": "smoker"},
        {"path": "insured.habit", "kind": "relevant", "expression": "smoker"},
        {"path": "home.since", "kind": "relevant", "expression": "owner"},
        {"path": "home.total", "kind": "calculate", "expression": "1200"},
        {
            "path": "insured.income",
            "kind": "warning",
            "expression": "income < 1000000",
            "message": "high_income",
        },
        {
            "path": "insured",
            "kind": "constraint",
            "expression": "distinct(insured, national_id)",
            "message": "twice",
        },
        {"path": "insured", "kind": "title", "expression": "'named' if surname else 'unnamed'"},
    ]
}
_TEXTS: Json = {
    "title": "Domácnost",
    "fields": {
        "*.given_name": {"label": "Jméno"},
        "*.surname": {"label": "Příjmení"},
        "*.title": {"label": "Titul"},
        "*.national_id": {
            "label": "Rodné číslo",
            "hint": "845612/1234",
            "help": "Najdete je na občanském průkazu.",
        },
        "*.born": {"label": "Datum narození"},
        "*.country": {"label": "Státní občanství"},
        "*.income": {"label": "Čistý měsíční příjem"},
        "*.height": {"label": "Výška"},
        "*.smoker": {"label": "Kuřák"},
        "*.cigarettes": {"label": "Cigaret denně"},
        "*.cover": {"label": "Pojištění"},
        "*.sum": {"label": "Pojistná částka"},
        "*.owner": {"label": "Vlastní někdo z domácnosti byt nebo dům, ve kterém bydlíte?"},
        "*.since": {"label": "Od kdy"},
        "*.pets": {"label": "Zvířata"},
        "*.note": {"label": "Poznámka"},
        "*.agreed": {"label": "Souhlasím s tím, co je uvedeno výše, a vím, že souhlas platí rok."},
        "*.rent": {"label": "Kdo platí"},
        "*.total": {"label": "Celkem", "hint": "např. 900"},
        "*.work": {"label": "Povolání"},
        "*.guest": {"label": "Kdo je na návštěvě"},
    },
    "sections": {
        "people": {"title": "Pojištěné osoby", "intro": "Pole s * jsou povinná."},
        "home": {"title": "Bydlení", "intro": ""},
    },
    "groups": {"home": {"title": "Byt nebo dům", "intro": "Jen co víte."}},
    "headings": {"more": {"title": "Další", "text": ""}},
    "repeats": {
        "insured": {"title": "", "add": "Přidat osobu", "remove": "Odebrat osobu"},
        "insured.covers": {
            "title": "Pojištění",
            "add": "Přidat pojištění",
            "remove": "Odebrat pojištění",
        },
    },
    "rows": {"named": "{row}. {given_name} {surname}", "unnamed": "{row}. osoba"},
    "messages": {
        "high_income": "Ověřte prosím, že jde o měsíční příjem.",
        "twice": "Dvě osoby mají stejné rodné číslo.",
    },
}
_LISTS: Mapping[str, str] = {
    "countries": "code,cs\nCZ,Česká republika\nSK,Slovensko\nPL,Polsko\n",
    "covers": "code,cs\nDTH,Smrt\nTNU,Trvalé následky úrazu\n",
    "pets": "code,cs\ndog,Pes\ncat,Kočka\nfish,Rybičky\n",
    "occupations": "code,cs\n"
    "ACC,Účetní\nBAK,Pekař\nCAR,Truhlář\nDRV,Řidič\nELE,Elektrikář\nFIR,Hasič\nGAR,Zahradník\n"
    "LAW,Advokát\nMED,Lékař\nNUR,Zdravotní sestra\nPAI,Malíř\nROO,Pokrývač\nTEA,Učitel\n"
    "TEP,Učitel plavání\nBUT,Řezník\nCOO,Kuchař\nDEN,Zubař\nFAR,Zemědělec\nGLA,Sklenář\n"
    "HAI,Kadeřník\nJUD,Soudce\nLIB,Knihovník\n",
    "payers": "code,cs\nme,Já\nus,Společně\nother,Jiný\n",
}
_MANIFEST: Json = {
    "schema": 1,
    "id": "household",
    "version": 1,
    "document_kind": "other",
    "valid_from": "2026-01-01",
    "languages": ["cs"],
    "template": "none",
}


def files() -> Mapping[str, bytes]:
    """The files of the package."""
    jsons = {
        "manifest.json": _MANIFEST,
        "model.json": _MODEL,
        "ui.json": _UI,
        "rules.json": _RULES,
        "i18n/cs.json": _TEXTS,
    }
    lists = {f"choices/{name}.csv": text.encode() for name, text in _LISTS.items()}
    return {name: json.dumps(content).encode() for name, content in jsons.items()} | lists


def session(answers: Mapping[str, Json] | None = None) -> FormSession:
    """A session of the form, new or with answers."""
    return FormSession(FormPackage.from_files(files()), answers or {}, today=TODAY)
