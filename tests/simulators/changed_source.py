"""A temporary copy of the source with a rule taken out: nothing in the product can switch one off."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Edit:
    """One place of the source: what stands there, and what the copy has instead."""

    file: str
    stands: str
    instead: str = ""


def copy_with(edits: Sequence[Edit], folder: Path) -> Path:
    """The source with these edits, as far as laptop, server and simulators need it.

    AssertionError when the source has changed, so that the edit must be adapted.
    """
    # What is compiled stays valid: a copy keeps the times of its files.
    useless = shutil.ignore_patterns("ui", "*.otf", "locale")
    for package in ("smartclient", "tests/simulators", "certs"):
        shutil.copytree(ROOT / package, folder / package, ignore=useless)
    (folder / "smartclient/locale").mkdir()
    for package in ("smartclient/locale", "tests"):
        shutil.copy(ROOT / package / "__init__.py", folder / package / "__init__.py")
    for edit in edits:
        file = folder / edit.file
        source = file.read_text("utf-8")
        assert source.count(edit.stands) == 1, f"{edit.file} has changed; adapt the edit"
        file.write_text(source.replace(edit.stands, edit.instead), "utf-8")
    return folder
