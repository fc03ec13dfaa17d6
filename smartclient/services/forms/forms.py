"""The verbs of a document. What is typed is kept as a draft at once; completing freezes the pages.

Editing a complete document that is backed up makes it a draft again and so withdraws it from the
export; editing a waiting one ends its signing. What was signed cannot be edited by anyone, but for
the group Ostatní, whose edit is a new version beside the bytes that were signed.
"""

from collections.abc import Callable

from cryptography import x509

from smartclient.documents.keys import SealKey
from smartclient.domain.clock import Clock
from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.document_life import Action, Stage, permission
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.domain.language import _
from smartclient.forms.session import FormSession
from smartclient.services.forms.beginning import Beginnings
from smartclient.services.forms.body import Adviser, contract_of, versions_of
from smartclient.services.forms.comparing import ComparedAnswer, compared
from smartclient.services.forms.contracts import Server, fetched, no_server
from smartclient.services.forms.freezing import DOCUMENT_LANGUAGE, Frozen, freeze
from smartclient.services.forms.keeping import Keeping
from smartclient.services.forms.kinds import FormKind
from smartclient.services.forms.library import Library
from smartclient.services.forms.meanwhile import require_unchanged
from smartclient.services.forms.migrating import Migration, Migrations
from smartclient.services.forms.opened import Completed, OpenForm, Prefilled, Shown, Snapshot
from smartclient.services.forms.showing import Pages
from smartclient.services.forms.variants import Variants, answers_by_letter, open_letter
from smartclient.services.forms.workshop import Workshop
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentRow, StoredDocument
from smartclient.store.transaction import Transaction
from smartclient.wire.contracts import Contract
from smartclient.wire.messages import JsonObject


class Forms:
    """The documents of this install. Every verb may be called from any thread, one at a time."""

    def __init__(
        self,
        db: Database,
        library: Library,
        clock: Clock,
        adviser: Callable[[], Adviser],
        keys: Callable[[], tuple[SealKey, x509.Certificate]],
        language: Callable[[], str] = lambda: DOCUMENT_LANGUAGE,
        server: Callable[[], Server] = no_server,
    ) -> None:
        """`keys` are the install's seal and the authority's certificate, asked when freezing.

        `language` is that of the windows; documents are always made in Czech. `server` is
        made at the first question that only it can answer.
        """
        self._db = db
        self._clock = clock
        self._keys = keys
        self._server = server
        self._workshop = Workshop(library, clock, adviser, language)
        self._beginnings = Beginnings(db, self._workshop)
        self._migrations = Migrations(db, self._workshop)
        self._pages = Pages(db, self._workshop)
        self._keeping = Keeping(db)
        self.variants = Variants(db, self._workshop)
        """The variants of a modelling side by side."""

    def kinds(self) -> tuple[FormKind, ...]:
        """What can be begun today, as the catalogue has it."""
        return self._workshop.kinds()

    def start(self, client_id: ClientId, form_id: str) -> DocumentId:
        """Begin a document for a client, prefilled by meaning; returns its id.

        Raises NotAllowed SC-OFFER-001 (information duty not done), SC-STORE-024 (unknown client),
        SC-STORE-030 (no number left), SC-CAT-020 (no form yet), SC-SERV-015 (partner blocked).
        """
        self._require_admitted()
        return self._beginnings.start(client_id, form_id)

    def contract(self, number: ContractNumber) -> Contract:
        """The present settings of a contract; asks on-line and touches no database of ours.

        Raises Unreachable SC-CONTRACT-003 off-line, Refused SC-CONTRACT-002 for a number that is
        unknown or of another partner, otherwise as the exchange (a blocked partner, for example).
        """
        return fetched(self._server, number)

    def start_change(self, client_id: ClientId, form_id: str, contract: Contract) -> DocumentId:
        """Begin a change request on the settings of a contract; returns its id.

        Raises as `start`, and NotAllowed SC-CONTRACT-004 or SC-CONTRACT-005 when the form here is
        too old for the contract.
        """
        self._require_admitted()
        return self._beginnings.start_change(client_id, form_id, contract)

    def copy(self, document_id: DocumentId) -> DocumentId:
        """A new document with the same answers under a new number.

        Health answers, signatures and consents stay behind: what the package marks as not copied.
        """
        self._require_admitted()
        return self._beginnings.copy(document_id)

    def copy_conflict(self, conflict_id: str) -> DocumentId:
        """A new document with the adviser's values of an edit in conflict; that settles it.

        What stays behind is the same as for `copy` and is kept with the settled conflict. Of one
        that was copied already it is that copy. NotAllowed SC-STORE-026 for no such conflict.
        """
        self._require_admitted()
        return self._beginnings.copy_conflict(conflict_id)

    def left_behind(self, conflict_id: str) -> tuple[str, ...]:
        """The chapters whose answers `copy_conflict` leaves behind; empty where all go along.

        NotAllowed SC-STORE-026 for no such conflict.
        """
        return self._beginnings.left_behind(conflict_id)

    def compared(self, conflict_id: str) -> tuple[ComparedAnswer, ...]:
        """What an edit in conflict and the version that holds say, answer by answer.

        The latter says nothing where it is not here; NotAllowed SC-STORE-026 for no such conflict.
        """
        with self._db.read() as tx:
            conflict = tx.conflicts.get(conflict_id)
            valid = tx.documents.that_holds(conflict.document_id)
        language = self._workshop.language()
        yours = self._workshop.session(conflict.body, language)
        other = None if valid is None else self._workshop.session(valid.body, language)
        return compared(yours, other)

    def prefill_offer(self, document_id: DocumentId) -> Prefilled:
        """A new offer with everything of a modelling that means the same, for the same client.

        Raises NotAllowed SC-OFFER-007 where the rights forbid it, SC-CAT-020 without an offer form.
        """
        self._require_admitted()
        return self._beginnings.prefill_offer(document_id)

    def open(self, document_id: DocumentId) -> OpenForm:
        """Open a document for editing; NotAllowed SC-OFFER-002 tells why it cannot be edited.

        While the partner is blocked no form opens: NotAllowed SC-SERV-015.
        """
        self._require_admitted()
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
            signing = tx.signing.get(document_id)
        _require_editable(stored.row)
        self._keeping.opened(stored)
        language = self._workshop.language()
        session = self._workshop.session(stored.body, language)
        unchanged = self._workshop.unchanged(stored.body)
        form_id, form_version, _tariff, tariff_version = versions_of(stored.body)
        return OpenForm(
            document_id=document_id,
            kind=stored.row.kind,
            title=session.package.title(language),
            number=stored.row.number,
            client=stored.row.client_name,
            versions=_versions_words(form_id, form_version, tariff_version),
            session=session,
            notice=_notice(stored.row),
            signatures=len(signing.done) if signing is not None else 0,
            contract=contract_of(stored.body),
            present=None if unchanged is None else unchanged.premium,
            newer=self._migrations.newer_than(stored),
            variants=tuple(answers_by_letter(stored.body)) if open_letter(stored.body) else (),
            variant=open_letter(stored.body),
        )

    def _require_admitted(self) -> None:
        """A blocked partner's advisers open no form; what they signed is still sent (SC-29)."""
        with self._db.read() as tx:
            admission = tx.feed.admission()
        if not admission.documents.allowed:
            raise NotAllowed(admission.notice)

    def migration(self, document_id: DocumentId) -> Migration | None:
        """What a move to the newer version of the form would do; None where there is none."""
        return self._migrations.migration(document_id)

    def migrate(self, document_id: DocumentId) -> None:
        """Move a draft to the newer version, once the person agreed to what that does.

        Raises NotAllowed SC-OFFER-006 when there is nothing to move to any more, SC-OFFER-010.
        """
        self._migrations.migrate(document_id)

    def keep(self, document_id: DocumentId, snapshot: Snapshot) -> None:
        """Keep what is typed, as a draft; nothing happens when nothing differs from what is kept.

        A snapshot taken before one that was kept is left alone. May be called at any time.
        When the document was exported or signed meanwhile, or another device's version came, the
        typed values go to Show conflicts and NotAllowed SC-OFFER-003 or SC-OFFER-009 says so.
        """
        self._keeping.keep(document_id, snapshot)

    def complete(self, document_id: DocumentId, typed: Snapshot | None = None) -> Completed:
        """Complete a document: frozen and waiting when it is to be signed here, else complete.

        What is `typed` is kept before, as by `keep`; then that is completed, or nothing.
        Raises NotAllowed SC-OFFER-004 while something is missing or wrong, SC-OFFER-002,
        SC-OFFER-005 when another version came just now, and SC-OFFER-006 when the version of its
        form is no longer in force.
        """
        if typed is not None:
            self.keep(document_id, typed)
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
        if typed is not None and not typed.is_in(stored.body):
            raise NotAllowed("SC-OFFER-005")
        _require_editable(stored.row)
        session = self._workshop.session(stored.body)
        if not session.package.is_valid(self._workshop.today()):
            raise NotAllowed("SC-OFFER-006")
        if not session.is_complete:
            errors = sum(section.errors for section in session.sections())
            raise NotAllowed("SC-OFFER-004", missing=len(session.missing()), errors=errors)
        snapshot = Snapshot.of(session, stored.row.client_name)
        body = snapshot.complete(stored.body)
        if not snapshot.digital:
            with self._db.write() as tx:
                _require_unchanged(tx, stored)
                tx.documents.save(document_id, body, Stage.COMPLETE)
            return Completed(Stage.COMPLETE, 0)
        frozen = self._frozen(document_id, body, session)
        with self._db.write() as tx:
            _require_unchanged(tx, stored)
            tx.documents.save(document_id, body, Stage.WAITING)
            _start_signing(tx, document_id, frozen)
        return Completed(Stage.WAITING, frozen.sheet.pages)

    def freeze(self, document_id: DocumentId) -> None:
        """Freeze a waiting document that has no frozen pages here, because it was pulled.

        Raises NotAllowed SC-OFFER-004 when it is not complete.
        """
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
        session = self._workshop.session(stored.body)
        if not session.is_complete:
            raise NotAllowed("SC-OFFER-004", missing=len(session.missing()), errors=0)
        frozen = self._frozen(document_id, stored.body, session)
        with self._db.write() as tx:
            _require_unchanged(tx, stored)
            _start_signing(tx, document_id, frozen)

    def show(self, document_id: DocumentId) -> Shown:
        """The pages of a document: signed, frozen for signing, or as they are printed."""
        return self._pages.show(document_id)

    def bring_pages(self, document_id: DocumentId) -> None:
        """Fetch the pages that were signed on another computer; raises as the exchange.

        Afterwards `show` finds them here.
        """
        digest = self._pages.signed(document_id)
        if digest is not None:
            self._server().fetch_blob(digest)

    def _frozen(self, document_id: DocumentId, body: JsonObject, session: FormSession) -> Frozen:
        seal, authority = self._keys()
        rendered = freeze(self._workshop.library, body, session, self._clock.now(), authority)
        return Frozen.issued(rendered, document_id, body, session, seal, self._clock.now())


def _require_editable(row: DocumentRow) -> None:
    allowed = permission(row.standing(), Action.EDIT, row.shown)
    if not allowed.allowed:
        raise NotAllowed("SC-OFFER-002", reason=_(allowed.reason))


def _require_unchanged(tx: Transaction, before: StoredDocument) -> None:
    """Between reading and writing a synchronisation may have locked or replaced the document."""
    _require_editable(require_unchanged(tx, before, "SC-OFFER-005").row)


def _start_signing(tx: Transaction, document_id: DocumentId, frozen: Frozen) -> None:
    tx.signing.start(document_id, frozen.pdf, frozen.values, frozen.sheet.to_json())


def _notice(row: DocumentRow) -> str:
    if row.stage is Stage.WAITING:
        return _("The document waits for the signature. After a change it is signed anew.")
    if row.stage is Stage.COMPLETE:
        return _(
            "The document is complete. After a change it is not sent to PČS until you complete "
            "it again."
        )
    return ""


def _versions_words(form_id: str, form_version: int, tariff_version: int) -> str:
    if not tariff_version:
        return _("Form {form} v{form_version}").format(form=form_id, form_version=form_version)
    return _("Form {form} v{form_version}, rates v{tariff_version}").format(
        form=form_id, form_version=form_version, tariff_version=tariff_version
    )
