"""The signing of a frozen document: begin, sign field by field, refuse, finish, go on later.

Each signature is kept durably before the next person takes the pen, so a crash keeps what was
given. The pen's data leave their buffer only sealed for the independent authority; the buffer is
overwritten as soon as the sealed signature exists or the attempt is refused. The frozen bytes are
those that were shown; what is signed is never drawn again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from cryptography import x509

from smartclient.documents.keys import SealKey
from smartclient.documents.signing import Sealing, seal, sign
from smartclient.documents.verification import verify
from smartclient.domain.clock import Clock
from smartclient.domain.document_life import Action, DocumentKind, permission
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.ids import DocumentId, Sha256
from smartclient.domain.language import _
from smartclient.domain.lock_time import PRAGUE
from smartclient.dossier.signing_sheet import SheetField, SigningSheet
from smartclient.forms.signing_roles import SigningOrder
from smartclient.ink import envelope
from smartclient.ink.capture import CaptureBuffer
from smartclient.ink.quality import Limits, judge
from smartclient.ink.shape import shape_of
from smartclient.ink.trace import Trace
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentRow
from smartclient.store.signing_sessions import SigningSession
from smartclient.store.transaction import Transaction

DIGEST = "sha256"


class FieldStanding(StrEnum):
    """How one signature stands."""

    OPEN = "open"
    SIGNED = "signed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """Where a signature stands on its page, in points from the upper left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class SignatureField:
    """One signature of the document, in words for the person who signs."""

    name: str
    role: str
    signer: str
    meaning: str
    summary: str
    page: int
    """From 1."""
    place: SignaturePlace
    standing: FieldStanding
    at: datetime | None = None
    """When it was signed."""


@dataclass(frozen=True, slots=True)
class SigningState:
    """A signing as the ceremony shows it; `pdf` is the newest revision."""

    document_id: DocumentId
    kind: DocumentKind
    number: str
    client: str
    title: str
    pdf: bytes
    seen: frozenset[int]
    """Pages that were seen today, from 0: what somebody else saw earlier does not count."""
    fields: tuple[SignatureField, ...]
    turn: str = ""
    """The name of the field whose turn it is; empty when all are there."""
    is_free: bool = False
    """People sign as they come; `choosing` gives the pen to one of them."""

    @property
    def next_field(self) -> SignatureField | None:
        """The signature whose turn it is; None when all are there."""
        return next((field for field in self.fields if field.name == self.turn), None)

    def may_choose(self, name: str) -> bool:
        """Whether the person of this field may sign now."""
        waiting = (f for f in self.fields if f.standing is not FieldStanding.SIGNED)
        return name == self.turn or (self.is_free and any(f.name == name for f in waiting))

    def choosing(self, name: str) -> "SigningState":
        """The same signing with the turn of this field, if it may be signed now."""
        return replace(self, turn=name) if self.may_choose(name) else self

    @property
    def is_signed_by_all(self) -> bool:
        """Whether only the question to save and send is left."""
        return self.next_field is None


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """What signing stands on: the install's seal, the authority, and the root that judges."""

    seal: SealKey
    authority: x509.Certificate
    """Whom biometrics are sealed for; from the signing component or the configuration."""
    root: x509.Certificate


class Signing:
    """Signs documents of this install. Every verb may be called from any thread, one at a time.

    `keys` is asked when it is needed, because the seal comes with the activation; `freeze` makes
    the frozen PDF of a waiting document that has none here. `limits` are the least that counts as a
    signature, as the signing component in force has them.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        keys: Callable[[], SigningKeys],
        freeze: Callable[[DocumentId], None],
        limits: Callable[[], Limits] = Limits,
    ) -> None:
        self._db = db
        self._clock = clock
        self._keys = keys
        self._freeze = freeze
        self._limits = limits

    def begin(self, document_id: DocumentId) -> SigningState:
        """Begin, or go on where it was interrupted.

        Raises NotAllowed SC-STORE-020 (unknown), SC-SIGN-030 (the state forbids signing),
        SC-SIGN-031 (the server still has an exportable version of it), SC-SERV-006 (this install
        was revoked, and its seal with it). What was begun before that comes to its end.
        """
        with self._db.read() as tx:
            tx.feed.require_active()
            row = tx.documents.get(document_id).row
            frozen = tx.signing.get(document_id) is not None
        _require_signable(row)
        if not frozen:
            self._freeze(document_id)
        with self._db.read() as tx:
            return self._state(tx, document_id)

    def sign(self, document_id: DocumentId, field: str, drawn: CaptureBuffer) -> SigningState:
        """Judge what was drawn, put it on the page, seal its biometrics, keep the new revision.

        `drawn` is wiped in every case. Raises NotAllowed SC-SIGN-010…013 (not a signature, by the
        limit that failed), SC-SIGN-032 (not this field's turn), and those of `begin`.
        """
        at = self._clock.now()
        try:
            trace = drawn.trace(at)
            refusal = judge(trace, self._limits()).refusal()
            if refusal is not None:
                raise refusal
            with self._db.read() as tx:
                row = tx.documents.get(document_id).row
                session, sheet = _open_session(tx, document_id)
                pdf = tx.blobs.get(session.pdf)
            _require_signable(row)
            turn = _require_turn(sheet, field)
            signed = self._signed(pdf, turn, trace, at)
        finally:
            drawn.wipe()
        following = sheet.with_signed(field, signed, at)
        with self._db.write() as tx:
            _require_unchanged(tx, session)
            tx.signing.signed(document_id, field, signed, following.to_json())
        with self._db.read() as tx:
            return self._state(tx, document_id)

    def refuse(self, document_id: DocumentId, field: str) -> SigningState:
        """Note that a person did not want to sign; earlier signatures stay valid."""
        with self._db.write() as tx:
            _session, sheet = _open_session(tx, document_id)
            _require_turn(sheet, field)
            noted = sheet.with_refused(field, self._clock.now())
            tx.signing.note(document_id, noted.to_json())
        with self._db.read() as tx:
            return self._state(tx, document_id)

    def note_read(self, document_id: DocumentId, fields: frozenset[str], on: str) -> None:
        """Remember that the summary of these fields was read; `on` is the pad's model or `window`.

        It goes into the record of the signatures; harmless when nothing is being signed.
        """
        with self._db.write() as tx:
            if tx.signing.get(document_id) is None:
                return
            _session, sheet = _open_session(tx, document_id)
            read = sheet.with_read(fields, self._clock.now(), on)
            tx.signing.note(document_id, read.to_json())

    def note_seen(self, document_id: DocumentId, pages: frozenset[int]) -> None:
        """Remember which pages somebody has seen; harmless when nothing is being signed."""
        with self._db.write() as tx:
            if tx.signing.get(document_id) is None:
                return
            _session, sheet = _open_session(tx, document_id)
            if not pages <= sheet.seen_on(self._today()):
                seen = sheet.with_seen(pages, self._clock.now())
                tx.signing.note(document_id, seen.to_json())

    def finish(self, document_id: DocumentId) -> str:
        """Seal the document and keep it as signed, in one transaction; returns its number.

        Raises NotAllowed SC-SIGN-033 while a signature is missing; Damaged SC-SIGN-034 when the
        sealed file is not what it must be: then it stays waiting and nothing is sent.
        """
        keys = self._keys()
        with self._db.read() as tx:
            row = tx.documents.get(document_id).row
            session, sheet = _open_session(tx, document_id)
            pdf = tx.blobs.get(session.pdf)
        _require_signable(row)
        if sheet.next_field is not None:
            raise NotAllowed("SC-SIGN-033")
        at = self._clock.now()
        sealed = seal(pdf, keys.seal, at)
        record = sheet.record.with_revision(sealed)
        verdict = verify(
            sealed, record, keys.root, intermediates=keys.seal.chain, at=self._clock.now()
        )
        if not verdict.ok:
            failed = next(check.name for check in verdict.checks if not check.ok)
            raise Damaged("SC-SIGN-034", check=failed)
        with self._db.write() as tx:
            _require_unchanged(tx, session)
            tx.signing.finish(session, sealed, record.to_json(), at)
        return row.number

    def _signed(self, pdf: bytes, turn: SheetField, trace: Trace, at: datetime) -> bytes:
        keys = self._keys()
        place = turn.place
        sealing: Sealing | None = None
        if place.biometric:

            def sealing(digest: bytes) -> bytes:
                return envelope.seal(
                    trace,
                    field=place.name,
                    digest_algorithm=DIGEST,
                    byte_range_digest=digest,
                    recipient=keys.authority,
                    captured_at=at,
                )

        return sign(
            pdf,
            field=place.name,
            key=keys.seal,
            ink=shape_of(trace),
            sealed=sealing,
            at=at,
            reason=place.meaning,
        )

    def _state(self, tx: Transaction, document_id: DocumentId) -> SigningState:
        row = tx.documents.get(document_id).row
        session, sheet = _open_session(tx, document_id)
        turn = sheet.next_field
        return SigningState(
            document_id=document_id,
            kind=row.kind,
            number=row.number,
            client=row.client_name,
            title=sheet.title,
            pdf=tx.blobs.get(session.pdf),
            seen=sheet.seen_on(self._today()),
            fields=tuple(_field(field) for field in sheet.fields),
            turn=turn.name if turn is not None else "",
            is_free=sheet.order is SigningOrder.FREE,
        )

    def _today(self) -> date:
        return self._clock.now().astimezone(PRAGUE).date()


def _open_session(tx: Transaction, document_id: DocumentId) -> tuple[SigningSession, SigningSheet]:
    session = tx.signing.get(document_id)
    if session is None:
        raise NotAllowed("SC-STORE-025")
    return session, SigningSheet.from_json(session.record)


def _require_signable(row: DocumentRow) -> None:
    allowed = permission(row.standing(), Action.SIGN, row.shown)
    if not allowed.allowed:
        raise NotAllowed("SC-SIGN-030", reason=_(allowed.reason))
    if row.exportable:
        # What the server holds could be exported while the client signs something else.
        raise NotAllowed("SC-SIGN-031")


def _require_turn(sheet: SigningSheet, field: str) -> SheetField:
    turn = sheet.turn_of(field)
    if turn is None:
        raise NotAllowed("SC-SIGN-032")
    return turn


def _require_unchanged(tx: Transaction, session: SigningSession) -> None:
    """Between reading and keeping nobody may have edited the document or signed elsewhere."""
    now = tx.signing.get(session.document_id)
    if now is None or _revision(now) != _revision(session):
        raise NotAllowed("SC-STORE-025")


def _revision(session: SigningSession) -> tuple[str, Sha256]:
    return session.document_op, session.pdf


def _field(field: SheetField) -> SignatureField:
    place = field.place
    if field.signed_at is not None:
        standing = FieldStanding.SIGNED
    elif field.refused_at is not None:
        standing = FieldStanding.REFUSED
    else:
        standing = FieldStanding.OPEN
    return SignatureField(
        name=place.name,
        role=place.role,
        signer=place.signer,
        meaning=place.meaning,
        summary=field.summary,
        page=place.page,
        place=SignaturePlace(place.x, place.y, place.width, place.height),
        standing=standing,
        at=field.signed_at,
    )
