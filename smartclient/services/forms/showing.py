"""The pages of a document as a person looks at them: signed, frozen for signing, or printed.

What was signed or frozen is shown byte for byte. What was completed on paper is printed again from
what it was made with, form, rates and template of its day included, and gives the same bytes.
"""

from smartclient.domain.clock import from_text
from smartclient.domain.document_life import (
    Action,
    DocumentKind,
    Permission,
    Stage,
    permission,
)
from smartclient.domain.ids import DocumentId, Sha256
from smartclient.domain.language import _
from smartclient.dossier.signing_sheet import SigningSheet
from smartclient.services.forms.freezing import freeze
from smartclient.services.forms.opened import Shown
from smartclient.services.forms.workshop import Workshop
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentRow, StoredDocument


class Pages:
    """Finds or makes the pages of a document. May be used from any thread."""

    def __init__(self, db: Database, workshop: Workshop) -> None:
        self._db = db
        self._workshop = workshop

    def show(self, document_id: DocumentId) -> Shown:
        """The pages; NotAllowed SC-STORE-020, SC-STORE-022 where signed ones are not here."""
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
            admission = tx.feed.admission()
            package = tx.appends.signed_package(document_id)
            session = tx.signing.get(document_id)
            if _is_new_version(stored.row):
                package = None
            kept = package.pdf if package is not None else session.pdf if session else None
            pdf = tx.blobs.get(kept) if kept is not None else None
        seen: frozenset[int] = frozenset()
        if package is None and session is not None:
            seen = SigningSheet.from_json(session.record).seen_on(self._workshop.today())
        row = stored.row
        may_sign = permission(row.standing(), Action.SIGN, row.shown).allowed
        may_edit = permission(row.standing(), Action.EDIT, row.shown)
        return Shown(
            document_id=document_id,
            title=self._workshop.package_of(stored.body).title(),
            number=row.number,
            client=row.client_name,
            pdf=self._printed(stored) if pdf is None else pdf,
            seen=seen,
            may_sign=may_sign,
            signing=admission.limits(Action.SIGN, Permission(may_sign)),
            editing=admission.limits(Action.EDIT, may_edit),
            is_signed=package is not None,
            state=_state_words(row, may_sign=may_sign, is_signed=package is not None),
        )

    def signed(self, document_id: DocumentId) -> Sha256 | None:
        """Which file holds the signed pages; None while there are none."""
        with self._db.read() as tx:
            package = tx.appends.signed_package(document_id)
        return None if package is None else package.pdf

    def _printed(self, stored: StoredDocument) -> bytes:
        """The pages of a document on the paper way; the same document prints the same bytes."""
        at = from_text(str(stored.body.get("changed_at")))
        workshop = self._workshop
        return freeze(workshop.library, stored.body, workshop.session(stored.body), at).pdf


def _is_new_version(row: DocumentRow) -> bool:
    """Ostatní that was edited after its signature and completed anew: the new pages count."""
    return row.kind is DocumentKind.OTHER and row.stage in (Stage.WAITING, Stage.COMPLETE)


def _state_words(row: DocumentRow, *, may_sign: bool, is_signed: bool) -> str:
    if is_signed and row.stage is Stage.DRAFT:
        return _("This is the version signed before; the new one is in progress.")
    if is_signed:
        return _("Signed. It can be neither edited nor cancelled.")
    if may_sign:
        return _("It waits for the signature and is not sent to PČS before.")
    match row.stage, row.kind:
        case Stage.COMPLETE, DocumentKind.MODELLING:
            return _("Complete. An offer can be filled from it.")
        case Stage.COMPLETE, _:
            return _("Complete. PČS waits for the signed paper.")
        case Stage.CANCELLED, _:
            return _("Cancelled. Nothing more of it is sent to PČS.")
        case _:
            return _("In progress. This is how the printed document would look.")
