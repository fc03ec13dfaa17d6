"""What the opening of a file found, field by field, and the files that go with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from smartclient.authority.court_report import OpenedPicture, court_report
from smartclient.authority.dynamics import dynamics_of, to_csv
from smartclient.authority.keys import KeyHolder
from smartclient.authority.opening import OpenedSignature, open_signature
from smartclient.authority.page_ink import is_ink_of
from smartclient.authority.picture import picture_of
from smartclient.authority.signatures import (
    BrokenSignature,
    FoundSignature,
    ShownInk,
    signatures_of,
)
from smartclient.documents.reading import Reading
from smartclient.domain.clock import to_text
from smartclient.domain.errors import SmartClientError
from smartclient.domain.sentences import text_for
from smartclient.ink.quality import judge
from smartclient.ink.record import FORMAT
from smartclient.wire.encoding import sha256
from smartclient.wire.messages import Json, JsonObject

REPORT_SCHEMA = 1
_NO_READINGS: Final[Mapping[str, Reading]] = MappingProxyType({})
COURT_REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Opening:
    """The report of one file, and the files to write beside it by name."""

    report: JsonObject
    files: dict[str, bytes]
    refused: int
    """How many fields were not opened although they are sealed, or do not hold."""


def open_file(
    name: str,
    pdf: bytes,
    keys: Sequence[KeyHolder],
    at: datetime,
    language: str,
    readings: Mapping[str, Reading] = _NO_READINGS,
) -> Opening:
    """Open every signature of a file that seals biometrics; `language` is the court report's.

    `readings`, by field, say what each person had before the eyes, where a record told it.

    A field that is refused gives its code and no byte of what it seals; the others are opened.
    Raises BadInput SC-SIGN-040.
    """
    files: dict[str, bytes] = {}
    pictures: dict[int, OpenedPicture] = {}
    lines: list[Json] = []
    refused = 0
    for number, found in enumerate(signatures_of(pdf), start=1):
        line: JsonObject = {"number": number, "field": found.field}
        if found.field in readings:
            line["reading"] = readings[found.field].to_json()
        lines.append(line)
        try:
            line |= _line(found, keys, number, files, pictures)
        except SmartClientError as refusal:
            refused += 1
            line |= {"state": "refused", "code": refusal.code, "reason": text_for(refusal)}
    report: JsonObject = {
        "schema": REPORT_SCHEMA,
        "file": name,
        "sha256": sha256(pdf),
        "key_sha256": ", ".join(key.fingerprint for key in keys),
        "opened_at": to_text(at),
        "signatures": lines,
    }
    files[COURT_REPORT] = court_report(report, pictures, language)
    return Opening(report, files, refused)


def _line(
    found: FoundSignature | BrokenSignature,
    keys: Sequence[KeyHolder],
    number: int,
    files: dict[str, bytes],
    pictures: dict[int, OpenedPicture],
) -> JsonObject:
    if isinstance(found, BrokenSignature):
        raise found.refusal
    line: JsonObject = {
        "certificate_sha256": _certificate_fingerprint(found.certificate),
        "claimed_at": to_text(found.claimed_at) if found.claimed_at else None,
        "byte_range_sha256": found.digest.hex(),
    }
    if not found.envelopes:
        return {"state": "no biometrics", **line}
    opened = open_signature(found, keys)
    prefix = f"{number:02d}"
    picture = OpenedPicture(picture_of(opened.trace), dynamics_of(opened.trace))
    pictures[number] = picture
    written = {
        f"{prefix}-record.iso19794-7": opened.record,
        f"{prefix}-trace.csv": opened.trace.to_csv().encode(),
        f"{prefix}-dynamics.csv": to_csv(picture.moments).encode(),
        f"{prefix}-picture.png": picture.png,
    }
    files.update(written)
    return {"state": "opened", **line, **_told(opened, found.shown), "files": list(written)}


def _told(opened: OpenedSignature, shown: ShownInk | None) -> JsonObject:
    pad, quality = opened.trace.description, judge(opened.trace)
    return {
        "key_sha256": opened.key_sha256,
        "captured_at": to_text(opened.captured_at),
        "format": FORMAT,
        "record_sha256": sha256(opened.record),
        "points": len(opened.trace.samples),
        "width_mm": quality.width_mm,
        "seconds": quality.seconds,
        "page_ink": "equal"
        if shown is not None and is_ink_of(opened.trace, shown)
        else "different",
        "pad": {
            "driver": pad.driver,
            "model": pad.model,
            "serial": pad.serial,
            "firmware": pad.firmware,
            "units_per_mm_x": pad.units_per_mm_x,
            "units_per_mm_y": pad.units_per_mm_y,
            "max_pressure": pad.max_pressure,
            "pressure_measured": opened.pressure_measured,
            "lost_reports": opened.lost_reports,
            "time_source": opened.time_source,
        },
    }


def _certificate_fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()
