"""NASTAVENÍ – help: what the help desk gets from this computer, without anybody's data.

The export names the install, versions, sizes, synchronisations and the log; nothing of clients,
documents or the adviser. Besides, what was not sent can be handed in as a file that only the
insurer's office opens, for the day on which this install may not synchronise any more.
"""

import io
import json
import platform
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.domain import presentation
from smartclient.domain.clock import Clock, to_text
from smartclient.domain.consents import ConsentEvent, first_broken
from smartclient.domain.errors import NoSpace, NotAllowed, SmartClientError
from smartclient.domain.ids import InstallId
from smartclient.domain.lock_time import PRAGUE
from smartclient.domain.log_lines import FIELDS
from smartclient.store.database import Database
from smartclient.wire.support_codes import shown
from smartclient.wire.values import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.store.sync_history import SyncRun
    from smartclient.sync.exchange.handing_in import Package
    from smartclient.wire.catalogue import CatalogueSet

SYNCHRONISATIONS = 200
_LINE = frozenset({"time", "level", "logger", "event", *FIELDS})
_DISK_FULL = 28


@dataclass(frozen=True, slots=True)
class Install:
    """What this program runs on."""

    id: Callable[[], str]
    """The id of the install; empty before its activation."""
    version: str
    log: Path
    """The folder of the log."""


@dataclass(frozen=True, slots=True)
class LastSync:
    """The last synchronisation as a person reads it out to the help desk."""

    code: str
    """7K3F-9QXM; empty before the first one."""
    when: str


@dataclass(frozen=True, slots=True)
class HandIn:
    """A package that was written."""

    file: Path
    edits: int


class Support:
    """What the help desk gets."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        install: Install,
        catalogue: "Callable[[], CatalogueSet | None]",
        package: "Callable[[], Package]",
    ) -> None:
        """`catalogue` gives the set in use; `package` seals what was not sent."""
        self._db = db
        self._clock = clock
        self._install = install
        self._catalogue = catalogue
        self._package = package

    def last_sync(self) -> LastSync:
        """The code to read out, and when that was."""
        with self._db.read() as tx:
            last = tx.sync_history.last()
        if last is None:
            return LastSync("", "")
        when = presentation.moment(last.ended_at, self._clock.now())
        at = presentation.clock_time(last.ended_at)
        return LastSync(shown(last.code), when if at in when else f"{when} {at}")

    def is_revoked(self) -> bool:
        """Whether the server said that this install may not synchronise any more."""
        with self._db.read() as tx:
            return tx.feed.admission().is_revoked

    def export_name(self) -> str:
        """How the export is called unless the person says otherwise."""
        return f"SmartClient-helpdesk-{self._today()}.zip"

    def hand_in_name(self) -> str:
        """How the package is called unless the person says otherwise."""
        return f"SmartClient-{self._today()}.schandin"

    def export(self, path: Path) -> LastSync:
        """Write the archive for the help desk; the code to read out.

        Raises NotAllowed SC-HELP-010 when it cannot be written there, NoSpace SC-STORE-010.
        """
        _write(path, self._archive())
        return self.last_sync()

    def hand_in(self, path: Path) -> HandIn:
        """Write what was not sent, sealed for the office; nothing here changes.

        Raises NotAllowed SC-HELP-008 (nothing to hand in), SC-HELP-009 (no key of the office) and
        SC-HELP-010, NoSpace SC-STORE-010.
        """
        package = self._package()
        _write(path, package.content)
        return HandIn(path, package.edits)

    # --- the archive ---------------------------------------------------------------------------

    def _archive(self) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("about.json", _json(self._about()))
            archive.writestr("synchronisations.json", _json(self._synchronisations()))
            for file in sorted(self._install.log.glob("smartclient.log*")):
                archive.writestr(f"log/{file.name}", _own_lines(file))
        return packed.getvalue()

    def _about(self) -> JsonObject:
        with self._db.read() as tx:
            waiting = tx.feed.waiting()
            states = {state.value: n for state, n in tx.documents.counts_by_state().items()}
            parked: list[Json] = list(tx.feed.parked_codes())
            scopes: list[Json] = list(tx.feed.scopes())
            refused: list[Json] = list(tx.feed.parked_scopes())
            conflicts = tx.conflicts.count()
            chain = tx.consents.chain(InstallId(self._install.id()))
        files = [file.stat().st_size for file in (self._db.folder / "blobs").glob("*")]
        return {
            "made_at": to_text(self._clock.now()),
            "install": self._install.id(),
            "version": self._install.version,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "components": self._components(),
            "database_bytes": _size(self._db.folder / "smartclient.db"),
            "write_ahead_bytes": _size(self._db.folder / "smartclient.db-wal"),
            "files": len(files),
            "file_bytes": sum(files),
            "free_bytes": shutil.disk_usage(self._db.folder).free,
            "documents": dict(states),
            "waiting": {
                "documents": waiting.documents,
                "drafts": waiting.drafts,
                "packages": waiting.packages,
                "parked": waiting.parked,
            },
            "parked_codes": parked,
            "scopes": scopes,
            "parked_scopes": refused,
            "conflicts": conflicts,
            "consents": _state_of(chain),
        }

    def _components(self) -> list[Json]:
        try:
            current = self._catalogue()
        except SmartClientError as refusal:
            return [refusal.code]
        if current is None:
            return []
        named: list[Json] = [f"{each.id} {each.version}" for each in current.components]
        return [current.id, *named]

    def _synchronisations(self) -> list[Json]:
        with self._db.read() as tx:
            runs = tx.sync_history.page(0, SYNCHRONISATIONS)
        return [_run(each) for each in runs]

    def _today(self) -> str:
        return self._clock.now().astimezone(PRAGUE).date().isoformat()


def _run(run: "SyncRun") -> JsonObject:
    return {
        "code": shown(run.code),
        "from": to_text(run.started_at),
        "to": to_text(run.ended_at),
        "outcome": run.outcome,
        "pushed": run.pushed,
        "pulled": run.pulled,
        "conflicts": run.conflicts,
    }


def _own_lines(file: Path) -> bytes:
    """The lines that our log writes; what an older program or something else wrote stays here."""
    kept = []
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, Mapping) and said.keys() <= _LINE:
            kept.append(line)
    return "\n".join(kept).encode()


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as failed:
        if failed.errno == _DISK_FULL:
            raise NoSpace("SC-STORE-010") from failed
        raise NotAllowed("SC-HELP-010") from failed


def _state_of(chain: Sequence[ConsentEvent]) -> JsonObject:
    """How many consents were recorded here, and the number of the first whose hash does not fit."""
    broken = first_broken(chain)
    return {"recorded": len(chain), "broken_at": 0 if broken is None else broken.sequence}
