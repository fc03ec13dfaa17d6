"""Digests are made of the canonical bytes, so these never change: the standard library decides."""

import json
from enum import StrEnum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.wire.encoding import canonical, parse
from smartclient.wire.values import Json

NUMBERS = st.integers() | st.floats()
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


def _by_the_standard_library(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@given(VALUES)
@example({"ž": 1, "z": 2, "Z": 3, "\U0001f600": 4, "\uffee": 5})
@example(['\x00\x08\x0c\x1f\x7f\u2028/\\"', "1e5", ",1e5,", "null"])
@example([10**19, -(10**40), 2**63, 2**64 - 1])
@example([1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, 0.00001234, -1e-7, 5e-324, -0.0])
@example([float("nan"), float("inf"), None])
@example(1e22)
def test_that_canonical_bytes_are_those_of_the_standard_library(value: Json) -> None:
    assert canonical(value) == _by_the_standard_library(value)


@given(st.floats())
def test_that_any_number_has_the_figures_of_the_standard_library(number: float) -> None:
    assert canonical({"n": number}) == _by_the_standard_library({"n": number})


def test_that_a_value_of_an_enumeration_is_its_text() -> None:
    class Kind(StrEnum):
        OFFER = "offer"

    assert canonical({"kind": Kind.OFFER, Kind.OFFER: 1}) == b'{"kind":"offer","offer":1}'


@pytest.mark.parametrize("half", ["\ud800", "a\udfff"])
def test_that_half_a_character_has_no_canonical_bytes(half: str) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical({"name": half})
    with pytest.raises(ValueError, match="surrogates"):
        canonical({half: 1})


@given(VALUES)
def test_that_what_is_json_comes_back_from_its_bytes(value: Json) -> None:
    content = canonical(value)
    if b"NaN" in content or b"Infinity" in content:
        return
    assert canonical(parse(content)) == content


@pytest.mark.parametrize("text", [b"[" * 100_000, b"\xff", b'"\xc3"', b"[1,]"])
def test_that_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(BadInput, match="SC-SYNC-011"):
        parse(text)


@pytest.mark.parametrize("coding", ["utf-16", "utf-8-sig", "utf-32"])
def test_that_other_codings_of_unicode_are_read(coding: str) -> None:
    assert parse('{"a":"ž"}'.encode(coding)) == {"a": "ž"}


@given(VALUES)
def test_that_bytes_are_the_same_however_fast_they_are_written(value: Json) -> None:
    content = canonical(value)
    if b"NaN" in content or b"Infinity" in content:
        return
    read = parse(content)
    assert canonical(read) == content
    if not _has_fraction(read):
        assert canonical(read, fractions=False) == content


def _has_fraction(value: Json) -> bool:
    if isinstance(value, dict):
        return any(map(_has_fraction, value.values()))
    if isinstance(value, list):
        return any(map(_has_fraction, value))
    return isinstance(value, float)
