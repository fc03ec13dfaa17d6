"""What the verbs of a document take and give: values only, the open session apart."""

from dataclasses import dataclass, field

from smartclient.domain.document_life import DocumentKind, Permission, Stage
from smartclient.domain.ids import DocumentId
from smartclient.dossier.judgement import changes_json, premium_json
from smartclient.forms.carrying import Moved
from smartclient.forms.session import FormSession
from smartclient.premium.pricing import Premium
from smartclient.services.forms.body import client_name_of
from smartclient.store.save_order import moment
from smartclient.wire.messages import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Newer:
    """A version of the form that a draft can move to."""

    version: int
    forced: bool
    """The draft's own version is no longer in force: it cannot be completed in it."""


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A document being filled in. The session belongs to whoever opened it."""

    document_id: DocumentId
    kind: DocumentKind
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
    contract: str = ""
    """The number of the contract that it changes; empty where there is none."""
    present: Premium | None = None
    """The premium of that contract as it is now."""
    newer: Newer | None = None
    """A newer version of the form, where there is one."""
    variants: tuple[str, ...] = ()
    """The letters of the variants of a modelling; only the open one is in the session."""
    variant: str = ""
    """The letter of the open one."""


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
    changes: Json = None
    """What a change request changes; None for other kinds."""
    taken: int = field(default_factory=moment, compare=False)
    """The place in the order in which snapshots were taken since the program began."""

    @classmethod
    def of(cls, session: FormSession, client: str) -> "Snapshot":
        """The session as it stands now; `client` is the name while none is typed."""
        return cls(
            session.answers,
            session.answers_in_force,
            premium_json(session.premium),
            session.is_digital,
            client_name_of(session, client),
            changes_json(session) if session.package.manifest.compares else None,
        )

    def draft(self, body: JsonObject) -> JsonObject:
        """The body with everything that is typed."""
        return self._put_into(body, self.answers)

    def complete(self, body: JsonObject) -> JsonObject:
        """The body with what is in force."""
        return self._put_into(body, self.in_force)

    def is_in(self, body: JsonObject) -> bool:
        """Whether the body says all that is in force, whatever else was typed."""
        return body in (self.draft(body), self.complete(body))

    def _put_into(self, body: JsonObject, answers: JsonObject) -> JsonObject:
        changes = {} if self.changes is None else {"changes": self.changes}
        return {
            **body,
            **changes,
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
class Prefilled:
    """An offer that was filled in from a modelling."""

    document_id: DocumentId
    taken: int
    left: tuple[Moved, ...]
    """What the offer does not ask, or does not take as it is."""


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
    signing: Permission
    """Whether its signing may begin on this computer now."""
    editing: Permission
    """Whether it may be edited on this computer now."""
    is_signed: bool
    state: str
    """What will happen with it, in a sentence."""
