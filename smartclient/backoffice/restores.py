"""Putting a backup back: the one order in which nothing that anybody acknowledged is lost.

The database is prepared beside the one that is there, the embedded one as a file of its own and
PostgreSQL's as a schema, and takes its place last of all: a restore that was cut off or refused has
changed nothing, and nobody can open what was only half brought up to date.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from sqlalchemy import Engine

from smartclient.backoffice import backups, dumps
from smartclient.backoffice.backups import Backup
from smartclient.backoffice.home import OFFICE_KEY, SETTINGS, Home, Settings, replace_file
from smartclient.backoffice.operations.alone import alone
from smartclient.backoffice.operations.at_rest import DataKeys
from smartclient.backoffice.operations.export.durable import sync_folder
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.operations.registers import erasure_list, rights_list
from smartclient.backoffice.operations.restoring import Restored, Sources, bring_together
from smartclient.backoffice.storage_settings import blob_store, unhurried
from smartclient.backoffice.tables.engine import open_database, reaching
from smartclient.backoffice.tables.upgrade import upgrade
from smartclient.domain.clock import Clock
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.ids import RandomIds
from smartclient.domain.mode import Mode


@dataclass(frozen=True, slots=True)
class Restore:
    """A restore of one home from one backup."""

    home: Home
    mode: Mode
    clock: Clock

    def run(self, folder: Path) -> tuple[Backup, Restored]:
        """Put the backup back and bring it up to date; the export stays held.

        Raises BadInput SC-EXP-020 (no whole backup, or of another kind of database), Damaged
        SC-EXP-022 (a batch of the archive cannot be trusted), SC-SERV-083 (one of its lists cannot
        be read), SC-EXP-023 (PostgreSQL's program), SC-EXP-024 (another office's key), NotAllowed
        SC-EXP-002 and SC-EXP-025 (somebody works with the database), Unreachable SC-SERV-062. The
        database is then as it was; a new machine has no keys yet.
        """
        backup = Backup.read(folder)
        if backup.mode is not self.mode:
            raise NotAllowed("SC-SERV-041", home=backup.mode.value, asked=self.mode.value)
        backups.require_same_office(self.home, backup)
        keys = self._keys(backup)
        settings = self._settings(backup)
        address = self.home.direct_database(settings)
        if address.startswith("sqlite") is not (backup.database == "sqlite"):
            raise BadInput("SC-EXP-020", folder=folder.name)
        archive = self.home.outside
        with alone(archive / ".lock", "SC-EXP-002"), reaching():
            self._require_nobody_at_work(settings)
            return backup, self._put_back(backup, settings, keys)

    def _keys(self, backup: Backup) -> Home:
        """Where the keys are read: a new machine has none until the backup proved to be right."""
        if not (self.home.keys / OFFICE_KEY).exists():
            return Home(backup.folder)
        self._bring_along(backup)
        return self.home

    def _settings(self, backup: Backup) -> Settings:
        """The settings of the home; a new machine has those of the backup."""
        is_new = not (self.home.folder / SETTINGS).exists()
        return (Home(backup.folder) if is_new else self.home).settings(self.mode)

    def _bring_along(self, backup: Backup) -> None:
        """Keys, settings and the catalogue, where they are missing; the office's key last of all.

        By that key a home is known to be of this office.
        """
        self.home.folder.mkdir(parents=True, exist_ok=True)
        if not (self.home.folder / SETTINGS).exists():
            replace_file(self.home.folder / SETTINGS, (backup.folder / SETTINGS).read_bytes())
        for name in backups.COPIED:
            backups.copy_missing(backup.folder / name, self.home.folder / name, last=OFFICE_KEY)

    def _put_back(self, backup: Backup, settings: Settings, keys: Home) -> Restored:
        archive, address = self.home.outside, self.home.direct_database(settings)
        above = backups.highest_epoch(archive, backup, address)
        if isinstance(settings.blobs, str):
            own = backups.blob_folder(self.home, settings)
            backups.copy_missing(backup.folder / "blobs", own)
            backups.put_on_disk(own)
        # Before anybody can be answered under the new epoch, it stands where nothing forgets it.
        backups.remember_epoch(archive, above + 1)
        sources = Sources(
            archive=archive,
            to_core=self.home.to_core(settings),
            erasures=archive / erasure_list.FILE,
            rights=archive / rights_list.FILE,
            trusted=keys.certificate("export-manifest.pem"),
            epoch_above=above,
        )
        beside = self._beside(backup, address)
        backups.require_whole(backup, beside)
        restored = self._brought_together(beside, settings, sources, keys)
        self._bring_along(backup)
        # Somebody may have been started meanwhile: what they do now would be of the old epoch.
        self._require_nobody_at_work(settings)
        self._make_live(backup, address)
        return restored

    def _require_nobody_at_work(self, settings: Settings) -> None:
        direct = self.home.direct_database(settings)
        pooled = direct != self.home.database(settings)
        backups.require_nobody_at_work(direct, pooled=pooled)

    def _beside(self, backup: Backup, address: str) -> str:
        """Lay the backup beside the database that is there; its address."""
        if backup.database != "sqlite":
            return dumps.put_beside(backup.folder / backups.DUMP, address)
        partial = _partial(address)
        for suffix in ("", "-wal", "-shm"):
            partial.with_name(partial.name + suffix).unlink(missing_ok=True)
        copyfile(backup.folder / backups.SQLITE, partial)
        return f"sqlite:///{partial.as_posix()}"

    def _make_live(self, backup: Backup, address: str) -> None:
        """Let what stands beside take the place of the database, which is kept."""
        if backup.database != "sqlite":
            dumps.make_live(address, self.clock.now())
            return
        final, partial = backups.path_of(address), _partial(address)
        backups.close_for_moving(partial)
        backups.put_aside(final, self.clock.now())
        partial.replace(final)
        sync_folder(final.parent)

    def _brought_together(
        self, address: str, settings: Settings, sources: Sources, keys: Home
    ) -> Restored:
        engine = open_database(address, unhurried(settings.connections))
        try:
            upgrade(engine, settings.partitions)
            policy = settings.export.policy(keys.certificate)
            return bring_together(self._office(engine, settings, keys), sources, policy)
        finally:
            engine.dispose()

    def _office(self, engine: Engine, settings: Settings, keys: Home) -> Office:
        return Office(
            engine=engine,
            clock=self.clock,
            ids=RandomIds(),
            random=os.urandom,
            keys=DataKeys(keys.office_key()),
            blobs=blob_store(settings.blobs, self.home.folder),
            outside=self.home.outside,
        )


def _partial(address: str) -> Path:
    final = backups.path_of(address)
    return final.with_name(f"{final.name}.restoring")
