"""What an edit in conflict means for the person: why, what goes on, where the values can go.

The seed's answer 6: the document cannot come back to Documents; its electronic data still leave for
the insurer. Capability rows SC-51 to SC-54.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from smartclient.domain.document_life import DocumentKind
from smartclient.domain.language import N_


@dataclass(frozen=True, slots=True)
class ConflictAdvice:
    """Source texts for `_`."""

    why: str
    goes_on: str
    """What happens with the version that holds, without anybody doing anything."""
    copy: str
    """What copying the own values makes."""
    change: str = ""
    """Why a change request is the right way; empty where it is not one."""


_LOCKED = N_("You changed it after PČS had taken it. The exported version holds.")
_STALE = N_("It was changed on another device first. That version holds.")
_PAPER_GOES_ON = N_(
    "The electronic data of the exported version go to PČS; once the signed print arrives, it is "
    "processed the usual way. Your version cannot come back to Documents."
)
_DIGITAL_GOES_ON = N_(
    "The electronic data of the exported version go to PČS and are processed the usual way. Your "
    "version cannot come back to Documents."
)
_OTHER_DEVICE_GOES_ON = N_(
    "PČS gets the version of the other device. Your version cannot come back to Documents."
)
_COPIES: Mapping[DocumentKind, str] = MappingProxyType(
    {
        DocumentKind.OFFER: N_(
            "Your values go into a new offer with a number of its own. PČS will then have both."
        ),
        DocumentKind.CHANGE_REQUEST: N_(
            "Your values go into a new change request of the same contract."
        ),
        DocumentKind.MODELLING: N_("Your values go into a new modelling."),
        DocumentKind.OTHER: N_("Your values go into a new document with a number of its own."),
    }
)
_CHANGE = N_("PČS has the offer already: once it is a contract, a change request changes it.")


def advice(kind: DocumentKind, *, locked: bool, digital: bool) -> ConflictAdvice:
    """For a document that was exported first (`locked`), or changed by another device first."""
    if not locked:
        return ConflictAdvice(_STALE, _OTHER_DEVICE_GOES_ON, _COPIES[kind])
    goes_on = _DIGITAL_GOES_ON if digital else _PAPER_GOES_ON
    change = _CHANGE if kind is DocumentKind.OFFER else ""
    return ConflictAdvice(_LOCKED, goes_on, _COPIES[kind], change)
