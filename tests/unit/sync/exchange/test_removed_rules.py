"""Each rule of the protocol is needed: a copy of the source without it loses or duplicates an edit.

The copy is walked through by a process of its own; nothing in the product can switch a rule off.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.simulators.walk import VIOLATED

ROOT = Path(__file__).parents[4]
INCOMING = "smartclient/store/incoming.py"
OUTGOING = "smartclient/store/outgoing.py"
ENGINE = "smartclient/sync/exchange/engine.py"
ACCEPTANCE = "smartclient/backoffice/operations/acceptance.py"

WITHHOLD = """\
    if state is not None and state.dirty:
        return Meeting.WITHHELD
"""
ROUND = """\
        run.files_missing = False
"""
KEEP_LOST = """\
        self._conflicts.keep(identity, reason, body, stage, state.op)
"""
KEEP_SENT = """\
        self._records.keep(sent)
"""
DOUBTFUL = """\
        if state.doubted:
            return Meeting.DOUBTFUL
"""
REMEMBER_ROW = """\
            return replace(state, withheld=row, doubted=False)
        case Meeting.SAME"""
KNOWN_OP = """\
    if seen is not None:
        if seen"""


@dataclass(frozen=True, slots=True)
class Edit:
    """One place of the source: what stands there, and what the copy has instead."""

    file: str
    stands: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """A rule that the copy lacks, and the seed at which the walks begin."""

    rule: str
    edits: tuple[Edit, ...]
    seed: int = 0


AT_ONCE = (
    Removed(
        "push comes before pull, and a pull never writes over an edit",
        (Edit(INCOMING, WITHHOLD), Edit(ENGINE, ROUND, ROUND + "        receive(run)\n")),
    ),
    Removed("the op enters the lineage before it is sent", (Edit(OUTGOING, KEEP_SENT),)),
    Removed(
        "only an answer to the current op clears dirty",
        (Edit(OUTGOING, "if state.op != line.op or not state.dirty:", "if not state.dirty:"),),
        seed=3,
    ),
)
LATER = (
    Removed(
        "the server takes an edit only over one that it stands on",
        (Edit(ACCEPTANCE, "if record.op not in line.lineage:", "if False:"),),
    ),
    Removed("a pull never writes over an edit", (Edit(INCOMING, WITHHOLD),)),
    Removed("an edit that lost goes to the conflicts", (Edit(OUTGOING, KEEP_LOST),)),
    Removed(
        "on a new epoch every record is doubted",
        (
            Edit(
                INCOMING,
                "update(record).where(known).values(doubted=1)",
                "update(record).where(known).values(doubted=0)",
            ),
        ),
    ),
    Removed("what a restored server shows is not believed", (Edit(INCOMING, DOUBTFUL),)),
    Removed(
        "on a new epoch every package is doubted",
        (
            Edit(
                INCOMING,
                "where(append.c.acknowledged == 1).values(doubted=1)",
                "where(append.c.acknowledged == 1).values(doubted=0)",
            ),
        ),
    ),
    Removed(
        "the lineage is not cleared on ok",
        (
            Edit(
                OUTGOING,
                "return replace(state, dirty=False, doubted=False, version=version",
                "return replace(state, lineage=(), dirty=False, doubted=False, version=version",
            ),
        ),
    ),
    Removed(
        "a withheld row is remembered",
        (Edit(INCOMING, REMEMBER_ROW, REMEMBER_ROW.replace("withheld=row, ", "")),),
        seed=25,
    ),
    Removed(
        "a sealed document takes no edit",
        (Edit(ACCEPTANCE, "if record.state is ServerState.SEALED:", "if False:"),),
    ),
    Removed(
        "a known op is answered ok",
        (
            Edit(
                ACCEPTANCE, KNOWN_OP, KNOWN_OP.replace("None:", 'None and line.kind != "document":')
            ),
        ),
        seed=30,
    ),
)


def _copy_without(removed: Removed, folder: Path) -> None:
    useless = shutil.ignore_patterns("ui", "*.otf", "__pycache__", "locale")
    shutil.copytree(ROOT / "smartclient", folder / "smartclient", ignore=useless)
    shutil.copytree(ROOT / "tests/simulators", folder / "tests/simulators", ignore=useless)
    (folder / "smartclient/locale").mkdir()
    for package in ("smartclient/locale", "tests"):
        shutil.copy(ROOT / package / "__init__.py", folder / package / "__init__.py")
    for edit in removed.edits:
        file = folder / edit.file
        source = file.read_text("utf-8")
        assert source.count(edit.stands) == 1, f"{edit.file} has changed; adapt the edit"
        file.write_text(source.replace(edit.stands, edit.instead), "utf-8")


def _walk(copy: Path, seed: int, walks: int, steps: int = 60) -> subprocess.CompletedProcess[str]:
    places = copy / "walks"
    places.mkdir()
    arguments = [str(places), str(seed), str(seed + walks - 1), str(steps)]
    return subprocess.run(
        [sys.executable, "-m", "tests.simulators.walk", *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        timeout=1_000,
    )


def _check(removed: Removed, folder: Path, walks: int) -> None:
    copy = folder / "copy"
    _copy_without(removed, copy)
    walked = _walk(copy, removed.seed, walks)
    assert walked.returncode == VIOLATED, walked.stderr


@pytest.mark.parametrize("removed", AT_ONCE, ids=lambda removed: removed.rule)
def test_that_the_walks_find_out_that_a_rule_is_missing(removed: Removed, tmp_path: Path) -> None:
    _check(removed, tmp_path, 20)


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("removed", LATER, ids=lambda removed: removed.rule)
def test_that_longer_walks_find_out_that_a_rule_is_missing(
    removed: Removed, tmp_path: Path
) -> None:
    _check(removed, tmp_path, 60)


def test_that_a_copy_with_every_rule_walks_through(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    _copy_without(Removed("none", ()), copy)
    walked = _walk(copy, 3, 1, steps=20)
    assert walked.returncode == 0, walked.stderr
