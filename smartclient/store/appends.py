"""Signed packages: written once, never changed, sent until the server has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, insert, select

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.ids import DocumentId, Op, Sha256
from smartclient.store.bodies import as_text, read_back, small_json, stored
from smartclient.store.changes import Subject
from smartclient.store.schema import append
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.messages import RecordKind
from smartclient.wire.values import Json, JsonObject, mapping, sha256_text

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class SignedPackage:
    """A signed document: the sealed PDF, the exact values, the record of its signing."""

    op: Op
    document_id: DocumentId
    document_op: Op
    pdf: Sha256
    values: Sha256
    record: JsonObject
    signed_at: datetime
    acknowledged: bool
    parked: str


class Appends:
    """The appended records of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def add(self, op: Op, body: JsonObject, *, acknowledged: bool) -> SignedPackage:
        """Keep a package: one made here, or one that the server had from another install.

        Raises BadInput SC-SYNC-010 when the body is no package.
        """
        package = _package(op, body, acknowledged=acknowledged, parked="")
        blobs: Json = [package.pdf, package.values]
        line = {
            "op": op,
            "kind": RecordKind.SIGNED_PACKAGE.value,
            "document_id": package.document_id,
            "body": stored(body),
            "blobs": as_text(blobs),
            "acknowledged": int(acknowledged),
            "doubted": 0,
            "parked": "",
            "created_at": to_text(package.signed_at),
        }
        self._unit.connection.execute(insert(append), line)
        self._unit.touch(Subject.APPEND, op)
        return package

    def signed_package(self, document_id: DocumentId) -> SignedPackage | None:
        """The newest package of a document, None while it was not signed."""
        return self.newest_of([document_id]).get(document_id)

    def newest_of(self, documents: Sequence[str]) -> Mapping[str, SignedPackage]:
        """The newest package of each of these documents that has one."""
        asked = (
            select(append)
            .where(append.c.document_id.in_(documents))
            .order_by(append.c.created_at, append.c.op)
        )
        lines = self._unit.connection.execute(asked).mappings()
        return {line["document_id"]: _of_line(line) for line in lines}

    def known(self, ops: Iterable[str]) -> frozenset[str]:
        """Which of these packages are here."""
        asked = select(append.c.op).where(append.c.op.in_(list(ops)))
        return frozenset(self._unit.connection.execute(asked).scalars())

    def uses(self, digest: Sha256) -> bool:
        """Whether a package names this blob."""
        asked = select(append.c.op).where(append.c.blobs.contains(digest))
        return self._unit.connection.execute(asked).first() is not None


def blobs_of(line: RowMapping) -> tuple[Sha256, ...]:
    """The blobs that an appended record names."""
    named = small_json(line["blobs"])
    return tuple(sha256_text(digest) for digest in named) if isinstance(named, list) else ()


def _of_line(line: RowMapping) -> SignedPackage:
    acknowledged = bool(line["acknowledged"])
    return _package(
        Op(line["op"]), read_back(line["body"]), acknowledged=acknowledged, parked=line["parked"]
    )


def _package(op: Op, body: JsonObject, *, acknowledged: bool, parked: str) -> SignedPackage:
    return SignedPackage(
        op=op,
        document_id=DocumentId(str(body.get("document_id"))),
        document_op=Op(str(body.get("document_op"))),
        pdf=sha256_text(body.get("pdf_sha256")),
        values=sha256_text(body.get("values_sha256")),
        record=mapping(body.get("record"), "record"),
        signed_at=from_text(str(body.get("signed_at"))),
        acknowledged=acknowledged,
        parked=parked,
    )
