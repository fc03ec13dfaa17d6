"""A random walk of three advisers of one office over a network that fails; the same seed, the same
walk. In the end all are on-line, and every laptop must show the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select

from smartclient.backoffice.operations.registers import erasures
from smartclient.backoffice.operations.scope_records import read_body
from smartclient.backoffice.tables import schema
from smartclient.domain.consents import (
    INFORMATION_DUTY,
    ConsentEvent,
    Decision,
    first_broken,
    is_informed,
    newest,
)
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import Json
from smartclient.wire.register_bodies import Purpose, consent_from_json
from tests.simulators.inprocess import InProcessServer
from tests.simulators.network import Fault, Network
from tests.simulators.time_and_ids import CountedIds, SetClock
from tests.unit.store.consents import told
from tests.unit.sync.exchange.registers import Adviser, adviser_of, open_office

FIELDS = ("city", "note", "phone", "surname")
FAULTS = (
    *[Fault.NONE] * 6,
    Fault.LOSE_REQUEST,
    Fault.LOSE_REPLY,
    Fault.CUT_REPLY,
    Fault.CUT_HEADERS,
    Fault.TWICE,
    Fault.ONCE_MORE_LATER,
)
CLOCKS = (timedelta(0), timedelta(minutes=2), timedelta(days=365), timedelta(days=-365))
"""How far the wall clock of a laptop may be off."""
Shown = dict[ClientId, tuple[Json, ...]]


class Walk:
    """Three laptops, one server, and what chance lets them do."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._random = Random(seed)
        self._folder = folder
        self._clock = SetClock()
        self._server = InProcessServer(self._clock, CountedIds(1), folder=folder / "server")
        self._networks = [Network(self._server, lambda _said: None) for _ in range(3)]
        self._open: list[Iterator[Adviser]] = [
            adviser_of(self._server, network, self._clock, folder / str(place), 10 + place)
            for place, network in enumerate(self._networks)
        ]
        self._advisers = [next(each) for each in self._open]
        open_office(self._server, *(each.installed for each in self._advisers))
        self._clients: list[ClientId] = []
        self._backup: bytes | None = None
        self._has_erased = False
        self._step = 0

    def close(self) -> None:
        """Give the files back."""
        for each in self._open:
            next(each, None)
        self._server.close()

    def go(self, steps: int) -> None:
        """So many steps; what is refused with its sentence is no fault."""
        acts: list[Callable[[Adviser], None]] = [
            *[self._edit] * 4,
            *[self._synchronise] * 4,
            self._add,
            self._merge,
            self._undo,
            self._hide,
            *[self._consent] * 2,
            self._set_clock,
            self._attach,
            self._choose,
            self._late,
            self._back_up,
            self._restore,
            self._erase,
        ]
        for self._step in range(steps):
            self._clock.pass_time(seconds=self._random.choice([0, 0, 1, 60]))
            act, adviser = self._random.choice(acts), self._random.choice(self._advisers)
            try:
                act(adviser)
            except SmartClientError:
                continue

    def come_to_rest(self) -> list[Shown]:
        """Everybody is on-line and synchronises; what each laptop shows then."""
        for network in self._networks:
            network.expect([])
        for _ in range(3):
            for adviser in self._advisers:
                adviser.laptop.synchronise()
        return [self._shown(adviser) for adviser in self._advisers]

    def _shown(self, adviser: Adviser) -> Shown:
        shown: Shown = {}
        with adviser.laptop.database.read() as tx:
            waiting = tx.feed.waiting()
            assert (waiting.total, waiting.parked) == (0, 0)
            assert tx.bases.of(self._clients) == {}
            assert first_broken(tx.consents.chain(adviser.laptop.identity.install)) is None
            for client in self._clients:
                found = tx.clients.find(client)
                # A server that was restored asks nobody for a client that was merged away.
                if found is not None and found.row.survivor is None:
                    row = found.row
                    fields = (found.body.get(name) for name in FIELDS)
                    events = [str(event.id) for event in tx.consents.of(client)]
                    shown[client] = (*fields, row.aside.value, row.informed, *sorted(events))
                    family = tx.client_life.family(client)
                    received = self._received(family)
                    here = (event for each in family for event in tx.consents.of(each))
                    decisive = newest(here, INFORMATION_DUTY), newest(received, INFORMATION_DUTY)
                    assert decisive[0] == decisive[1], "as the receipts say"
                    assert row.informed == is_informed(received)
        return shown

    def _received(self, family: Sequence[ClientId]) -> list[ConsentEvent]:
        """What the server has of a client and all its parts, and when it got that."""
        record, events = schema.record, list[ConsentEvent]()
        of_them = (record.c.parent.in_(family), record.c.state != ServerState.ERASED.value)
        asked = select(record).where(record.c.kind == RecordKind.CONSENT_EVENT.value, *of_them)
        with self._server.office.reading() as desk:
            for row in desk.connection.execute(asked):
                event = consent_from_json(read_body(desk, row.scope, row.id))
                events.append(replace(event, received_at=row.received_at))
        return events

    # --- what chance does ----------------------------------------------------------------------

    def _known(self, adviser: Adviser) -> list[ClientId]:
        return [client for client in self._clients if adviser.knows(client)]

    def _one(self, adviser: Adviser) -> ClientId | None:
        known = self._known(adviser)
        return self._random.choice(known) if known else None

    def _add(self, adviser: Adviser) -> None:
        self._clients.append(adviser.adds(surname=f"Client {self._step}"))

    def _edit(self, adviser: Adviser) -> None:
        if client := self._one(adviser):
            name = self._random.choice(FIELDS)
            adviser.changes(client, **{name: f"{name} {self._step}"})

    def _synchronise(self, adviser: Adviser) -> None:
        network = self._networks[self._advisers.index(adviser)]
        network.expect([self._random.choice(FAULTS) for _ in range(4)])
        adviser.laptop.synchronise()

    def _late(self, adviser: Adviser) -> None:
        self._networks[self._advisers.index(adviser)].deliver_delayed()

    def _merge(self, adviser: Adviser) -> None:
        known = self._known(adviser)
        if len(known) > 1:
            adviser.matters.merge(*self._random.sample(known, 2))

    def _undo(self, adviser: Adviser) -> None:
        if client := self._one(adviser):
            adviser.matters.undo_merge(client)

    def _hide(self, adviser: Adviser) -> None:
        if client := self._one(adviser):
            if self._random.random() < 0.5:
                adviser.matters.hide(client, "a reason")
            else:
                adviser.matters.unhide(client)

    def _consent(self, adviser: Adviser) -> None:
        if client := self._one(adviser):
            decision = self._random.choice([Decision.INFORMED, Decision.WITHDRAWN])
            said = told(client, decision, adviser.wall.now())
            uncertain = self._random.random() < 0.3
            adviser.records(replace(said, clock_uncertain=uncertain))

    def _set_clock(self, adviser: Adviser) -> None:
        adviser.wall.off = self._random.choice(CLOCKS)

    def _attach(self, adviser: Adviser) -> None:
        if client := self._one(adviser):
            file = self._folder / "scan.pdf"
            file.write_bytes(f"scan {self._step}".encode())
            adviser.matters.attach(client, file, self._random.choice(list(Purpose)))

    def _choose(self, adviser: Adviser) -> None:
        client = self._one(adviser)
        if client and (offered := adviser.offered(client)):
            adviser.matters.choose(client, offered[0][0], take_other=self._random.random() < 0.5)

    def _back_up(self, _adviser: Adviser) -> None:
        self._backup = self._server.backup()

    def _restore(self, _adviser: Adviser) -> None:
        # What is erased is erased again by the restore tool, which is not part of this walk.
        if self._backup and not self._has_erased and self._random.random() < 0.3:
            self._server.restore(self._backup)

    def _erase(self, adviser: Adviser) -> None:
        client = self._one(adviser)
        if client and self._random.random() < 0.15:
            with self._server.office.writing() as desk:
                erasures.erase(desk, client, self._folder / "erasures", "asked for")
            self._has_erased = True
