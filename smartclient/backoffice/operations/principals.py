"""Who asks: an install that showed a live token."""

from dataclasses import dataclass

from smartclient.domain.ids import HrNumber, InstallId, PersonId


@dataclass(frozen=True, slots=True)
class Principal:
    """An install with what it may do now.

    An install activated by an HR number alone belongs to a person of its own who is not proven, so
    its scope holds nothing that another install wrote; that is how it reads nothing earlier.
    """

    install: InstallId
    person: PersonId
    scope: str
    hr: HrNumber

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes it may read and write."""
        return (self.scope,)
