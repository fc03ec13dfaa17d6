"""What is typed in a form that is open is kept in the order in which it was typed.

A save that waited longer than a later one writes nothing (`store.save_order`), and what another
device wrote meanwhile is not written over.
"""

from dataclasses import dataclass

from smartclient.domain.document_life import Action, Stage, permission
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId
from smartclient.services.forms.body import answers_of, versions_of
from smartclient.services.forms.opened import Snapshot
from smartclient.services.forms.variants import open_letter
from smartclient.store.conflicts import Reason
from smartclient.store.database import Database
from smartclient.store.document_rows import StoredDocument
from smartclient.store.save_order import SaveOrder
from smartclient.store.transaction import Transaction
from smartclient.wire.messages import JsonObject

_Ground = tuple[tuple[str, int, str, int], str, JsonObject]
"""What a form stands on: its versions, the variant that is open, and the answers."""


@dataclass(slots=True)
class _Open:
    """A document of which a form is open."""

    grounds: tuple[_Ground, ...]
    """What the form saw or kept last. While a save is under way also what that one keeps: whether
    its commit took place or not, what is found then is the form's own."""
    conflict: str = ""
    """Where this form's values went when they lost."""


class Keeping:
    """Keeps what is typed. May be used from any thread."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._order = SaveOrder()
        self._open: dict[DocumentId, _Open] = {}

    def opened(self, stored: StoredDocument) -> None:
        """A form was opened on this state of a document; others are closed by then."""
        with self._order.lock:
            self._open = {stored.row.id: _Open((_ground(stored.body),))}

    def keep(self, document_id: DocumentId, snapshot: Snapshot) -> None:
        """As `Forms.keep`; a snapshot that is older than one that was kept is left alone."""
        with self._order.lock:
            if self._order.is_late(document_id, snapshot.taken):
                return
            with self._db.write() as tx:
                ground, lost = self._keep(tx, tx.documents.get(document_id), snapshot)
            # A subscriber may have kept something later since the commit.
            newest = self._order.note(document_id, snapshot.taken)
            if newest and document_id in self._open and lost is None:
                self._open[document_id].grounds = (ground,)
        if lost is not None:
            raise NotAllowed("SC-OFFER-003" if lost is Reason.LOCKED else "SC-OFFER-009")

    def _keep(
        self, tx: Transaction, stored: StoredDocument, snapshot: Snapshot
    ) -> tuple[_Ground, Reason | None]:
        """What the document says now, or why what is typed went to the conflicts."""
        there, body = _ground(stored.body), snapshot.draft(stored.body)
        here = self._open.get(stored.row.id)
        if _says_that(stored, snapshot):
            return there, None
        if not permission(stored.row.standing(), Action.EDIT, stored.row.shown).allowed:
            return there, self._lose(tx, stored, Reason.LOCKED, body)
        if here is not None and there not in here.grounds:  # a synchronisation brought it
            return there, self._lose(tx, stored, Reason.STALE, body)
        if here is not None:
            here.grounds = (there, _ground(body))  # before the subscribers hear of the commit
        tx.documents.save(stored.row.id, body, Stage.DRAFT)
        return _ground(body), None

    def _lose(
        self, tx: Transaction, stored: StoredDocument, reason: Reason, body: JsonObject
    ) -> Reason:
        """Keep the values among the conflicts, in the place of earlier ones of the same form."""
        here = self._open.get(stored.row.id)
        if here is not None and any(each.id == here.conflict for each in tx.conflicts.open()):
            tx.conflicts.drop(here.conflict)
        kept = tx.conflicts.keep(stored.row.id, reason, body, Stage.DRAFT)
        if here is not None:
            here.conflict = kept.id
        return reason


def _says_that(stored: StoredDocument, snapshot: Snapshot) -> bool:
    """Whether the document has everything already; one that is complete only what is in force."""
    if stored.row.stage is Stage.DRAFT:
        return stored.body == snapshot.draft(stored.body)
    return snapshot.is_in(stored.body)


def _ground(body: JsonObject) -> _Ground:
    return versions_of(body), open_letter(body), answers_of(body)
