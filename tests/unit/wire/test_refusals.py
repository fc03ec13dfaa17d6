"""Every refusal of a field can be said in a reply and read by who asked."""

from hypothesis import given
from hypothesis import strategies as st

from smartclient.wire.encoding import MAX_NESTED, canonical, is_nested_too_deep, parse
from smartclient.wire.messages import Json, Problem
from smartclient.wire.values import bad_field

_texts = st.text(st.characters(codec=None), max_size=700)
_values = st.one_of(st.none(), st.integers(), _texts, st.lists(_texts, max_size=2))


def _nested(depth: int) -> Json:
    value: Json = "[{"
    for number in range(depth):
        value = [value] if number % 2 else {"a": value}
    return value


@given(field=_texts, value=_values)
def test_that_a_refused_field_can_be_told_whatever_it_is_called(field: str, value: Json) -> None:
    refusal = bad_field(field, value, "a rule")
    said = canonical(Problem(refusal.code, refusal.values).to_json())
    assert Problem.from_json(parse(said)).values == refusal.values


def test_that_a_value_nested_without_end_is_refused_by_its_kind() -> None:
    assert bad_field("body", _nested(5_000), "a rule").values["value"] in ("list", "dict")


def test_that_a_record_may_be_nested_to_its_limit_and_no_deeper() -> None:
    for depth, is_too_deep in ((1, False), (MAX_NESTED, False), (MAX_NESTED + 1, True)):
        value = _nested(depth)
        assert is_nested_too_deep(value, canonical(value)) is is_too_deep


def test_that_a_wide_record_is_not_a_deep_one() -> None:
    value: Json = [[{"answer": ["["]}] for _ in range(1_000)]
    assert not is_nested_too_deep(value, canonical(value))
