"""What the server said last, and what waits to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, literal_column, select
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.document_life import Stage
from smartclient.store.bodies import as_text, small_json
from smartclient.store.changes import Subject
from smartclient.store.schema import append, document, feed_mark, record, scope
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.values import Json

DIRTY = literal_column("record.dirty") == literal_column("1")
"""Asked alone, never in a join: only then the partial index is used, and few records are dirty."""
MARKS = select(feed_mark.c.name, feed_mark.c.content)
_CURSORS = select(scope.c.name, scope.c.seq)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much has not been sent yet."""

    documents: int
    """Complete, waiting or cancelled documents; drafts are not among them."""
    drafts: int
    packages: int
    """Signed packages."""
    parked: int
    """What the server refused and a person must look at."""

    @property
    def total(self) -> int:
        """Everything that a synchronisation would send."""
        return self.documents + self.drafts + self.packages


class Feed:
    """How far the exchange with the server has come, in one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._marks: dict[str, Json] | None = None

    def cursors(self) -> Mapping[str, int]:
        """The last change seen of each scope."""
        rows = self._unit.connection.execute(_CURSORS)
        return {str(name): int(seq) for name, seq in rows}

    def advance(self, name: str, seq: int) -> None:
        """Remember the last change seen of a scope; it never goes back."""
        statement = insert(scope).values(name=name, seq=seq)
        self._unit.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"],
                set_={"seq": statement.excluded.seq},
                where=scope.c.seq < statement.excluded.seq,
            )
        )

    def rewind(self) -> None:
        """Forget the cursors: the next pull reads everything again."""
        self._unit.connection.execute(delete(scope))
        self.set_etag("")

    def epoch(self) -> int | None:
        """The server's epoch as last heard, None before the first contact."""
        kept = self._mark("epoch")
        return kept if isinstance(kept, int) else None

    def set_epoch(self, epoch: int) -> None:
        """Remember the server's epoch."""
        self._set_mark("epoch", epoch)

    def etag(self) -> str:
        """The tag of the feed when nothing more was to be pulled; empty when unknown."""
        kept = self._mark("etag")
        return kept if isinstance(kept, str) else ""

    def set_etag(self, etag: str) -> None:
        """Remember the tag of the feed."""
        self._set_mark("etag", etag)

    def next_lock_at(self) -> datetime | None:
        """When the server locks next, by its own clock; None when it was never heard."""
        kept = self._mark("next_lock_at")
        return from_text(kept) if isinstance(kept, str) else None

    def set_next_lock_at(self, instant: datetime) -> None:
        """Remember when the server locks next."""
        self._set_mark("next_lock_at", to_text(instant))

    def notice(self) -> str:
        """The code that the server had for this install at the last contact; empty for none."""
        kept = self._mark("notice")
        return kept if isinstance(kept, str) else ""

    def set_notice(self, code: str) -> None:
        """Remember what the server had to say to this install."""
        self._set_mark("notice", code)

    def catalogue_etag(self) -> str:
        """The catalogue's tag as the server said it last."""
        kept = self._mark("catalogue_etag")
        return kept if isinstance(kept, str) else ""

    def set_catalogue_etag(self, etag: str) -> None:
        """Remember the catalogue's tag."""
        self._set_mark("catalogue_etag", etag)

    def catalogue_taken(self) -> str:
        """The tag of the catalogue that is in use here; empty before the first one."""
        kept = self._mark("catalogue_taken")
        return kept if isinstance(kept, str) else ""

    def set_catalogue_taken(self, etag: str) -> None:
        """The catalogue with this tag is verified and in use."""
        self._set_mark("catalogue_taken", etag)

    def waiting(self) -> Waiting:
        """What a synchronisation would send now."""
        dirty = select(record.c.id, record.c.parked).where(DIRTY)
        codes = {str(name): code for name, code in self._unit.connection.execute(dirty)}
        asked = select(document.c.id, document.c.stage).where(
            document.c.id.in_(codes), document.c.listed == 1
        )
        documents = drafts = parked = 0
        for name, stage in self._unit.connection.execute(asked):
            if codes[name]:
                parked += 1
            elif stage == Stage.DRAFT.value:
                drafts += 1
            else:
                documents += 1
        packages = self._packages(parked=False)
        return Waiting(documents, drafts, packages, parked + self._packages(parked=True))

    def _packages(self, *, parked: bool) -> int:
        of_kind = append.c.parked != "" if parked else append.c.parked == ""
        waits = literal_column("acknowledged") == literal_column("0")
        asked = select(func.count()).select_from(append).where(waits, of_kind)
        return self._unit.connection.execute(asked).scalar_one()

    def _mark(self, name: str) -> Json:
        return self._known_marks().get(name)

    def _known_marks(self) -> dict[str, Json]:
        """All marks, read once in a transaction."""
        if self._marks is None:
            rows = self._unit.connection.execute(MARKS)
            self._marks = {str(name): small_json(content) for name, content in rows}
        return self._marks

    def _set_mark(self, name: str, value: Json) -> None:
        if self._mark(name) == value:
            return
        self._known_marks()[name] = value
        content = as_text(value)
        self._unit.connection.execute(
            insert(feed_mark)
            .values(name=name, content=content)
            .on_conflict_do_update(index_elements=["name"], set_={"content": content})
        )
        self._unit.touch(Subject.SYNC, name)
