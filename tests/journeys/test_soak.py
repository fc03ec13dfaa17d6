"""The soak is believed because it finds what a losing build loses, and finds nothing otherwise."""

from pathlib import Path

import pytest

from development.soak.conductor import Soak
from development.soak.losing import losing_copy
from tests.simulators.changed_source import ROOT

SECONDS = 2.5


def test_that_seconds_of_kills_and_cuts_lose_nothing(tmp_path: Path) -> None:
    soak = Soak(tmp_path, 5, ROOT)
    assert soak.run(SECONDS), soak.report()
    assert soak.ledger.acknowledged
    assert soak.ledger.counts["sessions"]


def test_that_a_build_that_loses_edits_is_found_out(tmp_path: Path) -> None:
    soak = Soak(tmp_path / "soak", 3, losing_copy(tmp_path / "source"))
    assert not soak.run(SECONDS)
    assert "acknowledged and lost: A." in soak.report()


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_that_minutes_of_everything_that_can_happen_lose_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soak = Soak(tmp_path, 11, ROOT)
    is_well = soak.run(300)
    with capsys.disabled():
        print("\n" + soak.report())
    assert is_well
