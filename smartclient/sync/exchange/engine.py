"""A synchronisation from its beginning to its end (rule 12).

    token → what is urgent, with its files → files → records → changes until no more

Push comes before pull. A server that was restored says so by a new epoch: then what it lost is
found by the pull and offered in a second round. Whatever is interrupted is harmless to repeat.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartclient.domain.clock import Clock
from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.errors import (
    Damaged,
    NotAllowed,
    Refused,
    SmartClientError,
    Unreachable,
)
from smartclient.domain.ids import Sha256
from smartclient.store.database import Database
from smartclient.store.feed import Clocks
from smartclient.store.sync_history import CANCELLED, DONE, SyncRun
from smartclient.sync.exchange.conversation import Conversation
from smartclient.sync.exchange.handing_in import Package, unsent_package
from smartclient.sync.exchange.identity import Identity
from smartclient.sync.exchange.progress import (
    Cancelled,
    Phase,
    Progress,
    Report,
    StoppedByPerson,
    SyncReport,
)
from smartclient.sync.exchange.receiving import KNOWN_KINDS, Outlook, receive
from smartclient.sync.exchange.replies import json_object
from smartclient.sync.exchange.run import Run
from smartclient.sync.exchange.sending import Load, send, what_waits
from smartclient.sync.exchange.server_clock import ServerClock
from smartclient.wire.contracts import PATH as CONTRACTS
from smartclient.wire.contracts import Contract
from smartclient.wire.encoding import sha256
from smartclient.wire.support_codes import new_code
from smartclient.wire.transport import Transport

log = logging.getLogger(__name__)

ANOTHER_EPOCH: Final = "SC-SERV-009"
NEVER_CALM: Final = "SC-SYNC-032"
_ROUNDS: Final = 4
"""One is usual; a restored server or a file that it lost costs one more each.

A round that handed something in is not counted: of one record one edit is handed in at a time, and
there are as many rounds as there is typed of it. Each takes something away, so they come to an end.
"""


@dataclass(frozen=True, slots=True)
class _Calm:
    """Nothing waited here and the server had nothing: so it stays until something is committed.

    The next synchronisation then asks the server at once, without reading what it would find.
    """

    state: int
    """The database's (`Database.state`) from before it was read."""
    epoch: int
    outlook: Outlook


class Engine:
    """The synchronisation of one install. One runs at a time."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        identity: Identity,
        *,
        clock: Clock,
        random: Callable[[int], bytes],
        version: str,
    ) -> None:
        """`random` gives so many unpredictable bytes; `version` is the program's."""
        self._database = database
        self._identity = identity
        self._clock = clock
        self._random = random
        self._version = version
        self.server_clock = ServerClock(clock, self._clocks_kept)
        self._conversation = Conversation(
            transport, identity, self.server_clock, random=random, version=version
        )
        self._running = threading.Lock()
        self._calm: _Calm | None = None
        self._clock_was_off: bool | None = None
        """As the clocks that were kept say; None until some were kept since the start."""

    def run(self, progress: Report, cancelled: Cancelled) -> SyncReport:
        """Synchronise; both callables are called on this thread, between two calls.

        A cancelled run reports so and raises nothing. Raises NotAllowed SC-SYNC-028 (one is
        running), Unreachable, Damaged, Refused or NoSpace with their sentences; what was answered
        before is kept, and running again is harmless.
        """
        if not self._running.acquire(blocking=False):
            raise NotAllowed("SC-SYNC-028")
        self._conversation.sync_code = new_code(self._random)
        try:
            self.server_clock.recall()
            return self._recorded(progress, cancelled)
        finally:
            self._conversation.sync_code = ""
            self._running.release()

    def unsent_package(self) -> Package:
        """Everything that was not acknowledged, sealed for the office; raises as it says itself."""
        with self._running:
            return unsent_package(self._database, self._identity, self._clock, self._version)

    def fetch_blob(self, digest: Sha256) -> None:
        """Bring a blob of one of our records here, unless it is; raises as `run`.

        Waits for a synchronisation that is running: both talk over one connection.
        """
        with self._running:
            with self._database.read() as tx:
                if tx.blobs.has(digest):
                    return
            reply = self._conversation.fetch(f"/v1/blobs/{digest}")
            if sha256(reply.body) != digest:
                raise Damaged("SC-SYNC-014")
            with self._database.write() as tx:
                tx.blobs.put(reply.body)

    def fetch_contract(self, number: ContractNumber) -> Contract:
        """The present settings of a contract of the own partner; nothing of it is kept.

        Raises as `run`, and Refused SC-CONTRACT-002 for a number that is not the partner's. Waits
        for a synchronisation that is running: both talk over one connection.
        """
        with self._running:
            reply = self._conversation.fetch(f"{CONTRACTS}{number}")
        return Contract.from_json(json_object(reply))

    def _recorded(self, progress: Report, cancelled: Cancelled) -> SyncReport:
        started_at = self._clock.now()
        install, clock = self._identity.install, self._clock
        run = Run(self._database, self._conversation, install, clock, progress, cancelled)
        try:
            self._synchronise(run)
        except StoppedByPerson:
            return self._ended(run, started_at, CANCELLED)
        except SmartClientError as refusal:
            with suppress(SmartClientError):  # a full disk must not hide why the run ended
                self._ended(run, started_at, refusal.code)
            raise
        report = self._ended(run, started_at, DONE)
        progress(Progress(Phase.FINISHED))
        return report

    def _synchronise(self, run: Run) -> None:
        run.show(Phase.CONNECTING)
        left = _ROUNDS
        while left:
            left, handed_in = left - 1, run.handed_in
            try:
                again = self._round(run, self._conversation.token().epoch)
            except Refused as refusal:
                if refusal.code != ANOTHER_EPOCH:
                    raise
                self._conversation.forget_token()
                continue
            if not again:
                return
            if run.handed_in > handed_in:
                left = _ROUNDS
        # The server changed its epoch or lost files in every round: this is no success.
        raise Unreachable(NEVER_CALM)

    def _round(self, run: Run, epoch: int) -> bool:
        """Push, then pull; tells whether something must be offered again."""
        run.files_missing = False
        run.offer_again = False
        state, calm = run.database.state(), self._calm
        if calm is None or (calm.state, calm.epoch) != (state, epoch):
            calm = None
        load = None if calm else self._waiting(run, epoch)
        if load:
            send(run, load)
        received = receive(run, calm.outlook if calm else None)
        self._calm = None
        if received.quiet is not None and not load:
            self._calm = _Calm(state, epoch, received.quiet)
        return received.doubtful or run.files_missing or run.offer_again

    def _waiting(self, run: Run, epoch: int) -> Load:
        """What is to be sent, once this laptop and the server mean the same by what they say."""
        with run.database.read() as tx:
            known, kinds = tx.feed.epoch(), tx.feed.kinds()
            load = what_waits(tx)
        if known != epoch:
            self._begin_epoch(epoch, is_first=known is None)
        if kinds != KNOWN_KINDS:
            self._learn_kinds()
        return load

    def _learn_kinds(self) -> None:
        """This program knows other kinds of records than the one that read the feed."""
        with self._database.write() as tx:
            if tx.feed.cursors():
                tx.feed.rewind()
            tx.feed.set_kinds(KNOWN_KINDS)

    def _begin_epoch(self, epoch: int, *, is_first: bool) -> None:
        """The server's epoch is another one than we know (rule 5)."""
        with self._database.write() as tx:
            if is_first:
                tx.feed.set_epoch(epoch)
            else:
                tx.doubts.begin_epoch(epoch)

    def _ended(self, run: Run, started_at: datetime, outcome: str) -> SyncReport:
        """Remember the run, and tell what it came to."""
        code = self._conversation.sync_code
        entry = SyncRun(
            started_at, self._clock.now(), outcome, run.pushed, run.pulled, run.conflicts, code
        )
        told = {"sync": code, "outcome": outcome, "pushed": run.pushed, "pulled": run.pulled}
        log.info("synchronised", extra={**told, "conflicts": run.conflicts})
        next_lock_at, offered, taken = self._kept(entry)
        return SyncReport(
            pushed=run.pushed,
            pulled=run.pulled,
            conflicts=run.conflicts,
            busy=run.busy,
            parked=run.parked,
            handed_in=run.handed_in,
            cancelled=outcome == CANCELLED,
            catalogue_etag=offered,
            catalogue_changed=offered != taken,
            next_lock_at=next_lock_at,
            clock_off=self.server_clock.wall_clock_off(),
            notice=self._conversation.notice,
        )

    def _kept(self, entry: SyncRun) -> tuple[datetime | None, str, str]:
        """Keep the run; the next lock, the catalogue's tag at the server and of the one in use."""
        key, calm = self._conversation.hand_in_key, self._calm
        moved = entry.pushed or entry.pulled or entry.conflicts
        off = self.server_clock.wall_clock_off() is not None
        same = self._clock_was_off is off and key in ("", calm.outlook.hand_in_key if calm else "")
        if calm and entry.outcome == DONE and not moved and same:
            self._database.note_quiet(entry)
            outlook = calm.outlook
            return outlook.next_lock_at, outlook.catalogue_etag, outlook.catalogue_taken
        with self._database.write(durable=bool(moved)) as tx:
            tx.sync_history.add(entry)
            if clocks := self.server_clock.clocks():
                tx.feed.note_clocks(clocks)
                self._clock_was_off = off
            if key:
                tx.feed.set_hand_in_key(key)
            return tx.feed.next_lock_at(), tx.feed.catalogue_etag(), tx.feed.catalogue_taken()

    def _clocks_kept(self) -> Clocks | None:
        with self._database.read() as tx:
            return tx.feed.clocks()
