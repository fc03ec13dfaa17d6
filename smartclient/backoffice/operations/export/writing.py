"""Write: payload, blobs, manifest and signature of a sealed batch, durable outside the database.

The bytes follow from the sealed documents alone, so a second run after a crash writes the same
ones; a finished folder of that name is taken as it is, never rebuilt.
"""

import hashlib
import json
import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import zstandard
from sqlalchemy import RowMapping, select, tuple_

from smartclient.backoffice.operations import blobs
from smartclient.backoffice.operations.effective_packages import EffectivePackage, find_effective
from smartclient.backoffice.operations.export.durable import (
    durable_file,
    put_in_place,
    remove_partial,
    write_durably,
)
from smartclient.backoffice.operations.export.runs import ExportRun
from smartclient.backoffice.operations.export.staging import StagedBlobs
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.scope_records import open_body
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import HrNumber, Sha256
from smartclient.wire import encoding
from smartclient.wire.batches import (
    BLOBS,
    MANIFEST,
    PAYLOAD,
    SIGNATURE,
    BatchedDocument,
    Manifest,
    Totals,
)
from smartclient.wire.messages import JsonObject, mapping

Sign = Callable[[bytes], bytes]
"""Signs the manifest with the export's own key: ECDSA, SHA-256, DER."""
PAGE = 200
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,4})?")


def write_batch(desk: Desk, run: ExportRun, archive: Path, sign: Sign) -> Sha256:
    """Write the batch into the archive, or take the one that is there; the manifest's digest.

    Raises Damaged SC-EXP-005 when the folder that is there holds other documents.
    """
    archive.mkdir(parents=True, exist_ok=True)
    final = archive / run.batch
    if not final.exists():
        remove_partial(archive, run.batch)
        partial = archive / f".{run.batch}.{secrets.token_hex(8)}.partial"
        (partial / BLOBS).mkdir(parents=True)
        _write(desk, run, partial, StagedBlobs(archive), sign)
        put_in_place(partial, final)
    content = (final / MANIFEST).read_bytes()
    manifest = Manifest.from_json(encoding.parse(content))
    line = schema.export_line
    query = select(line.c.document, line.c.version, line.c.op, line.c.sha256)
    sealed = desk.connection.execute(query.where(line.c.batch == run.batch))
    if {BatchedDocument(*row) for row in sealed} != set(manifest.documents):
        raise Damaged("SC-EXP-005", batch=run.batch)
    return encoding.sha256(content)


@dataclass(slots=True)
class _Sums:
    """What the manifest adds up while documents are written."""

    signed: int = 0
    blobs: dict[Sha256, int] = field(default_factory=dict)
    payable: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def totals(self, documents: int) -> Totals:
        payable = {currency: f"{total:f}" for currency, total in sorted(self.payable.items())}
        return Totals(documents, self.signed, len(self.blobs), sum(self.blobs.values()), payable)


def _write(desk: Desk, run: ExportRun, folder: Path, staged: StagedBlobs, sign: Sign) -> None:
    sums = _Sums()

    def attach(scope: str, name: Sha256) -> None:
        if name not in sums.blobs:
            place = folder / BLOBS / name
            if not staged.link(name, place):
                write_durably(place, blobs.read(desk, blobs.find_in_scope(desk, scope, name)))
            sums.blobs[name] = place.stat().st_size

    documents: list[BatchedDocument] = []
    hashed = hashlib.sha256()
    packing = zstandard.ZstdCompressor(level=3).compressobj()
    with durable_file(folder / PAYLOAD) as file:

        def write(packed: bytes) -> None:
            hashed.update(packed)
            file.write(packed)

        for document, line in _payload_lines(desk, run, sums, attach):
            write(packing.compress(line))
            documents.append(document)
        write(packing.flush())
    manifest = Manifest(
        batch=run.batch,
        business_date=run.business_date,
        cutoff=run.cutoff,
        previous_sha256=run.previous_manifest_sha256,
        payload_sha256=Sha256(hashed.hexdigest()),
        totals=sums.totals(len(documents)),
        documents=tuple(documents),
    )
    content = encoding.canonical(manifest.to_json())
    write_durably(folder / MANIFEST, content)
    write_durably(folder / SIGNATURE, sign(content))


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A sealed document with its body; it cannot change until it is locked."""

    scope: str
    batched: BatchedDocument
    stage: Stage
    hr: HrNumber
    blobs: tuple[Sha256, ...]
    content: bytes
    """The canonical body."""


def _pages(desk: Desk, run: ExportRun) -> Iterator[list[_Sealed]]:
    """The sealed documents in the order of the manifest, a page at a time."""
    line, record, body = schema.export_line, schema.record, schema.record_body
    order = tuple_(line.c.scope, line.c.document)
    after = ("", "")
    while True:
        query = (
            select(line.c.scope, line.c.document, line.c.version, line.c.op, line.c.sha256)
            .add_columns(record.c.stage, record.c.hr, record.c.blobs)
            .add_columns(body.c.body, schema.scope.c.data_key)
            .join(record, (record.c.scope == line.c.scope) & (record.c.id == line.c.document))
            .join(body, (body.c.scope == line.c.scope) & (body.c.id == line.c.document))
            .join(schema.scope, schema.scope.c.scope == line.c.scope)
            .where(line.c.batch == run.batch, order > after)
            .order_by(line.c.scope, line.c.document)
            .limit(PAGE)
        )
        page = [_sealed(desk, run, row) for row in desk.connection.execute(query).mappings()]
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = (page[-1].scope, page[-1].batched.id)


def _sealed(desk: Desk, run: ExportRun, row: RowMapping) -> _Sealed:
    key = desk.keys.of(row["scope"], row["data_key"])
    content = open_body(key, row["document"], row["body"])
    if encoding.sha256(content) != row["sha256"]:
        raise Damaged("SC-EXP-005", batch=run.batch)
    return _Sealed(
        row["scope"],
        BatchedDocument(row["document"], row["version"], row["op"], row["sha256"]),
        Stage(row["stage"]),
        row["hr"],
        tuple(json.loads(row["blobs"])),
        content,
    )


def _payload_lines(
    desk: Desk, run: ExportRun, sums: _Sums, attach: Callable[[str, Sha256], None]
) -> Iterator[tuple[BatchedDocument, bytes]]:
    """The lines of the payload; their attachments are put beside it on the way."""
    for page in _pages(desk, run):
        signed = [(each.scope, each.batched.id) for each in page if each.stage is Stage.SIGNED]
        packages = find_effective(desk, signed)
        for document in page:
            package = packages.get((document.scope, document.batched.id))
            named = [*document.blobs, *(sorted(package.package.blobs) if package else ())]
            names = list(dict.fromkeys(named))
            for name in names:
                attach(document.scope, name)
            sums.signed += package is not None
            _add_payable(mapping(encoding.parse(document.content)), sums)
            yield document.batched, _payload_line(document, package, names)


def _payload_line(
    document: _Sealed, package: EffectivePackage | None, names: Sequence[Sha256]
) -> bytes:
    """Canonical JSON, the body in it as it was stored: nothing is written anew that was signed."""
    before: JsonObject = {"blobs": [*names]}
    after: JsonObject = {
        "hr": document.hr,
        **document.batched.to_json(),
        "signed": package.body if package else None,
        "stage": document.stage.value,
    }
    around = encoding.canonical(before)[:-1], encoding.canonical(after)[1:]
    return around[0] + b',"body":' + document.content + b"," + around[1] + b"\n"


def _add_payable(body: JsonObject, sums: _Sums) -> None:
    """Add the instalment that the document states; one that states none adds nothing."""
    premium = body.get("premium")
    if not isinstance(premium, dict):
        return
    currency, payable = premium.get("currency"), premium.get("payable")
    if isinstance(currency, str) and isinstance(payable, str) and _AMOUNT.fullmatch(payable):
        sums.payable[currency[:3]] += Decimal(payable)
