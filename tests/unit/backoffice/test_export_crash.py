"""The export killed at every commit, every flush and every rename, and run again."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from smartclient.backoffice.operations.export import runs
from smartclient.backoffice.operations.export.exporter import Places
from smartclient.backoffice.operations.export.formats import ACORD, chosen_formats
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import RecordId
from smartclient.domain.lock_time import cutoff
from smartclient.wire import encoding
from smartclient.wire.batches import Manifest
from smartclient.wire.messages import RecordKind
from tests.simulators.adviser import Adviser
from tests.simulators.core_keys import CORE_KEY, core_certificate
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import CountedIds, SetClock

DAY = date(2026, 11, 21)
EVERY = 10
"""Kill points after which the resend is looked at, too."""


class Killed(BaseException):
    """The process ends here; nothing may catch it."""


@dataclass(slots=True)
class Fate:
    """Kills at the point with this number; the first is 0."""

    at: int
    passed: int = 0

    def point(self) -> None:
        """A place where a process can die."""
        self.passed += 1
        if self.passed == self.at + 1:
            raise Killed


@dataclass(frozen=True, slots=True)
class MortalOffice(Office):
    """An office whose process can die before and after each commit."""

    fate: Fate

    @contextmanager
    def writing(self) -> Iterator[Desk]:
        with Office.writing(self) as desk:
            yield desk
            self.fate.point()
        self.fate.point()


def _flushed(*_file: object) -> None:
    """The flush itself is left out: it takes its time on a disk and changes nothing here."""


def _deadly(fate: Fate, real: Callable[..., object]) -> Callable[..., object]:
    def called(*arguments: object) -> object:
        fate.point()
        done = real(*arguments)
        fate.point()
        return done

    return called


@dataclass(slots=True)
class Evening:
    """A back office at the cut-off with a complete document and a signed one."""

    server: InProcessServer
    adviser: Adviser
    documents: list[RecordId]
    at_the_cutoff: bytes
    folder: Path

    @classmethod
    def begin(cls, folder: Path) -> "Evening":
        clock = SetClock(cutoff(DAY) - timedelta(hours=2))
        server = InProcessServer(clock, CountedIds(), folder=folder)
        everything = ExportPolicy(formats=chosen_formats([ACORD.name]), reader=core_certificate())
        server.exporter = replace(server.exporter, policy=everything)
        server.core = replace(server.core, key=CORE_KEY)
        adviser = Adviser(server, server.office.ids)
        drafts = [adviser.offer(number=f"720000000{number}") for number in range(1)]
        drafts.append(adviser.offer(Stage.WAITING, number="7200000009"))
        adviser.push_ok(*drafts)
        adviser.push(adviser.package(drafts[-1]))
        clock.set(cutoff(DAY))
        server.judge()
        return cls(server, adviser, [draft.id for draft in drafts], server.backup(), folder)

    def again(self, folder: Path) -> None:
        """The same evening once more, its batches in another folder."""
        self.server.put_back(self.at_the_cutoff)
        self.folder = folder
        places = Places(folder / "export", folder / "core")
        self.server.exporter = replace(self.server.exporter, places=places)
        self.server.core = replace(self.server.core, folder=folder / "core")

    def work(self) -> None:
        """What the worker and the core do from the cut-off on."""
        due = self.server.exporter.due()
        if due is not None:
            self.server.exporter.export(due)
        self.server.exporter.finish()
        self.server.answer()

    def is_killed_at(self, point: int, patching: pytest.MonkeyPatch) -> bool:
        """Work until killed at that point; False when the work ended before."""
        fate, immortal = Fate(point), self.server.exporter
        office = self.server.office
        parts = {name: getattr(office, name) for name in Office.__slots__}
        self.server.exporter = replace(immortal, office=MortalOffice(**parts, fate=fate))
        try:
            with patching.context() as patched:
                patched.setattr(os, "fsync", _deadly(fate, _flushed))
                patched.setattr(Path, "rename", _deadly(fate, Path.rename))
                self.work()
        except Killed:
            return True
        finally:
            self.server.exporter = immortal
        return False

    def batch(self) -> tuple[str, Manifest]:
        """The digest of the one batch's manifest, and the manifest."""
        (folder,) = (self.folder / "export").glob("smartclient-*")
        content = (folder / "manifest.json").read_bytes()
        manifest = Manifest.from_json(encoding.parse(content))
        payload = (folder / "documents.ndjson.zst").read_bytes()
        assert encoding.sha256(payload) == manifest.payload_sha256
        return encoding.sha256(content), manifest

    def require_whole(self) -> None:
        """Every document is in the batch once, locked, told, and answered by the core."""
        digest, manifest = self.batch()
        with self.server.office.reading() as desk:
            run = runs.require(desk, DAY)
        assert (run.state, run.manifest_sha256) == (RunState.ACKNOWLEDGED, digest)
        assert sorted(document.id for document in manifest.documents) == sorted(self.documents)
        assert list(self.folder.rglob("*.partial")) == []
        assert len(manifest.files) == 1
        self.adviser.headers = self.server.bearer(self.adviser.installed)
        rows = self.adviser.changes(0).rows
        locked = [row.id for row in rows if row.state is ServerState.LOCKED]
        assert sorted(locked) == sorted(self.documents)
        statuses = [
            self.adviser.body_of(row.id) for row in rows if row.kind is RecordKind.DOCUMENT_STATUS
        ]
        assert [status["core"] for status in statuses] == ["accepted"] * len(self.documents)

    def require_same_bytes_when_sent_again(self) -> None:
        """A resend sends what the core got, byte for byte."""
        (sent,) = (self.folder / "core").glob("smartclient-*")
        before = _bytes_of(sent)
        shutil.rmtree(sent)
        self.server.exporter.resend(DAY)
        assert _bytes_of(sent) == before


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_that_an_export_killed_anywhere_ends_with_the_same_bytes_when_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", _flushed)
    points, digests, is_killed = 0, set(), True
    evening = Evening.begin(tmp_path)
    with evening.server:
        while is_killed:
            evening.again(tmp_path / str(points))
            is_killed = evening.is_killed_at(points, monkeypatch)
            evening.work()
            evening.require_whole()
            if points % EVERY == 0:
                evening.require_same_bytes_when_sent_again()
            digests.add(evening.batch()[0])
            points += 1
    assert points > 30
    assert len(digests) == 1
