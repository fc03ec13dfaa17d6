"""The laptop's own storage: the key ring under the system's secret, the database under its key."""

from dataclasses import dataclass

from smartclient.app.configuration import Configuration
from smartclient.domain.clock import Clock
from smartclient.domain.ids import IdSource
from smartclient.domain.mode import Mode
from smartclient.store.database import Database
from smartclient.store.keys import KeyRing
from smartclient.store.os_secret import KeyringSecret, OsSecret, PracticeSecret


@dataclass(frozen=True, slots=True)
class Storage:
    """What is open while the program runs."""

    keys: KeyRing
    db: Database


def build_storage(configuration: Configuration, clock: Clock, ids: IdSource) -> Storage:
    """Open the key ring and the database; raises what `KeyRing.open` and `Database.open` raise.

    The check of the file may still be under way: `Database.require_sound` waits for it.
    """
    keys = KeyRing.open(configuration.keys, _os_secret(configuration))
    db = Database.open(configuration.database, keys.data_key, clock=clock, ids=ids, wait=False)
    return Storage(keys, db)


def _os_secret(configuration: Configuration) -> OsSecret:
    """Practice keeps its secret in a file that says so; anything else asks the system."""
    if configuration.mode is Mode.PRACTICE:
        return PracticeSecret(configuration.home / "practice-secret", configuration.mode)
    return KeyringSecret()
