"""What each person has read on the pad: what says the same to the same person is read once."""

from smartclient.services.signing import SignatureField, SigningState


class ReadOnce:
    """Of one document, while it is open."""

    def __init__(self) -> None:
        self._read: set[tuple[str, str]] = set()

    def forget(self) -> None:
        """Another document, or the same one later: everybody reads again."""
        self._read.clear()

    def knows(self, field: SignatureField) -> bool:
        """Whether its signer has read what it says."""
        return _said(field) in self._read

    def note(self, state: SigningState, field: SignatureField) -> frozenset[str]:
        """The signer has read it; the names of all fields that say the same to the same person."""
        self._read.add(_said(field))
        return frozenset(each.name for each in state.fields if _said(each) == _said(field))


def _said(field: SignatureField) -> tuple[str, str]:
    return field.signer, field.summary
