"""What a person can do about a code of the synchronisation: every message carries its button."""

from enum import StrEnum

from smartclient.domain.errors import SmartClientError


class Remedy(StrEnum):
    """The one step that helps."""

    RETRY = "retry"
    UPDATE = "update"
    """A newer version of the application."""
    ACTIVATE = "activate"
    HELP = "help"
    """Somebody to call."""
    CONFLICTS = "conflicts"
    OPEN = "open"
    """The document itself has to be looked at."""


_UPDATE = frozenset(
    {
        "SC-SERV-002",
        "SC-SERV-003",
        "SC-SERV-004",
        "SC-SERV-008",
        "SC-SERV-020",
        "SC-SYNC-010",
        "SC-SYNC-027",
        "SC-SYNC-030",
        "SC-CAT-018",
        "SC-STORE-005",
    }
)
_HELP = frozenset(
    {
        "SC-SERV-006",
        "SC-SERV-007",
        "SC-SERV-011",
        "SC-SERV-015",
        "SC-SERV-021",
        "SC-SERV-022",
        "SC-SERV-023",
        "SC-SERV-024",
        "SC-SERV-070",
        "SC-SERV-071",
        "SC-SERV-072",
        "SC-SERV-073",
        "SC-SERV-090",
        "SC-SYNC-023",
        "SC-STORE-006",
        "SC-STORE-007",
        "SC-CAT-010",
        "SC-CAT-011",
        "SC-CAT-014",
        "SC-CAT-015",
        "SC-CAT-016",
        "SC-CAT-017",
    }
)
_ACTIVATE = frozenset({"SC-PROG-005", "SC-STORE-048"})
_OPEN = frozenset({"SC-SYNC-029"})


def remedy_for(error: SmartClientError) -> Remedy:
    """What helps after a synchronisation that failed; trying again where nothing better does."""
    remedy = remedy_of_code(error.code)
    return Remedy.RETRY if remedy is Remedy.OPEN else remedy


def remedy_of_code(code: str) -> Remedy:
    """What helps about a code; a record that was refused by it can always be offered again."""
    if code in _UPDATE:
        return Remedy.UPDATE
    if code in _HELP:
        return Remedy.HELP
    if code in _ACTIVATE:
        return Remedy.ACTIVATE
    return Remedy.OPEN if code in _OPEN else Remedy.RETRY
