"""A package that means harm, or was made by a broken tool: refused by name, quickly, with no crash."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from smartclient.domain.sentences import text_for
from smartclient.forms.faults import PackageRefused
from smartclient.forms.package import FormPackage
from smartclient.wire.messages import Json
from tests.unit.forms.household import (
    MANIFEST,
    MODEL,
    RULES,
    TEXTS,
    UI,
    files,
)
from tests.unit.forms.household import with_rule as rule_added
from tests.unit.forms.test_parts import included
from tests.unit.forms.test_parts import part as part_files

Spoil = Callable[[dict[str, bytes]], None]


def changed(name: str, change: Callable[[Any], None]) -> Spoil:
    """One JSON file changed by a function."""

    def spoil(given: dict[str, bytes]) -> None:
        document = json.loads(given[name])
        change(document)
        given[name] = json.dumps(document).encode()

    return spoil


def put(name: str, content: bytes) -> Spoil:
    def spoil(given: dict[str, bytes]) -> None:
        given[name] = content

    return spoil


def nested_groups(depth: int) -> Json:
    inside: Json = {"name": "x", "type": "text"}
    for _ in range(depth):
        inside = {"name": "g", "type": "group", "fields": [inside]}
    return inside


def nested_elements(depth: int) -> Json:
    inside: Json = {"field": "share"}
    for _ in range(depth):
        inside = {"group": "holder", "elements": [inside]}
    return inside


def nested_repeats(least: int) -> Json:
    inside: Json = {"name": "x", "type": "text"}
    for name in ("a", "b", "c"):
        inside = {"name": name, "type": "repeat", "min": least, "max": 50, "fields": [inside]}
    return inside


def field(**of: Json) -> Spoil:
    return changed("model.json", lambda model: model["fields"].append({"name": "new", **of}))


def rule(expression: str) -> Spoil:
    added = {"path": "share", "kind": "warning", "expression": expression, "message": "not-round"}
    return changed("rules.json", lambda rules: rules["rules"].append({"id": "new", **added}))


DEEP_JSON = b'{"fields": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"

HARM: dict[str, tuple[Spoil, str, str, str]] = {
    "JSON nested a hundred thousand deep": (
        put("model.json", DEEP_JSON),
        "SC-FORM-003",
        "model.json",
        "",
    ),
    "a number of five thousand digits": (
        put("manifest.json", b'{"schema": 1, "version": ' + b"9" * 5_000 + b"}"),
        "SC-FORM-003",
        "manifest.json",
        "",
    ),
    "a number that is none": (
        put("model.json", b'{"fields": [{"name": "a", "type": "integer", "min": NaN}]}'),
        "SC-FORM-003",
        "model.json",
        "",
    ),
    "an exponent of a billion": (
        field(type="decimal", min="1e999999999"),
        "SC-FORM-004",
        "model.json",
        "fields[new].min",
    ),
    "an exponent below": (
        field(type="decimal", min="1e-99999999"),
        "SC-FORM-004",
        "model.json",
        "fields[new].min",
    ),
    "a name that is said twice": (
        put("rules.json", b'{"rules": [], "rules": [{"path": "share"}]}'),
        "SC-FORM-006",
        "rules.json",
        "rules",
    ),
    "groups in groups without end": (
        changed("model.json", lambda model: model["fields"].append(nested_groups(200))),
        "SC-FORM-004",
        "model.json",
        "fields[g]" + ".fields[g]" * 12 + ".type",
    ),
    "repeats in repeats": (
        field(type="repeat", fields=[nested_repeats(1)]),
        "SC-FORM-004",
        "model.json",
        "fields[new].fields[c].fields[b].fields[a].type",
    ),
    "a million rows from the beginning": (
        changed("model.json", lambda model: model["fields"].append(nested_repeats(50))),
        "SC-FORM-004",
        "model.json",
        "fields",
    ),
    "ten thousand fields": (
        changed(
            "model.json",
            lambda model: model["fields"].extend(
                {"name": f"f{number}", "type": "text"} for number in range(10_000)
            ),
        ),
        "SC-FORM-004",
        "model.json",
        "fields[f2980].name",
    ),
    "elements in elements without end": (
        changed("ui.json", lambda ui: ui["sections"][2]["elements"].append(nested_elements(100))),
        "SC-FORM-004",
        "ui.json",
        "sections[rest]" + ".elements[holder]" * 13 + ".elements",
    ),
    "a name that reaches out": (
        changed(
            "model.json",
            lambda model: model["fields"].append({"name": "__class__", "type": "text"}),
        ),
        "SC-FORM-004",
        "model.json",
        "fields[__class__].name",
    ),
    "an id that is a path": (
        changed("manifest.json", lambda manifest: manifest.update(id="../../evil")),
        "SC-FORM-004",
        "manifest.json",
        "id",
    ),
    "a section that is markup": (
        changed("ui.json", lambda ui: ui["sections"][0].update(id="<script>")),
        "SC-FORM-004",
        "ui.json",
        "sections[<script>].id",
    ),
    "a role that is a path": (
        put("signatures.json", b'{"signatures": [{"role": "../adviser"}]}'),
        "SC-FORM-004",
        "signatures.json",
        "signatures[../adviser].role",
    ),
    "a part that is a path": (
        changed(
            "manifest.json",
            lambda manifest: manifest.update(parts=[{"id": "../x", "version": 1}]),
        ),
        "SC-FORM-004",
        "manifest.json",
        "parts[../x].id",
    ),
    "a text of a million letters": (
        changed("i18n/en.json", lambda texts: texts["fields"]["*.share"].update(label="x" * 10**6)),
        "SC-FORM-004",
        "i18n/en.json",
        "fields.*.share.label",
    ),
    "a list of a hundred thousand lines": (
        put(
            "choices/kinds.csv",
            b"code,en,young\n" + b"".join(b"c%d,x,no\n" % number for number in range(100_000)),
        ),
        "SC-FORM-004",
        "choices/kinds.csv",
        "",
    ),
    "a cell of a million letters": (
        put("choices/kinds.csv", b"code,en,young\nadult," + b"x" * 10**6 + b",no\n"),
        "SC-FORM-003",
        "choices/kinds.csv",
        "",
    ),
    "a file of five million bytes": (
        put("i18n/en.json", b'{"title": "' + b"x" * 5_000_000 + b'"}'),
        "SC-FORM-003",
        "i18n/en.json",
        "",
    ),
    "ten thousand rules": (
        changed(
            "rules.json",
            lambda rules: rules["rules"].extend(
                {
                    "id": f"r{number}",
                    "path": "share",
                    "kind": "warning",
                    "expression": "True",
                    "message": "not-round",
                }
                for number in range(10_000)
            ),
        ),
        "SC-FORM-004",
        "rules.json",
        "rules",
    ),
    "a power": (rule("9 ** 9 ** 9 == share"), "SC-FORM-008", "rules.json", "rules[new].expression"),
    "a text times a number": (rule("'x' * 10"), "", "", ""),
    "an attribute": (
        rule("share.__class__ == 1"),
        "SC-FORM-008",
        "rules.json",
        "rules[new].expression",
    ),
    "a call of what is not listed": (
        rule("eval('1')"),
        "SC-FORM-008",
        "rules.json",
        "rules[new].expression",
    ),
    "a format": (rule("f'{share}' == ''"), "SC-FORM-008", "rules.json", "rules[new].expression"),
    "a thousand brackets": (
        rule("(" * 900 + "share" + ")" * 900),
        "SC-FORM-008",
        "rules.json",
        "rules[new].expression",
    ),
    "a thousand terms": (
        rule("+".join(["1"] * 999) + " == share"),
        "SC-FORM-008",
        "rules.json",
        "rules[new].expression",
    ),
    "a constant of a thousand letters": (
        rule("'" + "x" * 1_000 + "' == name"),
        "SC-FORM-008",
        "rules.json",
        "rules[new].expression",
    ),
    "a placeholder that reads an object": (
        changed(
            "i18n/en.json",
            lambda texts: texts["messages"].update({"not-round": "{share.numerator}"}),
        ),
        "SC-FORM-007",
        "i18n/en.json",
        "not-round",
    ),
}


@pytest.mark.parametrize("name", HARM)
def test_that_harm_is_refused_by_file_field_and_rule(name: str) -> None:
    spoil, code, file, place = HARM[name]
    given = files()
    spoil(given)
    if not code:
        FormPackage.from_files(given)  # refused when it is evaluated, not when it is loaded
        return
    named = faults_of(given)
    assert (code, file, place) in {key for key, _said in named}
    assert all(said for _key, said in named)


def faults_of(given: Mapping[str, bytes]) -> list[tuple[tuple[str, str, str], str]]:
    with pytest.raises(PackageRefused) as refused:
        FormPackage.from_files(given)
    return [
        (
            (each.code, str(each.values["file"]), str(each.values["field"])),
            str(each.values["rule"]) and text_for(each),
        )
        for each in refused.value.faults
    ]


def test_that_too_much_of_everything_is_refused_before_it_is_read() -> None:
    many = {f"i18n/{number}.json": b"{}" for number in range(2_000)}
    assert faults_of(files() | many)[0][0] == ("SC-FORM-004", "*", "*")
    large = {f"pdf/{number}": b"\0" * 3_900_000 for number in range(6)}
    assert faults_of(files() | large)[0][0] == ("SC-FORM-004", "*", "*")


def test_that_a_part_cannot_be_included_without_end() -> None:
    heirs: dict[str, Json] = {
        "part.json": {"schema": 1, "id": "needs", "version": 1},
        "model.json": {"type": "group", "fields": [{"name": "x", "type": "text"}]},
        "ui.json": {"elements": [{"field": "x"}]},
        "i18n/en.json": {"fields": {"x": {"label": "X"}}},
    }
    given = included()
    manifest: Json = {**MANIFEST, "parts": [{"id": "needs", "version": 1}]}
    included_often: list[Json] = [
        {"name": f"n{number}", "include": "needs"} for number in range(100)
    ]
    model: Json = {"fields": json.loads(json.dumps(MODEL))["fields"] + included_often}
    given |= files(manifest=manifest, model=model, rules=RULES, ui=UI, texts=TEXTS)
    given |= {f"parts/needs/{name}": each for name, each in part_files(heirs).items()}
    found = {key for key, _said in faults_of(given)}
    assert ("SC-FORM-004", "model.json", "fields[n60].include") in found


def test_that_a_thousand_faults_are_enough() -> None:
    given = files()
    given["choices/kinds.csv"] = b"code,en,young\n" + b"?,x,no\n" * 15_000
    assert len(faults_of(given)) == 1_000


def test_that_every_rule_may_count_the_changes_without_the_square_of_the_work() -> None:
    given = files()
    rules = json.loads(given["rules.json"])
    rules["rules"] += [
        {
            "id": f"c{number}",
            "path": "share",
            "kind": "warning",
            "expression": "changes() >= 0",
            "message": "not-round",
        }
        for number in range(500)
    ]
    given["rules.json"] = json.dumps(rules).encode()
    readers = FormPackage.from_files(given).dependencies.readers
    assert sum(map(len, readers.values())) < 200


def test_that_a_calculation_of_its_own_changes_is_a_circle() -> None:
    given = rule_added(path="count", kind="calculate", expression="changes()")
    assert "SC-FORM-009" in {key[0] for key, _said in faults_of(given)}
    given = rule_added(path="begins", kind="calculate", expression="before(begins)")
    rules = json.loads(given["rules.json"])
    rules["rules"] = [each for each in rules["rules"] if each["kind"] != "default"]
    assert FormPackage.from_files(given | {"rules.json": json.dumps(rules).encode()})
