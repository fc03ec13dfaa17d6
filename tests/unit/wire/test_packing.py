"""What travels packed comes back as it was, whole or not at all, and never larger than allowed."""

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Sha256
from smartclient.wire.blob_packs import pack_blobs, unpack_blobs
from smartclient.wire.encoding import pack, parse, sha256, unpack


@given(st.binary(max_size=5000))
def test_that_bytes_come_back_as_they_were(content: bytes) -> None:
    assert unpack(pack(content)) == content


def test_that_a_frame_without_its_size_is_read_as_well() -> None:
    silent = zstandard.ZstdCompressor(write_content_size=False)
    assert unpack(silent.compress(b"x" * 1000)) == b"x" * 1000
    with pytest.raises(BadInput, match="SC-SYNC-013"):
        unpack(silent.compress(b"x" * 1000), 999)


@pytest.mark.parametrize("cut", [0, 1, 5, -1])
def test_that_a_cut_frame_is_refused(cut: int) -> None:
    with pytest.raises(BadInput, match="SC-SYNC-012"):
        unpack(pack(b"abc" * 100)[:cut])


def test_that_bytes_behind_a_frame_are_refused() -> None:
    with pytest.raises(BadInput, match="SC-SYNC-012"):
        unpack(pack(b"abc" * 100) + b"x")


def test_that_more_than_the_limit_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(BadInput, match="SC-SYNC-013"):
        unpack(pack(b"x" * 1001), 1000)
    assert unpack(pack(b"x" * 1000), 1000) == b"x" * 1000


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b"-Infinity", b"{", b""])
def test_that_only_json_is_parsed(text: bytes) -> None:
    with pytest.raises(BadInput, match="SC-SYNC-011"):
        parse(text)


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_that_a_pack_of_blobs_comes_back_in_order(contents: list[bytes]) -> None:
    blobs = [(sha256(content), content) for content in contents]
    found = unpack_blobs(pack_blobs(blobs))
    assert [(name, bytes(content)) for name, content in found] == blobs


@given(st.binary(max_size=300))
def test_that_any_other_framing_is_refused(body: bytes) -> None:
    framed = pack_blobs([(Sha256("0" * 64), b"x")]) + body
    try:
        found = unpack_blobs(framed)
    except BadInput:
        return
    assert pack_blobs((name, bytes(content)) for name, content in found) == framed
