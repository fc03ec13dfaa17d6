"""Typed ids. Identity is a random UUID in lower case with hyphens; numbers are only shown."""

from typing import NewType, Protocol

ClientId = NewType("ClientId", str)
DocumentId = NewType("DocumentId", str)
RecordId = NewType("RecordId", str)
Op = NewType("Op", str)
InstallId = NewType("InstallId", str)
PersonId = NewType("PersonId", str)
EventId = NewType("EventId", str)
Sha256 = NewType("Sha256", str)
"""Lower-case hexadecimal, 64 characters."""
HrNumber = NewType("HrNumber", str)
DocumentNumber = NewType("DocumentNumber", str)


class IdSource(Protocol):
    """Where new random ids come from; a test passes a counted one."""

    def new(self) -> str:
        """A new UUID, never given before."""


class RandomIds:
    """Random ids of this machine (UUID version 4)."""

    def new(self) -> str:
        """A new random UUID."""
        import uuid  # at first use: a start makes no id

        return str(uuid.uuid4())
