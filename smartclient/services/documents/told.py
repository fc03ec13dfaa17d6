"""What the server told of a document besides its state, and what a person should know of it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smartclient.domain import presentation
from smartclient.domain.document_life import (
    CoreAnswer,
    DocumentKind,
    Marks,
    ServerState,
    ShownState,
)
from smartclient.domain.document_looks import PROMISED
from smartclient.domain.export_advice import why_not_exported
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _
from smartclient.domain.lock_time import PRAGUE
from smartclient.store.document_rows import DocumentRow

if TYPE_CHECKING:
    from smartclient.store.transaction import Transaction
    from smartclient.store.verdicts import Refusal


@dataclass(frozen=True, slots=True)
class Told:
    """What the server told of a document besides its state."""

    leaves_at: datetime | None
    refusal: "Refusal | None"
    """Why it is not exported."""


def told_of(tx: "Transaction", rows: Sequence[DocumentRow]) -> Mapping[DocumentId, Told]:
    """What was told of each of the documents."""
    from smartclient.store.verdicts import not_exported

    leaving = tx.retention.leaving_of([row.id for row in rows])
    doubted = [row.id for row in rows if row.shown in PROMISED and not row.exportable]
    refused = not_exported(tx, doubted)
    return {row.id: Told(leaving.get(row.id), refused.get(row.id)) for row in rows}


def is_urgent(row: DocumentRow, told: Told) -> bool:
    """What goes to the archive, or waits for others to decide, is told calmly."""
    if row.shown is ShownState.LATE_SIGNED:
        return row.marks.core is CoreAnswer.REJECTED
    return row.shown is ShownState.REJECTED or bool(row.parked or told.refusal)


def warning(row: DocumentRow, told: Told, *, may_copy: bool) -> str:
    """What a person should know about it now; empty mostly."""
    if row.shown is ShownState.REJECTED:
        if not row.marks.core_reason:
            return _("PČS gave no reason. Ask the line for advisers; see Help and contacts.")
        said = _("PČS gives this reason: {reason}").format(reason=row.marks.core_reason)
        return f"{said.rstrip('.')}. {_way_on(row.kind)}"
    if row.shown is ShownState.LATE_SIGNED:
        return _late(row.marks, is_archived=row.server is ServerState.ARCHIVED)
    if row.parked:
        said = _("The server did not take it ({code}). Why, and what to do, says Synchronisation.")
        return said.format(code=row.parked)
    if told.refusal is not None:
        return why_not_exported(told.refusal.code, told.refusal.missing)
    if told.leaves_at is not None:
        day = presentation.day(told.leaves_at.astimezone(PRAGUE).date())
        if not may_copy:
            return _("It goes to the archive on {day}.").format(day=day)
        return _("It goes to the archive on {day}. Copy it if you still need it.").format(day=day)
    return ""


def _way_on(kind: DocumentKind) -> str:
    """What to do with a document that the core did not accept."""
    if kind is DocumentKind.OTHER:
        return _("Edit it and complete it again; it goes with the next export.")
    return _("Copy it, correct the copy and complete that.")


def _late(marks: Marks, *, is_archived: bool) -> str:
    """What happens with a signature that came after the lock, or what was decided about it."""
    if marks.core is CoreAnswer.NONE and is_archived:
        return _(
            "It was signed after it had gone to the archive. The signed version is safe at the "
            "insurer; its staff decide whether it goes to PČS. You will see the decision here."
        )
    if marks.core is CoreAnswer.NONE:
        return _(
            "It was signed after PČS had taken it. The signed version is safe at the insurer; its "
            "staff decide whether it goes to PČS as well. You will see the decision here."
        )
    if marks.core is CoreAnswer.ACCEPTED:
        return _("The signed version goes to PČS as well: {reason}").format(
            reason=marks.core_reason
        )
    refused = _("The signed version was not taken: {reason}").format(reason=marks.core_reason)
    way_on = _("Copy it and let the client sign the copy.")
    if is_archived:
        way_on = _("Begin a new document and let the client sign that.")
    return f"{refused.rstrip('.')}. {way_on}"
