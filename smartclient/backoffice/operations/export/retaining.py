"""After its retention date a batch that was answered leaves: payload, attachments, sealed copy.

Manifest and signature stay: they hold ids and digests only, and the chain of manifests goes on. A
batch that was never answered stays whole, whatever its date; the report names it.
"""

import shutil
from datetime import date
from pathlib import Path

from sqlalchemy import select, update

from smartclient.backoffice.operations.export.durable import sync_folder
from smartclient.backoffice.operations.export.handing_over import SEALED
from smartclient.backoffice.operations.export.runs import RunState
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.exports import export_batch
from smartclient.domain import presentation
from smartclient.domain.errors import NotAllowed
from smartclient.domain.lock_time import PRAGUE
from smartclient.wire.batches import MANIFEST, READY, SIGNATURE, ack_name

_STAYS = frozenset((MANIFEST, SIGNATURE))


def expired(desk: Desk, today: date) -> list[str]:
    """The batches that were answered and whose retention date is past, the oldest first."""
    batch, run = export_batch, schema.export_run
    query = (
        select(batch.c.batch)
        .join(run, run.c.batch == batch.c.batch)
        .where(
            batch.c.retained_until < today,
            batch.c.removed_at.is_(None),
            run.c.state == RunState.ACKNOWLEDGED.value,
        )
        .order_by(batch.c.batch)
    )
    return list(desk.connection.execute(query).scalars())


def require_kept(desk: Desk, batch: str) -> None:
    """NotAllowed SC-EXP-028 for a batch that was removed after its retention date."""
    query = select(export_batch.c.removed_at).where(export_batch.c.batch == batch)
    removed_at = desk.connection.execute(query).scalar_one()
    if removed_at is not None:
        day = presentation.day(removed_at.astimezone(PRAGUE).date())
        raise NotAllowed("SC-EXP-028", batch=batch, date=day)


def remove(batch: str, archive: Path) -> None:
    """Remove what we keep of the batch but manifest and signature; again, it changes nothing."""
    sealed = archive / SEALED / batch
    if sealed.exists():
        shutil.rmtree(sealed)
    sealed.with_name(f"{batch}.reader").unlink(missing_ok=True)
    folder = archive / batch
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in _STAYS:
            path.unlink()
    if folder.is_dir():
        sync_folder(folder)


def remove_at_core(batch: str, to_core: Path) -> None:
    """Remove the batch and its answer from the core's folder; again, it changes nothing."""
    # READY first: half a batch must not look whole to the core.
    (to_core / batch / READY).unlink(missing_ok=True)
    if (to_core / batch).exists():
        shutil.rmtree(to_core / batch)
    (to_core / ack_name(batch)).unlink(missing_ok=True)


def note_removed(desk: Desk, batch: str) -> None:
    """Note that the batch is removed."""
    of_it = export_batch.c.batch == batch
    desk.connection.execute(update(export_batch).where(of_it).values(removed_at=desk.now))
