"""Everything that can be read and written within one transaction."""

from smartclient.domain.ids import InstallId
from smartclient.store.appends import Appends
from smartclient.store.blobs import Blobs
from smartclient.store.clients import Clients
from smartclient.store.conflicts import Conflicts
from smartclient.store.consents import Consents
from smartclient.store.document_table import DocumentTable
from smartclient.store.documents import Documents
from smartclient.store.feed import Feed
from smartclient.store.incoming import Incoming
from smartclient.store.numbers import Numbers
from smartclient.store.outgoing import Outgoing
from smartclient.store.records import Records
from smartclient.store.search import Search
from smartclient.store.settings import Settings
from smartclient.store.signing_sessions import SigningSessions
from smartclient.store.sync_history import SyncHistory
from smartclient.store.unit_of_work import UnitOfWork


class Transaction:
    """The repositories of one transaction; they share its connection and what they touched."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self.records = Records(unit)
        self.table = DocumentTable(unit)
        self.documents = Documents(unit, self.table, self.records)
        self.clients = Clients(unit)
        self.consents = Consents(unit, self.clients)
        self.search = Search(self.clients, self.documents)
        self.blobs = Blobs(unit)
        self.signing = SigningSessions(unit, self.documents, self.table, self.records, self.blobs)
        self.appends = Appends(unit)
        self.conflicts = Conflicts(unit)
        self.outgoing = Outgoing(unit, self.table, self.records, self.conflicts)
        self.feed = Feed(unit)
        self.sync_history = SyncHistory(unit)
        self.numbers = Numbers(unit)
        self.settings = Settings(unit)

    def incoming(self, install: InstallId) -> Incoming:
        """What comes from the server for this install."""
        return Incoming(self.unit, self.table, self.records, install)
