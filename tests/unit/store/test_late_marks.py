"""What the status of a late signed document makes of its marks."""

import pytest

from smartclient.domain.document_life import CoreAnswer, Marks
from smartclient.store.document_lines import marks_after
from smartclient.wire.messages import Json, JsonObject

EXPORTED: JsonObject = {"late_signed": True, "core": "accepted", "core_reason": ""}


def _late(decision: str, core: str = "none") -> JsonObject:
    told: Json = {
        "decision": decision,
        "reason": "signed in time",
        "core": core,
        "core_reason": "concluded already" if core == "rejected" else "",
    }
    return {**EXPORTED, "late": told}


def test_that_an_undecided_late_signature_has_no_answer_whatever_the_exported_version_got() -> None:
    before = Marks(CoreAnswer.REJECTED, "a reason of the exported version")
    after = marks_after(before, EXPORTED)
    assert (after.late_signed, after.core, after.core_reason) == (True, CoreAnswer.NONE, "")


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (_late("accepted"), CoreAnswer.ACCEPTED, "signed in time"),
        (_late("refused"), CoreAnswer.REJECTED, "signed in time"),
        (_late("accepted", "rejected"), CoreAnswer.REJECTED, "concluded already"),
    ],
)
def test_that_the_decision_stands_where_the_answer_does(
    status: JsonObject, answer: CoreAnswer, reason: str
) -> None:
    after = marks_after(Marks(), status)
    assert (after.late_signed, after.core, after.core_reason) == (True, answer, reason)


def test_that_a_late_version_which_the_core_accepted_is_late_no_more() -> None:
    status = {**_late("accepted", "accepted"), "late_signed": False}
    after = marks_after(Marks(late_signed=True), status)
    assert (after.late_signed, after.core) == (False, CoreAnswer.ACCEPTED)


def test_that_what_a_status_does_not_say_stays() -> None:
    before = Marks(CoreAnswer.REJECTED, "why", late_signed=False)
    assert marks_after(before, {"email_undeliverable": True}) == Marks(
        CoreAnswer.REJECTED, "why", email_undeliverable=True
    )
