"""Hand over: the locked batch appears where the core looks for it, READY last of all.

The core's folder gets a copy; ours stays as evidence and is what a resend sends again.
"""

import secrets
from pathlib import Path

from smartclient.backoffice.operations.export.durable import (
    copy_durably,
    put_in_place,
    remove_partial,
    sync_folder,
    write_durably,
)
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import MANIFEST, READY


def hand_over(batch: str, manifest_sha256: Sha256 | str, archive: Path, to_core: Path) -> None:
    """Put the archived bytes into the core's folder; done again, it changes nothing.

    Raises Damaged SC-EXP-005 when the archive is not what was locked.
    """
    source = archive / batch
    if encoding.sha256((source / MANIFEST).read_bytes()) != manifest_sha256:
        raise Damaged("SC-EXP-005", batch=batch)
    to_core.mkdir(parents=True, exist_ok=True)
    final = to_core / batch
    if not final.exists():
        remove_partial(to_core, batch)
        partial = to_core / f".{batch}.{secrets.token_hex(8)}.partial"
        copy_durably(source, partial)
        put_in_place(partial, final)
    if not (final / READY).exists():
        write_durably(final / READY, b"")
        sync_folder(final)
