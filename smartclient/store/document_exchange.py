"""Documents in the exchange: their stage, list and signing, and what the server says of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import delete, literal_column, select, update
from sqlalchemy import text as sql

from smartclient.domain.document_life import Marks, ServerState, Stage, is_exportable_stage
from smartclient.domain.ids import DocumentId
from smartclient.store.appends import Appends, SignedPackage
from smartclient.store.bodies import read_back
from smartclient.store.changes import Subject
from smartclient.store.conflicts import Conflicts
from smartclient.store.document_lines import Situation, marks_after, situation_of
from smartclient.store.document_table import DocumentTable
from smartclient.store.many import among, given
from smartclient.store.records import Records
from smartclient.store.replaced import Accepted, Came, Part
from smartclient.store.schema import (
    append,
    conflict,
    document,
    document_body,
    document_status,
    record,
    signing_session,
)
from smartclient.store.server_records import statuses_of, verdict_of
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.encoding import unpack
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import FeedRow, JsonObject

_OFFERED = {stage.value: stage for stage in Stage} | {Stage.SIGNED.value: Stage.WAITING}
"""The server makes a document signed when its package arrives, and only then."""
_LISTED = among(document.c.id) & (document.c.listed == 1)
_AGES = select(document.c.id, document.c.changed_at).where(_LISTED)
_PARTS = (
    select(document.c.id, document.c.stage, document.c.form_version, document_body.c.content)
    .join(document_body, document_body.c.id == document.c.id)
    .where(_LISTED)
)
_UNSENT = select(record.c.id).where(among(record.c.id), record.c.dirty == 1)
_CLOSED = (ServerState.SEALED, ServerState.LOCKED, ServerState.ARCHIVED)
_END_SIGNING = update(signing_session).where(among(signing_session.c.document_id)).values(ended=1)
_PACKAGE_WAITS = (
    literal_column("acknowledged") == literal_column("0"),
    append.c.kind == RecordKind.SIGNED_PACKAGE.value,
)


class DocumentExchange:
    """The documents of one transaction, as the exchange sees them."""

    def __init__(
        self,
        unit: UnitOfWork,
        table: DocumentTable,
        records: Records,
        appends: Appends,
        conflicts: Conflicts,
    ) -> None:
        self._unit = unit
        self._table = table
        self._records = records
        self._appends = appends
        self._conflicts = conflicts

    # --- going out ---------------------------------------------------------------------------

    def ages(self, dirty: Sequence[str]) -> Mapping[str, str]:
        """Those of the list; a discarded draft stays here."""
        return dict(map(tuple, self._unit.connection.execute(_AGES, given(dirty)).all()))

    def parts(self, identities: Sequence[str]) -> Mapping[str, Part]:
        """Bodies with stage and form version."""
        found = self._unit.connection.execute(_PARTS, given(identities)).all()
        return {
            name: Part(unpack(content), _OFFERED[stage], form_version)
            for name, stage, form_version, content in found
        }

    def edit_of(self, identity: DocumentId) -> tuple[JsonObject, Stage]:
        """The edit that is here, for the conflicts, whether it is in the list or not."""
        asked = select(document_body.c.content).where(document_body.c.id == identity)
        body = read_back(self._unit.connection.execute(asked).scalar_one())
        return body, Stage(self._table.lines([identity])[identity]["stage"])

    def accepted(self, taken: Sequence[Accepted]) -> Collection[str]:
        """Backed up, unless a signed package of it still waits."""
        waiting = self._packages_waiting()
        offered = {
            str(each.offer.id): (each.offer.stage, each.offer.id in waiting) for each in taken
        }
        standing = self._table.stand_alike(offered, _standing_after_ok)
        told = {each.offer.id: each.stage for each in taken}
        return [
            name for name in told if name not in standing or standing[name].stage is not told[name]
        ]

    def parked(self, codes: Mapping[str, str]) -> None:
        """The list shows the code."""
        lines = self._table.lines(codes)
        standing = {
            name: replace(situation_of(line), parked=codes[name]) for name, line in lines.items()
        }
        self._table.stand(standing, lines)

    def set_aside(self, identities: Sequence[str]) -> None:
        """Out of the list until the server's version is here; a signing of the edit ends."""
        lines = self._table.lines(identities)
        standing = {name: replace(situation_of(line), listed=False) for name, line in lines.items()}
        self._table.stand(standing, lines)
        self._end_signing(identities)

    # --- coming in ---------------------------------------------------------------------------

    def came(self, records: Sequence[Came]) -> int:
        """The list shows what the server has; an edit that came back closes its conflict."""
        identities = [each.row.id for each in records]
        lines = self._table.lines(identities)
        packages = self._appends.newest_of(identities)
        statuses = statuses_of(self._unit, identities)
        written: dict[DocumentId, tuple[JsonObject, Situation]] = {}
        contents: dict[str, bytes] = {}
        standing: dict[str, Situation] = {}
        fresh: dict[tuple[Stage, ServerState], Situation] = {}
        for each in records:
            row = each.row
            before = situation_of(lines[row.id]) if row.id in lines else None
            package, status = packages.get(row.id), statuses.get(row.id)
            if before is None and package is None and status is None:
                now = fresh.get((row.stage, row.state)) or _situation_after(row, None, None, None)
                fresh[row.stage, row.state] = now
            else:
                now = _situation_after(row, before, package, status)
            if each.got is not None:
                written[DocumentId(row.id)] = (each.got.body, now)
                contents[row.id] = each.got.content
            elif before is not None and now != before:
                standing[row.id] = now
        self._table.stand(standing, lines)
        if written:
            self._table.write(written, contents, lines)
            self._end_signing([name for name in written if name in lines])
        return len(written) + len(standing)

    def unsent(self, identities: Sequence[str]) -> None:
        """The list shows that they are not backed up any more."""
        lines = self._table.lines(identities)
        standing = {
            name: replace(situation_of(line), backed_up=False, server=ServerState.OPEN)
            for name, line in lines.items()
        }
        self._table.stand(standing, lines)

    def gone(self, identities: Sequence[str]) -> frozenset[str]:
        """The archive has the bodies of archived documents."""
        lines = self._table.lines(identities)
        return frozenset(
            name for name, line in lines.items() if line["server"] == ServerState.ARCHIVED.value
        )

    # --- signed packages -----------------------------------------------------------------------

    def signed(self, packages: Sequence[SignedPackage]) -> None:
        """Packages came that were signed on another install."""
        lines = self._table.lines(package.document_id for package in packages)
        standing: dict[str, Situation] = {
            package.document_id: replace(
                situation_of(lines[package.document_id]),
                has_pdf=True,
                signed_at=package.signed_at,
            )
            for package in packages
            if package.document_id in lines
        }
        self._table.stand(standing, lines)

    def packages_arrived(self, documents: Collection[str]) -> None:
        """The server has packages of these documents."""
        waiting = self._packages_waiting()
        dirty = set(self._unit.connection.execute(_UNSENT, given(documents)).scalars())
        backed_up = {name: not (name in dirty or name in waiting) for name in documents}
        self._table.stand_alike(backed_up, _standing_with_package)

    def _packages_waiting(self) -> frozenset[str]:
        """The documents with a signed package that the server does not have."""
        asked = select(append.c.parent).where(*_PACKAGE_WAITS)
        return frozenset(self._unit.connection.execute(asked).scalars())

    # --- the end -------------------------------------------------------------------------------

    def wipe(self, identities: Sequence[str]) -> None:
        """Lines, bodies, words, signing sessions, conflict copies, what the server said."""
        places = [{"row": line["row"]} for line in self._table.lines(identities).values()]
        if places:
            words = sql("DELETE FROM document_words WHERE rowid = :row")
            self._unit.connection.execute(words, places)
        for column in (
            document.c.id,
            document_body.c.id,
            document_status.c.document_id,
            signing_session.c.document_id,
            conflict.c.document_id,
        ):
            self._unit.connection.execute(delete(column.table).where(column.in_(identities)))
        for identity in identities:
            self._unit.touch(Subject.DOCUMENT, identity)
            self._unit.touch(Subject.CONFLICT, identity)

    def _end_signing(self, identities: Sequence[str]) -> None:
        if identities:
            self._unit.connection.execute(_END_SIGNING, given(identities))


def _standing_after_ok(before: Situation, offered: tuple[Stage, bool]) -> Situation:
    """After the server took the edit in this stage; or a package of it still waits."""
    stage, package_waits = offered
    return replace(
        before,
        server=ServerState.OPEN,
        backed_up=not package_waits,
        exportable=is_exportable_stage(stage),
        parked="",
        listed=True,
    )


def _standing_with_package(before: Situation, is_backed_up: bool) -> Situation:
    return replace(before, backed_up=is_backed_up)


def _situation_after(
    row: FeedRow,
    before: Situation | None,
    package: SignedPackage | None,
    status: JsonObject | None,
) -> Situation:
    stage = row.stage
    unsent = package is not None and not package.acknowledged
    signed_here = unsent and before is not None and before.stage is Stage.SIGNED
    if signed_here and row.state not in _CLOSED:
        stage = Stage.SIGNED
    marks = marks_after(before.marks if before is not None else Marks(), status or {})
    return Situation(
        stage=stage,
        server=row.state,
        backed_up=not unsent,
        has_pdf=package is not None or _was_completed(stage, before),
        exportable=_exportable(row, before, status),
        marks=marks,
        parked="",
        signed_at=None if package is None else package.signed_at,
        listed=True,
    )


def _was_completed(stage: Stage, before: Situation | None) -> bool:
    """What was cancelled keeps the pages of its completion."""
    return stage is Stage.CANCELLED and before is not None and before.has_pdf


def _exportable(row: FeedRow, before: Situation | None, status: JsonObject | None) -> bool:
    if status is not None and status.get("document_op") == row.op:
        return verdict_of(status)
    return before is not None and before.exportable
