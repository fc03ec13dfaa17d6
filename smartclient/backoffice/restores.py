"""Putting a backup back: the one order in which nothing that anybody acknowledged is lost.

The embedded database is prepared as a file of its own and given its name last of all, so a restore
that was cut off has changed nothing. PostgreSQL takes its dump back in one transaction; what
follows is done with the export held and can be run again.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfile

from sqlalchemy import Engine, make_url

from smartclient.backoffice import backups
from smartclient.backoffice.backups import Backup
from smartclient.backoffice.home import SETTINGS, Home, Settings
from smartclient.backoffice.operations.alone import alone
from smartclient.backoffice.operations.at_rest import DataKeys
from smartclient.backoffice.operations.export.durable import sync_folder
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.operations.registers import erasure_list, rights_list
from smartclient.backoffice.operations.restoring import Restored, Sources, bring_together
from smartclient.backoffice.storage_settings import blob_store, unhurried
from smartclient.backoffice.tables.engine import open_database
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
        SC-EXP-002 and SC-EXP-025 (somebody works with the database). It is then as it was.
        """
        backup = Backup.read(folder)
        if backup.mode is not self.mode:
            raise NotAllowed("SC-SERV-041", home=backup.mode.value, asked=self.mode.value)
        backups.require_same_office(self.home, backup)
        settings = self._settings(backup)
        address = self.home.direct_database(settings)
        if address.startswith("sqlite") is not (backup.database == "sqlite"):
            raise BadInput("SC-EXP-020", folder=folder.name)
        archive = self.home.outside
        with alone(archive / ".lock", "SC-EXP-002"):
            backups.require_nobody_at_work(address)
            return backup, self._put_back(backup, settings, address, archive)

    def _settings(self, backup: Backup) -> Settings:
        """The settings of the home; a new machine takes keys and settings from the backup."""
        self.home.folder.mkdir(parents=True, exist_ok=True)
        for name in backups.COPIED:
            backups.copy_missing(backup.folder / name, self.home.folder / name)
        if not (self.home.folder / SETTINGS).exists():
            copyfile(backup.folder / SETTINGS, self.home.folder / SETTINGS)
        return self.home.settings(self.mode)

    def _put_back(
        self, backup: Backup, settings: Settings, address: str, archive: Path
    ) -> Restored:
        above = backups.highest_epoch(archive, backup, address)
        if isinstance(settings.blobs, str):
            own = backups.blob_folder(self.home, settings)
            backups.copy_missing(backup.folder / "blobs", own)
        # Before anybody can be answered under the new epoch, it stands where nothing forgets it.
        backups.remember_epoch(archive, above + 1)
        sources = Sources(
            archive=archive,
            to_core=self.home.to_core(settings),
            erasures=archive / erasure_list.FILE,
            rights=archive / rights_list.FILE,
            trusted=self.home.certificate("export-manifest.pem"),
            epoch_above=above,
        )
        if backup.database != "sqlite":
            backups.put_back_dump(backup, address)
            return self._brought_together(address, settings, sources)
        final = Path(make_url(address).database or "")
        partial = final.with_name(f"{final.name}.restoring")
        for suffix in ("", "-wal", "-shm"):
            partial.with_name(partial.name + suffix).unlink(missing_ok=True)
        copyfile(backup.folder / backups.SQLITE, partial)
        restored = self._brought_together(f"sqlite:///{partial.as_posix()}", settings, sources)
        backups.close_for_moving(partial)
        backups.put_aside(final, self._now())
        partial.replace(final)
        sync_folder(final.parent)
        return restored

    def _brought_together(self, address: str, settings: Settings, sources: Sources) -> Restored:
        engine = open_database(address, unhurried(settings.connections))
        try:
            upgrade(engine, settings.partitions)
            policy = settings.export.policy(self.home.certificate)
            return bring_together(self._office(engine, settings), sources, policy)
        finally:
            engine.dispose()

    def _office(self, engine: Engine, settings: Settings) -> Office:
        return Office(
            engine=engine,
            clock=self.clock,
            ids=RandomIds(),
            random=os.urandom,
            keys=DataKeys(self.home.office_key()),
            blobs=blob_store(settings.blobs, self.home.folder),
            outside=self.home.outside,
        )

    def _now(self) -> datetime:
        return self.clock.now()
