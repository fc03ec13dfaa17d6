"""Each rule of the protocol is needed: a copy of the source without it breaks an invariant.

The copy is walked through, or played in scenes, by a process of its own; nothing in the product can
switch a rule off.
Each mutant names the invariants that may catch it; the long run prints which one did, and after how
many walks.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.simulators.changed_source import Edit, copy_with
from tests.simulators.walk import VIOLATED
from tests.simulators.wide_scenes import SCENES

INCOMING = "smartclient/store/incoming.py"
DOUBTS = "smartclient/store/doubts.py"
OUTGOING = "smartclient/store/outgoing.py"
SENT_STATES = "smartclient/store/sent_states.py"
ENGINE = "smartclient/sync/exchange/engine.py"
WIPING = "smartclient/store/wiping.py"
SENDING = "smartclient/sync/exchange/sending.py"
MERGING = "smartclient/store/merging.py"
ACCEPTANCE = "smartclient/backoffice/operations/acceptance.py"
FEED = "smartclient/store/feed.py"
SCOPE_RECORDS = "smartclient/backoffice/operations/scope_records.py"
RECEIVING = "smartclient/sync/exchange/receiving.py"
OWN_PLACES = "smartclient/backoffice/operations/own_places.py"
EPOCH = "smartclient/backoffice/operations/epoch.py"
SCOPE_PUSH = "smartclient/backoffice/operations/scope_push.py"
EXPORTER = "smartclient/backoffice/operations/export/exporter.py"
SEALING = "smartclient/backoffice/operations/export/sealing.py"
WRITING = "smartclient/backoffice/operations/export/writing.py"
RECORDS = "smartclient/store/records.py"
RECORD_ROWS = "smartclient/backoffice/operations/record_rows.py"
RECEIPTS = "smartclient/backoffice/operations/registers/consent_receipts.py"

WITHHOLD = """\
    if state is not None and state.dirty:
        return Meeting.WITHHELD
"""
ROUND = """\
        run.files_missing = False
"""
KEEP_LOST = """\
        self._conflicts.keep(identity, reason, body, stage, op)
"""
KEEP_SENT = """\
        self._states.leave(sent, leaving)
"""
ONLY_NEWEST = """\
        record.c.op == bindparam("of_op"),
"""
DOUBTFUL = """\
        if state.doubted:
            return Meeting.DOUBTFUL
"""
REMEMBER_ROW = """\
            return replace(state, withheld=row, doubted=False, scope=scope)
        case Meeting.SAME"""
KNOWN_OP = """\
    if seen is not None:
        if seen"""
CLASH = """\
    known.clashes.append(Clash(path, theirs, mine))
    return theirs


def _without_base"""
FOREIGN = "    others = sorted(row.seq for row in records.changed.values() if not _is_told(row, answered))\n"
PASS_OVER = """\
        if not said.more:
            tx.feed.pass_over_own()
"""
FILES_ASKED_FOR = (
    "            missing = tuple(sha256 for sha256 in line.blobs if sha256 not in self.blobs)\n"
)
SEND_FILES = "from smartclient.sync.exchange.sending_files import send_files\n"
SEALED = """\
        self._each(scopes, lambda desk, some: sealing.seal_scopes(desk, run, some))
"""
LOCKED_AT_ONCE = """\
        self._each(scopes, lambda desk, some: sealing.seal_scopes(desk, run, some))
        self._each(scopes, lambda desk, some: locking.lock_scopes(desk, run, some))
"""
WRITTEN = """\
            manifest = write_batch(desk, run, writing)
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.WRITTEN, manifest_sha256=manifest)
"""
SAID_BEFORE = """\
    def _write(self, run: ExportRun) -> None:
        with self.office.writing() as desk:
            runs.step(desk, run, RunState.WRITTEN, manifest_sha256="0" * 64)
"""
STILL_RIGHT = (
    "    desk.connection.execute(delete(line).where(of_batch, ~still.exists()), of_them)\n"
)
AS_LAID = "return not self.changed and len(self.documents) == len(self.laid.lines)"
OWN_OP = """\
        op = Op(self._unit.ids.new())
        if state is None:
"""
OP_AGAIN = """\
        op = Op(self._unit.ids.new()) if state is None or state.sent else state.op
        if state is None:
"""
DATED = "RecordKind.CLIENT_HIDE, RecordKind.CONSENT_EVENT}"
MERGES_AND_HIDES = "RecordKind.CLIENT_HIDE}"
URGENT_FIRST = "send_records(run, (*withdrawals, *urgent), load.records, ordinary)"
URGENT_LAST = "send_records(run, (), load.records, (*ordinary, *withdrawals, *urgent))"

SMALL = (
    Edit("smartclient/wire/messages.py", "MAX_PACK_BYTES = 4_000_000", "MAX_PACK_BYTES = 100"),
    Edit("smartclient/wire/messages.py", "MAX_PUSH_LINES = 200", "MAX_PUSH_LINES = 3"),
    Edit("smartclient/wire/messages.py", "MAX_FEED_ROWS = 1_000", "MAX_FEED_ROWS = 4"),
    Edit("smartclient/sync/exchange/bodies.py", "BODIES_AT_ONCE = 500", "BODIES_AT_ONCE = 2"),
)


@dataclass(frozen=True, slots=True)
class Removed:
    """A rule that the copy lacks, who may catch it, and the seed at which the walks begin."""

    rule: str
    edits: tuple[Edit, ...]
    caught_by: frozenset[int]
    """Numbers of invariants; 0 for a program that refuses what must never be refused."""
    seed: int = 0
    walk: str = "walk"
    steps: int = 60


def _removed(
    rule: str, *edits: Edit, by: tuple[int, ...], seed: int = 0, walk: str = "walk", steps: int = 60
) -> Removed:
    return Removed(rule, edits, frozenset(by), seed, walk, steps)


AT_ONCE = (
    _removed(
        "rule 4: push comes before pull, and a pull never writes over an edit",
        Edit(INCOMING, WITHHOLD),
        Edit(ENGINE, ROUND, ROUND + "        receive(run)\n"),
        by=(2, 5),
    ),
    _removed(
        "rule 3: the op enters the lineage before it is sent",
        Edit(OUTGOING, KEEP_SENT),
        by=(2, 3, 5),
    ),
    _removed(
        "a cursor passes over what this laptop sent, and over nothing else",
        Edit(FEED, "seq = reached(read.seq, own)", "seq = max(read.seq, own[-1][1])"),
        by=(5,),
    ),
    _removed(
        "rule 1: the server takes an edit only over one that it stands on",
        Edit(ACCEPTANCE, "if record.op not in line.lineage:", "if False:"),
        by=(2,),
    ),
    _removed("rule 4: an edit that lost goes to the conflicts", Edit(OUTGOING, KEEP_LOST), by=(2,)),
    _removed(
        "rule 5: on a new epoch every record is doubted",
        Edit(
            DOUBTS,
            "update(record).where(known).values(doubted=1)",
            "update(record).where(known).values(doubted=0)",
        ),
        by=(2, 5),
        seed=9,
    ),
    _removed(
        "rule 5: lineage is not cleared on ok",
        Edit(SENT_STATES, "known = small_json(lineage)", "known = []"),
        by=(2, 3, 5),
    ),
    _removed(
        "seal order: a sealed document takes no edit",
        Edit(ACCEPTANCE, "if record.state is ServerState.SEALED:", "if False:"),
        by=(1, 2, 4, 5),
        walk="wide_scenes",
        seed=8,
    ),
    _removed(
        "rule 2: a known op is answered ok",
        Edit(ACCEPTANCE, KNOWN_OP, KNOWN_OP.replace("None:", 'None and line.kind != "document":')),
        by=(3, 5),
        seed=34,
    ),
    _removed(
        "epoch: an answer of an older epoch changes nothing",
        Edit(EPOCH, "if claimed != epoch:", "if False:"),
        by=(2, 5, 6),
        walk="wide_scenes",
        seed=6,
    ),
    _removed(
        "rule 6: a record waits for its files",
        Edit(SCOPE_PUSH, FILES_ASKED_FOR, "            missing: tuple[Sha256, ...] = ()\n"),
        Edit(SENDING, SEND_FILES, "def send_files(_run, _ops): return None\n"),
        by=(6,),
        walk="wide_scenes",
        seed=3,
    ),
    _removed(
        "seal order: nothing is locked before its batch is durable",
        Edit(EXPORTER, SEALED, LOCKED_AT_ONCE),
        by=(4,),
        walk="wide_scenes",
        seed=8,
    ),
    _removed(
        "seal order: what was edited since it was laid out is sealed no more",
        Edit(SEALING, STILL_RIGHT),
        by=(4,),
        seed=6,
    ),
)
LATER = (
    _removed(
        "what the server wrote beside the lines of a push is in no range of theirs",
        Edit(OWN_PLACES, "if not _is_told(row, answered)", "if False"),
        by=(5,),
    ),
    _removed(
        "what stands otherwise here than it was accepted is read",
        Edit(SENDING, " if scope not in unlike}", "}"),
        by=(5,),
        seed=60,
    ),
    _removed(
        "rule 3: only an answer to the current op clears dirty",
        Edit(SENT_STATES, ONLY_NEWEST, ""),
        by=(2, 5),
        seed=3,
    ),
    _removed("rule 4: a pull never writes over an edit", Edit(INCOMING, WITHHOLD), by=(2, 5)),
    _removed(
        "rule 5: what a restored server shows is not believed", Edit(INCOMING, DOUBTFUL), by=(2, 5)
    ),
    _removed(
        "rule 5: on a new epoch every package is doubted",
        Edit(
            DOUBTS,
            "where(append.c.acknowledged == 1).values(doubted=1)",
            "where(append.c.acknowledged == 1).values(doubted=0)",
        ),
        by=(5, 6),
    ),
    _removed(
        "rule 4: a withheld row is remembered",
        Edit(INCOMING, REMEMBER_ROW, REMEMBER_ROW.replace("withheld=row, ", "")),
        by=(5,),
        seed=25,
    ),
    _removed(
        "invariant 8: a clash is offered beside what is shown",
        Edit(MERGING, CLASH, CLASH.replace("known.clashes.append(Clash(path, theirs, mine))", "")),
        by=(2, 8),
        walk="wide_walk",
    ),
    _removed(
        "invariant 8: a merge keeps the edits of both",
        Edit(
            MERGING,
            "if same(theirs, was) and path not in known.rules.identity:",
            "if False:",
        ),
        Edit(MERGING, CLASH, CLASH.replace("known.clashes.append(Clash(path, theirs, mine))", "")),
        by=(2, 8),
        walk="wide_walk",
    ),
    _removed(
        "invariant 7: who became part of whom follows from the set of events",
        Edit(
            "smartclient/domain/client_events.py",
            "return max(events, key=lambda event: (event.at, event.undo, event.id), default=None)",
            "return next(iter(events), None)",
        ),
        by=(5, 7, 9),
        walk="wide_scenes",
    ),
    _removed(
        "invariant 9: an edit of who became part of another is answered merged",
        Edit(ACCEPTANCE, "if survivor and record is not None:", "if False:"),
        by=(9,),
        walk="wide_scenes",
    ),
    _removed(
        "invariant 10: erased is final",
        Edit(
            ACCEPTANCE,
            "return parent_is_erased or (record is not None and record.state is ServerState.ERASED)",
            "return False",
        ),
        by=(5, 10),
        walk="wide_scenes",
    ),
    _removed(
        "invariant 11: a scope that was left is wiped",
        Edit(WIPING, "known = (record.c.dirty == 0,", "known = (record.c.dirty == 2,"),
        by=(5, 11),
        walk="wide_scenes",
    ),
    _removed(
        "own places: what else a push caused is read in the feed",
        Edit(OWN_PLACES, FOREIGN, "    others: list[int] = []\n"),
        by=(5,),
        walk="wide_scenes",
    ),
    _removed(
        "own places: what others wrote before is read in the feed",
        Edit(SCOPE_RECORDS, "self.begun = head", "self.begun = 0"),
        by=(5,),
        walk="wide_scenes",
    ),
    _removed(
        "own places: they count as read only when all that stands before them was",
        Edit(RECEIVING, PASS_OVER, "        tx.feed.pass_over_own()\n"),
        *SMALL,
        by=(5,),
        walk="wide_scenes",
    ),
    _removed(
        "own places: a new epoch has others",
        Edit(FEED, "execute(delete(scope))", "execute(update(scope).values(seq=0))"),
        Edit(
            FEED,
            "import delete, literal_column, select",
            "import delete, literal_column, select, update",
        ),
        by=(2, 5),
        walk="wide_scenes",
    ),
    _removed(
        "rule 2: one op with two contents is refused",
        Edit(ACCEPTANCE, "if seen.sha256 in (None, line.sha256):", "if True:"),
        Edit(RECORDS, OWN_OP, OP_AGAIN),
        by=(2, 5),
        walk="wide_scenes",
    ),
    _removed(
        "seal order: a batch is durable before the database says so",
        Edit(EXPORTER, SAID_BEFORE.partition("        with")[0], SAID_BEFORE),
        Edit(EXPORTER, WRITTEN, "            write_batch(desk, run, writing)\n"),
        by=(4,),
        walk="wide_scenes",
    ),
    _removed(
        "seal order: what was laid out and not sealed is not written",
        Edit(WRITING, AS_LAID, "return True"),
        by=(1,),
        seed=6,
    ),
    _removed(
        "invariant 12: each receipt is chained to the one before it",
        Edit(RECEIPTS, "(row.place, row.hash) if row", '(row.place, "") if row'),
        by=(12,),
        walk="wide_scenes",
    ),
    _removed(
        "invariant 12: every event has its receipt",
        Edit(RECEIPTS, "    for each in arrived:\n", "    for each in arrived[:1]:\n"),
        by=(12,),
        walk="wide_scenes",
    ),
    _removed(
        "a consent counts by its receipt",
        Edit(RECORD_ROWS, DATED, MERGES_AND_HIDES),
        by=(7,),
        walk="wide_scenes",
    ),
    _removed(
        "rule 6: what is urgent goes first",
        Edit(SENDING, URGENT_FIRST, URGENT_LAST),
        by=(6,),
        walk="wide_walk",
    ),
)


def _walk(
    copy: Path, removed: Removed, walks: int, steps: int | None = None
) -> subprocess.CompletedProcess[str]:
    places = copy / "walks"
    places.mkdir()
    last = removed.seed + walks - 1
    arguments = [str(places), str(removed.seed), str(last), str(steps or removed.steps)]
    return subprocess.run(
        [sys.executable, "-m", f"tests.simulators.{removed.walk}", *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        timeout=1_000,
    )


def _check(removed: Removed, folder: Path, walks: int) -> str:
    """Walk until it is caught; by which invariant and after how many walks."""
    walked = _walk(copy_with(removed.edits, folder / "copy"), removed, walks)
    assert walked.returncode == VIOLATED, walked.stderr
    found = re.search(r"^seed (\d+): (?:(\d+): )?(.*)$", walked.stderr, re.MULTILINE)
    assert found is not None, walked.stderr
    number = int(found[2] or 0)
    assert number in removed.caught_by, walked.stderr
    after = int(found[1]) - removed.seed + 1
    return f"{removed.rule}: caught by {number} ({found[3]}) after {after} walks"


@pytest.mark.parametrize("removed", AT_ONCE, ids=lambda removed: removed.rule)
def test_that_the_walks_find_out_that_a_rule_is_missing(removed: Removed, tmp_path: Path) -> None:
    _check(removed, tmp_path, 20)


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("removed", LATER, ids=lambda removed: removed.rule)
def test_that_longer_walks_find_out_that_a_rule_is_missing(
    removed: Removed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _check(removed, tmp_path, len(SCENES) if removed.walk == "wide_scenes" else 60)
    with capsys.disabled():
        print("\n" + told)


def test_that_a_copy_with_every_rule_walks_through(tmp_path: Path) -> None:
    nothing = Removed("none", (), frozenset(), seed=3)
    walked = _walk(copy_with((), tmp_path / "copy"), nothing, 1, steps=20)
    assert walked.returncode == 0, walked.stderr


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("walk", ["walk", "wide_walk", "wide_scenes"])
def test_that_small_batches_and_pages_lose_nothing(walk: str, tmp_path: Path) -> None:
    """Whatever takes hundreds of records in life is cut into several requests here."""
    removed = Removed("none", (), frozenset(), seed=40, walk=walk)
    walked = _walk(copy_with(SMALL, tmp_path / "copy"), removed, 15)
    assert walked.returncode == 0, walked.stderr
