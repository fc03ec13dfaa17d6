"""Shared parts: one group or repeat with all that belongs to it, in any package and any place."""

import json
from collections.abc import Mapping

import pytest

from smartclient.forms.assembly import PartName, assembled, parts_named
from smartclient.forms.faults import PackageRefused
from smartclient.forms.layout import GroupLayout, HeadingLayout, RepeatLayout
from smartclient.forms.manifest import SignatureWay
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json
from tests.unit.forms.household import MANIFEST, MODEL, RULES, TEXTS, TODAY, UI, files

DOCUMENTS = {"manifest": MANIFEST, "model": MODEL, "rules": RULES, "ui": UI, "texts": TEXTS}


HEIRS: dict[str, Json] = {
    "part.json": {"schema": 1, "id": "heirs", "version": 2},
    "model.json": {
        "type": "repeat",
        "max": 3,
        "fields": [
            {"name": "name", "type": "text", "required": True},
            {"name": "relation", "type": "choice", "choices": "relations"},
            {"name": "share", "type": "decimal", "scale": 2},
        ],
    },
    "rules.json": {
        "rules": [
            {
                "id": "whole",
                "path": ".",
                "kind": "constraint",
                "expression": "sum(part, share) == 100",
                "message": "whole",
            },
            {"path": ".", "kind": "title", "expression": "if_(name == None, 'none', 'heir')"},
            {
                "path": "share",
                "kind": "constraint",
                "expression": "share <= lookup('relations', relation, 'most')",
                "message": "much",
            },
        ]
    },
    "ui.json": {
        "elements": [
            {"heading": "who"},
            {
                "repeat": ".",
                "edited": True,
                "elements": [{"field": "name"}, {"field": "relation"}, {"field": "share"}],
            },
        ]
    },
    "i18n/en.json": {
        "fields": {
            "*.name": {"label": "Name of the heir"},
            "relation": {"label": "Relation"},
            "share": {"label": "Share"},
        },
        "headings": {"who": {"title": "Who inherits"}},
        "repeats": {".": {"title": "Heirs", "add": "Add heir", "remove": "Remove"}},
        "rows": {"heir": "{row}. {name} {share}", "none": "Heir {row}"},
        "messages": {"whole": "Shares make 100.", "much": "{share} is too much for {name}."},
    },
}
NEEDS: dict[str, Json] = {
    "part.json": {"schema": 1, "id": "needs", "version": 1},
    "model.json": {
        "type": "group",
        "fields": [
            {"name": "wants", "type": "bool", "required": True},
            {"name": "why", "type": "text", "required": True},
        ],
    },
    "rules.json": {
        "rules": [{"path": "why", "kind": "relevant", "expression": "part.wants == True"}]
    },
    "ui.json": {
        "sections": [
            {
                "id": "needs",
                "elements": [
                    {"field": "wants"},
                    {"group": ".", "elements": [{"field": "why"}]},
                ],
            }
        ]
    },
    "i18n/en.json": {
        "fields": {"wants": {"label": "Wants"}, "why": {"label": "Why"}},
        "sections": {"needs": {"title": "Needs"}},
        "groups": {".": {"title": "Reasons"}},
    },
}
RELATIONS = b"code,en,most\nchild,Child,100\nfriend,Friend,50\n"


def part(documents: Mapping[str, Json], **lists: bytes) -> dict[str, bytes]:
    found = {name: json.dumps(document).encode() for name, document in documents.items()}
    return found | {f"choices/{name}.csv": content for name, content in lists.items()}


def parts(**changed: Mapping[str, Json]) -> dict[PartName, dict[str, bytes]]:
    return {
        PartName("heirs", 2): part({**HEIRS, **changed.get("heirs", {})}, relations=RELATIONS),
        PartName("needs", 1): part({**NEEDS, **changed.get("needs", {})}),
    }


def included() -> dict[str, bytes]:
    """The household with heirs of each person and, for all, its needs; not yet assembled."""
    given = {name: json.loads(json.dumps(each)) for name, each in DOCUMENTS.items()}
    given["manifest"]["parts"] = [{"id": "heirs", "version": 2}, {"id": "needs", "version": 1}]
    given["model"]["fields"][1]["fields"].append({"include": "heirs", "name": "heirs"})
    given["model"]["fields"].append({"include": "needs", "name": "wishes"})
    persons = given["ui"]["sections"][1]["elements"][0]
    persons["elements"].append({"include": "heirs", "at": "heirs"})
    given["ui"]["sections"].append({"include": "needs", "at": "wishes"})
    given["texts"]["fields"]["wishes.why"] = {"label": "Your own words"}
    return files(**given)


def package() -> FormPackage:
    return FormPackage.from_files(assembled(included(), parts()))


def faults(files: Mapping[str, bytes]) -> set[tuple[str, str, str]]:
    with pytest.raises(PackageRefused) as refused:
        FormPackage.from_files(files)
    return {
        (each.code, str(each.values["file"]), str(each.values["field"]))
        for each in refused.value.faults
    }


def test_that_a_package_names_its_parts() -> None:
    assert parts_named(included()) == (PartName("heirs", 2), PartName("needs", 1))


def test_that_a_published_package_holds_its_parts() -> None:
    whole = assembled(included(), parts())
    assert assembled(whole, {}) == whole
    assert FormPackage.from_files(whole).manifest.parts == parts_named(included())


def test_that_a_part_that_is_not_there_is_named() -> None:
    with pytest.raises(PackageRefused) as refused:
        assembled(included(), {PartName("heirs", 1): part(HEIRS)})
    assert [each.values["unknown"] for each in refused.value.faults] == ["heirs 2", "needs 1"]


def test_that_rules_of_a_part_hold_where_it_stands() -> None:
    session = FormSession(package(), {}, today=TODAY)
    session.add_row("persons.0.heirs")
    session.set("persons.0.heirs.0.relation", "friend")
    session.set("persons.0.heirs.0.share", "60")
    (problem,) = session.field("persons.0.heirs.0.share").problems
    assert (problem.rule, problem.message) == (
        "persons.heirs.share:constraint",
        "60 is too much for .",
    )
    (whole,) = session.field("persons.0.heirs").problems
    assert (whole.rule, whole.message) == ("persons.heirs:whole", "Shares make 100.")
    session.set("persons.0.heirs.0.relation", "child")
    session.set("persons.0.heirs.0.share", "100")
    assert session.field("persons.0.heirs").problems == ()
    assert session.row_title("persons.0.heirs", 0) == "Heir 1"


def test_that_an_expression_of_a_part_names_the_part_itself() -> None:
    session = FormSession(package(), {}, today=TODAY)
    assert not session.field("wishes.why").relevant
    session.set("wishes.wants", "yes")
    assert session.field("wishes.why").relevant


def test_that_layout_and_texts_of_a_part_stand_at_its_place() -> None:
    sections = {each.id: each for each in package().layout("en")}
    persons = sections["persons"].elements[0]
    assert isinstance(persons, RepeatLayout)
    heading, heirs = persons.elements[-2:]
    assert isinstance(heading, HeadingLayout)
    assert isinstance(heirs, RepeatLayout)
    assert (heading.title, heirs.path, heirs.title) == ("Who inherits", "heirs", "Heirs")
    labels = [getattr(each, "label", "") for each in heirs.elements]
    assert labels == ["Name of the heir", "Relation", "Share"]
    reasons = sections["needs"].elements[1]
    assert isinstance(reasons, GroupLayout)
    assert (reasons.path, reasons.title) == ("wishes", "Reasons")


def test_that_the_package_may_say_it_in_its_own_words() -> None:
    session = FormSession(package(), {"wishes": {"wants": True}}, today=TODAY)
    assert "Your own words" in [item.label for item in session.missing()]


def test_that_one_part_may_stand_in_two_places() -> None:
    given = included()
    model = json.loads(given["model.json"])
    model["fields"].append({"include": "heirs", "name": "others", "max": 1, "min": 1})
    ui = json.loads(given["ui.json"])
    ui["sections"][2]["elements"].append({"include": "heirs", "at": "others"})
    given |= {"model.json": json.dumps(model).encode(), "ui.json": json.dumps(ui).encode()}
    session = FormSession(FormPackage.from_files(assembled(given, parts())), {}, today=TODAY)
    assert session.rows("others") == 1
    assert session.rows("persons.0.heirs") == 0
    assert [each.rule for each in session.field("others").problems] == ["others:whole"]


def test_that_a_fault_in_a_part_is_named_in_its_own_file() -> None:
    rules: Json = {"rules": [{"path": "shares", "kind": "relevant", "expression": "True"}]}
    model: Json = {"type": "group", "fields": [{"name": "wants", "type": "boole"}]}
    broken = assembled(included(), parts(heirs={"rules.json": rules}, needs={"model.json": model}))
    found = faults(broken)
    assert ("SC-FORM-007", "parts/heirs/rules.json", "rules[shares].path") in found
    assert ("SC-FORM-004", "parts/needs/model.json", "fields[wants].type") in found


def test_that_a_part_of_another_version_is_refused() -> None:
    other = parts(needs={"part.json": {"schema": 1, "id": "needs", "version": 7}})
    found = faults(assembled(included(), other))
    assert found == {("SC-FORM-004", "parts/needs/part.json", "version")}


def test_that_a_part_nobody_includes_is_named() -> None:
    given = assembled(included(), parts())
    model = json.loads(given["model.json"])
    del model["fields"][-1]
    found = faults(given | {"model.json": json.dumps(model).encode()})
    assert ("SC-FORM-004", "manifest.json", "parts[needs]") in found


def test_that_a_part_the_manifest_does_not_name_is_refused() -> None:
    given = included()
    manifest = json.loads(given["manifest.json"])
    del manifest["parts"][0]
    found = faults(assembled(given | {"manifest.json": json.dumps(manifest).encode()}, parts()))
    assert ("SC-FORM-007", "model.json", "fields[persons].fields[heirs].include") in found


def test_that_a_part_includes_no_part() -> None:
    model: Json = {"type": "group", "fields": [{"name": "x", "include": "heirs"}]}
    found = faults(assembled(included(), parts(needs={"model.json": model})))
    assert ("SC-FORM-007", "parts/needs/model.json", "fields[x].include") in found


def test_that_lists_of_one_name_must_be_the_same() -> None:
    given = assembled(included(), parts()) | {"choices/relations.csv": RELATIONS}
    assert FormPackage.from_files(given).lists["relations"].options.keys() == {"child", "friend"}
    found = faults(given | {"choices/relations.csv": RELATIONS + b"aunt,Aunt,10\n"})
    assert found == {("SC-FORM-006", "parts/heirs/choices/relations.csv", "")}


def test_that_a_text_missing_in_a_part_is_named() -> None:
    found = faults(assembled(included(), parts(heirs={"i18n/en.json": {"fields": {}}})))
    assert ("SC-FORM-010", "i18n/en.json", "fields.persons.heirs.relation") in found


def test_that_the_manifest_says_how_documents_are_signed_and_what_they_compare() -> None:
    manifest = {**MANIFEST, "signature": "always", "supersedes": 2, "compares": True}
    found = FormPackage.from_files(files(manifest=manifest)).manifest
    assert (found.signature, found.supersedes, found.compares) == (SignatureWay.ALWAYS, 2, True)
    plain = FormPackage.from_files(files()).manifest
    assert (plain.signature, plain.supersedes) == (SignatureWay.CHOICE, None)


@pytest.mark.parametrize(
    "said", [{"signature": "maybe"}, {"supersedes": 3}, {"compares": "yes"}, {"parts": "needs"}]
)
def test_that_a_faulty_manifest_is_refused(said: dict[str, Json]) -> None:
    found = faults(files(manifest={**MANIFEST, **said}))
    assert found == {("SC-FORM-004", "manifest.json", next(iter(said)))}
