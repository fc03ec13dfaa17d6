"""DOKUMENTY: what the list shows, what may be done with a marked document, cancel and discard.

Everything a window shows of a document is put into words here; what is allowed comes from the one
table of rights in `domain.document_life`. Capability rows SC-33 to SC-60.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from smartclient.domain import presentation
from smartclient.domain.admission import Admission
from smartclient.domain.clock import Clock, from_text
from smartclient.domain.conflict_advice import advice
from smartclient.domain.contract_number import contract_number
from smartclient.domain.document_life import (
    KIND_NAMES,
    Action,
    DocumentKind,
    Permission,
    ServerState,
    ShownState,
    Stage,
    Standing,
    Step,
    permission,
    step_of,
)
from smartclient.domain.document_looks import NOT_EXPORTED, appearance
from smartclient.domain.document_names import STAGE_NAMES, STATE_NAMES, STEP_NAMES
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.domain.language import N_, _
from smartclient.services.documents.told import Told, is_urgent, told_of, warning
from smartclient.store.conflicts import Conflict, Reason
from smartclient.store.database import Database
from smartclient.store.document_rows import DocumentFilter, DocumentRow

EVERY: Mapping[int, str] = MappingProxyType(
    {
        12: N_("{money} / month"),
        4: N_("{money} / quarter"),
        2: N_("{money} / half-year"),
        1: N_("{money} / year"),
    }
)
NOTHING = "–"
_HANDED_OVER = (ServerState.SEALED, ServerState.LOCKED)


@dataclass(frozen=True, slots=True)
class DocumentItem:
    """One line of the list, in words; `permissions` says what may be done with it."""

    id: DocumentId
    client_id: ClientId | None
    shown: ShownState
    icon: str
    state: str
    note: tuple[str, str]
    """Both lines of the tooltip; the second may be empty."""
    client: str
    kind: str
    title: str
    """The name of its form."""
    number: str
    premium: str
    changed: str
    detail: str
    """The line below the name in the way of the document."""
    warning: str
    """What a person should know about it now; empty mostly."""
    is_urgent: bool
    """Whether the warning asks for a step; otherwise it is only good to know."""
    way: tuple[str, ...]
    """The names of the steps of its way; empty where it left the way."""
    step: int
    """The place of the step that was reached, from 0; -1 where it left the way."""
    permissions: Mapping[Action, Permission]

    @property
    def headline(self) -> str:
        """What it is and whose: Nabídka 7200041869 · Tomáš Horák."""
        named = " ".join(part for part in (self.kind, self.number) if part != NOTHING)
        return f"{named} · {self.client}" if self.client else named

    def may(self, action: Action) -> bool:
        """Whether the table of rights and the server allow the action now."""
        return self.permissions[action].allowed


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Some lines of the list, and how many it has altogether."""

    items: tuple[DocumentItem, ...]
    total: int
    number: int = 0
    """Which page it is, from 0."""


@dataclass(frozen=True, slots=True)
class Version:
    """The main values of one version of a document, in words."""

    client: str
    premium: str
    changed: str
    state: str


@dataclass(frozen=True, slots=True)
class ConflictItem:
    """An edit that met a newer or locked document: the adviser's version and the server's."""

    id: str
    document_id: DocumentId
    headline: str
    found: str
    client_id: ClientId | None
    why: str
    goes_on: str
    """What happens with the version that holds."""
    copy_note: str
    change_note: str
    """Why a change request is the right way; empty where it is not one."""
    contract: str
    """The number of the contract that the document makes or changes; empty where it has none."""
    yours: Version
    valid: Version | None
    """The version that holds; None while the server has not told it."""
    settled: str
    """What became of it; empty while nobody has dealt with it."""
    is_copied: bool


class Documents:
    """The adviser's documents. Every verb asks the table of rights again inside its transaction."""

    def __init__(self, db: Database, clock: Clock, title_of: Callable[[str], str]) -> None:
        self._db = db
        self._clock = clock
        self._title_of = title_of

    def page(self, wanted: DocumentFilter, offset: int, limit: int) -> DocumentPage:
        """The lines from `offset` on in the wanted order; those of the archive only if asked for.

        What is older than half a year is here until the server says that it went to the archive:
        the clock of this computer takes nothing away (SC-34).
        """
        shown = _without_the_archive(wanted)
        with self._db.read() as tx:
            rows = tx.documents.page(shown, offset, limit)
            total = tx.documents.count(shown)
            told = told_of(tx, rows)
            admission = tx.feed.admission()
        now = self._clock.now()
        return DocumentPage(
            tuple(self._item(row, now, told[row.id], admission) for row in rows), total
        )

    def place(self, wanted: DocumentFilter, document_id: str) -> int | None:
        """How many lines stand before a document's; None where the list does not have it."""
        with self._db.read() as tx:
            return tx.documents.place(DocumentId(document_id), _without_the_archive(wanted))

    def page_with(self, document_id: DocumentId, wanted: DocumentFilter, size: int) -> DocumentPage:
        """The page of the list on which a document stands; the first one where it is not there."""
        place = self.place(wanted, document_id)
        number = 0 if place is None else place // size
        return replace(self.page(wanted, number * size, size), number=number)

    def item(self, document_id: DocumentId) -> DocumentItem | None:
        """One line by its id; None when the document is not here any more."""
        with self._db.read() as tx:
            row = tx.documents.row(document_id)
            told = told_of(tx, () if row is None else (row,))
            admission = tx.feed.admission()
        if row is None:
            return None
        return self._item(row, self._clock.now(), told[row.id], admission)

    def cancel(self, document_id: DocumentId) -> None:
        """Cancel what was complete: nothing of it is sent any more. NotAllowed SC-PROG-010."""
        with self._db.write() as tx:
            tx.feed.require_active()
            row = tx.documents.get(document_id).row
            _require(row.standing(), Action.CANCEL)
            tx.documents.change_stage(document_id, Stage.CANCELLED)

    def discard(self, document_id: DocumentId) -> None:
        """Take away a draft that the server never saw; `restore` brings it back."""
        with self._db.write() as tx:
            tx.feed.require_active()
            tx.documents.discard(document_id)

    def restore(self, document_id: DocumentId) -> None:
        """Bring back a discarded draft."""
        with self._db.write() as tx:
            tx.documents.restore(document_id)

    def conflicts(self) -> tuple[ConflictItem, ...]:
        """The edits under Show conflicts, the newest first; below them those that are settled."""
        now = self._clock.now()
        with self._db.read() as tx:
            found = (*tx.conflicts.open(), *tx.conflicts.settled())
            copies = {each.copied_to for each in found if each.copied_to is not None}
            rows = {identity: tx.documents.row(identity) for identity in copies}
            hold = {
                each.document_id: tx.documents.row_that_holds(each.document_id) for each in found
            }
        return tuple(
            self._conflict(each, hold[each.document_id], now, _settled_words(each, rows))
            for each in found
        )

    def set_aside(self, conflict_id: str) -> None:
        """The values are needed no more: they are among the settled ones; see `take_back`."""
        with self._db.write() as tx:
            tx.conflicts.close(conflict_id)

    def take_back(self, conflict_id: str) -> None:
        """Make a conflict an open one again that was copied or set aside."""
        with self._db.write() as tx:
            tx.conflicts.reopen(conflict_id)

    def _conflict(
        self, conflict: Conflict, row: DocumentRow | None, now: datetime, settled: str
    ) -> ConflictItem:
        title = self._title_of(conflict.form_id)
        valid = None
        if row is not None:
            valid = Version(
                row.client_name,
                premium_text(row.premium, row.frequency, row.currency),
                presentation.moment(row.changed_at, now),
                _(STATE_NAMES[row.shown]),
            )
        said = advice(
            _kind_of(conflict),
            locked=conflict.reason is Reason.LOCKED,
            digital=row is not None and row.stage is Stage.SIGNED,
        )
        owner = conflict.body.get("client_id")
        return ConflictItem(
            conflict.id,
            conflict.document_id,
            " ".join(part for part in (title, conflict.number) if part),
            presentation.moment(conflict.found_at, now),
            ClientId(owner) if isinstance(owner, str) and owner else None,
            _(said.why),
            _(said.goes_on),
            _(said.copy),
            _(said.change) if said.change else "",
            _contract_of(conflict),
            _version_of(conflict, now),
            valid,
            settled,
            conflict.copied_to is not None,
        )

    def _item(
        self, row: DocumentRow, now: datetime, told: Told, admission: Admission
    ) -> DocumentItem:
        standing = row.standing()
        permissions = {
            action: admission.limits(action, permission(standing, action, row.shown))
            for action in Action
        }
        look = NOT_EXPORTED if told.refusal else appearance(standing, row.shown)
        step = step_of(row.shown)
        return DocumentItem(
            id=row.id,
            client_id=row.client_id,
            shown=row.shown,
            icon=look.icon,
            state=_(STATE_NAMES[row.shown]),
            note=(_(look.first_line), _(look.second_line) if row.digital else ""),
            client=row.client_name,
            kind=_(KIND_NAMES[row.kind]),
            title=self._title_of(row.form_id) or _(KIND_NAMES[row.kind]),
            number=row.number or NOTHING,
            premium=premium_text(row.premium, row.frequency, row.currency),
            changed=presentation.moment(row.changed_at, now),
            detail=_detail(row, now),
            warning=warning(row, told, may_copy=permissions[Action.COPY].allowed),
            is_urgent=is_urgent(row, told),
            way=() if step is None else way_of(row.digital),
            step=-1 if step is None else list(Step).index(step),
            permissions=permissions,
        )


def _without_the_archive(wanted: DocumentFilter) -> DocumentFilter:
    return replace(wanted, without_archived=ShownState.ARCHIVED not in wanted.states)


def _require(standing: Standing, action: Action) -> None:
    given = permission(standing, action)
    if not given.allowed:
        raise NotAllowed("SC-PROG-010", reason=_(given.reason))


def way_of(digital: bool) -> tuple[str, ...]:
    """The names of the steps; on the paper way a document is completed, not signed here."""
    names = {**STEP_NAMES} if digital else {**STEP_NAMES, Step.SIGNED: N_("completed")}
    return tuple(_(names[step]) for step in Step)


def premium_text(premium: Decimal | None, frequency: int | None, currency: str) -> str:
    """1 223 Kč / měsíc, or a dash where there is no premium yet."""
    if premium is None:
        return NOTHING
    money = presentation.money(premium, currency)
    every = EVERY.get(frequency or 0)
    return _(every).format(money=money) if every else money


def _kind_of(conflict: Conflict) -> DocumentKind:
    named = conflict.body.get("document_kind")
    known = isinstance(named, str) and named in {kind.value for kind in DocumentKind}
    return DocumentKind(str(named)) if known else DocumentKind.OTHER


def _settled_words(conflict: Conflict, rows: Mapping[DocumentId, DocumentRow | None]) -> str:
    if not conflict.is_settled:
        return ""
    if conflict.copied_to is None:
        return _("Settled: taken off the list, your values are kept here.")
    copy = rows[conflict.copied_to]
    if copy is None or not copy.number:
        return _("Settled: your version was copied into a new document.")
    return _("Settled: your version was copied into document {number}.").format(number=copy.number)


def _contract_of(conflict: Conflict) -> str:
    """The contract that a request changes; an offer becomes the contract of its own number."""
    named = conflict.body.get("contract")
    number = named.get("number") if isinstance(named, dict) else conflict.number
    try:
        return contract_number(str(number))
    except BadInput:
        return ""


def _version_of(conflict: Conflict, now: datetime) -> Version:
    body = conflict.body
    premium = body.get("premium")
    money = NOTHING
    if isinstance(premium, dict) and isinstance(premium.get("payable"), str):
        frequency = premium.get("frequency")
        money = premium_text(
            Decimal(str(premium["payable"])),
            frequency if isinstance(frequency, int) else None,
            str(premium.get("currency") or "CZK"),
        )
    changed = body.get("changed_at")
    when = presentation.moment(from_text(changed), now) if isinstance(changed, str) else NOTHING
    return Version(conflict.client_name, money, when, _(STAGE_NAMES[conflict.stage]))


def _detail(row: DocumentRow, now: datetime) -> str:
    changed = presentation.moment(row.changed_at, now)
    if row.signed_at is not None and row.stage is Stage.SIGNED:
        signed = presentation.moment(row.signed_at, now)
        at = presentation.clock_time(row.signed_at)
        when = signed if at in signed else f"{signed} {at}"
        return _("digitally signed {when}").format(when=when)
    if row.server is ServerState.ARCHIVED:
        return _("in the archive, last change {when}").format(when=changed)
    if row.server in _HANDED_OVER:
        return _("handed over to PČS, last change {when}").format(when=changed)
    return _("last change {when}").format(when=changed)
