"""The proof and the time stamp that the server puts behind the seal of every accepted file.

The verdict leaves a row in `stamp_due`; the worker asks the time stamp authority without holding
the database, judges what came of it as a laptop would, and only then tells the laptop: the status
names the stamped file, which is a blob of the status and never a new version of the document.
"""

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from sqlalchemy import ColumnElement, and_, delete, select, update

from smartclient.backoffice.growing_pauses import pause_after
from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.effective_packages import find_effective
from smartclient.backoffice.operations.late_packages import accepted_of
from smartclient.backoffice.operations.office import Desk, Office
from smartclient.backoffice.operations.revoked_seals import revoked_seals
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.operations.server_records import (
    change_status,
    status_id,
    status_of,
)
from smartclient.backoffice.operations.signed_packages import SignedPackage
from smartclient.backoffice.operations.stamps_due import LATE, TIME_STAMP
from smartclient.backoffice.operations.store_reach import NotAsked, StoreReach
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import PASSING
from smartclient.documents.acceptance import REVOKED_BEFORE
from smartclient.documents.certificates import Issuer
from smartclient.documents.cms_check import check_signature
from smartclient.documents.long_term import Stamp, kept_for_long
from smartclient.documents.record import SigningRecord
from smartclient.documents.revisions import SignedFile
from smartclient.documents.revocation import Proof
from smartclient.documents.verification import verify
from smartclient.domain.clock import to_text
from smartclient.domain.errors import Damaged, Refused, SmartClientError, Unreachable
from smartclient.domain.ids import Op, RecordId
from smartclient.wire.messages import JsonObject

log = logging.getLogger(__name__)

_LONGEST_DETAIL = 200
TRY_AGAIN, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=6)
"""The pause after the first attempt; it doubles up to the longest."""
MOST_ATTEMPTS, MOST_OF_A_FAULT = 20, 3
"""About four days while an authority is silent; a file in which something is wrong stays wrong."""


@dataclass(frozen=True, slots=True)
class Stamper:
    """Who stamps, and what the seals and the stamps are proved with."""

    stamp: Stamp
    chain: Sequence[x509.Certificate]
    """From the time stamp authority up to its root, which is the last."""
    root: x509.Certificate
    """The insurer's."""
    document: Issuer
    """Who issues the seals, and lists those that count no more."""
    lists: Sequence[x509.CertificateRevocationList] = ()
    """Further lists: the root's own."""


@dataclass(frozen=True, slots=True)
class _Due:
    scope: str
    document: RecordId
    op: Op


class _NotRead(Unreachable):
    """The store did not give this file; it may give the next one."""


def stamp_due(
    office: Office, stamper: Stamper, limit: int = 20, store: StoreReach | None = None
) -> int:
    """Stamp up to `limit` files that are due; how many were.

    What fails is tried again, later each time, and in the end given up: then it is an alarm for
    a person, and the row keeps the reason. A file whose seal was revoked before it was used can
    never be stamped, and is an alarm at once. One that cannot be read keeps no other waiting. Where
    the authority is silent, or the blob store as a whole (`store` knows), the other files are not
    tried now: each would wait for its own time-out, and the export behind them all. Nor where the
    store takes nothing: each would cost a stamp that is thrown away. Raises that Unreachable when
    none was stamped before it.
    """
    store = store or StoreReach(office.clock.monotonic)
    table = schema.stamp_due
    with office.reading() as desk:
        query = (
            select(table.c.scope, table.c.document, table.c.op)
            .where(table.c.due_at <= desk.now, table.c.given_up_at.is_(None))
            .order_by(table.c.due_at)
            .limit(limit)
        )
        waiting = [_Due(*row) for row in desk.connection.execute(query)]
    stamped = 0
    for each in waiting:
        try:
            stamped += _stamp_one(office, stamper, each, store)
        except _NotRead:
            continue
        except Unreachable:
            if not stamped:
                raise
            break
    return stamped


def _stamp_one(office: Office, stamper: Stamper, each: _Due, store: StoreReach) -> bool:
    """Stamp a file, or put it off; raises Unreachable when nobody answered."""
    try:
        stamped = _made(office, stamper, each, store)
        with office.writing() as desk:
            if stamped:
                _tell(desk, each, stamped)
            desk.connection.execute(delete(schema.stamp_due).where(_is(each)))
        return bool(stamped)
    except (NotAsked, *PASSING):
        raise
    except SmartClientError as refused:
        log.warning("not stamped", extra={"record": each.document, "code": refused.code})
        refusal = refused
    except Exception as defect:
        log.exception("not stamped", extra={"record": each.document})
        refusal = Damaged("SC-DOC-051", problem=type(defect).__name__)
    with office.writing() as desk:
        if refusal.values.get("problem") == REVOKED_BEFORE:
            raise_alarm(desk, Alarm.SEAL_REVOKED, each.scope, each.document, each.op)
            desk.connection.execute(delete(schema.stamp_due).where(_is(each)))
            return False
        _put_off(desk, each, refusal)
    if isinstance(refusal, Unreachable):
        raise refusal
    return False


def _made(office: Office, stamper: Stamper, each: _Due, store: StoreReach) -> bytes:
    """The stamped file; empty where a newer version stands and nothing is to be stamped."""
    with office.reading() as desk:
        package = _package_of(desk, each)
        if package is None:
            return b""
        blob = blobs.find_in_scope(desk, each.scope, package.pdf_sha256)
        try:
            with store.asking() if blob.file else nullcontext():
                pdf = blobs.read(desk, blob)
        except NotAsked:
            raise
        except Unreachable as silent:
            raise _NotRead(silent.code) from silent
        lists = (revoked_seals(desk, stamper.document), *stamper.lists)
    return _stamped(office, stamper, pdf, package, lists)


def _put_off(desk: Desk, each: _Due, refusal: SmartClientError) -> None:
    """Note the failed attempt: the next one comes later, or none any more."""
    table = schema.stamp_due
    made = desk.connection.execute(select(table.c.attempts).where(_is(each))).scalar()
    if made is None:
        return  # erased meanwhile
    attempts = int(made) + 1
    is_passing = isinstance(refusal, Unreachable | Refused)
    is_over = attempts >= (MOST_ATTEMPTS if is_passing else MOST_OF_A_FAULT)
    detail = str(refusal.values.get("problem") or refusal.values.get("status") or "")
    noted = {
        "attempts": attempts,
        "problem": refusal.code,
        "detail": detail[:_LONGEST_DETAIL],
        "due_at": desk.now + pause_after(attempts, TRY_AGAIN, LONGEST_PAUSE),
        "given_up_at": desk.now if is_over else None,
    }
    desk.connection.execute(update(table).where(_is(each)).values(noted))
    if is_over:
        raise_alarm(desk, Alarm.NOT_STAMPED, each.scope, each.document, each.op)


def _package_of(desk: Desk, each: _Due) -> SignedPackage | None:
    """The package that signs this version: in time, or late and accepted by a person."""
    key = (each.scope, each.document)
    found = find_effective(desk, [key]).get(key)
    if found is not None and found.package.document_op == each.op:
        return found.package
    return accepted_of(desk, each.scope, each.document, each.op)


def _stamped(
    office: Office,
    stamper: Stamper,
    pdf: bytes,
    package: SignedPackage,
    lists: tuple[x509.CertificateRevocationList, ...],
) -> bytes:
    """The stamped file, found good; Damaged SC-DOC-051 when the rule does not accept it."""
    seal = SignedFile(pdf).revisions[-1]
    facts = check_signature(seal.contents, seal.digest)
    of_seal = (facts.certificate, *facts.others, stamper.root)
    stamped = kept_for_long(pdf, Proof((*of_seal, *stamper.chain), lists), stamper.stamp)
    record = SigningRecord.from_json(package.record)
    now: datetime = office.clock.now()
    verdict = verify(stamped, record, stamper.root, at=now, stamp_roots=[stamper.chain[-1]])
    if not verdict.ok:
        failed = next(check for check in verdict.checks if not check.ok)
        raise Damaged("SC-DOC-051", problem=failed.detail)
    return stamped


def _tell(desk: Desk, each: _Due, stamped: bytes) -> None:
    records = hold_one(desk, each.scope)
    records.load([each.document, status_id(each.document)])
    document = records.get(each.document)
    if document is None:
        return
    late = status_of(records, document).get(LATE)
    if document.op != each.op and not isinstance(late, dict):
        return
    sha256 = blobs.keep_own(desk, each.scope, stamped)
    said: JsonObject = {"op": each.op, "sha256": sha256, "at": to_text(desk.now)}
    if document.op == each.op:
        change_status(records, document, time_stamp=said)
    elif isinstance(late, dict):
        change_status(records, document, late={**late, TIME_STAMP: said})
    records.flush()


def _is(each: _Due) -> ColumnElement[bool]:
    table = schema.stamp_due
    return and_(
        table.c.scope == each.scope,
        table.c.document == each.document,
        table.c.op == each.op,
    )
