"""What a push offers and what its answers did; values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from smartclient.domain.document_life import Stage
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire.encoding import canonical, parse
from smartclient.wire.kinds import RecordClass, RecordKind
from smartclient.wire.messages import PushLine, mapping


@dataclass(frozen=True, slots=True)
class Offer:
    """A record as it is offered. Its body stays the canonical bytes that are kept here."""

    id: RecordId
    kind: RecordKind
    op: Op
    lineage: tuple[Op, ...]
    sha256: Sha256
    content: bytes
    stage: Stage = Stage.DRAFT
    form_version: str = ""
    blobs: tuple[Sha256, ...] = ()
    scope: str = ""
    parent: str = ""
    record_class: RecordClass = RecordClass.GENERAL
    hangs_on: str = ""
    """What an appended record hangs on, also where its line does not say so."""

    @property
    def line(self) -> PushLine:
        """The line with its body as a value."""
        return PushLine(
            id=self.id,
            kind=self.kind,
            op=self.op,
            lineage=self.lineage,
            stage=self.stage,
            form_version=self.form_version,
            sha256=self.sha256,
            blobs=self.blobs,
            body=mapping(parse(self.content), "body"),
            scope=self.scope,
            parent=self.parent,
            record_class=self.record_class,
        )

    def written(self) -> bytes:
        """The canonical bytes of the line; the body in it is copied, not read and written anew.

        In the names of records, edits and files nothing has to be escaped.
        """
        record_class, scope = self.record_class.value, self.scope
        before = f'{{"blobs":{_names(self.blobs)},"body":'
        after = "".join(
            (
                f',"class":"{record_class}"' if record_class else "",
                f',"form_version":{_quoted(self.form_version)}',
                f',"id":"{self.id}","kind":"{self.kind.value}"',
                f',"lineage":{_names(self.lineage)},"op":"{self.op}"',
                f',"parent":"{self.parent}"' if self.parent else "",
                f',"scope":{_quoted(scope)}' if scope else "",
                f',"sha256":"{self.sha256}","stage":"{self.stage.value}"}}',
            )
        )
        return b"".join((before.encode(), self.content, after.encode()))


@dataclass(frozen=True, slots=True)
class Taken:
    """What the answers to a push did."""

    accepted: int = 0
    conflicts: int = 0
    busy: int = 0
    parked: int = 0
    missing: frozenset[Sha256] = frozenset()
    stale: frozenset[RecordId] = frozenset()
    """Records of registers that are to be merged by field, or read again."""
    rebased: int = 0
    """Edits that went over to the client that theirs became part of."""
    erased: int = 0
    handed_in: int = 0
    """Of the accepted: given to a person at the back office, because the right was lost."""
    lost: frozenset[str] = frozenset()
    """The scopes of those: they are left as if the feed had said so."""
    alone: frozenset[RecordId] = frozenset()
    """Those of them that go from here without their scope, which stays: an old disk did not know
    that they belong to a lost one.
    """
    unlike: frozenset[str] = frozenset()
    """The scopes, as lines name them, in which something stands otherwise here than it was
    accepted; what the feed shows of them must be read.
    """


def added(one: Taken, other: Taken) -> Taken:
    """What two groups of answers did together."""
    return Taken(
        accepted=one.accepted + other.accepted,
        conflicts=one.conflicts + other.conflicts,
        busy=one.busy + other.busy,
        parked=one.parked + other.parked,
        missing=one.missing | other.missing,
        stale=one.stale | other.stale,
        rebased=one.rebased + other.rebased,
        erased=one.erased + other.erased,
        handed_in=one.handed_in + other.handed_in,
        lost=one.lost | other.lost,
        alone=one.alone | other.alone,
        unlike=one.unlike | other.unlike,
    )


def _names(names: Sequence[str]) -> str:
    return '["' + '","'.join(names) + '"]' if names else "[]"


@lru_cache(maxsize=256)
def _quoted(text: str) -> str:
    """The text as canonical JSON; most lines say the same."""
    return canonical(text).decode()
