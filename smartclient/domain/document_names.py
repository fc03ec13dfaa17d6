"""What states, stages, steps and actions of a document are called, as source texts for `_`."""

from collections.abc import Mapping
from types import MappingProxyType

from smartclient.domain.document_life import Action, ShownState, Stage, Step
from smartclient.domain.language import N_

STATE_NAMES: Mapping[ShownState, str] = MappingProxyType(
    {
        ShownState.DRAFT: N_("in progress"),
        ShownState.WAITING: N_("waits for signature"),
        ShownState.COMPLETE_HERE: N_("complete, not sent yet"),
        ShownState.SIGNED_HERE: N_("signed, not sent yet"),
        ShownState.COMPLETE_BACKED_UP: N_("backed up"),
        ShownState.SIGNED_BACKED_UP: N_("signed and backed up"),
        ShownState.PAPER_EXPECTED: N_("backed up, paper expected"),
        ShownState.EXPORTED: N_("exported"),
        ShownState.ACCEPTED: N_("accepted by PČS"),
        ShownState.REJECTED: N_("not accepted by PČS"),
        ShownState.EMAIL_UNDELIVERABLE: N_("e-mail undeliverable"),
        ShownState.LATE_SIGNED: N_("signed after the export"),
        ShownState.CANCELLED: N_("cancelled"),
        ShownState.ARCHIVED: N_("in the archive"),
        ShownState.CONFLICT: N_("in conflict"),
    }
)
ACTION_NAMES: Mapping[Action, str] = MappingProxyType(
    {
        Action.EDIT: N_("Edit"),
        Action.CANCEL: N_("Cancel the document"),
        Action.DISCARD: N_("Discard"),
        Action.SHOW: N_("Show"),
        Action.COPY: N_("Copy"),
        Action.PREFILL: N_("Prefill into an offer"),
        Action.SIGN: N_("Sign"),
    }
)
STEP_NAMES: Mapping[Step, str] = MappingProxyType(
    {
        Step.IN_PROGRESS: N_("in progress"),
        Step.SIGNED: N_("signed"),
        Step.SENT: N_("sent"),
        Step.EXPORTED: N_("exported"),
        Step.ACCEPTED: N_("accepted"),
    }
)
STAGE_NAMES: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.DRAFT: N_("in progress"),
        Stage.WAITING: N_("waits for signature"),
        Stage.COMPLETE: N_("completed"),
        Stage.SIGNED: N_("signed"),
        Stage.CANCELLED: N_("cancelled"),
    }
)
