"""The matters of a client besides its fields: files, history, offers of merges, hiding, merging.

Everything holds here at once and off-line, and reaches the others with the next synchronisation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from smartclient.domain import presentation
from smartclient.domain.clock import Clock
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.ids import ClientId, Op, Sha256
from smartclient.services.clients.field_labels import label_of, said
from smartclient.services.clients.files import file_name, lay_open, media_type, read_file
from smartclient.services.clients.history import ContactLine, line_of
from smartclient.store.appends import Appended
from smartclient.store.client_rows import Aside, card_of
from smartclient.store.client_scopes import ClientScopes, Together
from smartclient.store.database import Database
from smartclient.store.field_offers import OtherValue
from smartclient.store.merging import leaf_at, with_leaf
from smartclient.store.transaction import Transaction
from smartclient.wire.kinds import RecordKind
from smartclient.wire.register_bodies import (
    MAX_REASON,
    ClientHide,
    ClientMerge,
    EraseRequest,
    Purpose,
)
from smartclient.wire.register_bodies import Attachment as AttachedFile
from smartclient.wire.register_bodies import ContactLine as WrittenLine

_REFUSALS: Mapping[Together | None, str] = {
    Together.NO: "SC-CLI-012",
    Together.NOT_KNOWN: "SC-CLI-013",
}


class BlobSource(Protocol):
    """Where a file is fetched from that is not here."""

    def fetch_blob(self, digest: Sha256) -> None:
        """Bring the content here; raises Unreachable and Refused with their sentences."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was put to a client."""

    op: Op
    name: str
    purpose: Purpose
    size: int
    """In bytes."""
    added: str
    is_here: bool
    """Its content is on this computer; otherwise opening fetches it."""
    is_backed_up: bool
    refused: str
    """The code with which the server refused it; empty otherwise."""


@dataclass(frozen=True, slots=True)
class FieldOffer:
    """Somebody else changed the same field: what is shown, and what was entered besides."""

    path: str
    label: str
    shown: str
    other: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class MergedClient:
    """A client that became part of another one."""

    id: ClientId
    name: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a client stands besides the list."""

    is_here: bool
    is_hidden: bool = False
    survivor: MergedClient | None = None
    """The client that it became part of."""
    parts: tuple[MergedClient, ...] = ()
    """The clients that became part of it."""
    erasure_requested: bool = False
    was_handed_in: bool = False
    """It left with a right that was lost, and what was typed of it went to the insurer."""


class ClientMatters:
    """What an adviser does with a client besides filling in its fields."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        server: Callable[[], BlobSource],
        language: Callable[[], str],
    ) -> None:
        """`server` gives whoever fetches files; it is asked for when one is missing here."""
        self._db = db
        self._clock = clock
        self._server = server
        self._language = language

    # --- files -------------------------------------------------------------------------------

    def attachments(self, client_id: ClientId) -> tuple[Attachment, ...]:
        """The files of a client and of those that became part of it, the newest first."""
        now = self._clock.now()
        with self._db.read() as tx:
            family = tx.client_life.family(client_id)
            found = tx.appends.of_kind(RecordKind.ATTACHMENT, family)
            return tuple(_attachment(tx, each, now) for each in reversed(found))

    def attach(self, client_id: ClientId, path: Path, purpose: Purpose) -> Op:
        """Put a copy of a file to a client; it is encrypted here and on its way.

        Raises BadInput SC-CLI-003 (too large), SC-CLI-004 (another kind of file), SC-CLI-005
        (cannot be read or is empty), NotAllowed SC-STORE-024 and 027, NoSpace SC-STORE-010.
        """
        content = read_file(path)
        with self._db.write() as tx:
            tx.feed.require_active()
            _require_own(tx, client_id)
            return tx.client_events.attach(
                AttachedFile(
                    client_id,
                    file_name(path.name),
                    media_type(path.name),
                    len(content),
                    tx.blobs.put(content),
                    purpose,
                    self._clock.now(),
                )
            )

    def open_attachment(self, op: Op) -> Path:
        """Lay a file readable beside the database and say where; it is fetched if need be.

        It goes when the program ends. Raises NotAllowed SC-CLI-006 (it is not there any more),
        BadInput SC-CLI-004, Damaged SC-STORE-007, and what the synchronisation raises.
        """
        with self._db.read() as tx:
            found = tx.appends.find(op)
            if found is None or found.kind is not RecordKind.ATTACHMENT:
                raise NotAllowed("SC-CLI-006")
            attached = AttachedFile.from_json(found.body)
            is_here = tx.blobs.has(attached.sha256)
        media_type(attached.name)
        if not is_here:
            self._server().fetch_blob(attached.sha256)
        with self._db.read() as tx:
            content = tx.blobs.get(attached.sha256)
            return lay_open(tx.unit.opened_folder / op, attached.name, content)

    # --- what happened -----------------------------------------------------------------------

    def history(self, client_id: ClientId) -> tuple[ContactLine, ...]:
        """What the server wrote down of a client, the newest first."""
        now = self._clock.now()
        with self._db.read() as tx:
            family = tx.client_life.family(client_id)
            kept = tx.kept_bodies.hanging_on(family, RecordKind.CONTACT_HISTORY)
        lines = []
        for each in kept:
            try:
                lines.append(line_of(WrittenLine.from_json(each.body), now))
            except BadInput:
                continue  # a newer server says more than this program reads
        return tuple(sorted(lines, key=lambda line: line.at, reverse=True))

    # --- fields that two people changed --------------------------------------------------------

    def offers(self, client_id: ClientId) -> tuple[FieldOffer, ...]:
        """The fields at which someone must choose; of several other values the oldest first."""
        language = self._language()
        with self._db.read() as tx:
            body = tx.clients.get(client_id).body
            first: dict[str, OtherValue] = {}
            for each in tx.field_offers.of(client_id):
                first.setdefault(each.path, each)
        return tuple(
            FieldOffer(
                path,
                label_of(path, language),
                said(path, leaf_at(body, path)),
                said(path, each.other),
                each.found_at,
            )
            for path, each in first.items()
        )

    def choose(self, client_id: ClientId, path: str, *, take_other: bool) -> None:
        """Keep what is shown at a field, or take the other value instead.

        Raises NotAllowed SC-CLI-007 when nothing is offered there any more, SC-STORE-024, 027.
        """
        with self._db.write() as tx:
            tx.feed.require_active()
            offered = [each for each in tx.field_offers.of(client_id) if each.path == path]
            if not offered:
                raise NotAllowed("SC-CLI-007")
            if take_other:
                body = with_leaf(tx.clients.get(client_id).body, path, offered[0].other)
                tx.clients.update(client_id, card_of(body), body)
            tx.field_offers.close(client_id, offered[0])
            tx.client_life.touch(client_id)

    # --- out of sight, and together ------------------------------------------------------------

    def hide(self, client_id: ClientId, reason: str) -> None:
        """Take a client out of the list; `unhide` brings it back. NotAllowed SC-STORE-024."""
        self._hide(client_id, reason, hidden=True)

    def unhide(self, client_id: ClientId) -> None:
        """Bring a hidden client back into the list. NotAllowed SC-STORE-024."""
        self._hide(client_id, "", hidden=False)

    def merge(self, loser: ClientId, survivor: ClientId) -> None:
        """Two clients are one person: the loser becomes part of the survivor.

        Raises BadInput SC-CLI-008 for a client with itself, NotAllowed SC-STORE-024 and 027 when
        one of them is not here or became part of another one, and what `merge_refusals` says.
        """
        if loser == survivor:
            raise BadInput("SC-CLI-008")
        with self._db.write() as tx:
            tx.feed.require_active()
            _require_own(tx, loser)
            _require_own(tx, survivor)
            code = _REFUSALS.get(ClientScopes(tx.unit).together(loser, [survivor])[survivor])
            if code:
                raise NotAllowed(code)
            now = self._clock.now()
            tx.client_events.merge(ClientMerge(loser, survivor, undo=False, occurred_at=now))

    def merge_refusals(
        self, client_id: ClientId, others: Sequence[ClientId]
    ) -> Mapping[ClientId, str]:
        """Those of the others that cannot become one with the client, and the codes that say why.

        SC-CLI-012: it belongs to another office. SC-CLI-013: that is known after the next
        synchronisation.
        """
        with self._db.read() as tx:
            together = ClientScopes(tx.unit).together(client_id, others)
        return {each: _REFUSALS[how] for each, how in together.items() if how in _REFUSALS}

    def undo_merge(self, loser: ClientId) -> None:
        """Take a merging back: the loser stands for itself again.

        Raises NotAllowed SC-STORE-024 and SC-CLI-009 (it is part of nobody).
        """
        with self._db.write() as tx:
            tx.feed.require_active()
            survivor = tx.clients.get(loser).row.survivor
            if survivor is None:
                raise NotAllowed("SC-CLI-009")
            deciding = tx.client_life.deciding_merge(loser)
            into = survivor if deciding is None else deciding.survivor
            now = self._clock.now()
            tx.client_events.merge(ClientMerge(loser, into, undo=True, occurred_at=now))

    def merged(self, client_id: ClientId) -> tuple[MergedClient, ...]:
        """The clients that became part of this one."""
        with self._db.read() as tx:
            others = tx.client_life.family(client_id)[1:]
            return tuple(MergedClient(each, tx.clients.get(each).row.name) for each in others)

    def is_hidden(self, client_id: ClientId) -> bool:
        """Whether the client was taken out of the list. NotAllowed SC-STORE-024."""
        with self._db.read() as tx:
            return tx.clients.get(client_id).row.aside is Aside.HIDDEN

    def whereabouts(self, client_id: ClientId) -> Whereabouts:
        """Where a client stands now; `is_here` is False once it was erased or its scope lost."""
        with self._db.read() as tx:
            found = tx.clients.find(client_id)
            if found is None:
                handed_in = bool(tx.feed.left_with(client_id))
                return Whereabouts(is_here=False, was_handed_in=handed_in)
            survivor = found.row.survivor
            into = None if survivor is None else tx.clients.find(survivor)
            others = tx.client_life.family(client_id)[1:]
            return Whereabouts(
                is_here=True,
                is_hidden=found.row.aside is Aside.HIDDEN,
                survivor=None if into is None else MergedClient(into.row.id, into.row.name),
                parts=tuple(MergedClient(each, tx.clients.get(each).row.name) for each in others),
                erasure_requested=bool(tx.appends.of_kind(RecordKind.ERASE_REQUEST, [client_id])),
            )

    # --- the end -------------------------------------------------------------------------------

    def request_erasure(self, client_id: ClientId, reason: str) -> None:
        """Ask the back office to erase a client for good; a person there decides.

        Raises NotAllowed SC-STORE-024 and SC-CLI-010 (it was asked for already), BadInput
        SC-CLI-011 without a reason.
        """
        if not reason.strip():
            raise BadInput("SC-CLI-011")
        if self.erasure_requested(client_id):
            raise NotAllowed("SC-CLI-010")
        with self._db.write() as tx:
            tx.feed.require_active()
            tx.clients.get(client_id)
            request = EraseRequest(client_id, reason.strip()[:MAX_REASON], self._clock.now())
            tx.client_events.request_erasure(request)

    def erasure_requested(self, client_id: ClientId) -> bool:
        """Whether a person at the back office was asked to erase the client."""
        with self._db.read() as tx:
            return bool(tx.appends.of_kind(RecordKind.ERASE_REQUEST, [client_id]))

    def _hide(self, client_id: ClientId, reason: str, *, hidden: bool) -> None:
        with self._db.write() as tx:
            tx.feed.require_active()
            tx.clients.get(client_id)
            now = self._clock.now()
            tx.client_events.hide(ClientHide(client_id, hidden, reason[:MAX_REASON], now))


def _require_own(tx: Transaction, client_id: ClientId) -> None:
    if tx.clients.get(client_id).row.survivor is not None:
        raise NotAllowed("SC-STORE-027")


def _attachment(tx: Transaction, record: Appended, now: datetime) -> Attachment:
    attached = AttachedFile.from_json(record.body)
    return Attachment(
        op=record.op,
        name=attached.name,
        purpose=attached.purpose,
        size=attached.size,
        added=presentation.moment(attached.added_at, now),
        is_here=tx.blobs.has(attached.sha256),
        is_backed_up=record.acknowledged,
        refused=record.parked,
    )
