"""How a document begins: empty for a client, on a contract, as a copy, or from a modelling."""

from smartclient.domain.clients import PersonRecord
from smartclient.domain.document_life import Action, DocumentKind, permission
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.domain.language import _
from smartclient.forms.meaning import carry
from smartclient.forms.package import FormPackage
from smartclient.services.forms.body import (
    new_body,
    prefill,
    rates_of_contract,
    versions_of,
)
from smartclient.services.forms.contracts import reference
from smartclient.services.forms.copying import Copies
from smartclient.services.forms.opened import Prefilled, Snapshot
from smartclient.services.forms.variants import beside, open_letter
from smartclient.services.forms.workshop import Workshop
from smartclient.store.client_rows import StoredClient
from smartclient.store.database import Database
from smartclient.store.transaction import Transaction
from smartclient.wire.contracts import Contract
from smartclient.wire.messages import JsonObject


class Beginnings:
    """New documents. Every verb takes a number and writes a draft in one transaction."""

    def __init__(self, db: Database, workshop: Workshop) -> None:
        self._db = db
        self._workshop = workshop
        self._copies = Copies(workshop)

    def start(self, client_id: ClientId, form_id: str) -> DocumentId:
        """Begin a document for a client, prefilled by meaning; raises as `Forms.start`."""
        client = self._informed(client_id)
        package = self._workshop.form_for_new(form_id)
        with self._db.write() as tx:
            body = self._new_body(tx, package, client_id, client.row.name)
            session = self._workshop.session(body)
            prefill(session, PersonRecord.from_json(client.body))
            session.finish_typing()
            filled = Snapshot.of(session, client.row.name).draft(body)
            return tx.documents.create(filled).id

    def start_change(self, client_id: ClientId, form_id: str, contract: Contract) -> DocumentId:
        """Begin a request on the settings of a contract; raises as `Forms.start_change`."""
        client = self._informed(client_id)
        package = self._workshop.form_for_new(form_id)
        with self._db.write() as tx:
            body = self._new_body(tx, package, client_id, client.row.name, contract.tariff_version)
            body["contract"] = reference(contract)
            body["baseline"] = dict(contract.settings)
            try:
                session = self._workshop.session(body)
            except BadInput as misfit:
                raise NotAllowed("SC-CONTRACT-005") from misfit
            filled = Snapshot.of(session, client.row.name).draft(body)
            return tx.documents.create(filled).id

    def copy(self, document_id: DocumentId) -> DocumentId:
        """The same answers under a new number, in the newest form; raises as `Forms.copy`."""
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
        with self._db.write() as tx:
            return self._copied(tx, stored.body, stored.row.client_id, stored.row.client_name)

    def left_behind(self, conflict_id: str) -> tuple[str, ...]:
        """The chapters with answers of an edit in conflict that a copy does not take along."""
        with self._db.read() as tx:
            conflict = tx.conflicts.get(conflict_id)
        return self._copies.left_behind(conflict.body)

    def copy_conflict(self, conflict_id: str) -> DocumentId:
        """The adviser's values of an edit in conflict, as a document of their own."""
        with self._db.write() as tx:
            conflict = tx.conflicts.get(conflict_id)
            if conflict.is_settled and conflict.copied_to is not None:
                return conflict.copied_to  # pressed twice
            owner = conflict.body.get("client_id")
            client_id = ClientId(owner) if isinstance(owner, str) and owner else None
            made = self._copied(tx, conflict.body, client_id, conflict.client_name)
            tx.conflicts.copied(conflict_id, made)
            return made

    def _copied(
        self, tx: Transaction, source: JsonObject, client_id: ClientId | None, client_name: str
    ) -> DocumentId:
        package = self._workshop.form_for_new(versions_of(source)[0])
        body = self._new_body(tx, package, client_id, client_name, rates_of_contract(source))
        for settings in ("contract", "baseline"):
            if settings in source:
                body[settings] = source[settings]
        body |= beside(self._copies.answers(source, package), open_letter(source))
        snapshot = Snapshot.of(self._workshop.session(body), client_name)
        return tx.documents.create(snapshot.draft(body)).id

    def prefill_offer(self, document_id: DocumentId) -> Prefilled:
        """An offer with the answers of a modelling; raises as `Forms.prefill_offer`."""
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
        row = stored.row
        allowed = permission(row.standing(), Action.PREFILL, row.shown)
        if not allowed.allowed:
            raise NotAllowed("SC-OFFER-007", reason=_(allowed.reason))
        package = self._workshop.form_for_new(self._offer_form())
        source = self._workshop.session(stored.body, self._workshop.language())
        carried = carry(source, package)
        with self._db.write() as tx:
            body = self._new_body(tx, package, row.client_id, row.client_name)
            session = self._workshop.begun(body, carried.answers)
            if row.client_id is not None:
                client = PersonRecord.from_json(tx.clients.get(row.client_id).body)
                prefill(session, client, only_empty=True)
            filled = Snapshot.of(session, row.client_name).draft(body)
            made = tx.documents.create(filled).id
        return Prefilled(made, len(carried.taken), carried.left)

    def _offer_form(self) -> str:
        offers = (
            kind.form_id
            for kind in self._workshop.kinds()
            if kind.document_kind is DocumentKind.OFFER
        )
        found = next(offers, "")
        if not found:
            today = self._workshop.today().isoformat()
            raise NotAllowed("SC-CAT-020", component=DocumentKind.OFFER.value, version=today)
        return found

    def _informed(self, client_id: ClientId) -> StoredClient:
        with self._db.read() as tx:
            client = tx.clients.get(client_id)
        if not client.row.informed:
            raise NotAllowed("SC-OFFER-001")
        return client

    def _new_body(
        self,
        tx: Transaction,
        package: FormPackage,
        client_id: ClientId | None,
        client_name: str,
        tariff_version: int = 0,
    ) -> JsonObject:
        return new_body(
            package,
            self._workshop.origin(package, tariff_version),
            self._workshop.adviser(),
            number=tx.numbers.take(),
            client_id=client_id,
            client_name=client_name,
        )
