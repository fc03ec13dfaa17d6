"""What all repositories of one transaction share: the connection, time, ids, and what changed."""

import shutil
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from smartclient.domain.clock import Clock, to_text
from smartclient.domain.ids import IdSource, Op
from smartclient.store.changes import Changed, Subject
from smartclient.store.sync_runs import SyncRun


class UnitOfWork:
    """One transaction. What it touched is told to the subscribers after its commit."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        ids: IdSource,
        blobs: Path,
        made_here: MutableMapping[str, Op],
        waiting: Callable[[], Sequence[SyncRun]] = tuple,
    ) -> None:
        """`waiting` tells the synchronisations that are not written yet, the oldest first.

        `made_here` are the newest ops that were made since the database was opened, by record.
        """
        self.connection = connection
        self.clock = clock
        self.ids = ids
        self.blob_folder = blobs
        self.made_here = made_here
        self.waiting = waiting
        self._touched: dict[Subject, set[str]] = {}

    def touch(self, subject: Subject, identity: str) -> None:
        """Remember that this thing changed."""
        self._touched.setdefault(subject, set()).add(identity)

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return self.clock.now()

    def now_text(self) -> str:
        """The wall clock as it is stored."""
        return to_text(self.clock.now())

    @property
    def opened_folder(self) -> Path:
        """Where attachments lie readable while somebody looks at them."""
        return self.blob_folder.parent / "opened"

    def forget_opened(self, names: Iterable[str]) -> None:
        """Delete what lies readable of these attachments."""
        for name in names:
            shutil.rmtree(self.opened_folder / name, ignore_errors=True)

    def changes(self) -> tuple[Changed, ...]:
        """What was touched, one entry a subject."""
        touched: Mapping[Subject, set[str]] = self._touched
        return tuple(Changed(subject.value, frozenset(ids)) for subject, ids in touched.items())
