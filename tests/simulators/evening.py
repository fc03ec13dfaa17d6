"""An evening's documents, put in place as pushes and judgements leave them, without the network.

The rows are written by the product's own operations, many scopes at a time. The bodies of the
attachments stand in the staging folder only: between seal and lock nothing reads them.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from sqlalchemy import insert

from smartclient.backoffice.operations import prepared_lines
from smartclient.backoffice.operations.export.exporter import Exporter
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.scope_records import ScopeRecords, hold, write_all
from smartclient.backoffice.operations.server_records import change_status
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import HrNumber, InstallId, Op, RecordId, Sha256
from smartclient.wire import encoding
from smartclient.wire.messages import JsonObject, RecordKind

DOCUMENTS_EACH = 3
BLOBS_EACH = 2
"""The signed PDF and its values."""
FIELDS = 160
"""About 8 KB of answers, as of an offer for two people."""
SCOPES_AT_ONCE = 250
_STAGED = b"what the core gets"
_LETTERS = "".join(Random(1).choices("aábcčdeéěfghiíjklmnoprřsštuúůvyýzž", k=1 << 18))


def fill(
    exporter: Exporter,
    advisers: int,
    received_at: datetime,
    seed: int = 7,
    attachment: bytes = _STAGED,
) -> int:
    """Put the exportable documents of so many advisers in place; how many documents there are.

    Every attachment has the same content, whatever its name says.
    """
    random = Random(seed)
    staged = exporter.places.archive / ".staged"
    for start in range(0, advisers, SCOPES_AT_ONCE):
        scopes = [
            f"person:{number:08}" for number in range(start, min(start + SCOPES_AT_ONCE, advisers))
        ]
        with exporter.office.writing() as desk:
            _open_scopes(desk, scopes)
            for records in (held := hold(desk, scopes)).values():
                for _ in range(DOCUMENTS_EACH):
                    names = _put_document(records, random, received_at)
                    _stage(staged, names, attachment)
            write_all(desk, held.values())
            for records in held.values():
                for row in records.changed.values():
                    if row.kind is RecordKind.DOCUMENT:
                        formats = exporter.policy.formats
                        prepared_lines.prepare(records, row, _record(random), formats)
    return advisers * DOCUMENTS_EACH


def _open_scopes(desk: Desk, scopes: list[str]) -> None:
    begun = {"head": 0, "retained_from": 0}
    rows = [
        {**begun, "scope": scope, "data_key": desk.keys.new(scope, desk.random)} for scope in scopes
    ]
    desk.connection.execute(insert(schema.scope), rows)


def _stage(folder: Path, names: Sequence[Sha256], attachment: bytes) -> None:
    # Flushing them belongs to the hours before the cut-off.
    for name in names:
        place = folder / name[:2]
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(attachment)


def _put_document(
    records: ScopeRecords, random: Random, received_at: datetime
) -> tuple[Sha256, ...]:
    desk = records.desk
    names = tuple(Sha256(random.randbytes(32).hex()) for _ in range(BLOBS_EACH))
    blob = {"scope": records.scope, "size": 20_000, "file": "", "received_at": received_at}
    desk.connection.execute(insert(schema.blob), [{**blob, "sha256": name} for name in names])
    body = _body(random)
    content = encoding.canonical(body)
    row = RecordRow(
        id=RecordId(desk.ids.new()),
        kind=RecordKind.DOCUMENT,
        version=1,
        op=Op(desk.ids.new()),
        sha256=encoding.sha256(content),
        stage=Stage.COMPLETE,
        state=ServerState.OPEN,
        seq=0,
        blobs=names,
        form_version="flexi-offer@1",
        document_kind="offer",
        number=str(body["number"]),
        install=InstallId(desk.ids.new()),
        hr=HrNumber("90012345"),
        first_received_at=received_at,
        received_at=received_at,
        exportable=True,
    )
    stands = records.put(row, content)
    verdict: JsonObject = {"exportable": True, "missing": [], "code": ""}
    change_status(records, stands, document_op=stands.op, verdict=verdict)
    return names


def _body(random: Random) -> JsonObject:
    answers: JsonObject = {f"field_{number:03}": _words(random) for number in range(FIELDS)}
    return {
        "schema": 1,
        "document_kind": "offer",
        "number": str(random.randrange(7_000_000_000, 8_000_000_000)),
        "answers": answers,
        "premium": {"payable": "1223", "frequency": 12, "currency": "CZK", "lines": []},
    }


def _record(random: Random) -> JsonObject:
    return {f"NAME_{number:03}": _words(random) for number in range(FIELDS // 2)}


def _words(random: Random) -> str:
    begin = int(random.random() * (len(_LETTERS) - 50))
    return _LETTERS[begin : begin + 4 + begin % 45]
