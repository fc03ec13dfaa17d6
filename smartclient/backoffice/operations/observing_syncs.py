"""Synchronisations as the help desk sees them: one row each, ninety days.

A laptop says with each request which synchronisation it belongs to (`SC-Sync`, a random code made
anew each time). What came of them is gathered in memory and written together every few seconds: a
quiet synchronisation is one request that writes nothing, and that must stay so. What a killed
server had not written is missing in this history and nowhere else.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Insert, case, func
from sqlalchemy.dialects import postgresql, sqlite

from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.tables import observing
from smartclient.domain.ids import InstallId
from smartclient.wire.support_codes import SYNC_HEADER, is_code

HEADER = SYNC_HEADER.lower()
MOST_IN_MEMORY = 20_000
"""Beyond that the newest are left out: the history must never stop the exchange."""


@dataclass(slots=True)
class Notes:
    """What one request tells about the synchronisation it belongs to."""

    install: InstallId | None = None
    version: str = ""
    pushed: dict[str, int] = field(default_factory=dict)
    """Lines by their answer."""
    pulled: int = 0
    code: str = ""
    """Of a refusal."""


@dataclass(slots=True)
class _Sync:
    started_at: datetime
    last_at: datetime
    requests: int = 0
    pushed: int = 0
    not_taken: int = 0
    pulled: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    outcome: str = ""
    version: str = ""

    def go_on_from(self, earlier: "_Sync") -> None:
        """Count what came before with it, of the same synchronisation."""
        self.started_at = earlier.started_at
        self.requests += earlier.requests
        self.pushed += earlier.pushed
        self.not_taken += earlier.not_taken
        self.pulled += earlier.pulled
        self.bytes_in += earlier.bytes_in
        self.bytes_out += earlier.bytes_out
        self.version = self.version or earlier.version


def code_of(header: str) -> str:
    """The support code of a request; empty for anything that is none."""
    return header if is_code(header) else ""


class SyncBook:
    """The synchronisations of this process that are not written yet. May be used by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._syncs: dict[tuple[InstallId, str], _Sync] = {}
        self._versions: dict[InstallId, str] = {}

    def note(self, code: str, notes: Notes, sizes: tuple[int, int], now: datetime) -> None:
        """A request was answered; `sizes` are the bytes that came and went."""
        install = notes.install
        if install is None:
            return
        with self._lock:
            key = (install, code)
            sync = self._syncs.get(key)
            if sync is None:
                if len(self._syncs) >= MOST_IN_MEMORY:
                    return
                sync = self._syncs[key] = _Sync(now, now)
            sync.last_at = now
            sync.requests += 1
            taken = notes.pushed.get("ok", 0)
            sync.pushed += taken
            sync.not_taken += sum(notes.pushed.values()) - taken
            sync.pulled += notes.pulled
            sync.bytes_in += sizes[0]
            sync.bytes_out += sizes[1]
            sync.outcome = notes.code
            sync.version = notes.version or sync.version

    def write(self, office: Office) -> int:
        """Write what was gathered; how many synchronisations. What fails is gathered again."""
        with self._lock:
            taken, self._syncs = self._syncs, {}
        if not taken:
            return 0
        try:
            with office.writing() as desk:
                _write(desk, taken)
        except BaseException:
            with self._lock:
                for key, later in self._syncs.items():
                    if key in taken:
                        later.go_on_from(taken[key])
                self._syncs = {**taken, **self._syncs}
            raise
        return len(taken)


def _write(desk: Desk, syncs: dict[tuple[InstallId, str], _Sync]) -> None:
    dialect = desk.connection.dialect.name
    rows = [
        {"install": install, "code": code, **_columns(sync)}
        for (install, code), sync in sorted(syncs.items())
        if code
    ]
    if rows:
        desk.connection.execute(_add_to_sync(dialect), rows)
    contacts: dict[str, dict[str, object]] = {}
    for (install, _), sync in sorted(syncs.items(), key=lambda each: each[1].last_at):
        before = contacts.get(install, {})
        version = sync.version or str(before.get("version", ""))
        contacts[install] = {"install": install, "last_at": sync.last_at, "version": version}
    in_order = [contacts[install] for install in sorted(contacts)]
    desk.connection.execute(_add_to_contact(dialect), in_order)


def _columns(sync: _Sync) -> dict[str, object]:
    return {
        "started_at": sync.started_at,
        "last_at": sync.last_at,
        "requests": sync.requests,
        "pushed": sync.pushed,
        "not_taken": sync.not_taken,
        "pulled": sync.pulled,
        "bytes_in": sync.bytes_in,
        "bytes_out": sync.bytes_out,
        "outcome": sync.outcome,
        "version": sync.version,
    }


def _insert(dialect: str, of_syncs: bool) -> postgresql.Insert | sqlite.Insert:
    table = observing.sync_seen if of_syncs else observing.install_contact
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _add_to_sync(dialect: str) -> Insert:
    """Several servers, or several writings of one, may tell of one synchronisation."""
    statement, table = _insert(dialect, True), observing.sync_seen
    came = statement.excluded
    sums = ("requests", "pushed", "not_taken", "pulled", "bytes_in", "bytes_out")
    return statement.on_conflict_do_update(
        index_elements=["install", "code"],
        set_={
            **{name: table.c[name] + came[name] for name in sums},
            "last_at": case((came.last_at > table.c.last_at, came.last_at), else_=table.c.last_at),
            "outcome": came.outcome,
            "version": func.coalesce(func.nullif(came.version, ""), table.c.version),
        },
    )


def _add_to_contact(dialect: str) -> Insert:
    statement, table = _insert(dialect, False), observing.install_contact
    came = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["install"],
        set_={
            "last_at": case((came.last_at > table.c.last_at, came.last_at), else_=table.c.last_at),
            "version": func.coalesce(func.nullif(came.version, ""), table.c.version),
        },
    )
