"""What the export will hand over of a document, made as soon as the document is found exportable.

Between seal and lock every push of a sealed document is answered `busy`, so nothing is computed
then: the line of the payload, with the data record of the form's export map, was made with the
verdict and in its transaction. It is of exactly that op; a document is exportable only while its
line is there.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import delete, select

from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.at_rest import ScopeKey
from smartclient.backoffice.operations.effective_packages import EffectivePackage, find_effective
from smartclient.backoffice.operations.export.formats import JSON, BatchFormat, further_entries
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import upsert
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import PAYLOAD, BatchedDocument
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
    entries: Mapping[str, bytes] = field(default_factory=dict)
    """What it adds to files of further formats, packed, as far as that was made in advance."""


Formats = Sequence[BatchFormat]


def prepare(
    records: ScopeRecords, document: RecordRow, record: JsonObject, formats: Formats = (JSON,)
) -> None:
    """Make and keep the line of an exportable document, in the transaction of its verdict."""
    desk, scope = records.desk, records.scope
    package = None
    if document.stage is Stage.SIGNED:
        package = find_effective(desk, [(scope, document.id)]).get((scope, document.id))
    named = [*document.blobs, *(sorted(package.package.blobs) if package else ())]
    names = list(dict.fromkeys(named))
    content = records.content(document.id)
    line = _payload_line(document, content, package, record, names)
    sizes = [(name, blobs.find_in_scope(desk, scope, name).size) for name in names]
    about: JsonObject = {"payable": _payable(content), "signed": package is not None}
    keep(records, (document.id, document.op), line, sizes, about, formats)


def keep(
    records: ScopeRecords,
    named: tuple[RecordId, Op],
    line: bytes,
    attachments: Sequence[tuple[Sha256, int]],
    about: JsonObject,
    formats: Formats,
) -> None:
    """Keep a line of the payload with the names and sizes of its attachments."""
    entries = further_entries(formats, line)
    frame = encoding.pack(line)
    blobs_named: list[Json] = [[name, size] for name, size in attachments]
    # The payload's frame comes first and then the others, so that each can be cut out again.
    parts = {PAYLOAD: frame, **entries}
    lengths: list[Json] = [[name, len(part)] for name, part in parts.items()]
    told = encoding.canonical({**about, "blobs": blobs_named, "parts": lengths})
    kept = told + b"\n" + b"".join(parts.values())
    record, op = named
    sealed = records.key.seal(kept, _name(record, op), records.desk.random)
    row = {"scope": records.scope, "document": record, "op": op, "line": sealed}
    upsert(records.desk.connection, schema.prepared_line, [row])


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
    about, _, kept = key.open(sealed, _name(document, op)).partition(b"\n")
    said = json.loads(about)
    payable = said["payable"]
    parts = _cut(kept, said.get("parts") or [[PAYLOAD, len(kept)]])
    return PreparedLine(
        parts.pop(PAYLOAD),
        tuple((Sha256(name), size) for name, size in said["blobs"]),
        said["signed"],
        (payable[0], Decimal(payable[1])) if payable else None,
        parts,
    )


def _cut(kept: bytes, lengths: Sequence[tuple[str, int]]) -> dict[str, bytes]:
    found, at = {}, 0
    for name, length in lengths:
        found[name] = kept[at : at + length]
        at += length
    return found


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
        "signed_package": package.id if package else None,
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
