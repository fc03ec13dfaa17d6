"""What the soak says of an export or a command that failed: it always says how and why."""

from pathlib import Path
from random import Random
from typing import cast

import pytest

from development.soak.harm import ORDINARY, Harm, why
from development.soak.ledger import Ledger
from tests.simulators.office_process import OfficeProcess
from tests.simulators.relay import Relay


def _exports_with(program: str, folder: Path) -> list[str]:
    """The faults after an export by this program instead of the product's."""
    place = folder / "source" / "development" / "soak"
    place.mkdir(parents=True)
    (place / "evening.py").write_text(program, "utf-8")
    (folder / "site" / "office").mkdir(parents=True)
    (folder / "evening.log").write_text("of the evening before\n", "utf-8")
    harm = Harm(
        folder=folder,
        source=folder / "source",
        office=OfficeProcess(folder / "site"),
        relay=cast("Relay", None),
        laptops=[],
        ledger=Ledger(),
        random=Random(1),
        odds=ORDINARY,
        faults=[],
        _evenings=1,
    )
    harm.finish_exports()
    return harm.faults


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit('the disk is full')", "ended with 1; it wrote: the disk is full"),
        ("import os; os._exit(9)", "ended with 9; it wrote: nothing"),
    ],
)
def test_that_a_failed_export_is_told_with_its_own_words_or_that_it_had_none(
    program: str, said: str, tmp_path: Path
) -> None:
    assert _exports_with(program, tmp_path) == [f"the export {said}"]


def test_that_an_export_that_came_to_its_end_is_no_fault(tmp_path: Path) -> None:
    assert _exports_with("print('done')", tmp_path) == []


def test_that_what_was_given_up_is_told_with_where_it_stood() -> None:
    told = why("the export", None, "still here, after 3.1 s of the processor\n")
    assert told == (
        "the export did not end in 600 s; it wrote: still here, after 3.1 s of the processor"
    )
