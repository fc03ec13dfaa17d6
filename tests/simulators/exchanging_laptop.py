"""A laptop as far as the exchange sees it: the real store and the real engine on a network."""

from pathlib import Path
from random import Random

from smartclient.domain.clock import Clock
from smartclient.domain.ids import IdSource
from smartclient.store.database import Database
from smartclient.sync.exchange.engine import Engine
from smartclient.sync.exchange.identity import Identity
from smartclient.sync.exchange.progress import Progress, SyncReport
from smartclient.wire.transport import Transport

KEY = bytes(range(32))


class ExchangingLaptop:
    """One install. `restart` is what a kill or closing the lid ends in."""

    def __init__(
        self,
        folder: Path,
        identity: Identity,
        network: Transport,
        clock: Clock,
        ids: IdSource,
        *,
        seed: int = 1,
    ) -> None:
        self.folder = folder
        self.identity = identity
        self._network = network
        self._clock = clock
        self._ids = ids
        self._random = Random(seed)
        self.progress: list[Progress] = []
        self.start()

    def start(self) -> None:
        """Open what is on the disk."""
        self.database = Database.open(self.folder, KEY, clock=self._clock, ids=self._ids)
        self.engine = Engine(
            self.database,
            self._network,
            self.identity,
            clock=self._clock,
            random=self._random.randbytes,
            version="test",
        )

    def restart(self) -> None:
        """Everything that was only in memory is gone."""
        self.database.close()
        self.start()

    def close(self) -> None:
        """Give the files back."""
        self.database.close()

    def synchronise(self) -> SyncReport:
        """One synchronisation, until its end or its refusal."""
        self.progress.clear()
        return self.engine.run(self.progress.append, lambda: False)
