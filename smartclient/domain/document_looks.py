"""How a document's state looks: its icon and the two lines of its tooltip.

The words are the seed's where it has them. They speak of an offer; other kinds have their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from smartclient.domain.document_life import (
    HANDED_OVER,
    DocumentKind,
    ShownState,
    Standing,
    shown_state,
)
from smartclient.domain.language import N_


@dataclass(frozen=True, slots=True)
class Appearance:
    """The icon by name and the two lines of the tooltip, as source texts for `_`."""

    icon: str
    first_line: str
    second_line: str = ""
    """Shown for documents on the digital way."""


_SENT = N_("The offer was sent to PČS")
_EXPORTED = N_("the document is exported to PČS and can no longer be edited")
_BACKED_UP = N_(
    "the document is backed up on the SmartClient server, about 21:00 it will be exported to PČS"
)

APPEARANCE: Mapping[ShownState, Appearance] = MappingProxyType(
    {
        ShownState.DRAFT: Appearance(
            "in-progress", N_("the document is in progress and will not be sent to PČS")
        ),
        ShownState.WAITING: Appearance(
            "pen",
            N_("the document waits for a digital signature and will not be sent to PČS"),
            N_("The offer is in progress, it waits for a signature"),
        ),
        ShownState.COMPLETE_HERE: Appearance(
            "clock", N_("the document is complete and waits for SmartClient to synchronise")
        ),
        ShownState.SIGNED_HERE: Appearance(
            "signature-clock",
            N_("the document was digitally signed"),
            N_("The offer is signed, it waits for SmartClient to synchronise; it cannot be edited"),
        ),
        ShownState.COMPLETE_BACKED_UP: Appearance("tick", _BACKED_UP),
        ShownState.SIGNED_BACKED_UP: Appearance("signature-tick", _BACKED_UP, _SENT),
        ShownState.EXPORTED: Appearance("lock", _EXPORTED, _SENT),
        ShownState.ACCEPTED: Appearance(
            "lock-received",
            N_("PČS accepted the offer for processing"),
            N_("PČS accepted the offer for processing"),
        ),
        ShownState.REJECTED: Appearance(
            "lock-warning", N_("PČS did not accept the document; the reason stands below")
        ),
        ShownState.PAPER_EXPECTED: Appearance(
            "tick-sheet", N_("the document is backed up, PČS waits for the signed paper")
        ),
        ShownState.EMAIL_UNDELIVERABLE: Appearance(
            "lock-envelope",
            N_("the client's e-mail cannot be delivered, the offer cannot be put in force"),
            N_("Correct the client's contact and ask the help desk to send it again"),
        ),
        ShownState.LATE_SIGNED: Appearance(
            "signature-person",
            N_("signed after the export; the insurer's staff decide how it goes on"),
            N_("The signed document is stored safely at the insurer"),
        ),
        ShownState.CANCELLED: Appearance(
            "crossed", N_("the document is cancelled, nothing more is sent to PČS")
        ),
        ShownState.CONFLICT: Appearance(
            "warning", N_("changed after the export; your values are kept under Show conflicts")
        ),
        ShownState.ARCHIVED: Appearance("box", N_("the document is older than six months")),
    }
)
"""As an offer is shown, in the words of the seed; `appearance` has those of every document."""

PROMISED = frozenset(
    {ShownState.COMPLETE_BACKED_UP, ShownState.SIGNED_BACKED_UP, ShownState.PAPER_EXPECTED}
)
"""The states that promise the export, unless the server's verdict says otherwise."""

NOT_EXPORTED = Appearance(
    "tick-warning",
    N_("the document is backed up, but it does not go to PČS; the reason stands below"),
)
"""A document that the server keeps and does not hand over, whatever its state."""

_OTHERS: Mapping[ShownState, Appearance] = MappingProxyType(
    {
        ShownState.WAITING: replace(
            APPEARANCE[ShownState.WAITING],
            second_line=N_("The document is in progress, it waits for a signature"),
        ),
        ShownState.SIGNED_HERE: replace(
            APPEARANCE[ShownState.SIGNED_HERE],
            second_line=N_(
                "The document is signed, it waits for SmartClient to synchronise; "
                "it cannot be edited"
            ),
        ),
        ShownState.SIGNED_BACKED_UP: Appearance(
            "signature-tick", _BACKED_UP, N_("The document was sent to PČS")
        ),
        ShownState.EXPORTED: Appearance("lock", _EXPORTED, N_("The document was sent to PČS")),
        ShownState.ACCEPTED: Appearance(
            "lock-received",
            N_("PČS accepted the document for processing"),
            N_("PČS accepted the document for processing"),
        ),
        ShownState.EMAIL_UNDELIVERABLE: replace(
            APPEARANCE[ShownState.EMAIL_UNDELIVERABLE],
            first_line=N_("the client's e-mail cannot be delivered, the document waits"),
        ),
    }
)
_PAPER_AFTER_EXPORT = Appearance(
    "lock-sheet", N_("the document is exported, PČS waits for the signed paper")
)


def appearance(standing: Standing, shown: ShownState | None = None) -> Appearance:
    """The icon and the lines of the tooltip; only an offer is spoken of as an offer."""
    state = shown or shown_state(standing)
    if state is ShownState.PAPER_EXPECTED and standing.server in HANDED_OVER:
        return _PAPER_AFTER_EXPORT
    if standing.kind is DocumentKind.OFFER:
        return APPEARANCE[state]
    return _OTHERS.get(state, APPEARANCE[state])
