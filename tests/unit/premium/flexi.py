"""The real tariff folder, read once for all tests of this package."""

from functools import cache
from pathlib import Path

from smartclient.premium import Tariff

FOLDER = Path(__file__).parents[3] / "catalogue" / "tariffs" / "flexi" / "1"


@cache
def files() -> dict[str, bytes]:
    """The files of the FLEXI tariff, version 1."""
    return {file.name: file.read_bytes() for file in FOLDER.iterdir()}


@cache
def flexi() -> Tariff:
    """The FLEXI tariff, version 1."""
    return Tariff.from_files(files())
