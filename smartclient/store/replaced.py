"""What the exchange asks of a kind of records that are replaced: documents, and every register.

The rules of the protocol stand in `store.outgoing` and `store.incoming`, once for all kinds. A kind
only says where its bodies are and what becomes of its lists.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from smartclient.domain.document_life import Stage
from smartclient.domain.ids import Op, Sha256
from smartclient.store.sent import Offer
from smartclient.wire.messages import FeedRow, JsonObject


@dataclass(frozen=True, slots=True)
class Body:
    """A body as the server gave it: which edit it is, and the digest of its canonical bytes."""

    op: Op
    sha256: Sha256
    body: JsonObject
    content: bytes
    """Its canonical bytes."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a kind puts into the line of a record that is offered."""

    content: bytes
    """The canonical bytes of the body."""
    stage: Stage = Stage.DRAFT
    form_version: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """A record as the server has it now."""

    row: FeedRow
    got: Body | None
    """None where the body is here already."""

    @property
    def body(self) -> JsonObject | None:
        """The body that came."""
        return None if self.got is None else self.got.body


@dataclass(frozen=True, slots=True)
class Accepted:
    """An edit that the server took."""

    offer: Offer
    stage: Stage
    """What the server made of it."""


class Replaced(Protocol):
    """One kind of records that are replaced, in one transaction."""

    def ages(self, dirty: Sequence[str]) -> Mapping[str, str]:
        """Those of these records that are to be offered, and when each was edited."""

    def parts(self, identities: Sequence[str]) -> Mapping[str, Part]:
        """What goes into the lines of these records."""

    def accepted(self, taken: Sequence[Accepted]) -> Collection[str]:
        """The server took these edits, and they are current; the ids of those that stand otherwise
        here than the server told.
        """

    def parked(self, codes: Mapping[str, str]) -> None:
        """The server refused these edits with these codes; a person must look."""

    def set_aside(self, identities: Sequence[str]) -> None:
        """These edits went to the conflicts; what the server has is awaited."""

    def came(self, records: Sequence[Came]) -> int:
        """The server has these; tells how many changed here."""

    def unsent(self, identities: Sequence[str]) -> None:
        """A restored server has lost these; they are offered again."""

    def gone(self, identities: Sequence[str]) -> frozenset[str]:
        """Those of these records that have no body here any more, so that none can be offered."""

    def wipe(self, identities: Sequence[str]) -> None:
        """Delete whatever is here of these records."""
