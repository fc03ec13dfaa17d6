"""The list table of documents and their bodies, as the other repositories of the store write them.

Many documents are written by one statement: a pull brings them by the hundred.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar, cast

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert

from smartclient.domain.document_life import DocumentKind
from smartclient.domain.ids import DocumentId
from smartclient.store.bodies import stored
from smartclient.store.changes import Subject
from smartclient.store.document_lines import (
    SITUATION_COLUMNS,
    Columns,
    Situation,
    SituationLine,
    Situations,
    columns_of,
    situation_columns,
    situation_of,
)
from smartclient.store.full_text import document_words, index_words
from smartclient.store.many import Line, Many, Stored, among, given
from smartclient.store.schema import document, document_body
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.encoding import pack
from smartclient.wire.values import JsonObject

Told = TypeVar("Told", bound=Hashable)
# Statements are built once: building them costs more than running them.
_LINES = select(document).where(among(document.c.id))
_NEWEST_ROW = select(func.max(document.c.row))
_NEW_LINE = insert(document)
_WRITE_LINE = Many(
    _NEW_LINE.on_conflict_do_update(
        index_elements=["id"],
        set_={
            column.name: _NEW_LINE.excluded[column.name]
            for column in document.columns
            if column.name not in ("row", "id")
        },
    )
)
_NEW_BODY = insert(document_body)
_WRITE_BODY = Many(
    _NEW_BODY.on_conflict_do_update(
        index_elements=["id"], set_={"content": _NEW_BODY.excluded.content}
    )
)
_CHANGING = tuple(name for name in SITUATION_COLUMNS if name != "signed_at")
_ALIKE = ("kind", "digital", *_CHANGING)
_STANDING = select(document.c.id, *(document.c[name] for name in _ALIKE)).where(
    among(document.c.id)
)
_STAND_ALIKE = (
    update(document)
    .where(among(document.c.id))
    .values({name: bindparam(name) for name in _CHANGING})
)
_STAND = Many(
    update(document)
    .where(document.c.id == bindparam("of_document"))
    .values({name: bindparam(name) for name in SITUATION_COLUMNS})
)


class DocumentTable:
    """The lines and bodies of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def lines(self, identities: Iterable[str]) -> Mapping[str, RowMapping]:
        """The lines of those documents that are here."""
        found = self._unit.connection.execute(_LINES, given(identities))
        return {line["id"]: line for line in found.mappings()}

    def write(
        self,
        changed: Mapping[DocumentId, tuple[JsonObject, Situation]],
        contents: Mapping[str, bytes] = MappingProxyType({}),
        lines: Mapping[str, RowMapping] | None = None,
    ) -> None:
        """Write bodies with their lines and words, new or in place of the old ones.

        `contents` are the canonical bytes of those bodies of which they are known, `lines` those
        that are here of these documents, where they were read already.
        """
        known = self.lines(changed) if lines is None else lines
        following = (self._unit.connection.execute(_NEWEST_ROW).scalar() or 0) + 1
        written: list[Columns] = []
        situations = Situations()
        new: dict[int, str] = {}
        reworded: dict[int, str] = {}
        for identity, (body, situation) in changed.items():
            columns = columns_of(identity, body, situation, situations)
            before = known.get(identity)
            if before is None:
                place, following = following, following + 1
                new[place] = _words(columns)
            else:
                place = before["row"]
                if _words(columns) != _words(before):
                    reworded[place] = _words(columns)
            columns["row"] = place
            written.append(columns)
        bodies: list[Line] = [
            {"id": name, "content": pack(contents[name]) if name in contents else stored(body)}
            for name, (body, _) in changed.items()
        ]
        _WRITE_LINE.run(self._unit, written)
        _WRITE_BODY.run(self._unit, bodies)
        index_words(self._unit, "document_words", new, reworded)
        for identity in changed:
            self._unit.touch(Subject.DOCUMENT, identity)

    def stand_alike(
        self, told: Mapping[str, Told], after: Callable[[Situation, Told], Situation]
    ) -> Mapping[str, Situation]:
        """Change how documents stand by what is told of each; gives those that are here.

        Those that stood alike and of which the same is told are written together. When they were
        signed is not looked at.
        """
        groups: dict[tuple[Told, tuple[Stored, ...]], list[str]] = {}
        found = self._unit.connection.execute(_STANDING, given(told)).all()
        for row in found:
            groups.setdefault((told[row.id], tuple(row[1:])), []).append(row.id)
        standing: dict[str, Situation] = {}
        for (said, stood), names in groups.items():
            line = {**dict(zip(_ALIKE, stood, strict=True)), "signed_at": None}
            now = after(situation_of(cast("SituationLine", line)), said)
            kind, digital = DocumentKind(str(line["kind"])), bool(line["digital"])
            columns = situation_columns(now, kind, digital=digital)
            del columns["signed_at"]
            self._unit.connection.execute(_STAND_ALIKE, {**columns, **given(names)})
            standing |= dict.fromkeys(names, now)
        for name in standing:
            self._unit.touch(Subject.DOCUMENT, name)
        return standing

    def stand(self, changed: Mapping[str, Situation], lines: Mapping[str, RowMapping]) -> None:
        """Change how documents stand; `lines` are theirs as they were read. Bodies stay."""
        columns: Sequence[Columns] = [
            {
                "of_document": identity,
                **situation_columns(
                    situation,
                    DocumentKind(lines[identity]["kind"]),
                    digital=bool(lines[identity]["digital"]),
                ),
            }
            for identity, situation in changed.items()
        ]
        _STAND.run(self._unit, columns)
        for identity in changed:
            self._unit.touch(Subject.DOCUMENT, identity)


def _words(line: Mapping[str, str | int | None] | RowMapping) -> str:
    return document_words(str(line["number"]), str(line["client_name"]))
