"""What the export will hand over of a document, made as soon as the document is found exportable.

Between seal and lock every push of a sealed document is answered `busy`, so nothing is computed
then: the line of the payload, with the data record of the form's export map, was made with the
verdict and in its transaction. It is of exactly that op; a document is exportable only while its
line is there.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, select

from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.at_rest import ScopeKey
from smartclient.backoffice.operations.effective_packages import EffectivePackage, find_effective
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import BatchedDocument
from smartclient.wire.messages import Json, JsonObject, mapping

_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,4})?")


@dataclass(frozen=True, slots=True)
class PreparedLine:
    """A line of the payload, and what the manifest adds up."""

    frame: bytes
    """Canonical JSON with the end of the line, as a zstd frame of its own."""
    blobs: tuple[tuple[Sha256, int], ...]
    """Names and sizes of the attachments."""
    is_signed: bool
    payable: tuple[str, Decimal] | None
    """Currency and instalment that the document states."""


def prepare(records: ScopeRecords, document: RecordRow, record: JsonObject) -> None:
    """Make and keep the line of an exportable document, in the transaction of its verdict."""
    desk, scope = records.desk, records.scope
    package = None
    if document.stage is Stage.SIGNED:
        package = find_effective(desk, [(scope, document.id)]).get((scope, document.id))
    named = [*document.blobs, *(sorted(package.package.blobs) if package else ())]
    names = list(dict.fromkeys(named))
    content = records.content(document.id)
    about: JsonObject = {
        "blobs": [[name, blobs.find_in_scope(desk, scope, name).size] for name in names],
        "payable": _payable(content),
        "signed": package is not None,
    }
    line = _payload_line(document, content, package, record, names)
    kept = encoding.canonical(about) + b"\n" + encoding.pack(line)
    row = {"scope": scope, "document": document.id, "op": document.op}
    sealed = records.key.seal(kept, _name(document.id, document.op), desk.random)
    upsert(desk.connection, schema.prepared_line, [{**row, "line": sealed}])


def forget(records: ScopeRecords, document: RecordId) -> None:
    """Forget the line of a document that may not be exported any more."""
    table = schema.prepared_line
    of_it = (table.c.scope == records.scope) & (table.c.document == document)
    records.desk.connection.execute(delete(table).where(of_it))


def forget_exported(desk: Desk, batch: str, scopes: Sequence[str]) -> None:
    """Forget the lines that a batch took over."""
    table, line = schema.prepared_line, schema.export_line
    taken = (
        (line.c.batch == batch)
        & (line.c.scope == table.c.scope)
        & (line.c.document == table.c.document)
        & (line.c.op == table.c.op)
    )
    gone = delete(table).where(table.c.scope.in_(scopes))
    desk.connection.execute(gone.where(select(line.c.op).where(taken).exists()))


def open_line(key: ScopeKey, document: RecordId, op: Op, sealed: bytes) -> PreparedLine:
    """The line that was kept; Damaged SC-SERV-060 for one of another document or op."""
    about, _, frame = key.open(sealed, _name(document, op)).partition(b"\n")
    said = json.loads(about)
    payable = said["payable"]
    return PreparedLine(
        frame,
        tuple((Sha256(name), size) for name, size in said["blobs"]),
        said["signed"],
        (payable[0], Decimal(payable[1])) if payable else None,
    )


def _name(document: RecordId, op: Op) -> str:
    """What a sealed line is bound to: no other document's, and no older one's, can take its place.

    It differs from the name of the body, which is the document alone.
    """
    return f"line {document} {op}"


def _payload_line(
    document: RecordRow,
    content: bytes,
    package: EffectivePackage | None,
    record: JsonObject,
    names: Sequence[Sha256],
) -> bytes:
    """Canonical JSON, the body in it as it was stored: nothing is written anew that was signed."""
    batched = BatchedDocument(document.id, document.version, document.op, document.sha256)
    before: JsonObject = {"blobs": [*names]}
    after: JsonObject = {
        "hr": document.hr,
        **batched.to_json(),
        "record": record or None,
        "signed": package.body if package else None,
        "stage": document.stage.value,
    }
    around = encoding.canonical(before)[:-1], encoding.canonical(after)[1:]
    return around[0] + b',"body":' + content + b"," + around[1] + b"\n"


def _payable(content: bytes) -> Json:
    """Currency and instalment as the document states them; one that states none adds nothing."""
    premium = mapping(encoding.parse(content)).get("premium")
    if not isinstance(premium, dict):
        return None
    currency, payable = premium.get("currency"), premium.get("payable")
    if isinstance(currency, str) and isinstance(payable, str) and _AMOUNT.fullmatch(payable):
        return [currency[:3], payable]
    return None
