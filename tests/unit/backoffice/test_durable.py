"""Copies of batches: the same files, however many there are, and a failing one is not hidden."""

from pathlib import Path

import pytest

from smartclient.backoffice.operations.export.durable import FEW, copy_durably, write_each


@pytest.mark.parametrize("files", [3, FEW + 40])
def test_that_a_copy_holds_every_file_byte_for_byte(tmp_path: Path, files: int) -> None:
    source = tmp_path / "source"
    (source / "blobs").mkdir(parents=True)
    for number in range(files):
        (source / "blobs" / str(number)).write_bytes(b"%d" % number * number)
    (source / "manifest.json").write_bytes(b"{}")
    copy_durably(source, tmp_path / "copy")
    copied = {
        path.relative_to(tmp_path / "copy"): path.read_bytes()
        for path in (tmp_path / "copy").rglob("*")
        if path.is_file()
    }
    wanted = {
        path.relative_to(source): path.read_bytes() for path in source.rglob("*") if path.is_file()
    }
    assert copied == wanted
    assert len(copied) == files + 1


def test_that_one_file_of_many_that_cannot_be_written_stops_the_copy(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(FEW + 40):
        (source / str(number)).write_bytes(b"x")

    def write(file: Path, place: Path) -> None:
        if file.name == "77":
            raise OSError("no space")
        place.write_bytes(file.read_bytes())

    with pytest.raises(OSError, match="no space"):
        write_each(source, tmp_path / "copy", write)
