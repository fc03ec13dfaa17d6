"""What lies at rest opens only whole, under its own name, with its own key."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.backoffice.operations.at_rest import SEGMENT, DataKeys, ScopeKey
from smartclient.domain.errors import Damaged

RANDOM = Random(3)
KEYS = DataKeys(RANDOM.randbytes(32))
KEY = KEYS.of("person:a", KEYS.new("person:a", RANDOM.randbytes))
SIZES = [0, 1, 100, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 2 * SEGMENT + 5]


def _opened(key: ScopeKey, sealed: bytes, name: str, size: int) -> bytes:
    return key.open_blob(lambda at, length: sealed[at : at + length], name, size, 0, size)


@pytest.mark.parametrize("size", SIZES)
def test_that_a_blob_of_any_size_opens_as_it_was(size: int) -> None:
    content = RANDOM.randbytes(size)
    sealed = bytes(KEY.seal_blob(content, "name", RANDOM.randbytes))
    assert _opened(KEY, sealed, "name", size) == content


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2 * SEGMENT + 5), st.integers(0, 2 * SEGMENT + 5))
def test_that_a_part_of_a_blob_is_that_part(one: int, other: int) -> None:
    start, end = sorted((one, other))
    sealed, content = _large()
    part = KEY.open_blob(
        lambda at, length: sealed[at : at + length], "name", len(content), start, end - start
    )
    assert part == content[start:end]


_LARGE: list[tuple[bytes, bytes]] = []


def _large() -> tuple[bytes, bytes]:
    if not _LARGE:
        content = RANDOM.randbytes(2 * SEGMENT + 5)
        _LARGE.append((bytes(KEY.seal_blob(content, "name", RANDOM.randbytes)), content))
    return _LARGE[0]


def test_that_segments_can_be_neither_cut_off_nor_moved() -> None:
    sealed, content = _large()
    tag = 16
    first, second = (sealed[16 + n * (SEGMENT + tag) :][: SEGMENT + tag] for n in (0, 1))
    moved = sealed[:16] + second + first + sealed[16 + 2 * (SEGMENT + tag) :]
    for broken, size in ((moved, len(content)), (sealed, 2 * SEGMENT), (sealed[:-1], len(content))):
        with pytest.raises(Damaged, match="SC-SERV-060"):
            _opened(KEY, broken, "name", size)


def test_that_nothing_opens_under_another_name_scope_or_office() -> None:
    sealed = KEY.seal(b"body", "record", RANDOM.randbytes)
    blob = bytes(KEY.seal_blob(b"blob", "name", RANDOM.randbytes))
    wrapped = KEYS.new("person:a", RANDOM.randbytes)
    assert KEY.open(sealed, "record") == b"body"
    with pytest.raises(Damaged):
        KEY.open(sealed, "other")
    with pytest.raises(Damaged):
        _opened(KEY, blob, "other", 4)
    with pytest.raises(Damaged):
        KEYS.of("person:b", wrapped)
    with pytest.raises(Damaged):
        DataKeys(RANDOM.randbytes(32)).of("person:a", wrapped)
    with pytest.raises(Damaged):
        KEY.open(b"", "record")
