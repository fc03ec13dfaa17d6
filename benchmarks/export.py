"""What formats and sealing cost the export: `busy` by format, the verdict's share, the hand-over.

Measured on 2,000 documents of 8 KB with two attachments of 20 KB each, three documents an adviser;
figures of an evening of 150,000 are computed in proportion. The floor of each row is the same step
with the canonical JSON alone, in the clear, of the same run.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from benchmarks.measure import Row
from smartclient.backoffice.operations.export import handing_over
from smartclient.backoffice.operations.export.formats import (
    ACORD,
    CSV,
    JSON,
    BatchFormat,
    further_entries,
)
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.domain.ids import RandomIds
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from smartclient.wire import encoding
from smartclient.wire.batches import PAYLOAD, batch_name
from tests.simulators import evening, postgres
from tests.simulators.core_keys import core_certificate
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

EVENING = 150_000
ADVISERS = 667
BUSY_SECONDS = 60
ATTACHMENT = os.urandom(20_000)
CHOICES: tuple[tuple[str, tuple[BatchFormat, ...]], ...] = (
    ("JSON", (JSON,)),
    ("JSON and CSV", (JSON, CSV)),
    ("JSON and ACORD", (JSON, ACORD)),
    ("all formats", (JSON, CSV, ACORD)),
)


def rows() -> Iterator[Row]:
    """`busy` with each format on each database, then what happens before and behind it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        binaries = postgres.programs()
        server = stack.enter_context(postgres.running(binaries)) if binaries else None
        kept: _Exported | None = None
        for database in ("SQLite", "PostgreSQL") if server else ("SQLite",):
            floor: float | None = None
            for number, (name, formats) in enumerate(CHOICES):
                address = f"sqlite:///{folder / f'{number}.sqlite3'}"
                if server and database == "PostgreSQL":
                    address = server.new_database(f"export_{number}")
                exported = _export(folder / f"{database}-{number}", address, formats)
                each = exported.busy * EVENING / exported.documents
                yield Row(
                    f"export: busy while {EVENING:,} documents are exported as {name}, computed "
                    f"from {exported.documents:,} in {exported.busy:.2f} s, {database}",
                    each,
                    "s",
                    floor=floor,
                    budget=BUSY_SECONDS,
                )
                floor = floor or each
                kept = exported
        assert kept is not None
        yield from _verdict_rows(kept)
        yield from _hand_over_rows(kept)


@dataclass(frozen=True, slots=True)
class _Exported:
    """An evening that was written and locked."""

    folder: Path
    batch: str
    manifest_sha256: str
    documents: int
    busy: float

    @property
    def archive(self) -> Path:
        """Our copies."""
        return self.folder / "export"


def _export(folder: Path, address: str, formats: tuple[BatchFormat, ...]) -> _Exported:
    clock = SetClock()
    with InProcessServer(clock, RandomIds(), folder=folder, database=address) as made:
        made.exporter = replace(made.exporter, policy=ExportPolicy(formats=formats))
        documents = evening.fill(made.exporter, ADVISERS, clock.now(), attachment=ATTACHMENT)
        clock.set(cutoff(last_cutoff_date(clock.now()) + timedelta(days=1)))
        day = made.begin_export()
        assert day is not None
        made.exporter.lay_out(day)
        begun = time.perf_counter()
        for _ in range(3):  # seal, write, lock
            made.exporter.advance(day)
        busy = time.perf_counter() - begun
    manifest = (folder / "export" / batch_name(day) / "manifest.json").read_bytes()
    return _Exported(folder, batch_name(day), encoding.sha256(manifest), documents, busy)


def _verdict_rows(exported: _Exported) -> Iterator[Row]:
    """What each format adds to a verdict, for which nobody waits."""
    lines = _some_lines(exported.archive / exported.batch / PAYLOAD, 300)
    begun = time.perf_counter()
    for line in lines:
        encoding.pack(line)
    floor = (time.perf_counter() - begun) / len(lines) * 1000
    for chosen in (CSV, ACORD):
        begun = time.perf_counter()
        for line in lines:
            further_entries((JSON, chosen), line)
        taken = (time.perf_counter() - begun) / len(lines) * 1000
        yield Row(f"export: {chosen.name} of one document, made with its verdict", taken, "ms")
    yield Row("export: packing its canonical line, made with its verdict", floor, "ms")


def _some_lines(path: Path, count: int) -> list[bytes]:
    import zstandard

    reader = zstandard.ZstdDecompressor().stream_reader(path.read_bytes(), read_across_frames=True)
    return [line + b"\n" for line in reader.read().splitlines()[:count]]


def _hand_over_rows(exported: _Exported) -> Iterator[Row]:
    """Copying a batch to the core, in the clear and sealed; documents are locked by then."""
    floor: float | None = None
    for name, reader in (("in the clear", None), ("sealed for the core", core_certificate())):
        to_core = exported.folder / "measured"
        begun = time.perf_counter()
        handing_over.hand_over(
            exported.batch, exported.manifest_sha256, exported.archive, to_core, reader
        )
        taken = (time.perf_counter() - begun) * EVENING / exported.documents
        shutil.rmtree(to_core)
        yield Row(
            f"export: hand-over of {EVENING:,} documents {name}, behind the lock, computed "
            f"from {exported.documents:,}",
            taken,
            "s",
            floor=floor,
        )
        floor = taken
