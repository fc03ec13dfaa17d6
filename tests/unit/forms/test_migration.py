"""A draft in a newer version of its form: nothing is lost without being listed."""

import copy
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.domain.errors import SmartClientError
from smartclient.forms.carrying import leaf_text, leaves, shown_answer
from smartclient.forms.faults import PackageRefused
from smartclient.forms.migration import Migrated, migrate
from smartclient.forms.model import FieldSpec, RepeatSpec
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject
from tests.unit.forms.household import MANIFEST, TEXTS, TODAY, files, household, opened

NEW_MODEL: JsonObject = {
    "fields": [
        {
            "name": "owner",
            "type": "group",
            "fields": [
                {"name": "full_name", "type": "text", "required": True},
                {"name": "birth_number", "type": "identifier", "identifier": "cz_rc"},
                {"name": "employed", "type": "choice", "choices": "work"},
                {"name": "employer", "type": "text"},
                {"name": "country", "type": "choice", "choices": "work", "default": "yes"},
            ],
        },
        {
            "name": "contact",
            "type": "group",
            "fields": [{"name": "phone", "type": "identifier", "identifier": "phone"}],
        },
        {
            "name": "people",
            "type": "repeat",
            "max": 2,
            "fields": [
                {"name": "name", "type": "text"},
                {"name": "kind", "type": "choice", "choices": "kinds"},
                {"name": "likes", "type": "multi_choice", "choices": "colours"},
                {
                    "name": "items",
                    "type": "repeat",
                    "max": 3,
                    "fields": [
                        {"name": "amount", "type": "decimal", "scale": 0, "max": "5"},
                        {"name": "approved", "type": "bool"},
                    ],
                },
                {"name": "total", "type": "money"},
                {"name": "count", "type": "date"},
            ],
        },
        {"name": "share", "type": "integer"},
        {"name": "begins", "type": "text"},
        {"name": "born", "type": "integer"},
    ]
}
STEPS: list[Json] = [
    {"rename": "persons.lines", "to": "items"},
    {"rename": "holder.name", "to": "full_name"},
    {"rename": "holder", "to": "owner"},
    {"rename": "persons", "to": "people"},
    {"move": "holder.phone", "to": "contact.phone"},
    {"move": "count", "to": "people.count"},
    {"move": "holder.born", "to": "born"},
    {"map": "persons.kind", "values": {"child": "minor"}},
    {"map": "holder.employed", "values": {"true": "yes"}},
    {"drop": "persons.lines.note", "message": "notes-gone"},
    {"default": "people.items.approved", "value": False},
]


def placed_fields(*names: str) -> list[Json]:
    return [{"field": name} for name in names]


def new_files(steps: list[Json] | None = None, **changed: Json) -> dict[str, bytes]:
    fields = (
        *("full_name", "birth_number", "employed", "employer", "country", "phone", "name", "kind"),
        *("likes", "amount", "approved", "total", "count", "share", "begins", "born"),
    )
    texts: dict[str, Any] = copy.deepcopy(TEXTS)
    texts |= {
        "fields": {f"*.{name}": {"label": name.capitalize()} for name in fields},
        "sections": {"all": {"title": "All"}},
        "headings": {},
        "rows": {},
        "repeats": {
            name: {"title": "Rows", "add": "Add", "remove": "Remove"}
            for name in ("people", "people.items")
        },
        "messages": {"notes-gone": "Notes belong on paper."},
    }
    placed: list[Json] = [
        *placed_fields(*(f"owner.{name}" for name in fields[:5])),
        {"field": "contact.phone"},
        {
            "repeat": "people",
            "edited": True,
            "elements": [
                *placed_fields("name", "kind", "likes", "total", "count"),
                {
                    "repeat": "items",
                    "edited": True,
                    "elements": [{"field": "amount"}, {"field": "approved"}],
                },
            ],
        },
        *placed_fields("share", "begins", "born"),
    ]
    found = files(
        manifest={**MANIFEST, "version": 4, "supersedes": 3},
        model=NEW_MODEL,
        rules={"rules": []},
        ui={"sections": [{"id": "all", "elements": placed}]},
        texts=texts,
        **changed,
    )
    found["choices/kinds.csv"] = b"code,en\nadult,Grown up\nminor,Minor\n"
    found["choices/colours.csv"] = b"code,en\nred,Red\n"
    found["choices/work.csv"] = b"code,en\nyes,Works\nno,Does not work\n"
    found["migrations/3-4.json"] = json.dumps({"steps": STEPS if steps is None else steps}).encode()
    return found


@cache
def newer() -> FormPackage:
    return FormPackage.from_files(new_files())


def moved(answers: JsonObject) -> Migrated:
    return migrate(household(), newer(), answers, language="en", today=TODAY)


def test_that_answers_follow_renamed_and_moved_places() -> None:
    found = moved(
        {
            "holder": {"name": "Eva", "phone": "+420777123456", "birth_number": "8456121234"},
            "persons": [{"name": "Eva", "lines": [{"amount": "4.00"}, {"amount": "3.00"}]}],
        }
    )
    assert found.answers["owner"] == {
        "full_name": "Eva",
        "birth_number": "8456121234",
        "country": "yes",
    }
    assert found.answers["contact"] == {"phone": "+420777123456"}
    assert found.answers["people"] == [
        {
            "name": "Eva",
            "items": [{"amount": "4.00", "approved": False}, {"amount": "3.00", "approved": False}],
        }
    ]
    assert (found.taken, found.lost) == (6, ())
    assert [(each.path, each.reason) for each in found.changed] == [
        ("people.0.items.0.approved", "The new version of the form fills it in."),
        ("people.0.items.1.approved", "The new version of the form fills it in."),
    ]


def test_that_codes_are_mapped_and_the_old_words_are_told() -> None:
    found = moved({"persons": [{"kind": "child"}], "holder": {"employed": True}})
    assert found.answers["people"] == [{"kind": "minor"}]
    told = [(each.path, each.value, each.reason) for each in found.changed]
    assert told == [
        ("people.0.kind", "Child", "Now it is: Minor"),
        ("owner.employed", "Yes", "Now it is: Works"),
    ]


def test_that_what_is_dropped_or_not_asked_any_more_is_listed_with_its_reason() -> None:
    answers: JsonObject = {
        "persons": [{"lines": [{"amount": "1", "note": "by\nhand"}], "secret": "insulin"}]
    }
    found = moved(answers)
    assert [(each.path, each.label, each.value, each.reason) for each in found.lost] == [
        ("persons.0.lines.0.note", "Note", "by\nhand", "Notes belong on paper."),
        (
            "persons.0.secret",
            "Secret",
            "insulin",
            "The new version of the form does not ask it any more.",
        ),
    ]


def test_that_an_option_that_is_gone_is_lost_by_name() -> None:
    found = moved({"persons": [{"likes": ["red", "blue"]}], "holder": {"employed": False}})
    assert found.answers["people"] == [{"likes": ["red"]}]
    assert [(each.path, each.value) for each in found.lost] == [
        ("persons.0.likes", "Blue"),
        ("holder.employed", "No"),
    ]
    assert [each.value for each in found.changed] == ["Red, Blue"]


def test_that_rows_without_room_are_lost_answer_by_answer() -> None:
    found = moved({"persons": [{"name": name} for name in ("Jan", "Eva", "Ota")]})
    assert found.answers["people"] == [{"name": "Jan"}, {"name": "Eva"}]
    (lost,) = found.lost
    assert (lost.path, lost.value) == ("persons.2.name", "Ota")
    assert lost.reason == "The new version of the form has room for 2 rows."


def test_that_an_empty_row_stays_a_row() -> None:
    assert moved({"persons": [{}, {"name": "Eva"}]}).answers["people"] == [{}, {"name": "Eva"}]


def test_that_an_answer_of_another_type_is_kept_as_typed_where_it_is_typed() -> None:
    found = moved({"share": "12.5", "begins": "2026-12-01", "count": 7})
    assert found.answers["share"] == {"$typed": "12,5"}
    assert found.answers["begins"] == "1. 12. 2026"
    assert found.answers["people"] == [{"count": {"$typed": "7"}}]
    assert {each.path for each in found.changed} == {"share", "people.0.count"}
    assert found.lost == ()


def test_that_what_could_not_be_read_stays_as_it_was_typed() -> None:
    found = moved({"share": {"$typed": "about half"}, "begins": {"$typed": "31. 2."}})
    assert found.answers["share"] == {"$typed": "about half"}
    assert found.answers["begins"] == "31. 2."
    assert found.lost == ()


def test_that_what_no_form_knows_is_listed() -> None:
    found = moved({"spare": {"deep": [1, True]}, "holder": {"pet": "cat"}})
    assert [(each.path, each.value) for each in found.lost] == [
        ("spare", "deep: 1, Yes"),
        ("holder.pet", "cat"),
    ]


def test_that_two_answers_for_one_place_are_not_mixed_up() -> None:
    steps: list[Json] = [*STEPS, {"move": "persons.name", "to": "begins"}]
    package = FormPackage.from_files(new_files(steps))
    answers: JsonObject = {"persons": [{"name": "Jan"}, {"name": "Eva"}]}
    found = migrate(household(), package, answers, language="en")
    assert found.answers["begins"] == "Jan"
    assert [(each.path, each.value) for each in found.lost] == [("persons.1.name", "Eva")]


def test_that_without_steps_answers_stay_at_their_paths() -> None:
    manifest: JsonObject = {**MANIFEST, "version": 5}
    same = FormPackage.from_files(files(manifest=manifest))
    session = opened({"holder": {"name": "Eva"}, "share": "5", "persons": [{"name": "Eva"}]})
    found = migrate(household(), same, session.answers, language="en")
    again = FormSession(same, found.answers, today=TODAY, language="en")
    assert again.answers == session.answers
    assert (found.changed, found.lost) == ((), ())


def test_that_what_the_new_version_works_out_differently_now_is_listed() -> None:
    rule: Json = {
        "path": "owner.employer",
        "kind": "calculate",
        "expression": "join(' ', full_name, 'Ltd.')",
        "when": "full_name != None",
    }
    package = FormPackage.from_files(
        new_files() | {"rules.json": json.dumps({"rules": [rule]}).encode()}
    )

    def found(name: str | None) -> Migrated:
        draft: JsonObject = {"holder": {"employer": "Škoda", "name": name}}
        return migrate(household(), package, draft, language="en", today=TODAY)

    assert found(None).answers["owner"] == {"employer": "Škoda", "country": "yes"}
    eva = found("Eva")
    assert eva.answers["owner"] == {"full_name": "Eva", "country": "yes"}
    assert [(each.path, each.value, each.reason) for each in eva.lost] == [
        ("holder.employer", "Škoda", "The new version of the form works it out by itself.")
    ]
    assert eva.taken == 1


def test_that_what_a_form_always_works_out_is_no_answer() -> None:
    assert moved({"everything": "500.00"}).lost == ()


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"rename": "share", "to": "part_of"}, "SC-FORM-007"),
        ({"rename": "share", "to": "owner.name"}, "SC-FORM-004"),
        ({"move": "share", "to": "nowhere"}, "SC-FORM-007"),
        ({"move": "share"}, "SC-FORM-004"),
        ({"drop": "persons.secret", "message": "unsaid"}, "SC-FORM-010"),
        ({"default": "owner", "value": 1}, "SC-FORM-007"),
        ({"default": "share", "value": "many"}, "SC-FORM-004"),
        ({"default": "share"}, "SC-FORM-004"),
        ({"lose": "share"}, "SC-FORM-004"),
        ({"rename": "count", "to": "share"}, "SC-FORM-006"),
        ({"map": "share", "values": {}, "others": 1}, "SC-FORM-005"),
    ],
)
def test_that_a_faulty_step_is_refused(step: Json, code: str) -> None:
    with pytest.raises(PackageRefused) as refused:
        FormPackage.from_files(new_files([*STEPS, step]))
    assert code in {each.code for each in refused.value.faults}


def test_that_a_migration_leads_to_this_version() -> None:
    with pytest.raises(PackageRefused) as refused:
        FormPackage.from_files(new_files() | {"migrations/4-5.json": b'{"steps": []}'})
    assert [each.values["file"] for each in refused.value.faults] == ["migrations/4-5.json"]


# Property: no value is ever lost without being listed.

TEXT = st.sampled_from(["Eva", "  x ", "7", "12,5", "1. 2. 2027", "ne", "845612/1234", "a\nb", "☃"])
NUMBER = st.sampled_from(["7", "12.5", "3.00", "99999", 4, "-1"])
ANYTHING = st.one_of(
    TEXT,
    NUMBER,
    st.booleans(),
    st.sampled_from(["adult", "child", "red", ["red", "blue"], ["blue"], [], "2026-12-01"]),
    st.builds(lambda typed: {"$typed": typed}, TEXT),
    st.none(),
)


def some(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, ANYTHING))


LINES = st.lists(some("amount", "note", "odd"), max_size=4)
PERSONS = st.lists(
    st.builds(
        lambda person, lines: {**person, "lines": lines},
        some("name", "kind", "likes", "secret", "total", "strange"),
        LINES,
    ),
    max_size=3,
)
DRAFTS = st.builds(
    lambda holder, persons, rest: {"holder": holder, "persons": persons, **rest},
    some("name", "birth_number", "born", "phone", "employed", "employer", "pet"),
    PERSONS,
    some("share", "begins", "count", "everything", "unknown"),
)
STEP_SETS = st.lists(st.sampled_from(STEPS), unique_by=json.dumps, max_size=len(STEPS))


@settings(max_examples=300, deadline=None)
@given(DRAFTS)
def test_that_no_value_is_ever_lost_without_being_listed(draft: dict[str, Any]) -> None:
    found = moved(draft)
    require_all_listed(draft, found, newer())
    session = FormSession(newer(), found.answers, today=TODAY, language="en")
    kept = {leaf.path: leaf.value for leaf in leaves(newer(), session.answers)}
    for leaf in leaves(newer(), found.answers):
        assert kept[leaf.path] == leaf.value


@settings(max_examples=60, deadline=None)
@given(DRAFTS, STEP_SETS)
def test_that_nothing_is_lost_whatever_the_steps_are(
    draft: dict[str, Any], steps: list[Json]
) -> None:
    try:
        package = FormPackage.from_files(new_files(steps))
    except PackageRefused:
        return
    found = migrate(household(), package, draft, language="en", today=TODAY)
    require_all_listed(draft, found, package)


def require_all_listed(draft: dict[str, Any], found: Migrated, package: FormPackage) -> None:
    """Every answer is where its place is now, in the same words, or it is listed."""
    old, steps = household(), package.migrations[3]
    lost = {(each.path, each.value) for each in found.lost}
    changed = {(each.path, each.value) for each in found.changed}
    now = {leaf.path: leaf for leaf in leaves(package, found.answers)}
    for leaf in leaves(old, draft):
        if leaf.value in (None, []) or isinstance(leaf.spec, RepeatSpec):
            continue
        if leaf.path in ("everything",) or leaf.path.endswith(".total"):
            continue  # always calculated
        shown = (
            shown_answer(old, leaf.spec, leaf.value, "en")
            if isinstance(leaf.spec, FieldSpec)
            else leaf_text(leaf.value)
        )
        if (leaf.path, shown) in lost:
            continue
        target = package.model.by_path[steps.target(leaf.schema_path)]
        rows = (*leaf.rows, 0, 0, 0)[: target.depth]
        path = package.model.path_of((target.id, *rows))
        if (path, shown) in changed:
            continue
        assert isinstance(target, FieldSpec)
        assert path in now
        assert now[path].value == leaf.value or (
            shown_answer(package, target, now[path].value, "en").split() == shown.split()
        )


@settings(max_examples=100, deadline=None)
@given(DRAFTS)
def test_that_no_draft_crashes_a_migration(draft: dict[str, Any]) -> None:
    try:
        FormSession(household(), draft, today=TODAY, language="en")
    except SmartClientError:
        return
    again = moved(moved(draft).answers)
    assert isinstance(again, Migrated)
