"""CSV for cores that load tables: one row a document, and one row a value of its data record.

RFC 4180: UTF-8, comma, quotes doubled, CRLF. The PDF of a signed document is named by its place
among the attachments; a document that is signed on paper has none here.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from smartclient.wire.batches import BLOBS
from smartclient.wire.messages import Json, JsonObject

DOCUMENT_COLUMNS = (
    "id",
    "version",
    "op",
    "sha256",
    "document_kind",
    "number",
    "stage",
    "late_signed_of",
    "hr",
    "form_id",
    "form_version",
    "tariff_id",
    "tariff_version",
    "premium_payable",
    "premium_frequency",
    "premium_currency",
    "signed_at",
    "pdf",
    "attachments",
)
FIELD_COLUMNS = ("id", "version", "field", "value")


def document_of(line: JsonObject) -> JsonObject:
    """What the document says: its body, of a late signed package the values that were signed."""
    return _object(line.get("values") if line.get("late") else line.get("body"))


@dataclass(frozen=True, slots=True)
class DocumentsFile:
    """documents.csv: one row a document."""

    name: str = "documents.csv.zst"
    closing: bytes = b""

    @property
    def opening(self) -> bytes:
        """The names of the columns."""
        return _rows([DOCUMENT_COLUMNS])

    def entry(self, line: JsonObject) -> bytes:
        """The row of a document."""
        body, signed = document_of(line), _object(line.get("signed"))
        premium, late = _object(body.get("premium")), _object(line.get("late"))
        pdf, values = signed.get("pdf_sha256"), signed.get("values_sha256")
        others = [f"{BLOBS}/{name}" for name in _list(line.get("blobs")) if name != pdf]
        told: JsonObject = {
            **{name: line.get(name) for name in ("id", "version", "op", "sha256", "stage", "hr")},
            **{name: body.get(name) for name in DOCUMENT_COLUMNS if name in body},
            "late_signed_of": late.get("document"),
            "premium_payable": premium.get("payable"),
            "premium_frequency": premium.get("frequency"),
            "premium_currency": premium.get("currency"),
            "signed_at": signed.get("signed_at"),
            "pdf": f"{BLOBS}/{pdf}" if pdf and values else "",
            "attachments": " ".join(others),
        }
        told |= {name: line.get(name) for name in ("id", "hr") if line.get(name)}
        return _rows([[as_text(told.get(name)) for name in DOCUMENT_COLUMNS]])


@dataclass(frozen=True, slots=True)
class FieldsFile:
    """fields.csv: one row a value of the data record, rows of repeats counted from 1."""

    name: str = "fields.csv.zst"
    closing: bytes = b""

    @property
    def opening(self) -> bytes:
        """The names of the columns."""
        return _rows([FIELD_COLUMNS])

    def entry(self, line: JsonObject) -> bytes:
        """The rows of a document's data record."""
        key = (as_text(line.get("id")), as_text(line.get("version")))
        return _rows((*key, name, value) for name, value in flattened(line.get("record")))


def flattened(value: Json, name: str = "") -> Iterator[tuple[str, str]]:
    """Every value below, with its name: `INS[1].COVERS[2].CODE`."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from flattened(inside, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for number, inside in enumerate(value, 1):
            yield from flattened(inside, f"{name}[{number}]")
    elif value is not None:
        yield name, as_text(value)


def as_text(value: Json) -> str:
    """A value as text: `true` and `false` as in JSON, nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _rows(rows: Iterable[Iterable[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
