"""Bringing the catalogue up to date: download all, verify all, then switch one pointer.

Whatever goes wrong, the laptop stays on the set it has. The signatures say who made a file; the
signed set says which files belong together; both must agree before anything is used.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from smartclient.domain.clock import Clock
from smartclient.domain.errors import (
    BadInput,
    Damaged,
    NoSpace,
    NotAllowed,
    Refused,
    SmartClientError,
)
from smartclient.store.made_with import MadeWith
from smartclient.sync.updates.answers import (
    AppAnswer,
    ComponentsAnswer,
    Outcome,
    outcome_of,
)
from smartclient.sync.updates.fetching import Fetch
from smartclient.sync.updates.store import CatalogueStore, full_disk_named
from smartclient.wire.catalogue import CURRENT_SET, CatalogueSet, Component, ComponentKind

if TYPE_CHECKING:
    from smartclient.sync.updates.trusted import TrustedRepository

Progress = Callable[[int, int], None]
"""Components that are here, and how many there will be."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the catalogue comes from, and the root that is compiled into the application."""

    metadata_address: str
    targets_address: str
    root: bytes


class CatalogueUpdater:
    """Asks the update repository. Not for two threads; two processes keep out of each other's way.

    Its answers never raise for the network, the server or a refused signature: they say so. NoSpace
    SC-PROG-003 is raised when the disk is full.
    """

    def __init__(
        self, folder: Path, source: Source, fetch: Fetch, clock: Clock, app_version: str
    ) -> None:
        """`folder` is the one that the `CatalogueStore` opens."""
        self._folder = folder
        self._source = source
        self._fetch = fetch
        self._clock = clock
        self._app_version = app_version
        self._store = CatalogueStore(folder)

    def check(self) -> ComponentsAnswer:
        """Look whether there is a newer set, without fetching its components."""
        return self._answered(self._look)

    def update(
        self,
        progress: Progress = lambda _here, _all: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ComponentsAnswer:
        """Fetch what is missing of the newest set and use it; also mends damaged components."""
        return self._answered(lambda: self._bring(progress, cancelled))

    def check_app(self) -> AppAnswer:
        """Look whether there is a newer version of the application."""
        try:
            with self._alone():
                newest, _content = self._newest_set(self._repository(lambda: False))
        except NoSpace:
            raise
        except (SmartClientError, OSError) as failure:
            refusal = _told(failure)
            return AppAnswer(outcome_of(refusal), self._app_version, refusal=refusal)
        return AppAnswer.compared(self._app_version, newest.app)

    def fetch_set(self, set_id: str) -> ComponentsAnswer:
        """Fetch an older set that a document names and keep it beside the current one."""
        return self._answered(lambda: self._bring_older(set_id))

    def forget_unused(self, previous: str, made_with: Callable[[], Collection[MadeWith]]) -> int:
        """Delete the sets with which nothing here was made; tells how many bytes that gave.

        The current one stays, and the `previous`, which may be open somewhere. `made_with` is
        called only where there are others. Raises as `update` does not: NotAllowed SC-CAT-002 while
        another process updates, Damaged SC-CAT-005, and what `made_with` raises.
        """
        with self._alone():
            if not self._store.beside([previous]):
                return 0
            named = made_with()
            components = frozenset[tuple[ComponentKind, str, int]]().union(
                *(each.components for each in named)
            )
            ids = {previous, *(each.set_id for each in named)}
            return self._store.forget_unused(ids, components)

    def _answered(self, look: Callable[[], ComponentsAnswer]) -> ComponentsAnswer:
        try:
            with self._alone():
                return look()
        except NoSpace:
            raise
        except (SmartClientError, OSError) as failure:
            refusal = _told(failure)
            return ComponentsAnswer(outcome_of(refusal), refusal=refusal)

    def _look(self) -> ComponentsAnswer:
        newest, _content = self._newest_set(self._repository(lambda: False))
        return self._compared(newest)

    def _bring(self, progress: Progress, cancelled: Callable[[], bool]) -> ComponentsAnswer:
        repository = self._repository(cancelled)
        newest, content = self._newest_set(repository)
        answer = self._compared(newest)
        if answer.outcome is Outcome.NONE:
            return answer
        self._fetch_components(repository, newest, progress)
        self._store.switch(content)
        self._clear_incoming()
        return ComponentsAnswer(Outcome.AVAILABLE, newest, answer.changed, installed=True)

    def _bring_older(self, set_id: str) -> ComponentsAnswer:
        repository = self._repository(lambda: False)
        repository.refresh()
        older, content = self._read_set(repository, f"sets/{set_id}.json")
        missing = self._store.faulty(older)
        self._fetch_components(repository, older, lambda _here, _all: None)
        self._store.keep_set(content)
        outcome = Outcome.AVAILABLE if missing else Outcome.NONE
        return ComponentsAnswer(outcome, older, missing, installed=True)

    def _compared(self, newest: CatalogueSet) -> ComponentsAnswer:
        if not newest.app.is_understood_by(self._app_version):
            raise Refused("SC-CAT-018", version=newest.app.min_app)
        changed = self._store.faulty(newest)
        same = not changed and self._current() == newest
        return ComponentsAnswer(Outcome.NONE if same else Outcome.AVAILABLE, newest, changed)

    def _current(self) -> CatalogueSet | None:
        try:
            return self._store.current
        except Damaged:
            return None

    def _newest_set(self, repository: "TrustedRepository") -> tuple[CatalogueSet, bytes]:
        repository.refresh()
        return self._read_set(repository, CURRENT_SET)

    def _read_set(self, repository: "TrustedRepository", path: str) -> tuple[CatalogueSet, bytes]:
        target = repository.find(path)
        if target is None:
            raise Refused("SC-CAT-017", component=path)
        content = repository.download(target, self._folder / "incoming").read_bytes()
        try:
            return CatalogueSet.from_bytes(content), content
        except BadInput as broken:
            raise Refused("SC-CAT-016", file=path) from broken

    def _fetch_components(
        self, repository: "TrustedRepository", wanted: CatalogueSet, progress: Progress
    ) -> None:
        faulty = self._store.faulty(wanted)
        total = len(wanted.components)
        for number, component in enumerate(faulty):
            progress(total - len(faulty) + number, total)
            self._fetch_component(repository, component)
        progress(total, total)

    def _fetch_component(self, repository: "TrustedRepository", component: Component) -> None:
        target = repository.find(component.path)
        agreed = (component.sha256, component.length)
        if target is None or (target.hashes.get("sha256"), target.length) != agreed:
            raise Refused("SC-CAT-017", component=component.name)
        archive = repository.download(target, self._folder / "incoming")
        self._store.put(component, archive.read_bytes())
        archive.unlink()

    def _clear_incoming(self) -> None:
        """Forget what a broken-off update left; the set stays, it is asked for each time."""
        for path in (self._folder / "incoming").iterdir():
            if path.name != quote(CURRENT_SET, ""):
                path.unlink()

    def _repository(self, cancelled: Callable[[], bool]) -> "TrustedRepository":
        from smartclient.sync.updates.trusted import TrustedRepository

        return TrustedRepository(
            self._folder / "metadata",
            self._source.metadata_address,
            self._source.root,
            self._fetch,
            self._clock,
            targets_address=self._source.targets_address,
            cancelled=cancelled,
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time; SQLite's lock is the one that every system frees at a kill."""
        with full_disk_named():
            self._folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = sqlite3.connect(self._folder / "lock", timeout=0, isolation_level=None)
        except sqlite3.OperationalError as closed:
            raise Damaged("SC-CAT-005") from closed
        with closing(lock):
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as failure:
                if failure.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                    raise NotAllowed("SC-CAT-002") from failure
                raise Damaged("SC-CAT-005") from failure
            yield


def _told(failure: SmartClientError | OSError) -> SmartClientError:
    """A disk that cannot be used is an answer like the others."""
    return Damaged("SC-CAT-005") if isinstance(failure, OSError) else failure
