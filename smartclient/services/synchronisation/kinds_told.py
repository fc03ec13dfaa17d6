"""What kinds of records are called in the plural, where several are told together."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from smartclient.domain.language import N_, _
from smartclient.wire.kinds import RecordKind

_CLIENTS = N_("clients")
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        RecordKind.SIGNED_PACKAGE: N_("signed documents"),
        RecordKind.DOCUMENT: N_("documents"),
        RecordKind.CLIENT: _CLIENTS,
        RecordKind.CLIENT_MERGE: _CLIENTS,
        RecordKind.CLIENT_HIDE: _CLIENTS,
        RecordKind.ERASE_REQUEST: N_("requests for erasure"),
        RecordKind.CONSENT_EVENT: N_("consents"),
        RecordKind.ATTACHMENT: N_("attachments"),
    }
)
"""In the order in which they are told."""
_OTHERS = N_("other records")


def kinds_in_words(kinds: Collection[RecordKind]) -> str:
    """Them together, each once: documents, clients, consents; empty for none."""
    named = [name for kind, name in _NAMES.items() if kind in kinds]
    others = [_OTHERS] if any(kind not in _NAMES for kind in kinds) else []
    return ", ".join(_(name) for name in dict.fromkeys([*named, *others]))
