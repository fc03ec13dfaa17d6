"""The verbs of an offer. What is typed is kept as a draft at once; completing freezes the pages.

Editing a complete offer that is backed up makes it a draft again and so withdraws it from the
export; editing a waiting one ends its signing. What was signed cannot be edited by anyone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cryptography import x509

from smartclient.documents.keys import SealKey
from smartclient.domain.clients import PersonRecord
from smartclient.domain.clock import Clock, from_text
from smartclient.domain.document_life import Action, Stage, permission
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.domain.language import _
from smartclient.domain.lock_time import PRAGUE
from smartclient.dossier.judgement import premium_json
from smartclient.dossier.signing_sheet import SigningSheet
from smartclient.forms.session import FormSession
from smartclient.services.forms.body import (
    Adviser,
    Origin,
    answers_of,
    client_name_of,
    day_of,
    header_of,
    new_body,
    prefill,
    versions_of,
)
from smartclient.services.forms.copying import copied_answers
from smartclient.services.forms.freezing import DOCUMENT_LANGUAGE, Frozen, freeze
from smartclient.services.forms.library import Library
from smartclient.store.conflicts import Reason
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentRow, StoredDocument
from smartclient.store.transaction import Transaction
from smartclient.wire.catalogue import ComponentKind
from smartclient.wire.messages import Json, JsonObject

OFFER_FORM = "flexi-offer"


@dataclass(frozen=True, slots=True)
class OpenForm:
    """An offer being filled in. The session belongs to whoever opened it."""

    document_id: DocumentId
    title: str
    number: str
    client: str
    versions: str
    """Form and tariff it is made with, for the foot of the page."""
    session: FormSession
    notice: str = ""
    """What the first change will do to a document that is complete; empty for a draft."""
    signatures: int = 0
    """How many people have signed it already; a change throws their signatures away."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an edit keeps, taken from a session at one moment."""

    answers: JsonObject
    """All of them, as typed: what a draft keeps."""
    in_force: JsonObject
    """Only what is asked: what a complete document says."""
    premium: Json
    digital: bool
    client: str

    @classmethod
    def of(cls, session: FormSession, client: str) -> "Snapshot":
        """The session as it stands now; `client` is the name while none is typed."""
        return cls(
            session.answers,
            session.answers_in_force,
            premium_json(session.premium),
            session.is_digital,
            client_name_of(session, client),
        )

    def draft(self, body: JsonObject) -> JsonObject:
        """The body with everything that is typed."""
        return self._put_into(body, self.answers)

    def complete(self, body: JsonObject) -> JsonObject:
        """The body with what is in force."""
        return self._put_into(body, self.in_force)

    def _put_into(self, body: JsonObject, answers: JsonObject) -> JsonObject:
        return {
            **body,
            "answers": answers,
            "premium": self.premium,
            "digital": self.digital,
            "client_name": self.client,
        }


@dataclass(frozen=True, slots=True)
class Completed:
    """What completing led to."""

    stage: Stage
    """WAITING for the digital signature, otherwise COMPLETE."""
    pages: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The pages of a document for the preview: always the frozen bytes where there are any."""

    document_id: DocumentId
    title: str
    number: str
    client: str
    pdf: bytes
    seen: frozenset[int]
    may_sign: bool
    """It waits for the digital signature and nobody has begun elsewhere."""
    is_signed: bool
    state: str
    """What will happen with it, in a sentence."""


class Forms:
    """The forms of this install. Every verb may be called from any thread, one at a time."""

    def __init__(
        self,
        db: Database,
        library: Library,
        clock: Clock,
        adviser: Callable[[], Adviser],
        keys: Callable[[], tuple[SealKey, x509.Certificate]],
        language: Callable[[], str] = lambda: DOCUMENT_LANGUAGE,
    ) -> None:
        """`keys` are the install's seal and the authority's certificate, asked when freezing.

        `language` is that of the windows; documents are always made in Czech.
        """
        self._db = db
        self._library = library
        self._clock = clock
        self._adviser = adviser
        self._keys = keys
        self._language = language

    def start(self, client_id: ClientId, form_id: str = OFFER_FORM) -> DocumentId:
        """Begin an offer for a client, prefilled by meaning; returns its id.

        Raises NotAllowed SC-OFFER-001 (information duty not done), SC-STORE-024 (unknown client),
        SC-STORE-030 (no number left), SC-CAT-020 (no form yet).
        """
        with self._db.read() as tx:
            client = tx.clients.get(client_id)
        if not client.row.informed:
            raise NotAllowed("SC-OFFER-001")
        today = self._today()
        component = self._library.newest(ComponentKind.FORM, form_id, today)
        package = self._library.package(form_id, component.version)
        origin = self._origin(package.tariff_id, package.template_id, today)
        with self._db.write() as tx:
            body = new_body(
                package,
                origin,
                self._adviser(),
                number=tx.numbers.take(),
                client_id=client_id,
                client_name=client.row.name,
            )
            session = self._session(body)
            prefill(session, PersonRecord.from_json(client.body))
            session.finish_typing()
            filled = Snapshot.of(session, client.row.name).draft(body)
            return tx.documents.create(filled).id

    def open(self, document_id: DocumentId) -> OpenForm:
        """Open an offer for editing; NotAllowed SC-OFFER-002 tells why it cannot be edited."""
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
            signing = tx.signing.get(document_id)
        _require_editable(stored.row)
        session = self._session(stored.body, self._language())
        form_id, form_version, _tariff, tariff_version = versions_of(stored.body)
        return OpenForm(
            document_id=document_id,
            title=session.package.title(self._language()),
            number=stored.row.number,
            client=stored.row.client_name,
            versions=_("Form {form} v{form_version}, rates v{tariff_version}").format(
                form=form_id, form_version=form_version, tariff_version=tariff_version
            ),
            session=session,
            notice=_notice(stored.row),
            signatures=len(signing.done) if signing is not None else 0,
        )

    def keep(self, document_id: DocumentId, snapshot: Snapshot) -> None:
        """Keep what is typed, as a draft; nothing happens when nothing differs from what is kept.

        When the document was exported or signed meanwhile, the typed values go to Show conflicts
        and NotAllowed SC-OFFER-003 says so.
        """
        locked = False
        with self._db.write() as tx:
            stored = tx.documents.get(document_id)
            body = snapshot.draft(stored.body)
            if stored.body in (body, snapshot.complete(stored.body)):
                return
            if permission(stored.row.standing(), Action.EDIT, stored.row.shown).allowed:
                tx.documents.save(document_id, body, Stage.DRAFT)
            else:
                tx.conflicts.keep(document_id, Reason.LOCKED, body, Stage.DRAFT)
                locked = True
        if locked:
            raise NotAllowed("SC-OFFER-003")

    def complete(self, document_id: DocumentId) -> Completed:
        """Complete an offer: frozen and waiting when it is to be signed here, else complete.

        Raises NotAllowed SC-OFFER-004 while something is missing or wrong, SC-OFFER-002.
        """
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
        _require_editable(stored.row)
        session = self._session(stored.body)
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
        session = self._session(stored.body)
        if not session.is_complete:
            raise NotAllowed("SC-OFFER-004", missing=len(session.missing()), errors=0)
        frozen = self._frozen(document_id, stored.body, session)
        with self._db.write() as tx:
            _require_unchanged(tx, stored)
            _start_signing(tx, document_id, frozen)

    def copy(self, document_id: DocumentId) -> DocumentId:
        """A new offer with the same answers under a new number.

        Health answers, signatures and consents stay behind: what the package marks as not copied.
        """
        today = self._today()
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
        form_id = versions_of(stored.body)[0]
        component = self._library.newest(ComponentKind.FORM, form_id, today)
        package = self._library.package(form_id, component.version)
        origin = self._origin(package.tariff_id, package.template_id, today)
        with self._db.write() as tx:
            body = new_body(
                package,
                origin,
                self._adviser(),
                number=tx.numbers.take(),
                client_id=stored.row.client_id,
                client_name=stored.row.client_name,
            )
            body["answers"] = copied_answers(package.model, answers_of(stored.body))
            snapshot = Snapshot.of(self._session(body), stored.row.client_name)
            return tx.documents.create(snapshot.draft(body)).id

    def show(self, document_id: DocumentId) -> Shown:
        """The pages of a document: signed, frozen for signing, or as they would be printed."""
        with self._db.read() as tx:
            stored = tx.documents.get(document_id)
            package = tx.appends.signed_package(document_id)
            session = tx.signing.get(document_id)
            kept = package.pdf if package is not None else session.pdf if session else None
            pdf = tx.blobs.get(kept) if kept is not None else None
        seen: frozenset[int] = frozenset()
        if package is None and session is not None:
            seen = SigningSheet.from_json(session.record).seen
        row = stored.row
        if pdf is None:
            pdf = self._printed(stored)
        may_sign = permission(row.standing(), Action.SIGN, row.shown).allowed
        return Shown(
            document_id=document_id,
            title=self._title(stored),
            number=row.number,
            client=row.client_name,
            pdf=pdf,
            seen=seen,
            may_sign=may_sign,
            is_signed=package is not None,
            state=_state_words(row, may_sign=may_sign, is_signed=package is not None),
        )

    def _printed(self, stored: StoredDocument) -> bytes:
        """The pages of a document on the paper way; the same document prints the same bytes."""
        at = from_text(str(stored.body.get("changed_at")))
        return freeze(self._library, stored.body, self._session(stored.body), at).pdf

    def _frozen(self, document_id: DocumentId, body: JsonObject, session: FormSession) -> Frozen:
        seal, authority = self._keys()
        rendered = freeze(self._library, body, session, self._clock.now(), authority)
        return Frozen.issued(rendered, document_id, body, session, seal, self._clock.now())

    def _session(self, body: JsonObject, language: str = DOCUMENT_LANGUAGE) -> FormSession:
        form_id, form_version, tariff_id, tariff_version = versions_of(body)
        today = self._today()
        return FormSession(
            self._library.package(form_id, form_version),
            answers_of(body),
            today=day_of(body, today),
            language=language,
            tariff=self._library.tariff(tariff_id, tariff_version) if tariff_id else None,
            header=header_of(body, signing_installed=self._library.has_signing(today)),
        )

    def _origin(self, tariff_id: str, template_id: str, today: date) -> Origin:
        tariff = 0
        if tariff_id:
            tariff = self._library.newest(ComponentKind.TARIFF, tariff_id, today).version
        template = self._library.newest(ComponentKind.TEMPLATE, template_id, today).version
        return Origin(self._library.set_id, tariff, template)

    def _title(self, stored: StoredDocument) -> str:
        form_id, form_version, _tariff, _version = versions_of(stored.body)
        return self._library.package(form_id, form_version).title()

    def _today(self) -> date:
        return self._clock.now().astimezone(PRAGUE).date()


def _require_editable(row: DocumentRow) -> None:
    allowed = permission(row.standing(), Action.EDIT, row.shown)
    if not allowed.allowed:
        raise NotAllowed("SC-OFFER-002", reason=_(allowed.reason))


def _require_unchanged(tx: Transaction, before: StoredDocument) -> None:
    """Between reading and writing a synchronisation may have locked or replaced the document."""
    now = tx.documents.get(before.row.id)
    if now.op != before.op or now.body != before.body:
        raise NotAllowed("SC-OFFER-005")
    _require_editable(now.row)


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


def _state_words(row: DocumentRow, *, may_sign: bool, is_signed: bool) -> str:
    if is_signed:
        return _("Signed. It can be neither edited nor cancelled.")
    if may_sign:
        return _("It waits for the signature and is not sent to PČS before.")
    if row.stage is Stage.COMPLETE:
        return _("Complete. PČS waits for the signed paper.")
    return _("In progress. This is how the printed document would look.")
