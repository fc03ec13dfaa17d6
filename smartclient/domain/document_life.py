"""The life of a document: what it is, what is shown of it, and what may be done with it.

The shown state is derived from the stage (the adviser's side), the server state and the marks that
came with the server's statuses. `permission` is the one table of rights; windows, services and
server ask it and nothing else. Source: the seed's answers 4 to 7 on documents, capability rows
SC-33 to SC-60 and DS-23 to DS-29.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from smartclient.domain.language import N_


class DocumentKind(StrEnum):
    """The four kinds of documents (SC-44)."""

    OFFER = "offer"
    MODELLING = "modelling"
    CHANGE_REQUEST = "change_request"
    OTHER = "other"


KIND_NAMES: Mapping[DocumentKind, str] = MappingProxyType(
    {
        DocumentKind.OFFER: N_("Offer"),
        DocumentKind.MODELLING: N_("Stand-alone modelling"),
        DocumentKind.CHANGE_REQUEST: N_("Change request"),
        DocumentKind.OTHER: N_("Other"),
    }
)
"""What the kinds are called, as source texts for `_`."""


class Stage(StrEnum):
    """The adviser's side; pushed with every op."""

    DRAFT = "draft"
    WAITING = "waiting"
    COMPLETE = "complete"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class ServerState(StrEnum):
    """The server's side; decided by its clock alone."""

    NONE = "none"
    OPEN = "open"
    SEALED = "sealed"
    LOCKED = "locked"
    ARCHIVED = "archived"
    ERASED = "erased"
    """Only its id is left."""


HANDED_OVER = frozenset({ServerState.SEALED, ServerState.LOCKED})
"""The export has taken it."""


class CoreAnswer(StrEnum):
    """What the insurer's core system said of the exported line."""

    NONE = "none"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Marks:
    """What the server's statuses add to a document."""

    core: CoreAnswer = CoreAnswer.NONE
    core_reason: str = ""
    email_undeliverable: bool = False
    late_signed: bool = False
    paper_expected: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides what is shown and allowed."""

    kind: DocumentKind
    stage: Stage
    server: ServerState
    backed_up: bool
    """The server acknowledged the newest edit."""
    digital: bool = False
    """It goes, or went, the way of the digital signature."""
    has_pdf: bool = False
    """There are pages of it: signed ones, or those printed when it was completed."""
    marks: Marks = field(default_factory=Marks)


class ShownState(StrEnum):
    """One row of the table of shown states."""

    DRAFT = "draft"
    WAITING = "waiting"
    COMPLETE_HERE = "complete_here"
    SIGNED_HERE = "signed_here"
    COMPLETE_BACKED_UP = "complete_backed_up"
    SIGNED_BACKED_UP = "signed_backed_up"
    EXPORTED = "exported"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PAPER_EXPECTED = "paper_expected"
    EMAIL_UNDELIVERABLE = "email_undeliverable"
    LATE_SIGNED = "late_signed"
    CANCELLED = "cancelled"
    CONFLICT = "conflict"
    ARCHIVED = "archived"


class Action(StrEnum):
    """What an adviser may do with a marked document, in the order of the bar."""

    EDIT = "edit"
    CANCEL = "cancel"
    DISCARD = "discard"
    SHOW = "show"
    COPY = "copy"
    PREFILL = "prefill"
    SIGN = "sign"


def shown_state(standing: Standing) -> ShownState:
    """The one state a person sees; the first rule that fits wins."""
    locked = standing.server in HANDED_OVER
    match standing:
        case Standing(server=ServerState.ARCHIVED, marks=Marks(late_signed=True)):
            return (
                ShownState.LATE_SIGNED
            )  # a person has to do with it, so it is no thing of the past
        case Standing(server=ServerState.ARCHIVED):
            return ShownState.ARCHIVED
        case Standing(stage=Stage.CANCELLED):
            return ShownState.CANCELLED
        case Standing(marks=Marks(late_signed=True)):
            return ShownState.LATE_SIGNED
        case Standing(marks=Marks(email_undeliverable=True)):
            return ShownState.EMAIL_UNDELIVERABLE
        case Standing(marks=Marks(core=CoreAnswer.ACCEPTED)):
            return ShownState.ACCEPTED
        case Standing(marks=Marks(core=CoreAnswer.REJECTED)):
            return ShownState.REJECTED
    if locked:
        paper = standing.marks.paper_expected and standing.stage is Stage.COMPLETE
        return ShownState.PAPER_EXPECTED if paper else ShownState.EXPORTED
    match standing.stage, standing.backed_up:
        case Stage.SIGNED, True:
            return ShownState.SIGNED_BACKED_UP
        case Stage.SIGNED, False:
            return ShownState.SIGNED_HERE
        case Stage.WAITING, _:
            return ShownState.WAITING
        case Stage.COMPLETE, True if standing.marks.paper_expected:
            return ShownState.PAPER_EXPECTED
        case Stage.COMPLETE, True:
            return ShownState.COMPLETE_BACKED_UP
        case Stage.COMPLETE, False:
            return ShownState.COMPLETE_HERE
        case _:
            return ShownState.DRAFT


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether an action is allowed; if not, the reason as a source text for `_`."""

    allowed: bool
    reason: str = ""


_YES = Permission(True)
_LOCKED = Permission(False, N_("The document is locked, PČS already has it."))
_SIGNED = Permission(
    False,
    N_(
        "The client has signed it. It is treated like a signed paper sent by post; "
        "a change needs a revocation or a change request signed by the client."
    ),
)
_CANCELLED = Permission(False, N_("The document is cancelled."))
_NO_PDF = Permission(
    False, N_("There is no PDF of it yet; it is made when the document is completed.")
)
_NOT_SENT_YET = Permission(False, N_("Nothing was sent yet. A draft can be discarded instead."))
_WAITING = Permission(False, N_("It waits for the signature. Edit it first, then discard it."))
_ONLY_DRAFTS = Permission(
    False, N_("Only a draft can be discarded; what is complete can be cancelled.")
)
_ONLY_MODELLING = Permission(False, N_("Only a stand-alone modelling can fill an offer."))
_NOT_READY = Permission(False, N_("Complete the document first."))
_NOT_DIGITAL = Permission(False, N_("The document goes the paper way."))
_IN_CONFLICT = Permission(False, N_("Compare both versions under Show conflicts."))
_ARCHIVED = Permission(False, N_("The document is in the archive."))
_LATE = Permission(False, N_("The insurer's staff decide how it goes on."))

_FINAL: Mapping[ShownState, Permission] = MappingProxyType(
    {
        ShownState.SIGNED_HERE: _SIGNED,
        ShownState.SIGNED_BACKED_UP: _SIGNED,
        ShownState.EXPORTED: _LOCKED,
        ShownState.ACCEPTED: _LOCKED,
        ShownState.REJECTED: _LOCKED,
        ShownState.EMAIL_UNDELIVERABLE: _LOCKED,
        ShownState.LATE_SIGNED: _LATE,
        ShownState.CANCELLED: _CANCELLED,
        ShownState.CONFLICT: _IN_CONFLICT,
        ShownState.ARCHIVED: _ARCHIVED,
    }
)
_OPEN = frozenset(
    {
        ShownState.DRAFT,
        ShownState.WAITING,
        ShownState.COMPLETE_HERE,
        ShownState.COMPLETE_BACKED_UP,
    }
)
_COMPLETE = frozenset({ShownState.COMPLETE_HERE, ShownState.COMPLETE_BACKED_UP})
_ALWAYS_SHOWN = frozenset(
    {
        ShownState.WAITING,
        ShownState.SIGNED_HERE,
        ShownState.SIGNED_BACKED_UP,
        ShownState.EMAIL_UNDELIVERABLE,
        ShownState.LATE_SIGNED,
        ShownState.CONFLICT,
    }
)
_FILLS_AN_OFFER = frozenset({ShownState.DRAFT, *_COMPLETE, ShownState.EXPORTED})


def permission(standing: Standing, action: Action, shown: ShownState | None = None) -> Permission:
    """Whether `action` is allowed, from the table of domain facts 3.2.

    `shown` is given only for a document on the list of conflicts, whose state is not derived.
    """
    state = _ruling(standing, shown or shown_state(standing))
    if state is ShownState.ARCHIVED or standing.server is ServerState.ARCHIVED:
        return _ARCHIVED  # only its stub is left on the laptop
    match action:
        case Action.EDIT:
            return _may_edit(standing, state)
        case Action.CANCEL:
            return _may_cancel(standing, state)
        case Action.DISCARD:
            return _YES if state is ShownState.DRAFT else _ONLY_DRAFTS
        case Action.SHOW:
            return _YES if state in _ALWAYS_SHOWN or _has_pages(standing, state) else _NO_PDF
        case Action.COPY:
            return _YES
        case Action.PREFILL:
            return _may_prefill(standing, state)
        case Action.SIGN:
            return _may_sign(standing, state)


def _ruling(standing: Standing, state: ShownState) -> ShownState:
    """The state whose row counts: paper that is expected stands beside the tick or the lock."""
    if state is not ShownState.PAPER_EXPECTED:
        return state
    locked = standing.server in HANDED_OVER
    return ShownState.EXPORTED if locked else ShownState.COMPLETE_BACKED_UP


def _may_edit(standing: Standing, state: ShownState) -> Permission:
    if state in _OPEN:
        return _YES
    always = standing.kind is DocumentKind.OTHER
    if always and state not in (ShownState.CANCELLED, ShownState.CONFLICT, ShownState.ARCHIVED):
        return _YES
    return _FINAL[state]


def _may_cancel(standing: Standing, state: ShownState) -> Permission:
    if state in _COMPLETE:
        return _YES
    if state is ShownState.DRAFT:
        return _NOT_SENT_YET
    if state is ShownState.WAITING:
        return _WAITING
    digitally_signed = standing.stage is Stage.SIGNED
    return _SIGNED if digitally_signed else _FINAL[state]


def _has_pages(standing: Standing, state: ShownState) -> bool:
    """Whatever was completed can be shown: the paper way prints the same bytes again.

    A draft has none, but for Ostatní being edited anew: the version signed before stays.
    """
    if state is ShownState.DRAFT:
        return standing.has_pdf and standing.kind is DocumentKind.OTHER
    return standing.has_pdf or standing.stage is Stage.COMPLETE


def _may_prefill(standing: Standing, state: ShownState) -> Permission:
    if standing.kind is not DocumentKind.MODELLING:
        return _ONLY_MODELLING
    return _YES if state in _FILLS_AN_OFFER else _FINAL.get(state, _WAITING)


def _may_sign(standing: Standing, state: ShownState) -> Permission:
    if state in _FINAL:
        return _FINAL[state]
    if not standing.digital:
        return _NOT_DIGITAL
    return _YES if state is ShownState.WAITING else _NOT_READY


class Step(StrEnum):
    """The way of a document that is shown below the list."""

    IN_PROGRESS = "in_progress"
    SIGNED = "signed"
    SENT = "sent"
    EXPORTED = "exported"
    ACCEPTED = "accepted"


_STEP_OF: Mapping[ShownState, Step] = MappingProxyType(
    {
        ShownState.DRAFT: Step.IN_PROGRESS,
        ShownState.WAITING: Step.IN_PROGRESS,
        ShownState.COMPLETE_HERE: Step.IN_PROGRESS,
        ShownState.SIGNED_HERE: Step.SIGNED,
        ShownState.COMPLETE_BACKED_UP: Step.SENT,
        ShownState.PAPER_EXPECTED: Step.SENT,
        ShownState.SIGNED_BACKED_UP: Step.SENT,
        ShownState.LATE_SIGNED: Step.SENT,
        ShownState.EXPORTED: Step.EXPORTED,
        ShownState.REJECTED: Step.EXPORTED,
        ShownState.EMAIL_UNDELIVERABLE: Step.EXPORTED,
        ShownState.ACCEPTED: Step.ACCEPTED,
    }
)


def step_of(state: ShownState) -> Step | None:
    """How far a document has come; None where it left the way (cancelled, conflict, archive)."""
    return _STEP_OF.get(state)


def is_exportable_stage(stage: Stage) -> bool:
    """Only complete and signed documents are ever sealed; the verdict must allow it as well."""
    return stage in (Stage.COMPLETE, Stage.SIGNED)
