"""Hand over: the locked batch appears where the core looks for it, READY last of all.

The core's folder gets a copy; ours stays as evidence and is what a resend sends again. Where the
core has a certificate, the copy is sealed for it, once, into a folder of our own: a resend sends
these very bytes.
"""

import os
import secrets
from pathlib import Path

from cryptography import x509

from smartclient.backoffice.operations.export.durable import (
    copy_durably,
    durable_file,
    put_in_place,
    remove_partial,
    sync_folder,
    write_durably,
    write_each,
)
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import MANIFEST, READY, SEALED_SUFFIX, SIGNATURE
from smartclient.wire.sealed_files import seal_file

SEALED = "sealed"
"""The folder of the archive with the copies that were sealed for the core."""


def hand_over(
    batch: str,
    manifest_sha256: Sha256 | str,
    archive: Path,
    to_core: Path,
    reader: x509.Certificate | None = None,
) -> None:
    """Put the archived bytes into the core's folder; done again, it changes nothing.

    Raises Damaged SC-EXP-005 when the archive is not what was locked.
    """
    source = archive / batch
    if encoding.sha256((source / MANIFEST).read_bytes()) != manifest_sha256:
        raise Damaged("SC-EXP-005", batch=batch)
    to_core.mkdir(parents=True, exist_ok=True)
    final = to_core / batch
    if not final.exists():
        sealed = archive / SEALED / batch
        if reader is not None and not sealed.exists():
            _seal(source, sealed, reader)
        remove_partial(to_core, batch)
        partial = to_core / f".{batch}.{secrets.token_hex(8)}.partial"
        copy_durably(sealed if sealed.exists() else source, partial)
        put_in_place(partial, final)
    if not (final / READY).exists():
        write_durably(final / READY, b"")
        sync_folder(final)


def _seal(source: Path, sealed: Path, reader: x509.Certificate) -> None:
    """Make the copy that only the reader can open, whole or not at all."""
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
