"""Stage: the attachments of exportable documents are written before the cut-off.

Between seal and lock every push of a sealed document is answered `busy`. So what is large and
cannot change is written and flushed as soon as a document is found exportable, and only linked into
the batch. What was not staged, or cannot be linked, is written then.
"""

import os
from collections.abc import Collection
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.effective_packages import find_effective
from smartclient.backoffice.operations.export.durable import sync_folder, write_durably
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import read_record
from smartclient.backoffice.operations.signed_packages import DocumentKey
from smartclient.backoffice.operations.store_reach import StoreReach
from smartclient.domain.ids import Sha256
from smartclient.domain.retention import STAGED

KEPT = STAGED.kept.span
"""A document that waits longer is written with its batch."""


class StagedBlobs:
    """Attachments by their SHA-256, in the clear as the core will get them, inside the archive."""

    def __init__(self, archive: Path) -> None:
        self._folder = archive / ".staged"
        self._prefix = str(self._folder)

    def stage(self, desk: Desk, documents: Collection[DocumentKey], store: StoreReach) -> None:
        """Write what these documents name and is not here yet; durable when this returns.

        Raises Damaged SC-SERV-060 and Refused SC-SERV-025 for what is lost, Unreachable
        SC-SERV-061 for what cannot be read now, OSError when our own disk takes nothing.
        """
        packages = find_effective(desk, documents)
        for scope, document in documents:
            row = read_record(desk, scope, document)
            package = packages.get((scope, document))
            names = {*(row.blobs if row else ()), *(package.package.blobs if package else ())}
            for name in sorted(names):
                self._stage_one(desk, scope, name, store)

    def link(self, name: Sha256, place: str) -> bool:
        """Give a staged attachment a second name; False when it is not here or cannot be linked."""
        try:
            # Very many, while everybody waits: putting paths together cost more than the link.
            os.link(f"{self._prefix}/{name[:2]}/{name}", place)
        except OSError:
            return False
        return True

    def has(self, name: Sha256) -> bool:
        """Whether the attachment is here."""
        return self._path(name).exists()

    def forget_old(self, now: datetime) -> None:
        """Remove what was staged so long ago that its batch has gone; linked bytes stay there."""
        for path in self._folder.glob("*/*"):
            if now.timestamp() - path.stat().st_mtime > KEPT.total_seconds():
                path.unlink(missing_ok=True)

    def _stage_one(self, desk: Desk, scope: str, name: Sha256, store: StoreReach) -> None:
        path = self._path(name)
        if path.exists():
            return
        found = blobs.find_in_scope(desk, scope, name)
        with store.asking() if found.file else nullcontext():
            content = blobs.read(desk, found)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{name}.{desk.ids.new()}.partial")
        write_durably(partial, content)
        partial.replace(path)
        sync_folder(path.parent)

    def _path(self, name: Sha256) -> Path:
        return self._folder / name[:2] / name
