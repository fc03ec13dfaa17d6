"""What the server still lets an install do, as it said at the last contact (SC-29, design §4).

A revoked install only reads; the advisers of a blocked partner begin and edit no document. Windows
offer nothing that would be refused for it, and services ask the same in their transactions.
"""

from dataclasses import dataclass

from smartclient.domain.document_life import Action, Permission
from smartclient.domain.language import N_

REVOKED = "SC-SERV-006"
"""The server answers this install no more."""

_DOCUMENTS = frozenset({Action.EDIT, Action.COPY, Action.PREFILL})
_YES = Permission(True)


@dataclass(frozen=True, slots=True)
class Admission:
    """The code that the server had for this install; empty where it had nothing to say."""

    notice: str = ""

    @property
    def is_revoked(self) -> bool:
        """Whether this install only reads from now on."""
        return self.notice == REVOKED

    @property
    def documents(self) -> Permission:
        """Whether a document may be begun or edited."""
        return Permission(False, _happened(self.notice)) if self.notice else _YES

    @property
    def changes(self) -> Permission:
        """Whether anything at all may be begun or changed."""
        return self.documents if self.is_revoked else _YES

    def limits(self, action: Action, given: Permission) -> Permission:
        """What the table of rights gives, unless the server takes it; reading stays as it is."""
        if not given.allowed or action is Action.SHOW:
            return given
        return self.documents if action in _DOCUMENTS else self.changes


def _happened(notice: str) -> str:
    from smartclient.domain.sentences import SENTENCES  # every area's; needed only in trouble

    known = SENTENCES.get(notice)  # a newer server may have more to say
    return (
        N_("The server does not let this computer do it now.") if known is None else known.happened
    )
