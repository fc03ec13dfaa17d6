"""Files that are on the disk when the call returns, and folders that appear whole or not at all."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

FEW: Final = 64
"""Files that are written one after another."""
SIDE_BY_SIDE: Final = 16


@contextmanager
def durable_file(path: Path) -> Iterator[BinaryIO]:
    """Write a new file; flushed to the disk when the block ends."""
    with path.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def write_durably(path: Path, content: bytes) -> None:
    """A new file with this content, on the disk."""
    with durable_file(path) as file:
        file.write(content)


def put_in_place(partial: Path, final: Path) -> None:
    """Give a finished folder its name in one step. One that is there already stays as it is.

    Folders inside of it stand at most one deep.
    """
    for place in _folders(partial):
        sync_folder(place)
    if final.exists():
        shutil.rmtree(partial)
        return
    partial.rename(final)
    sync_folder(final.parent)


def remove_partial(folder: Path, batch: str) -> None:
    """Remove what a killed process left half done."""
    for partial in folder.glob(f".{batch}.*.partial"):
        shutil.rmtree(partial, ignore_errors=True)


def copy_durably(source: Path, target: Path) -> None:
    """The same bytes under another folder, on the disk. No links: ours stay ours."""
    write_each(source, target, copy_file)


def write_each(source: Path, target: Path, write: Callable[[Path, Path], None]) -> None:
    """Have every file of a folder written anew, by `write(file, place)`, into a new folder.

    Very many are written side by side: most of the time goes by waiting for the disk, which flushes
    sixteen files nearly as fast as one.
    """
    target.mkdir(parents=True)
    files: list[tuple[Path, Path]] = []
    for file in sorted(source.rglob("*")):
        place = target / file.relative_to(source)
        if file.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            files.append((file, place))
    if len(files) <= FEW:
        for file, place in files:
            write(file, place)
        return
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        for _ in pool.map(lambda pair: write(*pair), files):
            pass


def copy_file(file: Path, place: Path) -> None:
    """The same bytes in a new file, on the disk."""
    with durable_file(place) as written, file.open("rb") as read:
        shutil.copyfileobj(read, written)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows does that by itself and has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folders(folder: Path) -> list[Path]:
    # What is a folder is known without asking each of very many files.
    with os.scandir(folder) as found:
        return [folder, *(Path(each.path) for each in found if each.is_dir())]
