"""A component as one file: same content, same bytes, and no way out of its folder."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput, Damaged
from smartclient.wire.archive import pack_files, unpack_files

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}(/[a-z][a-z0-9.]{0,8}[a-z0-9])?", fullmatch=True)


@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=8))
def test_that_unpacking_returns_what_was_packed(files: dict[str, bytes]) -> None:
    assert dict(unpack_files(pack_files(files))) == files


def test_that_the_order_of_the_files_does_not_change_a_byte() -> None:
    assert pack_files({"a": b"1", "b": b"2"}) == pack_files({"b": b"2", "a": b"1"})


@pytest.mark.parametrize(
    "name", ["", "../key", "/etc/passwd", "a/../../b", "a\\b", "c:/x", "a//b", "./a", "a/"]
)
def test_that_a_name_that_leaves_the_folder_is_refused(name: str) -> None:
    with pytest.raises(BadInput) as refusal:
        pack_files({name: b""})
    assert refusal.value.code == "SC-CAT-040"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"")
    with pytest.raises(Damaged) as damage:
        unpack_files(written.getvalue())
    assert damage.value.code == "SC-CAT-041"


def test_that_names_that_are_one_file_on_windows_are_refused() -> None:
    with pytest.raises(BadInput):
        pack_files({"Form.json": b"", "form.json": b""})


def test_that_an_archive_that_swells_is_refused() -> None:
    with pytest.raises(Damaged) as damage:
        unpack_files(pack_files({"big": b"0" * 2_000}), limit=1_999)
    assert damage.value.code == "SC-CAT-041"


@pytest.mark.parametrize("cut", [0, 10, 40, -10, -1])
def test_that_a_cut_archive_is_damaged(cut: int) -> None:
    with pytest.raises(Damaged):
        unpack_files(pack_files({"a": b"text " * 20})[:cut])


def test_that_a_changed_byte_in_a_file_is_damage() -> None:
    content = bytearray(pack_files({"a": bytes(range(256))}))
    content[60] ^= 1
    with pytest.raises(Damaged):
        unpack_files(bytes(content))
