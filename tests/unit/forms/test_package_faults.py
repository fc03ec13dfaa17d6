"""A package with faults is refused, and every fault is named by file, field and rule."""

import copy
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.sentences import text_for
from smartclient.forms.faults import PackageRefused
from smartclient.forms.package import FormPackage
from smartclient.forms.trials import read_trials
from smartclient.wire.messages import Json, JsonObject
from tests.unit.forms.household import (
    MANIFEST,
    MODEL,
    RULES,
    TEXTS,
    UI,
    files,
    flexi_files,
    with_rule,
)

Change = Callable[[JsonObject], None]


def faults_of(given: dict[str, bytes]) -> list[tuple[str, str, str]]:
    """Code, file and field of every fault."""
    with pytest.raises(PackageRefused) as refused:
        FormPackage.from_files(given)
    assert refused.value.code == "SC-FORM-001"
    assert text_for(refused.value)
    assert all(text_for(each) and each.values["rule"] for each in refused.value.faults)
    return [(each.code, each.values["file"], each.values["field"]) for each in refused.value.faults]


def at(document: JsonObject, *way: str | int) -> JsonObject:
    """An object deep inside a document."""
    found: Json = document
    for step in way:
        if isinstance(step, str):
            assert isinstance(found, dict)
            found = found[step]
        else:
            assert isinstance(found, list)
            found = found[step]
    assert isinstance(found, dict)
    return found


def changed(which: str, /, *way: str | int, **values: Json) -> dict[str, bytes]:
    """The household form with fields of one object replaced; None takes one away."""
    documents = {"manifest": MANIFEST, "model": MODEL, "rules": RULES, "ui": UI, "texts": TEXTS}
    document = copy.deepcopy(documents[which])
    inside = at(document, *way)
    for field, value in values.items():
        if value is None:
            inside.pop(field.rstrip("_"), None)
        else:
            inside[field.rstrip("_")] = value
    return files(**{which: document})


PERSONS = ("fields", 1, "fields")
RULE = ("rules", 7)


@pytest.mark.parametrize(
    ("given", "code", "file", "field"),
    [
        (changed("manifest", version=0), "SC-FORM-004", "manifest.json", "version"),
        (changed("manifest", id=None), "SC-FORM-004", "manifest.json", "id"),
        (changed("manifest", valid_from="soon"), "SC-FORM-004", "manifest.json", "valid_from"),
        (changed("manifest", document_kind="x"), "SC-FORM-004", "manifest.json", "document_kind"),
        (changed("manifest", languages=["xx"]), "SC-FORM-004", "manifest.json", "languages"),
        (changed("manifest", valid_untl="x"), "SC-FORM-005", "manifest.json", "valid_untl"),
        (changed("manifest", languages=["en", "cs"]), "SC-FORM-002", "i18n/cs.json", ""),
        (
            changed("model", *PERSONS, 0, type="txt"),
            "SC-FORM-004",
            "model.json",
            "fields[persons].fields[name].type",
        ),
        (
            changed("model", *PERSONS, 0, name="Name!"),
            "SC-FORM-004",
            "model.json",
            "fields[persons].fields[Name!].name",
        ),
        (
            changed("model", *PERSONS, 0, name="own"),
            "SC-FORM-004",
            "model.json",
            "fields[persons].fields[own].name",
        ),
        (
            changed("model", *PERSONS, 1, name="name"),
            "SC-FORM-006",
            "model.json",
            "fields[persons].fields[name].name",
        ),
        (
            changed("model", *PERSONS, 1, choices="sorts"),
            "SC-FORM-007",
            "model.json",
            "persons.kind.choices",
        ),
        (
            changed("model", *PERSONS, 1, default="baby"),
            "SC-FORM-004",
            "model.json",
            "persons.kind.default",
        ),
        (
            changed("model", "fields", 0, "fields", 1, identifier="passport"),
            "SC-FORM-004",
            "model.json",
            "fields[holder].fields[birth_number].identifier",
        ),
        (
            changed("model", *PERSONS, 0, meaning="holder.name"),
            "SC-FORM-006",
            "model.json",
            "fields[persons].fields[name].meaning",
        ),
        (
            changed("model", *PERSONS, 0, requird=True),
            "SC-FORM-005",
            "model.json",
            "fields[persons].fields[name].requird",
        ),
        (
            changed("model", "fields", 1, max="many"),
            "SC-FORM-004",
            "model.json",
            "fields[persons].max",
        ),
        (
            changed("rules", *RULE, kind="must"),
            "SC-FORM-004",
            "rules.json",
            "rules[persons.lines.note].kind",
        ),
        (
            changed("rules", *RULE, path="persons.nte"),
            "SC-FORM-007",
            "rules.json",
            "rules[persons.nte].path",
        ),
        (
            changed("rules", *RULE, expression="amount ** 2"),
            "SC-FORM-008",
            "rules.json",
            "rules[persons.lines.note].expression",
        ),
        (
            changed("rules", *RULE, expression=None),
            "SC-FORM-004",
            "rules.json",
            "rules[persons.lines.note].expression",
        ),
        (
            changed("rules", *RULE, when="amount > 1"),
            "SC-FORM-004",
            "rules.json",
            "rules[persons.lines.note].when",
        ),
        (
            changed("rules", "rules", 8, message="unheard"),
            "SC-FORM-010",
            "i18n/en.json",
            "unheard",
        ),
        (
            changed("rules", "rules", 8, message=None),
            "SC-FORM-004",
            "rules.json",
            "rules[not-too-much].message",
        ),
        (
            changed("rules", "rules", 9, id="not-too-much"),
            "SC-FORM-006",
            "rules.json",
            "rules[not-too-much].id",
        ),
        (
            with_rule(path="share", kind="readonly", expression="True", id="again"),
            "SC-FORM-006",
            "rules.json",
            "rules[again].kind",
        ),
        (
            with_rule(path="holder", kind="calculate", expression="1"),
            "SC-FORM-004",
            "rules.json",
            "rules[holder].kind",
        ),
        (
            with_rule(path="holder", kind="title", expression="'somebody'"),
            "SC-FORM-004",
            "rules.json",
            "rules[holder].kind",
        ),
        (
            with_rule(path="share", kind="offer", expression="True"),
            "SC-FORM-004",
            "rules.json",
            "rules[share].kind",
        ),
        (
            with_rule(path="everything", kind="default", expression="1"),
            "SC-FORM-004",
            "rules.json",
            "everything",
        ),
        (
            changed("ui", "sections", 0, "elements", 1, field="holder.nme"),
            "SC-FORM-007",
            "ui.json",
            "sections[holder].elements[holder.nme].field",
        ),
        (
            changed("ui", "sections", 0, "elements", 1, columns=7),
            "SC-FORM-004",
            "ui.json",
            "sections[holder].elements[holder.name].columns",
        ),
        (
            changed("ui", "sections", 0, "elements", 1, widget="yes_no"),
            "SC-FORM-004",
            "ui.json",
            "sections[holder].elements[holder.name].widget",
        ),
        (
            changed("ui", "sections", 0, "elements", 1, field="persons.name"),
            "SC-FORM-007",
            "ui.json",
            "sections[holder].elements[persons.name].field",
        ),
        (
            changed("ui", "sections", 2, "elements", 0, field="begins"),
            "SC-FORM-006",
            "ui.json",
            "sections[rest].elements[begins].field",
        ),
        (
            changed("ui", "sections", 2, "elements", 0, field="begins"),
            "SC-FORM-011",
            "ui.json",
            "share",
        ),
        (
            changed("texts", "sections", rest=None),
            "SC-FORM-010",
            "i18n/en.json",
            "sections.rest",
        ),
        (
            changed("texts", "fields", **{"*.share": None}),
            "SC-FORM-010",
            "i18n/en.json",
            "fields.share",
        ),
        (
            changed("texts", "repeats", "persons", add=None),
            "SC-FORM-010",
            "i18n/en.json",
            "repeats.persons",
        ),
        (
            changed("texts", "messages", adults="At most {two}."),
            "SC-FORM-007",
            "i18n/en.json",
            "adults",
        ),
        (
            changed("texts", "rows", nobody="{person}"),
            "SC-FORM-007",
            "i18n/en.json",
            "nobody",
        ),
    ],
)
def test_that_a_fault_is_named_by_file_and_field(
    given: dict[str, bytes], code: str, file: str, field: str
) -> None:
    assert (code, file, field) in faults_of(given)


@pytest.mark.parametrize("name", ["manifest.json", "model.json", "rules.json", "ui.json"])
@pytest.mark.parametrize(
    ("content", "code"), [(None, "SC-FORM-002"), (b"{", "SC-FORM-003"), (b"[1]", "SC-FORM-004")]
)
def test_that_a_missing_or_broken_file_is_named(
    name: str, content: bytes | None, code: str
) -> None:
    given = files()
    if content is None:
        del given[name]
    else:
        given[name] = content
    assert (code, name, "") in faults_of(given)


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        (b"code\nadult\n", "SC-FORM-004", "en"),
        (b"code,en\nadult,Adult\nadult,Again\n", "SC-FORM-006", "line 3: code"),
        (b"code,en\n?,Adult\n", "SC-FORM-004", "line 2: code"),
        (b"code,en\nadult\n", "SC-FORM-004", "line 2"),
        (b"code,en,valid_to\nadult,Adult,soon\n", "SC-FORM-004", "line 2: valid_to"),
        (b"code,en\nadult,\n", "SC-FORM-004", "line 2: en"),
        (b"\xff\xfe", "SC-FORM-003", ""),
    ],
)
def test_that_a_fault_of_a_code_list_names_its_line(content: bytes, code: str, field: str) -> None:
    assert (code, "choices/kinds.csv", field) in faults_of(files() | {"choices/kinds.csv": content})


@pytest.mark.parametrize(
    "rules",
    [
        [("share", "calculate", "count + 1"), ("count", "calculate", "share - 1")],
        [("share", "relevant", "share > 1")],
        [("holder", "relevant", "holder.name == 'x'")],
        [("persons.lines.amount", "calculate", "everything")],
        [("persons", "relevant", "any(persons, name == 'x')")],
    ],
)
def test_that_a_circle_of_rules_is_refused_and_names_its_places(
    rules: list[tuple[str, str, str]],
) -> None:
    document = copy.deepcopy(RULES)
    listed = document["rules"]
    assert isinstance(listed, list)
    for path, kind, expression in rules:
        listed.append({"path": path, "kind": kind, "expression": expression})
    given = files(rules=document)
    circles = [fault for fault in faults_of(given) if fault[0] == "SC-FORM-009"]
    assert len(circles) == 1
    assert rules[0][0] in circles[0][2]


def test_that_all_faults_are_named_at_once() -> None:
    given = changed("manifest", version=0)
    given["choices/kinds.csv"] = b"code,en\n?,x\n"
    del given["ui.json"]
    named = {file for _code, file, _field in faults_of(given)}
    assert {"manifest.json", "choices/kinds.csv", "ui.json"} <= named


def test_that_a_map_to_prices_or_to_the_core_must_fit_the_model() -> None:
    given = flexi_files() | {
        "pricing.json": b'{"frequency": "number(payment.frequency)", "lines": '
        b'{"repeat": "insured.cover", "persons": "insured", "report_at": {"": "insured.role"}}}',
        "export.json": b'{"record": [{"name": "A", "field": "insured"}, {"name": "A", '
        b'"repeat": "insured", "record": [{"name": "B", "field": "nobody"}]}]}',
        "signatures.json": b'{"order": "any", "signatures": [{"role": "witness", "repeat": "contract"}]}',
    }
    named = {(file, field) for _code, file, field in faults_of(given)}
    assert ("pricing.json", "lines.repeat") in named
    assert ("export.json", "record[A].field") in named
    assert ("export.json", "record[A].record[B].field") in named
    assert ("signatures.json", "signatures[witness].repeat") in named
    assert ("signatures.json", "order") in named
    assert ("i18n/cs.json", "signatures.witness") in named


def test_that_a_fault_in_a_trial_is_named() -> None:
    given = files() | {"tests/some.json": b'{"trials": [{"name": "a", "today": "x"}]}'}
    with pytest.raises(PackageRefused) as refused:
        read_trials(given)
    fields = {each.values["field"] for each in refused.value.faults}
    assert {"trials[a].today", "trials[a].expect"} <= fields


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "type", "fields", "path", "kind", "expression", "id", "min"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(
    st.sampled_from(["manifest", "model", "rules", "ui", "texts"]),
    st.sampled_from(["fields", "rules", "sections", "messages", "languages", "id"]),
    JSON,
)
def test_that_no_content_of_a_file_crashes_the_loading(
    name: str, field: str, content: Json
) -> None:
    given = changed(name, **{field: content}) if content is not None else files()
    try:
        FormPackage.from_files(given)
    except PackageRefused as refused:
        named = [text_for(each) for each in refused.faults]
        assert all(named)
