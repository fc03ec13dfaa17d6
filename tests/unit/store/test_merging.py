"""The three-way merge by field: different fields survive, order does not matter, nothing is lost."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.store.merging import (
    ABSENT,
    IDENTITY,
    Clash,
    FieldRules,
    Leaf,
    leaf_at,
    merged,
    rules_of,
    same,
    with_leaf,
)
from smartclient.wire.kinds import RecordKind
from smartclient.wire.values import Json, JsonObject

PLAIN = FieldRules()
CLIENT = rules_of(RecordKind.CLIENT)
_NAMES = st.sampled_from(["a", "b", "c/d", "e~f", "surname"])
_VALUES: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from(["", "x", "y"]),
    st.lists(st.integers(0, 1), max_size=2),
)
_JSON: st.SearchStrategy[Json] = st.recursive(
    _VALUES, lambda inner: st.dictionaries(_NAMES, inner, max_size=3), max_leaves=8
)
BODIES: st.SearchStrategy[JsonObject] = st.dictionaries(_NAMES, _JSON, max_size=4)
FLAT: st.SearchStrategy[JsonObject] = st.dictionaries(_NAMES, _VALUES, max_size=4)


def _leaves(body: JsonObject, above: str = "") -> Iterator[tuple[str, Leaf]]:
    for name, value in body.items():
        path = above + name.replace("~", "~0").replace("/", "~1")
        if isinstance(value, dict):  # an object says nothing by itself
            yield from _leaves(value, f"{path}/")
        else:
            yield path, value


def _edited(base: JsonObject, mine: JsonObject) -> list[tuple[str, Leaf]]:
    """The leaves that an edit gave another value."""
    return [(path, leaf) for path, leaf in _leaves(mine) if not same(leaf_at(base, path), leaf)]


@given(BODIES, BODIES)
def test_that_an_edit_of_one_side_alone_is_taken_whole(base: JsonObject, mine: JsonObject) -> None:
    assert same(merged(base, mine, base, PLAIN).body, mine)
    assert same(merged(base, base, mine, PLAIN).body, mine)
    assert merged(base, mine, base, PLAIN).clashes == ()


@given(BODIES, BODIES, st.sampled_from([PLAIN, CLIENT]))
def test_that_the_same_edit_of_both_sides_clashes_nowhere(
    base: JsonObject, edit: JsonObject, rules: FieldRules
) -> None:
    outcome = merged(base, edit, edit, rules)
    assert same(outcome.body, edit)
    assert outcome.clashes == ()


@given(FLAT, FLAT, FLAT)
def test_that_edits_of_different_fields_both_survive_in_either_order(
    base: JsonObject, mine: JsonObject, theirs: JsonObject
) -> None:
    left = {**base, **{name: value for name, value in mine.items() if name in ("a", "c/d")}}
    right = {**base, **{name: value for name, value in theirs.items() if name in ("b", "e~f")}}
    one, other = merged(base, left, right, PLAIN), merged(base, right, left, PLAIN)
    assert one.clashes == other.clashes == ()
    assert same(one.body, other.body)
    for edit in (left, right):
        for path, leaf in _edited(base, edit):
            assert same(leaf_at(one.body, path), leaf)


@given(BODIES, BODIES, BODIES, st.sampled_from([PLAIN, CLIENT]))
def test_that_no_entered_value_is_lost(
    base: JsonObject, mine: JsonObject, theirs: JsonObject, rules: FieldRules
) -> None:
    """What either side entered is shown, or it is offered at its field or at one above it."""
    outcome = merged(base, mine, theirs, rules)
    for path, leaf in _edited(base, theirs):
        assert same(leaf_at(outcome.body, path), leaf)
    for path, leaf in _edited(base, mine):
        shown = same(leaf_at(outcome.body, path), leaf)
        assert shown or _is_offered(outcome.clashes, path, leaf)


@given(BODIES, BODIES, st.sampled_from([PLAIN, CLIENT]))
def test_that_without_a_base_every_value_is_shown_or_offered(
    mine: JsonObject, theirs: JsonObject, rules: FieldRules
) -> None:
    outcome = merged(None, mine, theirs, rules)
    for path, leaf in [*_leaves(mine), *_leaves(theirs)]:
        shown = same(leaf_at(outcome.body, path), leaf)
        is_empty = leaf in ("", [], {}) or leaf is None
        assert shown or is_empty or _is_offered(outcome.clashes, path, leaf)


def _is_offered(clashes: tuple[Clash, ...], path: str, leaf: Leaf) -> bool:
    for clash in clashes:
        if clash.path == path and same(clash.other, leaf):
            return True
        below = path.removeprefix(f"{clash.path}/")
        if below != path and isinstance(clash.other, dict):
            return same(leaf_at(clash.other, below), leaf)
    return False


@given(BODIES, BODIES, BODIES)
def test_that_a_clash_names_what_is_shown_there(
    base: JsonObject, mine: JsonObject, theirs: JsonObject
) -> None:
    outcome = merged(base, mine, theirs, CLIENT)
    for clash in outcome.clashes:
        assert same(leaf_at(outcome.body, clash.path), clash.shown)
        assert not same(clash.shown, clash.other)


@given(BODIES, BODIES, BODIES)
def test_that_choosing_the_other_value_everywhere_shows_the_own_edit(
    base: JsonObject, mine: JsonObject, theirs: JsonObject
) -> None:
    outcome = merged(base, mine, theirs, PLAIN)
    body = outcome.body
    for clash in outcome.clashes:
        body = with_leaf(body, clash.path, clash.other)
    for path, leaf in _edited(base, mine):
        assert same(leaf_at(body, path), leaf)


@pytest.mark.parametrize("field", sorted(IDENTITY))
def test_that_who_a_person_is_is_never_merged_silently(field: str) -> None:
    base: JsonObject = {field: "old", "city": "Brno"}
    mine: JsonObject = {field: "new", "city": "Brno"}
    theirs: JsonObject = {field: "old", "city": "Praha"}
    outcome = merged(base, mine, theirs, CLIENT)
    assert outcome.body == theirs
    assert outcome.clashes == (Clash(field, "old", "new"),)
    # Whoever did not touch it takes what the other side says.
    assert merged(base, {**base, "city": "Zlín"}, mine, CLIENT).body == {**mine, "city": "Zlín"}


def test_that_of_two_instants_the_later_is_taken() -> None:
    base: JsonObject = {"changed_at": "2026-11-20T10:00:00.000Z", "city": "Brno"}
    mine: JsonObject = {"changed_at": "2026-11-20T12:00:00.000Z", "city": "Praha"}
    theirs: JsonObject = {"changed_at": "2026-11-20T11:00:00.000Z", "city": "Brno"}
    assert merged(base, mine, theirs, CLIENT) == merged(base, mine, base, CLIENT)


def test_that_a_removed_field_that_the_other_side_changed_is_offered_as_removed() -> None:
    outcome = merged({"note": "a"}, {}, {"note": "b"}, PLAIN)
    assert outcome.body == {"note": "b"}
    assert outcome.clashes == (Clash("note", "b", ABSENT),)
    assert with_leaf(outcome.body, "note", ABSENT) == {}


def test_that_true_is_not_one() -> None:
    outcome = merged({"flag": 1}, {"flag": True}, {"flag": 1}, PLAIN)
    assert outcome.body["flag"] is True
