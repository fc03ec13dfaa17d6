"""Hand over: the locked batch appears where the core looks for it, READY last of all.

The core's folder gets a copy; ours stays as evidence and is what a resend sends again. Where the
core has a certificate, the copy is sealed for it, once, into a folder of our own: a resend sends
these very bytes.
"""

import os
import secrets
import shutil
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from smartclient.backoffice.operations.export.durable import (
    copy_durably,
    durable_file,
    put_in_place,
    remove_partial,
    sync_folder,
    write_durably,
    write_each,
)
from smartclient.domain import presentation
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.ids import Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import MANIFEST, PAYLOAD, READY, SEALED_SUFFIX, SIGNATURE
from smartclient.wire.sealed_files import seal_file

SEALED = "sealed"
"""The folder of the archive with the copies that were sealed for the core."""
MARK = ".smartclient-batches"
"""The file in the core's folder by which it is known again."""
_BESIDE = 4096
_MEGABYTE = 1_000_000


def hand_over(
    batch: str,
    manifest_sha256: Sha256 | str,
    archive: Path,
    to_core: Path,
    reader: x509.Certificate | None = None,
) -> None:
    """Put the archived bytes into the core's folder; done again, it changes nothing.

    Raises Damaged SC-EXP-005 when the archive is not what was locked, and NotAllowed SC-EXP-029,
    before anything is copied, when the core's folder has no room for it.
    """
    source = archive / batch
    _require_ours(source, manifest_sha256)
    final = to_core / batch
    if not final.exists():
        if reader is not None:
            _seal(source, archive / SEALED / batch, reader)
        remove_partial(to_core, batch)
        copied = _copied(batch, archive)
        _require_room(copied, to_core)
        partial = to_core / f".{batch}.{secrets.token_hex(8)}.partial"
        try:
            copy_durably(copied, partial)
        except OSError:
            # Half a batch must not take the last room of a share that others write to as well.
            shutil.rmtree(partial, ignore_errors=True)
            raise
        put_in_place(partial, final)
    if not (final / READY).exists():
        write_durably(final / READY, b"")
        sync_folder(final)


def require_folder(to_core: Path, *, was_used: bool) -> None:
    """Make sure of the core's folder, and mark it so that it is known again.

    NotAllowed SC-EXP-026 for an empty one without the mark where batches were handed over before:
    that is what is left of a share that is not there. A batch would lie where nobody looks.
    """
    mark = to_core / MARK
    if mark.exists():
        return
    if was_used and not (to_core.is_dir() and any(to_core.iterdir())):
        raise NotAllowed("SC-EXP-026", folder=str(to_core), mark=MARK)
    to_core.mkdir(parents=True, exist_ok=True)
    mark.touch()
    sync_folder(to_core)


def require_valid(reader: x509.Certificate, now: datetime) -> None:
    """NotAllowed SC-EXP-027 for a certificate of the core that is not valid now."""
    if not reader.not_valid_before_utc <= now <= reader.not_valid_after_utc:
        until = presentation.day(reader.not_valid_after_utc.date())
        raise NotAllowed("SC-EXP-027", date=until)


def take_back(batch: str, manifest_sha256: str, archive: Path, to_core: Path) -> None:
    """Take what lies of the batch in the core's folder away, READY first.

    Raises Damaged SC-EXP-005 when the archive is not what was locked, and NotAllowed SC-EXP-029
    when ours would have no room in its place; then nothing is taken away.
    """
    _require_ours(archive / batch, manifest_sha256)
    final = to_core / batch
    _require_room(_copied(batch, archive), to_core, freed=_room_of(final))
    (final / READY).unlink(missing_ok=True)
    if final.exists():
        gone = to_core / f".{batch}.{secrets.token_hex(8)}.partial"
        final.rename(gone)
        shutil.rmtree(gone)


def _require_ours(source: Path, manifest_sha256: str) -> None:
    try:
        is_ours = encoding.sha256((source / MANIFEST).read_bytes()) == manifest_sha256
    except FileNotFoundError:
        is_ours = False
    if not is_ours or not (source / PAYLOAD).exists():
        raise Damaged("SC-EXP-005", batch=source.name)


def _copied(batch: str, archive: Path) -> Path:
    """What the core gets: the copy that was sealed for it, where there is one."""
    sealed = archive / SEALED / batch
    return sealed if sealed.exists() else archive / batch


def _require_room(source: Path, to_core: Path, freed: int = 0) -> None:
    """NotAllowed SC-EXP-029 unless a copy has room, once so many bytes there are gone."""
    needed, free = _room_of(source), shutil.disk_usage(to_core).free + freed
    if free < needed:
        told = {"needed": needed // _MEGABYTE + 1, "free": free // _MEGABYTE}
        raise NotAllowed("SC-EXP-029", batch=source.name, **told)


def _room_of(folder: Path) -> int:
    """The bytes that a folder takes; none where it is not there."""
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    # A file takes whole blocks of the disk, and its name takes room as well.
    return sum(sizes) + len(sizes) * _BESIDE


def _seal(source: Path, sealed: Path, reader: x509.Certificate) -> None:
    """Make the copy that only the reader can open, whole or not at all.

    One that a hand-over left which was cut off is taken as it is, unless it is for another reader.
    """
    named = sealed.with_name(f"{sealed.name}.reader")
    thumb = reader.fingerprint(SHA256()).hex()
    if sealed.exists() and named.exists() and named.read_text("ascii") == thumb:
        return
    shutil.rmtree(sealed, ignore_errors=True)
    named.unlink(missing_ok=True)
    sealed.parent.mkdir(exist_ok=True)
    remove_partial(sealed.parent, sealed.name)
    partial = sealed.parent / f".{sealed.name}.{secrets.token_hex(8)}.partial"

    def write(file: Path, place: Path) -> None:
        if file.name in (MANIFEST, SIGNATURE):
            write_durably(place, file.read_bytes())
            return
        under = place.with_name(place.name + SEALED_SUFFIX)
        with durable_file(under) as written, file.open("rb") as read:
            size = os.fstat(read.fileno()).st_size
            seal_file(read, size, written, reader, secrets.token_bytes)

    write_each(source, partial, write)
    put_in_place(partial, sealed)
    write_durably(named, thumb.encode())
