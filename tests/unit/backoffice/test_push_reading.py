"""A push read quickly is the push that the standard library reads, or is refused as it would be."""

import json
from typing import cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smartclient.backoffice.operations.push_reading import ReadPush, read_push
from smartclient.domain.errors import BadInput
from smartclient.wire import encoding
from smartclient.wire.messages import (
    MAX_PUSH_LINES,
    Json,
    JsonObject,
    PushLine,
    PushRequest,
    UnreadableLine,
)

_ID = "1d954f71-9b96-461b-81fe-e9ce30a42e13"
_OP = "be3a2e92-2e45-46a2-b8c3-345b8cd12e80"
_DIGEST = "b0d6a27c426abbccb6246e24cdd3b33508bb014a7c1e67eeb3a7162b1f8d3069"
_LINE: JsonObject = {
    "id": _ID,
    "kind": "document",
    "op": _OP,
    "lineage": [_OP],
    "stage": "complete",
    "form_version": "1",
    "sha256": _DIGEST,
    "blobs": [],
    "body": {"schema": 1, "answers": {"note": "Žluťoučký", "rows": [{"a": True}, None]}},
}

_numbers = st.one_of(
    st.integers(),
    st.integers(min_value=2**63 - 2, max_value=2**64 + 2),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([-0.0, 1e16, 1e-5, 1.5, 2**70, -(2**63) - 1]),
)
_leaves = st.one_of(st.none(), st.booleans(), st.text(max_size=8), _numbers)
_values = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
_fields = st.sampled_from([*_LINE, "scope", "parent", "class", "unknown"])
_told = st.one_of(
    _values,
    st.sampled_from([_ID, _OP, _DIGEST, f"{_ID} {_OP}", _ID.upper(), "client", "draft", "x" * 81]),
    st.sampled_from([[_DIGEST], [_ID, _OP], [_OP] * 65, [[]], [f"{_OP} {_ID}"], "", {}]),
)


@st.composite
def _lines(draw: st.DrawFn) -> Json:
    changed = draw(st.dictionaries(_fields, _told, max_size=2))
    gone = draw(st.sets(_fields, max_size=1))
    line = {name: value for name, value in {**_LINE, **changed}.items() if name not in gone}
    return cast("Json", draw(st.one_of(st.just(line), st.just(line), _values)))


def _told_alike(read: PushRequest, ever: PushRequest) -> bool:
    """An unreadable line's refusal is an exception, which equals only itself."""
    pairs = list(zip(read.lines, ever.lines, strict=True))
    return read.epoch == ever.epoch and all(
        (one.id, one.op, one.refusal.code) == (other.id, other.op, other.refusal.code)
        if isinstance(one, UnreadableLine) and isinstance(other, UnreadableLine)
        else one == other
        for one, other in pairs
    )


def _checked(content: bytes) -> ReadPush | None:
    """The push, once it is seen to be the one that is read as ever; None for a refusal."""
    try:
        ever = PushRequest.from_json(encoding.parse(content))
    except BadInput as refusal:
        with pytest.raises(BadInput, match=refusal.code):
            read_push(content)
        return None
    read = read_push(content)
    assert _told_alike(read.request, ever)
    if not read.doubtful:
        for line in read.request.lines:
            if isinstance(line, PushLine):
                written = encoding.canonical(line.body, fractions=False)
                assert written == encoding.canonical(line.body)
                assert not encoding.is_nested_too_deep(line.body, written)
    return read


@settings(max_examples=60)
@given(st.lists(_lines(), max_size=3), st.one_of(st.integers(0, 9), _leaves), st.booleans())
@example([{**_LINE, "form_version": "\x7f"}], 1, True)
@example([{**_LINE, "id": f"{_ID} {_OP}", "op": _DIGEST, "sha256": _OP}], 1, False)
def test_that_a_push_is_read_as_the_standard_library_reads_it(
    lines: list[Json], epoch: Json, ascii_only: bool
) -> None:
    request: Json = {"epoch": epoch, "lines": lines}
    _checked(json.dumps(request, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "body",
    ['{"a":"\\ud800"}', '{"a":1,"a":2}', '{"a":1e999}', '{"a":NaN}', '{"a":-0}', '{"a":01}', "{"],
)
def test_that_strange_json_is_taken_or_refused_as_ever(body: str) -> None:
    line = json.dumps(_LINE).replace(json.dumps(_LINE["body"]), body)
    assert body in line
    _checked(f'{{"epoch":1,"lines":[{line}]}}'.encode())
    _checked(f'{{"epoch":1,"lines":[{line}]}}'.encode("utf-16"))


@pytest.mark.parametrize("number", ["1.0", "1e5", "18446744073709551616", "-9223372036854775809"])
def test_that_what_the_quick_reader_would_change_is_doubtful(number: str) -> None:
    for value in (number, f"[{number}]", f'{{"deep":[[{{"a":{number}}}]]}}'):
        line = json.dumps({**_LINE, "body": {"a": "HERE"}}).replace('"HERE"', value)
        read = _checked(f'{{"epoch":1,"lines":[{line}]}}'.encode())
        assert read is not None
        assert read.doubtful
        assert cast("PushLine", read.request.lines[0]).body == json.loads(f'{{"a":{value}}}')


def test_that_a_line_of_every_day_is_not_doubtful() -> None:
    attachment: Json = {**_LINE, "kind": "attachment", "parent": _OP, "blobs": [_DIGEST]}
    read = _checked(json.dumps({"epoch": 1, "lines": [_LINE, attachment]}).encode())
    assert read is not None
    assert not read.doubtful


def test_that_what_is_nested_deep_is_looked_at_closely() -> None:
    for depth in (encoding.MAX_NESTED - 1, encoding.MAX_NESTED, encoding.MAX_NESTED + 2, 900):
        line = json.dumps({**_LINE, "body": {"a": "HERE"}})
        line = line.replace('"HERE"', "[" * depth + "]" * depth)
        read = _checked(f'{{"epoch":1,"lines":[{line}]}}'.encode())
        assert read is not None
        body = cast("PushLine", read.request.lines[0]).body
        if not read.doubtful:
            assert not encoding.is_nested_too_deep(body, encoding.canonical(body))


def test_that_too_many_lines_are_refused() -> None:
    lines: list[Json] = [_LINE] * (MAX_PUSH_LINES + 1)
    assert _checked(json.dumps({"epoch": 1, "lines": lines}).encode()) is None
