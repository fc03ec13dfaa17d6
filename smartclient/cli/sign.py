"""`smartclient sign`: issue, sign and seal a frozen PDF, with practice keys only.

The whole way at once, or one step of it with `--step` (issue, the name of a field, seal); a later
step goes on with the file and the record of the one before. A field is given as
NAME:PAGE:LEFT:TOP:WIDTH:HEIGHT, in points from the upper left of the page, with `:bio` behind it
when its biometrics are sealed; its ink comes from the trace of the same name.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader

from smartclient.cli.console import print_json, read_bytes, read_json
from smartclient.cli.practice_seal import practice_certificate, practice_seal, read_certificate
from smartclient.documents.attachment import attached_values
from smartclient.documents.keys import SealKey
from smartclient.documents.record import ISSUE_FIELD, SEAL_FIELD, SigningRecord, TemplateIdentity
from smartclient.documents.rendering import FieldPlace, Rendered
from smartclient.documents.signing import Sealing, issue, seal, sign
from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import BadInput, Damaged, NotAllowed, SmartClientError
from smartclient.domain.ids import DocumentId, DocumentNumber
from smartclient.domain.language import _
from smartclient.ink import envelope
from smartclient.ink.quality import judge
from smartclient.ink.shape import InkShape, shape_of
from smartclient.ink.trace import Trace
from smartclient.wire.encoding import parse
from smartclient.wire.messages import mapping, sha256_text, text

if TYPE_CHECKING:
    from smartclient.cli.console import Subparsers

_BIOMETRIC = "bio"
_NO_DOCUMENT = DocumentId("00000000-0000-0000-0000-000000000000")
"""A file from the command line belongs to no document of a store."""


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("sign", help=_("sign a frozen PDF with practice keys"))
    parser.add_argument("file", type=Path, help=_("the frozen PDF, or the file of the last step"))
    parser.add_argument("--keys", type=Path, required=True, help=_("folder of the practice keys"))
    parser.add_argument("--out", type=Path, required=True, help=_("where the signed PDF goes"))
    parser.add_argument("--record", type=Path, required=True, help=_("where its record goes"))
    parser.add_argument("--step", help=_("one step only: issue, the name of a field, or seal"))
    parser.add_argument(
        "--field",
        type=_place,
        action="append",
        default=[],
        metavar="NAME:PAGE:LEFT:TOP:WIDTH:HEIGHT[:bio]",
        help=_("a field, in points from the upper left; in the order of signing"),
    )
    parser.add_argument(
        "--trace",
        type=_named_file,
        action="append",
        default=[],
        metavar="NAME=TRACE.csv",
        help=_("the pen trace with which a field is signed"),
    )
    parser.add_argument(
        "--authority",
        type=Path,
        metavar="CERTIFICATE",
        help=_("seal the biometrics for this certificate, to try the authority's real key"),
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    now = SystemClock().now()
    practice = arguments.keys / "authority.pem"
    desk = _Desk(
        practice_seal(arguments.keys, now),
        read_certificate(arguments.authority)
        if arguments.authority
        else practice_certificate(practice),
        {name: _trace(path) for name, path in arguments.trace},
        now,
    )
    pdf = read_bytes(arguments.file)
    if arguments.step in (None, ISSUE_FIELD):
        pdf, record = desk.issue(pdf, tuple(arguments.field))
    else:
        record = SigningRecord.from_json(read_json(arguments.record))
    while record.next_field is not None and arguments.step != ISSUE_FIELD:
        if arguments.step not in (None, record.next_field.name):
            following = record.next_field.name
            raise NotAllowed("SC-DOC-034", step=arguments.step, next=following)
        pdf, record = desk.step(pdf, record)
        if arguments.step is not None:
            break
    _write(arguments.out, pdf)
    _write(arguments.record, json.dumps(record.to_json(), indent=2).encode() + b"\n")
    print_json(
        {
            "file": str(arguments.out),
            "record": str(arguments.record),
            "signed": [field.name for field in record.fields[: len(record.revisions)]],
            "sealed": record.is_sealed,
        }
    )
    return 0


@dataclass(frozen=True, slots=True)
class _Desk:
    """Keys and traces laid out; each step takes the file and the record one signature further."""

    key: SealKey
    authority: x509.Certificate
    traces: Mapping[str, Trace]
    at: datetime

    def issue(self, pdf: bytes, places: tuple[FieldPlace, ...]) -> tuple[bytes, SigningRecord]:
        rendered, number = _read_frozen(pdf, places)
        record = SigningRecord.begin(
            _NO_DOCUMENT,
            number,
            rendered.template,
            rendered.values,
            signers=rendered.expected_fields,
            seal_certificate=self.key.certificate.public_bytes(Encoding.DER),
        )
        issued = issue(rendered, self.key, self.at)
        return issued, record.with_revision(issued)

    def step(self, pdf: bytes, record: SigningRecord) -> tuple[bytes, SigningRecord]:
        field = record.next_field
        if field is None or field.name == SEAL_FIELD:
            closed = seal(pdf, self.key, self.at)
            return closed, record.with_revision(closed)
        if field.biometric and field.name not in self.traces:
            raise BadInput("SC-DOC-033", field=field.name)
        signed = sign(
            pdf,
            field=field.name,
            key=self.key,
            ink=self._ink(field.name),
            sealed=self._sealing(field.name) if field.biometric else None,
            at=self.at,
            reason="",
        )
        return signed, record.with_revision(signed)

    def _ink(self, field: str) -> InkShape | None:
        return shape_of(self.traces[field]) if field in self.traces else None

    def _sealing(self, field: str) -> Sealing:
        def sealed(digest: bytes) -> bytes:
            return envelope.seal(
                self.traces[field],
                field=field,
                digest_algorithm="sha256",
                byte_range_digest=digest,
                recipient=self.authority,
                captured_at=self.at,
            )

        return sealed


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as failure:
        raise BadInput("SC-DOC-035", file=path, problem=failure.strerror) from failure


def _read_frozen(pdf: bytes, places: tuple[FieldPlace, ...]) -> tuple[Rendered, DocumentNumber]:
    """A frozen file as the program would have made it; Damaged SC-DOC-024 for any other PDF."""
    if not pdf.endswith(b"\n"):
        pdf += b"\n"
    try:
        reader = PdfFileReader(BytesIO(pdf))
        values = attached_values(reader)
        named = mapping(parse(values))
        template = TemplateIdentity(
            text(named, "template_id", 80), 1, sha256_text(named.get("template_sha256"))
        )
        number = DocumentNumber(text(named, "number", 20))
        pages = int(reader.root["/Pages"]["/Count"])
    except SmartClientError as wrong:
        problem = wrong.values.get("problem", "its values are not ours")
        raise Damaged("SC-DOC-024", problem=problem) from wrong
    except Exception as broken:
        raise Damaged("SC-DOC-022") from broken
    for place in places:
        if not 1 <= place.page <= pages:
            raise BadInput("SC-CMD-001", problem=f"page {place.page}", usage=f"1…{pages}")
    return Rendered(pdf, places, pages, values, template, ISSUE_FIELD, SEAL_FIELD), number


def _trace(path: Path) -> Trace:
    """A trace that is a signature; otherwise the refusal that the person would have been given."""
    try:
        trace = Trace.from_csv(read_bytes(path).decode(), str(path))
    except UnicodeDecodeError as broken:
        raise BadInput("SC-CMD-005", file=path) from broken
    if refusal := judge(trace).refusal():
        raise refusal
    return trace


def _place(written: str) -> FieldPlace:
    parts = written.split(":")
    biometric = parts[-1] == _BIOMETRIC
    name, page, *sides = parts[:-1] if biometric else parts
    if len(sides) != 4 or not name:
        raise argparse.ArgumentTypeError(written)
    left, top, width, height = (float(side) for side in sides)
    return FieldPlace(name, name, "", int(page), left, top, width, height, "", biometric)


def _named_file(written: str) -> tuple[str, Path]:
    name, _equals, path = written.partition("=")
    if not name or not path:
        raise argparse.ArgumentTypeError(written)
    return name, Path(path)
