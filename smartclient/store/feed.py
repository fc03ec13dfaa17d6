"""What the server said last, and what waits to be sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, literal_column, select
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.admission import REVOKED, Admission
from smartclient.domain.clock import from_text, to_text
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import NotAllowed
from smartclient.store.bodies import as_text, small_json
from smartclient.store.changes import Subject
from smartclient.store.schema import append, document, feed_mark, record, scope
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.places import MAX_RANGES, Range, joined, listed_ranges, reached
from smartclient.wire.values import Json

DIRTY = literal_column("record.dirty") == literal_column("1")
"""Asked alone, never in a join: only then the partial index is used, and few records are dirty."""
MARKS = select(feed_mark.c.name, feed_mark.c.content)
_DIRTY_RECORDS = select(record.c.id, record.c.kind, record.c.parked).where(DIRTY)
_WAITING_APPENDS = select(append.c.kind, append.c.parked).where(
    literal_column("acknowledged") == literal_column("0")
)
"""Counted here: grouped by SQLite it would read the index of all instead of the few."""
_DOCUMENT, _PACKAGE = RecordKind.DOCUMENT.value, RecordKind.SIGNED_PACKAGE.value
_REMEMBERED = 50
_CURSORS = select(scope.c.name, scope.c.seq, scope.c.classes, scope.c.own)


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
    clients: int = 0
    """Clients, and records of the other registers."""
    events: int = 0
    """Consents, attachments, merges and whatever else is written once."""

    @property
    def total(self) -> int:
        """Everything that a synchronisation would send."""
        return self.documents + self.drafts + self.packages + self.clients + self.events


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the server's clock and this computer's said at the same moment."""

    server: datetime
    wall: datetime


@dataclass(frozen=True, slots=True)
class ReadScope:
    """How far a scope was read, and the classes that were read besides the general one."""

    seq: int
    classes: str
    own: tuple[Range, ...] = ()
    """What stands behind `seq`, was sent from here, and is here as the server has it."""


class Feed:
    """How far the exchange with the server has come, in one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._marks: dict[str, Json] | None = None

    def cursors(self) -> Mapping[str, int]:
        """The last change seen of each scope."""
        return {name: read.seq for name, read in self.scopes().items()}

    def scopes(self) -> Mapping[str, ReadScope]:
        """How far each scope was read, and by which right."""
        rows = self._unit.connection.execute(_CURSORS)
        return {
            str(name): ReadScope(int(seq), str(classes), _ranges(own))
            for name, seq, classes, own in rows
        }

    def advance(self, name: str, seq: int, classes: str = "") -> None:
        """Remember the last change seen of a scope, and the right; it never goes back."""
        statement = insert(scope).values(name=name, seq=seq, classes=classes)
        self._unit.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"],
                set_={"seq": statement.excluded.seq, "classes": statement.excluded.classes},
                where=scope.c.seq < statement.excluded.seq,
            )
        )

    def note_own(self, sent: Mapping[str, Sequence[Range]], home: str) -> None:
        """In these ranges of the scopes stands only what this computer sent and has as it is there.

        They count as read. A scope of which nothing was read yet is passed over, because the right
        by which it will be read is not known; nothing is ever hidden in the person's own, `home`.
        """
        known = self.scopes()
        for name, ranges in sent.items():
            read = known.get(name, ReadScope(0, ""))
            if read.seq or name == home:
                own = joined((*read.own, *ranges))
                seq = reached(read.seq, own)
                rest = [each for each in own if each[0] > seq]
                self._keep_scope(name, ReadScope(seq, read.classes, tuple(rest[-MAX_RANGES:])))

    def pass_over_own(self) -> None:
        """All the rest was read: the cursors move behind what was sent from here."""
        for name, read in self.scopes().items():
            if read.own:
                self._keep_scope(name, ReadScope(max(read.seq, read.own[-1][1]), read.classes))

    def _keep_scope(self, name: str, read: ReadScope) -> None:
        own = as_text([list(each) for each in read.own]) if read.own else ""
        statement = insert(scope).values(name=name, seq=read.seq, classes=read.classes, own=own)
        columns = {"seq": statement.excluded.seq, "own": statement.excluded.own}
        self._unit.connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_=columns)
        )

    def forget(self, name: str) -> None:
        """Forget how far a scope was read, and by which right."""
        self._unit.connection.execute(delete(scope).where(scope.c.name == name))

    def departed(self) -> tuple[str, ...]:
        """Scopes that were left while something of theirs was not handed in."""
        kept = self._mark("departed")
        return tuple(str(name) for name in kept) if isinstance(kept, list) else ()

    def note_departed(self, name: str, *, something_stays: bool) -> None:
        """Remember that something of a scope that was left is still here, or that nothing is."""
        others = [each for each in self.departed() if each != name]
        departed: Json = [*others, name] if something_stays else list(others)
        if departed or self.departed():
            self._set_mark("departed", departed)

    def left_with(self, client: str) -> str:
        """The lost scope with which a client left while something was typed of it; else empty."""
        kept = self._mark("left_with")
        return str(kept.get(client, "")) if isinstance(kept, dict) else ""

    def note_left_with(self, client: str, name: str) -> None:
        """What was typed of this client is handed in with its scope; ids alone are remembered."""
        kept = self._mark("left_with")
        others = [
            each for each in (kept if isinstance(kept, dict) else {}).items() if each[0] != client
        ]
        self._set_mark("left_with", {**dict(others[-_REMEMBERED:]), client: name})

    def kinds(self) -> str:
        """The kinds of records that the program knew which read the feed."""
        kept = self._mark("kinds")
        return kept if isinstance(kept, str) else ""

    def set_kinds(self, known: str) -> None:
        """Remember which kinds of records this program knows."""
        self._set_mark("kinds", known)

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

    def clocks(self) -> Clocks | None:
        """The clocks at the last contact that was kept; None before the first one."""
        match self._mark("clocks"):
            case [str(server), str(wall)]:
                return Clocks(from_text(server), from_text(wall))
        return None

    def note_clocks(self, clocks: Clocks) -> None:
        """Keep what the clocks said just now (domain facts, "Clock")."""
        self._set_mark("clocks", [to_text(clocks.server), to_text(clocks.wall)])

    def notice(self) -> str:
        """The code that the server had for this install at the last contact; empty for none."""
        kept = self._mark("notice")
        return kept if isinstance(kept, str) else ""

    def set_notice(self, code: str) -> None:
        """Remember what the server had to say to this install."""
        self._set_mark("notice", code)

    def handed_in(self) -> int:
        """How many records went to a person at the insurer, and nobody here was told yet."""
        kept = self._mark("handed_in")
        return kept if isinstance(kept, int) else 0

    def note_handed_in(self, count: int) -> None:
        """So many more records went to a person at the insurer, because a right was lost."""
        if count:
            self._set_mark("handed_in", self.handed_in() + count)

    def forget_handed_in(self) -> None:
        """Somebody read of it."""
        self._set_mark("handed_in", 0)

    def admission(self) -> Admission:
        """What the server still lets this install do."""
        return Admission(self.notice())

    def require_active(self) -> None:
        """NotAllowed SC-SERV-006 when the server said that this install was revoked."""
        if self.admission().is_revoked:
            raise NotAllowed(REVOKED)

    def hand_in_key(self) -> str:
        """The office's key for packages that are handed in, hexadecimal; empty before it came."""
        kept = self._mark("hand_in_key")
        return kept if isinstance(kept, str) else ""

    def set_hand_in_key(self, key: str) -> None:
        """Remember the office's key."""
        self._set_mark("hand_in_key", key)

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

    def parked_codes(self) -> tuple[str, ...]:
        """The codes of what the server did not take, each once for each record."""
        records = select(record.c.parked).where(DIRTY, record.c.parked != "")
        appends = select(append.c.parked).where(append.c.parked != "")
        both = (records, appends)
        found = (self._unit.connection.execute(asked).scalars() for asked in both)
        return tuple(sorted(code for codes in found for code in codes))

    def parked_scopes(self) -> tuple[str, ...]:
        """The scopes of what the server did not take, each once."""
        records = select(record.c.scope).where(DIRTY, record.c.parked != "")
        appends = select(append.c.scope).where(append.c.parked != "")
        found = (self._unit.connection.execute(asked).scalars() for asked in (records, appends))
        return tuple(sorted({scope for scopes in found for scope in scopes} - {""}))

    def waiting(self) -> Waiting:
        """What a synchronisation would send now."""
        dirty = self._unit.connection.execute(_DIRTY_RECORDS).all()
        codes = {line.id: line.parked for line in dirty if line.kind == _DOCUMENT}
        registers = [line.parked for line in dirty if line.kind != _DOCUMENT]
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
        once = Counter[tuple[bool, bool]]()
        for kind, code in self._unit.connection.execute(_WAITING_APPENDS):
            once[kind == _PACKAGE, bool(code)] += 1
        return Waiting(
            documents,
            drafts,
            packages=once[True, False],
            parked=parked + sum(map(bool, registers)) + once[True, True] + once[False, True],
            clients=sum(not code for code in registers),
            events=once[False, False],
        )

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


def _ranges(kept: str) -> tuple[Range, ...]:
    """Ranges as `_keep_scope` wrote them."""
    return listed_ranges(small_json(kept)) if kept else ()
