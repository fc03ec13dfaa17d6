"""After the database was put back: what it forgot and what others remember is brought together.

The order: the export is held and a new epoch begins, so that no older answer counts; every export
manifest newer than the backup is replayed, so that exported documents are locked with the version
that was handed over; rights and revoked installs become what they were; what was handed in is
handed in again; what was erased is erased again. Only then may the back office be opened. Done
again it changes nothing more, so a restore that was cut off is simply run again.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import zstandard
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import delete, select, update

from smartclient.backoffice.operations.epoch import raise_epoch
from smartclient.backoffice.operations.export import holding, runs
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.registers import erasures, handing_in, rights_list
from smartclient.backoffice.operations.registers.handing_in import HandedInAgain
from smartclient.backoffice.operations.replayed_lines import ReplayedLine, replay_lines
from smartclient.backoffice.tables import counters, schema
from smartclient.backoffice.tables.engine import insert_new, upsert
from smartclient.backoffice.tables.exports import export_batch, late_decision
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.ids import Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import (
    MANIFEST,
    PAYLOAD,
    READY,
    SIGNATURE,
    Manifest,
    is_batch_name,
)
from smartclient.wire.messages import mapping

LINES_AT_ONCE = 500
NUMBERS_SKIPPED = 1_000_000
"""Document numbers left out: leases given after the backup are forgotten, and come not twice."""
_DONE = (RunState.LOCKED, RunState.TOLD, RunState.HANDED_OVER, RunState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Sources:
    """What lies outside of the database and remembers more than the backup."""

    archive: Path
    to_core: Path
    erasures: Path
    rights: Path
    trusted: x509.Certificate
    """The certificate of the manifests."""
    epoch_above: int
    """No epoch up to this one is used again."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What bringing together did."""

    epoch: int
    batches: Mapping[str, int]
    """The replayed batches with their numbers of documents."""
    erased: int
    rights: int
    """Persons, installs and offices whose rights the backup knew otherwise."""
    handed_in: HandedInAgain
    """Edits that were handed in after the backup."""


def begin(office: Office, above: int) -> int:
    """Hold the export, begin an epoch above every one of before, and skip numbers; the epoch."""
    with office.writing() as desk:
        holding.hold(desk)
        counters.take(desk.connection, counters.NEXT_NUMBER, NUMBERS_SKIPPED)
        return raise_epoch(desk.connection, above)


def bring_together(
    office: Office, sources: Sources, policy: ExportPolicy | None = None
) -> Restored:
    """Bring the database up to what is known outside of it; the export is held afterwards.

    Raises Damaged SC-EXP-022 for a batch of the archive that cannot be trusted or is not whole.
    """
    epoch = begin(office, sources.epoch_above)
    batches = {
        name: _replay_batch(office, name, sources, policy or ExportPolicy())
        for name in _newer(office, sources.archive)
    }
    with office.writing() as desk:
        rights = rights_list.replay(desk, sources.rights)
        handed_in = handing_in.replay(desk)
        done = erasures.replay(desk, sources.erasures)
    with office.reading() as desk:
        erasures.remove_files(desk, done)
    return Restored(epoch, batches, done.records, rights, handed_in)


def _newer(office: Office, archive: Path) -> list[str]:
    """The batches of the archive whose locks the database does not know, the oldest first."""
    with office.reading() as desk:
        table = schema.export_run
        done = table.c.state.in_([state.value for state in _DONE])
        known = set(desk.connection.execute(select(table.c.batch).where(done)).scalars())
    found = sorted(path.name for path in archive.glob("smartclient-*") if path.is_dir())
    return [name for name in found if is_batch_name(name) and name not in known]


def _replay_batch(office: Office, batch: str, sources: Sources, policy: ExportPolicy) -> int:
    folder = sources.archive / batch
    manifest, digest = _manifest(folder, batch, sources.trusted)
    with office.writing() as desk:
        _require_chain(desk, manifest)
        _forget_half(desk, batch)
    for lines in _pages(folder, manifest):
        with office.writing() as desk:
            replay_lines(desk, manifest, lines, folder)
    is_handed_over = (sources.to_core / batch / READY).exists()
    with office.writing() as desk:
        _note_run(desk, manifest, digest, policy, is_handed_over=is_handed_over)
    return len(manifest.documents)


def _manifest(folder: Path, batch: str, trusted: x509.Certificate) -> tuple[Manifest, Sha256]:
    key = trusted.public_key()
    try:
        content = (folder / MANIFEST).read_bytes()
        if not isinstance(key, EllipticCurvePublicKey):
            raise InvalidSignature
        key.verify((folder / SIGNATURE).read_bytes(), content, ECDSA(SHA256()))
        manifest = Manifest.from_json(encoding.parse(content))
    except (OSError, InvalidSignature, BadInput) as broken:
        raise Damaged("SC-EXP-022", batch=batch) from broken
    if manifest.batch != batch:
        raise Damaged("SC-EXP-022", batch=batch)
    return manifest, encoding.sha256(content)


def _require_chain(desk: Desk, manifest: Manifest) -> None:
    """The batch follows what the database knows by now: none between them is missing."""
    table = schema.export_run
    before = (
        select(table.c.manifest_sha256)
        .where(table.c.business_date < manifest.business_date, table.c.manifest_sha256 != "")
        .order_by(table.c.business_date.desc())
        .limit(1)
    )
    known = desk.connection.execute(before).scalar_one_or_none() or ""
    if known != manifest.previous_sha256:
        raise Damaged("SC-EXP-022", batch=manifest.batch)


def _forget_half(desk: Desk, batch: str) -> None:
    """The backup may have caught the batch while it was sealed: the manifest knows better."""
    scope, line = schema.scope, schema.export_line
    opened = update(scope).where(scope.c.sealed_for == batch).values(sealed_for=None)
    desk.connection.execute(opened)
    desk.connection.execute(delete(line).where(line.c.batch == batch))
    taken = late_decision.c.batch == batch
    desk.connection.execute(update(late_decision).where(taken).values(batch=None))


def _pages(folder: Path, manifest: Manifest) -> Iterator[list[ReplayedLine]]:
    """The documents of the manifest with their lines, some at a time."""
    page: list[ReplayedLine] = []
    _require_payload(folder / PAYLOAD, manifest)
    lines = _unpacked(folder / PAYLOAD, manifest)
    for document in manifest.documents:
        try:
            line = mapping(encoding.parse(next(lines)))
        except (StopIteration, BadInput) as broken:
            raise Damaged("SC-EXP-022", batch=manifest.batch) from broken
        if line.get("id") != document.id or not document.scope:
            raise Damaged("SC-EXP-022", batch=manifest.batch)
        page.append(ReplayedLine(document, line))
        if len(page) == LINES_AT_ONCE:
            yield page
            page = []
    if page:
        yield page


def _require_payload(path: Path, manifest: Manifest) -> None:
    """The payload is the one that was signed for, before anything of it is written."""
    hashed = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                hashed.update(chunk)
    except OSError as missing:
        raise Damaged("SC-EXP-022", batch=manifest.batch) from missing
    if hashed.hexdigest() != manifest.payload_sha256:
        raise Damaged("SC-EXP-022", batch=manifest.batch)


def _unpacked(path: Path, manifest: Manifest) -> Iterator[bytes]:
    with path.open("rb") as file:
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        rest = b""
        try:
            while chunk := reader.read(1 << 20):
                *whole, rest = (rest + chunk).split(b"\n")
                yield from whole
        except zstandard.ZstdError as broken:
            raise Damaged("SC-EXP-022", batch=manifest.batch) from broken


def _note_run(
    desk: Desk, manifest: Manifest, digest: Sha256, policy: ExportPolicy, *, is_handed_over: bool
) -> None:
    """The run as it had come; the core's answer is read again once the export is released."""
    run: dict[str, object] = {
        "business_date": manifest.business_date,
        "batch": manifest.batch,
        "cutoff": manifest.cutoff,
        "state": (RunState.HANDED_OVER if is_handed_over else RunState.TOLD).value,
        "previous_manifest_sha256": manifest.previous_sha256,
        "manifest_sha256": digest,
        "documents": len(manifest.documents),
        "changed_at": desk.now,
    }
    upsert(desk.connection, schema.export_run, [run])
    kept = manifest.retained_until or manifest.business_date + policy.kept
    batch: dict[str, object] = {
        "batch": manifest.batch,
        "hand_over_at": policy.hand_over_at(manifest.business_date),
        "retained_until": kept,
    }
    insert_new(desk.connection, export_batch, [batch])
    if is_handed_over:
        runs.note_handed_over(desk, runs.require(desk, manifest.business_date))
