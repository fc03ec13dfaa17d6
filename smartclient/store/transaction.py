"""Everything that can be read and written within one transaction."""

from collections.abc import Mapping
from functools import cached_property

from smartclient.domain.ids import InstallId
from smartclient.store.append_effects import AppendEffects
from smartclient.store.appends import Appends
from smartclient.store.bases import Bases
from smartclient.store.blobs import Blobs
from smartclient.store.client_events import ClientEvents
from smartclient.store.client_life import ClientLife
from smartclient.store.client_table import ClientTable
from smartclient.store.clients import Clients
from smartclient.store.conflicts import Conflicts
from smartclient.store.consents import Consents
from smartclient.store.departures import Departures
from smartclient.store.document_exchange import DocumentExchange
from smartclient.store.document_table import DocumentTable
from smartclient.store.documents import Documents
from smartclient.store.doubts import Doubts
from smartclient.store.feed import Feed
from smartclient.store.field_offers import FieldOffers
from smartclient.store.incoming import Incoming
from smartclient.store.kept_bodies import KeptBodies
from smartclient.store.numbers import Numbers
from smartclient.store.outgoing import Outgoing
from smartclient.store.outgoing_appends import OutgoingAppends
from smartclient.store.records import Records
from smartclient.store.register_exchange import ClientRegister, PlainRegister, RegisterExchange
from smartclient.store.register_merges import RegisterMerges
from smartclient.store.replaced import Replaced
from smartclient.store.retention import Retention
from smartclient.store.search import Search
from smartclient.store.server_records import ServerRecords
from smartclient.store.settings import Settings
from smartclient.store.signing_sessions import SigningSessions
from smartclient.store.sync_history import SyncHistory
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.store.unsaved import Unsaved
from smartclient.store.wiping import Wiping
from smartclient.wire.kinds import KINDS, RecordKind


class Transaction:
    """The repositories of one transaction; they share its connection and what they touched."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self.records = Records(unit)
        self.table = DocumentTable(unit)
        self.documents = Documents(unit, self.table, self.records)
        self.appends = Appends(unit)
        self._client_table = ClientTable(unit)
        self.client_life = ClientLife(unit, self._client_table, self.appends, self.records)
        self.bases = Bases(unit)
        self.clients = Clients(unit, self._client_table, self.records, self.bases)
        self.consents = Consents(unit, self.clients, self.client_life, self.appends)
        self.client_events = ClientEvents(unit, self.appends, self.client_life)
        self.field_offers = FieldOffers(unit)
        self.kept_bodies = KeptBodies(unit)
        self.search = Search(self.clients, self.documents)
        self.blobs = Blobs(unit)
        self.signing = SigningSessions(unit, self.documents, self.table, self.records, self.blobs)
        self.conflicts = Conflicts(unit)
        self.feed = Feed(unit)
        self.sync_history = SyncHistory(unit)
        self.numbers = Numbers(unit)
        self.settings = Settings(unit)

    @cached_property
    def outgoing(self) -> Outgoing:
        """What is offered to the server."""
        return Outgoing(
            self.unit,
            self.records,
            self._kinds,
            self._document_exchange,
            OutgoingAppends(self.unit, self.records, self.effects, self.wiping),
            self.conflicts,
            self.bases,
            self.registers,
            self.wiping,
        )

    def incoming(self, install: InstallId) -> Incoming:
        """What comes from the server for this install."""
        return Incoming(
            self.unit,
            self.records,
            self._kinds,
            self.appends,
            self.effects,
            ServerRecords(self.unit, self.table, self.records, install),
            self.wiping,
            self.retention,
        )

    @cached_property
    def doubts(self) -> Doubts:
        """What a restored server may have forgotten."""
        return Doubts(self.unit, self.records, self._kinds, self.feed, self.retention)

    @cached_property
    def departures(self) -> Departures:
        """Scopes that were lost, and scopes that may be read again."""
        return Departures(
            self.unit,
            self.records,
            self._kinds,
            self.effects,
            self.feed,
            self.doubts,
            self.wiping,
            self.unsaved,
        )

    @cached_property
    def unsaved(self) -> Unsaved:
        """What was typed in a lost scope and is no edit."""
        return Unsaved(
            self.unit,
            self.records,
            self._register_kinds,
            self.bases,
            self.field_offers,
            self.clients,
            self.conflicts,
            self.table,
            self.feed,
        )

    @cached_property
    def registers(self) -> RegisterMerges:
        """Edits of registers: kept with their bases, and merged by field."""
        return RegisterMerges(
            self.unit, self.records, self._register_kinds, self.bases, self.field_offers
        )

    @cached_property
    def wiping(self) -> Wiping:
        """What goes for good."""
        return Wiping(
            self.unit,
            self.records,
            self._kinds,
            self.appends,
            self.consents,
            self.clients,
            self.client_life,
        )

    @cached_property
    def retention(self) -> Retention:
        """What the server's archive takes."""
        return Retention(self.unit, self.table, self.records, self.appends, self.wiping)

    # --- the kinds of records ------------------------------------------------------------------

    @cached_property
    def _document_exchange(self) -> DocumentExchange:
        return DocumentExchange(self.unit, self.table, self.records, self.appends, self.conflicts)

    @cached_property
    def _register_kinds(self) -> Mapping[RecordKind, RegisterExchange]:
        """Every kind that is merged by field."""
        clients = ClientRegister(self.unit, self._client_table, self.client_life)
        return {
            kind: RegisterExchange(
                clients if kind is RecordKind.CLIENT else PlainRegister(kind, self.kept_bodies),
                self.bases,
                self.field_offers,
            )
            for kind, rule in KINDS.items()
            if rule.merges
        }

    @cached_property
    def _kinds(self) -> Mapping[RecordKind, Replaced]:
        """Every kind that is replaced."""
        return {RecordKind.DOCUMENT: self._document_exchange, **self._register_kinds}

    @cached_property
    def effects(self) -> AppendEffects:
        """What follows from records that are written once."""
        return AppendEffects(
            self.unit, self._document_exchange, self.consents, self.client_life, self.appends
        )
