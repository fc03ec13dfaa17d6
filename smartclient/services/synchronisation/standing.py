"""How this computer stands towards the server, in words: what waits, what was refused and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from smartclient.domain.document_life import KIND_NAMES, ShownState, Stage
from smartclient.domain.errors import SmartClientError
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.domain.language import N_, _, ngettext
from smartclient.domain.sentences import SENTENCES, sentence_for
from smartclient.services.synchronisation.components import ComponentItem
from smartclient.services.synchronisation.history import RunItem
from smartclient.services.synchronisation.remedies import Remedy, remedy_of_code
from smartclient.services.synchronisation.staleness import Staleness
from smartclient.store.appends import FILE_ELSEWHERE
from smartclient.store.transaction import Transaction
from smartclient.store.unsent import Parked, Unsent, can_be_given_up
from smartclient.wire.kinds import RecordKind

TO_BE_SENT = (ShownState.COMPLETE_HERE, ShownState.SIGNED_HERE)
_CONSENTS = (RecordKind.CONSENT_EVENT,)
_ATTACHMENTS = (RecordKind.ATTACHMENT, RecordKind.SCAN_PAGE)
_CLIENTS = (RecordKind.CLIENT, RecordKind.CLIENT_MERGE, RecordKind.CLIENT_HIDE)
_NAMED = frozenset({*_CONSENTS, *_ATTACHMENTS, *_CLIENTS, RecordKind.SIGNED_PACKAGE})
_WITHOUT_FILE = frozenset({FILE_ELSEWHERE, "SC-STORE-007"})
_ANOTHER = N_("Another record")
PARKED_NAMES: Mapping[str, str] = MappingProxyType(
    {
        RecordKind.CLIENT: N_("Client's data"),
        RecordKind.CONSENT_EVENT: N_("Consent of a client"),
        RecordKind.ATTACHMENT: N_("Attachment of a client"),
        RecordKind.SIGNED_PACKAGE: N_("Signed document"),
        RecordKind.CLIENT_MERGE: N_("Merging of two clients"),
        RecordKind.CLIENT_HIDE: N_("Hiding of a client"),
        RecordKind.ERASE_REQUEST: N_("Request for erasure"),
    }
)
"""What a refused record is called where its document is not known."""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """How much of one kind waits, in words; `counts` tells whether PČS waits for it tonight."""

    icon: str
    words: str
    counts: bool = False


@dataclass(frozen=True, slots=True)
class ParkedItem:
    """A record that the server refused: what it is, why, and what helps."""

    id: str
    document_id: DocumentId | None
    client_id: str
    headline: str
    why: str
    do: str
    code: str
    remedy: Remedy
    can_be_dropped: bool
    """It holds nowhere, or its file is lost, so a person may discard it."""
    is_whole: bool = True
    """Everything of it is on this computer; otherwise its file is damaged, or was never here."""
    can_be_sent: bool = True
    """Sending it again may help; its file is not on another computer."""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How this install stands towards the server."""

    waiting: int
    """Complete and signed documents that were not sent; PČS will not have them."""
    lines: tuple[WaitingLine, ...]
    """Everything that waits, kind by kind."""
    parked: tuple[ParkedItem, ...]
    last_success: str
    """Empty when there was none yet."""
    staleness: Staleness
    days: int
    """Whole days since the last success."""
    history: tuple[RunItem, ...]
    components: tuple[ComponentItem, ...]
    set_id: str
    brought: str
    """What the last update of the components brought; empty when it was never noted."""
    damage: SmartClientError | None = None
    """Why the list of components cannot be read; a synchronisation brings it anew."""


def waiting_lines(counts: Mapping[ShownState, int], waiting: Unsent) -> tuple[WaitingLine, ...]:
    """What waits, what PČS takes over first."""
    documents = waiting.documents
    signed = counts.get(ShownState.SIGNED_HERE, 0)
    complete = counts.get(ShownState.COMPLETE_HERE, 0)
    lines = (
        (signed, "signature-clock", _signed, True),
        (complete, "clock", _complete, True),
        (documents.get(Stage.CANCELLED, 0), "crossed", _cancelled, True),
        (documents.get(Stage.WAITING, 0), "pen", _for_signature, False),
        (documents.get(Stage.DRAFT, 0), "in-progress", _drafts, False),
        (_of(waiting, _CLIENTS), "clients", _clients, False),
        (_of(waiting, _CONSENTS), "check", _consents, False),
        (_of(waiting, _ATTACHMENTS), "documents", _attachments, False),
        (_rest(waiting), "box", _others, False),
    )
    return tuple(
        WaitingLine(icon, words(count).format(count=count), important)
        for count, icon, words, important in lines
        if count
    )


def parked_items(
    tx: Transaction, parked: tuple[Parked, ...], title_of: Callable[[str], str]
) -> tuple[ParkedItem, ...]:
    """What the server refused, with the sentence of its code."""
    return tuple(_parked_item(tx, each, title_of) for each in parked)


def _of(waiting: Unsent, kinds: tuple[RecordKind, ...]) -> int:
    return sum(waiting.others.get(kind, 0) for kind in kinds)


def _rest(waiting: Unsent) -> int:
    return sum(count for kind, count in waiting.others.items() if kind not in _NAMED)


def _signed(count: int) -> str:
    return ngettext("{count} signed document", "{count} signed documents", count)


def _complete(count: int) -> str:
    return ngettext("{count} complete document", "{count} complete documents", count)


def _cancelled(count: int) -> str:
    return ngettext("{count} cancelled document", "{count} cancelled documents", count)


def _for_signature(count: int) -> str:
    return ngettext(
        "{count} document that waits for the signature",
        "{count} documents that wait for the signature",
        count,
    )


def _drafts(count: int) -> str:
    return ngettext("{count} document in progress", "{count} documents in progress", count)


def _clients(count: int) -> str:
    return ngettext("{count} change of a client", "{count} changes of clients", count)


def _consents(count: int) -> str:
    return ngettext("{count} record of a consent", "{count} records of consents", count)


def _attachments(count: int) -> str:
    return ngettext("{count} attachment", "{count} attachments", count)


def _others(count: int) -> str:
    return ngettext("{count} other record", "{count} other records", count)


def _parked_item(tx: Transaction, parked: Parked, title_of: Callable[[str], str]) -> ParkedItem:
    row = tx.documents.row(parked.document_id) if parked.document_id is not None else None
    is_known = row is not None
    if row is not None:
        title = title_of(row.form_id) or _(KIND_NAMES[row.kind])
        parts = (" ".join(part for part in (title, row.number) if part), row.client_name)
        headline = " · ".join(part for part in parts if part)
    else:
        client = tx.clients.find(ClientId(parked.client_id)) if parked.client_id else None
        parts = (
            _(PARKED_NAMES.get(parked.kind, _ANOTHER)),
            client.row.name if client is not None else "",
        )
        is_known = client is not None
        headline = " · ".join(part for part in parts if part)
    why = do = ""
    if parked.code in SENTENCES:
        spoken = sentence_for(SmartClientError(parked.code))
        why, do = spoken.happened, spoken.do
    remedy = remedy_of_code(parked.code)
    if remedy is Remedy.RETRY and is_known:
        remedy = Remedy.OPEN
    return ParkedItem(
        parked.id,
        parked.document_id if row is not None else None,
        parked.client_id if row is None and is_known else "",
        headline,
        why or _("The server refused it."),
        do,
        parked.code,
        remedy,
        can_be_given_up(parked.kind, parked.code),
        parked.code not in _WITHOUT_FILE,
        parked.code != FILE_ELSEWHERE,
    )
