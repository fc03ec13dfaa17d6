"""Before a document opens: is its form here, and may the export have taken it meanwhile?

A document names the signed set that it was made with. A laptop that was activated anew, or that
pulled the document from another one, may not have that set: then it is fetched. After the lock
time without a synchronisation a document may be exported already, which only the server knows; so
only its clock says whether that time has passed (rule 11). Design §4, capability rows SC-51 and
SC-65.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from smartclient.domain import presentation
from smartclient.domain.clock import Clock
from smartclient.domain.document_life import Action, DocumentKind, ServerState, permission
from smartclient.domain.errors import NotAllowed, Unreachable
from smartclient.domain.ids import DocumentId, Sha256
from smartclient.domain.language import _
from smartclient.store.database import Database
from smartclient.sync.updates.store import CatalogueStore
from smartclient.wire.catalogue import ComponentKind
from smartclient.wire.messages import JsonObject, text, whole

if TYPE_CHECKING:
    from smartclient.sync.updates.updater import CatalogueUpdater

_MOST_VERSIONS = 1_000_000
_BUSY = "SC-CAT-002"
"""The components are being updated just now, so nothing else can be fetched."""


class Opening:
    """What is looked at before a document opens. May be used from any thread."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        until: Callable[[datetime], timedelta],
        catalogue: CatalogueStore,
        updater: Callable[[], "CatalogueUpdater"],
    ) -> None:
        """`until` says how long it is until an instant by the server's clock, as the countdown.

        `clock` only says how an instant is written. `updater` is made at the first use, because it
        pulls in the network.
        """
        self._db = db
        self._clock = clock
        self._until = until
        self._catalogue = catalogue
        self._updater = updater
        self._here: set[tuple[ComponentKind, str, int]] = set()
        self._fetching = Lock()
        self._seen_with: Sha256 | None = None
        """The set in use when `_here` was looked at: with another one older sets may have gone."""

    def needs_older_set(self, document_id: DocumentId) -> bool:
        """Whether something the document is made with is not on this computer, or is damaged."""
        return bool(self._missing(self._body(document_id)))

    def bring_older_set(self, document_id: DocumentId) -> None:
        """Fetch the set that the document names, unless everything of it is here.

        Raises Unreachable SC-OPEN-001 without a network and NotAllowed SC-OPEN-002 when the server
        does not have the set any more, SC-OPEN-003 while the components are being updated; NoSpace
        SC-PROG-003. The document itself is kept in any case.
        """
        self._bring(self._body(document_id))

    def needs_set_to_copy(self, document_id: DocumentId) -> bool:
        """As `needs_older_set`; what the document would be printed with is not missed."""
        return self._missing_to_read(self._body(document_id))

    def needs_set_of_conflict(self, conflict_id: str, *, compared: bool = False) -> bool:
        """As `needs_older_set` for an edit in conflict; `compared` also for what holds."""
        bodies = self._bodies(conflict_id, compared=compared)
        return any(self._missing_to_read(body) for body in bodies)

    def bring_set_of_conflict(self, conflict_id: str, *, compared: bool = False) -> None:
        """As `bring_older_set` for an edit in conflict; `compared` also for what holds.

        What it would be printed with is not missed.
        """
        for body in self._bodies(conflict_id, compared=compared):
            if self._missing_to_read(body):
                self._bring(body)

    def _bring(self, body: JsonObject) -> None:
        with self._fetching:  # what somebody else fetches just now may be here after that
            if not self._missing(body):
                return
            answer = self._updater().fetch_set(text(body, "set_id", 60))
            missing = self._missing(body)
        if not missing:
            return
        form = f"{missing[0][1]} {missing[0][2]}"
        if answer.refusal is not None and answer.refusal.code == _BUSY:
            raise NotAllowed("SC-OPEN-003", form=form)
        if isinstance(answer.refusal, Unreachable):
            raise Unreachable("SC-OPEN-001", form=form)
        raise NotAllowed("SC-OPEN-002", form=form)

    def warning(self, document_id: DocumentId) -> str:
        """What to say when the export may have taken the document; empty when it cannot have.

        The server tells at each contact when it locks next. Once that instant has passed without a
        further contact, an open document may be locked there.
        """
        with self._db.read() as tx:
            row = tx.documents.get(document_id).row
            locks_at = tx.feed.next_lock_at()
        if (
            locks_at is None
            or row.kind is DocumentKind.OTHER
            or self._until(locks_at) > timedelta()
        ):
            return ""
        editable = permission(row.standing(), Action.EDIT, row.shown).allowed
        if row.server is not ServerState.OPEN or not editable:
            return ""
        return _(
            "PČS may have taken this document over ({moment}), you have not synchronised since. "
            "If it has, your changes will be kept under Show conflicts."
        ).format(moment=_moment(presentation.moment(locks_at, self._clock.now()), locks_at))

    def _body(self, document_id: DocumentId) -> JsonObject:
        with self._db.read() as tx:
            return tx.documents.get(document_id).body

    def _bodies(self, conflict_id: str, *, compared: bool) -> tuple[JsonObject, ...]:
        with self._db.read() as tx:
            conflict = tx.conflicts.get(conflict_id)
            valid = tx.documents.that_holds(conflict.document_id) if compared else None
        return (conflict.body,) if valid is None else (conflict.body, valid.body)

    def _missing_to_read(self, body: JsonObject) -> bool:
        return any(kind is not ComponentKind.TEMPLATE for kind, _id, _v in self._missing(body))

    def _missing(self, body: JsonObject) -> list[tuple[ComponentKind, str, int]]:
        wanted = [(ComponentKind.FORM, "form_id", "form_version")]
        if body.get("tariff_id"):
            wanted.append((ComponentKind.TARIFF, "tariff_id", "tariff_version"))
        if body.get("template_id"):
            wanted.append((ComponentKind.TEMPLATE, "template_id", "template_version"))
        named = [
            (kind, text(body, name, 80), whole(body, version, 0, _MOST_VERSIONS))
            for kind, name, version in wanted
        ]
        return [component for component in named if not self._is_here(component)]

    def _is_here(self, component: tuple[ComponentKind, str, int]) -> bool:
        if (in_use := self._catalogue.current_digest) != self._seen_with:
            self._here.clear()
            self._seen_with = in_use
        if component not in self._here and self._catalogue.holds(*component):
            self._here.add(component)
        return component in self._here


def _moment(day: str, instant: datetime) -> str:
    at = presentation.clock_time(instant)
    return day if at in day else f"{day} {at}"
