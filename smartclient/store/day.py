"""What the first page and the frame show, and what the start asks, read by prepared statements.

The statements are those of the repositories, compiled ahead by `store.preparing`, because importing
SQLAlchemy takes longer than everything else that the first page needs. Nothing is written here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, cast

from smartclient.domain.admission import Admission
from smartclient.domain.clock import from_text
from smartclient.domain.document_life import ShownState
from smartclient.store.bodies import read_back, small_json
from smartclient.store.document_lines import Line, row_of
from smartclient.store.prepared import STATEMENTS

if TYPE_CHECKING:
    from sqlcipher3 import dbapi2

    from smartclient.store.document_rows import DocumentRow
    from smartclient.wire.values import Json, JsonObject


class _Answered(Line, total=False):
    """A line of an answer; each statement names its own of these columns."""

    count: int
    leaves_at: str
    surname: str
    given_name: str
    fields: int
    content: bytes
    ended_at: str


class _Kept(TypedDict):
    """A small value under its name."""

    name: str
    content: str


MOST = 30
"""Lines of each kind that are read; more would be no plan for one day."""


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that the day asks something about: its id, its number and the client's name."""

    id: str
    name: str
    number: str = ""


class Day:
    """One state of the database, as the first page sees it."""

    def __init__(
        self, connection: "dbapi2.Connection", synchronised_at: datetime | None = None
    ) -> None:
        """`synchronised_at` is when a synchronisation came to its end that is not written yet."""
        self._connection = connection
        self._synchronised_at = synchronised_at

    def setting(self, name: str) -> "Json":
        """The value kept under `name`, None when there is none."""
        found = next(self._kept("setting", {"name": name}), None)
        return None if found is None else small_json(found["content"])

    def counts_by_state(self) -> Mapping[ShownState, int]:
        """How many documents are in each shown state; states without any are left out."""
        return {ShownState(line["shown"]): line["count"] for line in self._lines("states")}

    def count(self, name: str) -> int:
        """How many there are: clients, uninformed, conflicts, settled, offers_in_progress,
        change_requests, leaving, refused, offered.

        Uninformed are the clients without the information duty done, offered those at whose fields
        somebody must choose; settled are the conflicts that were copied or set aside, refused is
        what the server did not take.
        """
        return next(self._lines(f"count_{name}"))["count"]

    def documents(self, shown: ShownState) -> "tuple[DocumentRow, ...]":
        """The newest documents that wait, are in progress, undeliverable or rejected."""
        return tuple(map(row_of, self._lines(f"documents_{shown.value}")))

    def not_exported(self) -> "tuple[DocumentRow, ...]":
        """The documents that the server keeps and does not hand over, the newest first."""
        return tuple(map(row_of, self._lines("not_exported")))

    def leaving(self) -> "tuple[tuple[DocumentRow, datetime], ...]":
        """The documents that go to the archive, the first to go first, each with its day."""
        lines = self._lines("leaving")
        return tuple((row_of(line), from_text(line["leaves_at"])) for line in lines)

    def conflicts(self) -> tuple[Named, ...]:
        """The conflicts that nobody has closed, the newest first."""
        return tuple(
            Named(line["id"], line["client_name"], line["number"])
            for line in self._lines("conflicts")
        )

    def uninformed(self) -> tuple[Named, ...]:
        """Clients without the information duty done, by name."""
        return tuple(
            Named(line["id"], f"{line['given_name']} {line['surname']}".strip())
            for line in self._lines("uninformed")
        )

    def offered(self) -> Named | None:
        """The client that waits longest for somebody to choose; its number is that of its fields.

        None where nobody has to choose.
        """
        line = next(self._lines("offered"), None)
        if line is None:
            return None
        name = f"{line['given_name']} {line['surname']}".strip()
        return Named(line["id"], name, str(line["fields"]))

    def client_drafts(self) -> "tuple[tuple[str, JsonObject], ...]":
        """The clients that were being typed, the newest first: id and what was typed."""
        return tuple(
            (line["id"], read_back(line["content"])) for line in self._lines("client_drafts")
        )

    def synchronised_at(self) -> datetime | None:
        """When a synchronisation last came to its end."""
        if self._synchronised_at is not None:
            return self._synchronised_at
        line = next(self._lines("last_done"), None)
        return None if line is None else from_text(line["ended_at"])

    def next_lock_at(self) -> datetime | None:
        """When the server locks next, by its own clock; None when it was never heard."""
        kept = self._marks().get("next_lock_at")
        return from_text(kept) if isinstance(kept, str) else None

    def handed_in(self) -> int:
        """How many records went to a person at the insurer, and nobody here was told yet."""
        kept = self._marks().get("handed_in")
        return kept if isinstance(kept, int) else 0

    def notice(self) -> str:
        """The code that the server had for this install at the last contact; empty for none."""
        kept = self._marks().get("notice")
        return kept if isinstance(kept, str) else ""

    def admission(self) -> Admission:
        """What the server still lets this install do."""
        return Admission(self.notice())

    def _marks(self) -> "Mapping[str, Json]":
        return {line["name"]: small_json(line["content"]) for line in self._kept("marks")}

    def _lines(self, statement: str) -> Iterator[_Answered]:
        return (cast("_Answered", line) for line in self._found(statement, {}))

    def _kept(self, statement: str, given: Mapping[str, str] | None = None) -> Iterator[_Kept]:
        return (cast("_Kept", line) for line in self._found(statement, given or {}))

    def _found(self, statement: str, given: Mapping[str, str]) -> Iterator[dict[str, object]]:
        found = self._connection.execute(STATEMENTS[statement], given)
        names = [column[0] for column in found.description]
        return (dict(zip(names, line, strict=True)) for line in found.fetchall())
