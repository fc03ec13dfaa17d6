"""The real tariff folders, each read once for all tests of this package."""

from functools import cache
from pathlib import Path

from smartclient.premium import Tariff

FOLDERS = Path(__file__).parents[3] / "catalogue" / "tariffs" / "flexi"
FOLDER = FOLDERS / "1"


@cache
def files(version: int = 1) -> dict[str, bytes]:
    """The files of a version of the FLEXI tariff."""
    return {file.name: file.read_bytes() for file in (FOLDERS / str(version)).iterdir()}


@cache
def flexi(version: int = 1) -> Tariff:
    """A version of the FLEXI tariff."""
    return Tariff.from_files(files(version))
