"""`smartclient verify`: the acceptance rule on one signed file, check by check."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from smartclient.cli.console import print_json, read_bytes, read_json
from smartclient.documents.reading import Reading
from smartclient.documents.record import ExpectedField, SigningRecord
from smartclient.documents.verification import Verdict, verify, verify_fields
from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import BadInput
from smartclient.domain.language import _

if TYPE_CHECKING:
    from smartclient.cli.console import Subparsers

BIOMETRIC_MARK = "bio"


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("verify", help=_("judge a signed PDF"))
    parser.add_argument("file", type=Path, help=_("the signed PDF"))
    parser.add_argument("--trust", type=Path, required=True, help=_("certificate of the root, PEM"))
    expected = parser.add_mutually_exclusive_group(required=True)
    expected.add_argument("--record", type=Path, help=_("signing record of the document, JSON"))
    expected.add_argument(
        "--expect",
        type=_fields,
        metavar="FIELD[:bio],…",
        help=_("signed fields in their order, where there is no record"),
    )
    parser.add_argument(
        "--stamp-trust",
        type=Path,
        metavar="PEM",
        help=_("certificates of the roots of an outside time stamp authority, PEM"),
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    root = read_certificate(arguments.trust)
    pdf = read_bytes(arguments.file)
    now = SystemClock().now()
    outside = read_certificates(arguments.stamp_trust) if arguments.stamp_trust else []
    stamp_roots = (root, *outside)
    if arguments.record is not None:
        record = SigningRecord.from_json(read_json(arguments.record))
        verdict = verify(pdf, record, root, at=now, stamp_roots=stamp_roots)
        readings = record.readings
    else:
        verdict = verify_fields(pdf, arguments.expect, root, at=now, stamp_roots=stamp_roots)
        readings = ()
    _print(arguments.file, verdict, readings)
    return 0 if verdict.ok else 1


def read_certificate(path: Path) -> x509.Certificate:
    """The certificate of a PEM file; BadInput SC-DOC-031 when there is none in it."""
    try:
        return x509.load_pem_x509_certificate(read_bytes(path))
    except ValueError as broken:
        raise BadInput("SC-DOC-031", file=path) from broken


def read_certificates(path: Path) -> list[x509.Certificate]:
    """All certificates of a PEM file; BadInput SC-DOC-031 when there is none in it."""
    try:
        return x509.load_pem_x509_certificates(read_bytes(path))
    except ValueError as broken:
        raise BadInput("SC-DOC-031", file=path) from broken


def _print(file: Path, verdict: Verdict, readings: Sequence[Reading]) -> None:
    """The verdict; with a record also what it says each person had before the eyes."""
    print_json(
        {
            "file": str(file),
            "ok": verdict.ok,
            "checks": [
                {"name": check.name, "ok": check.ok, "detail": check.detail}
                for check in verdict.checks
            ],
            "not_made": list(verdict.not_made),
            "readings": [each.to_json() for each in readings],
        }
    )


def _fields(text: str) -> tuple[ExpectedField, ...]:
    """issue,policyholder:bio,adviser:bio,seal"""
    found = []
    for part in text.split(","):
        name, _colon, mark = part.strip().partition(":")
        if not name or mark not in ("", BIOMETRIC_MARK):
            raise argparse.ArgumentTypeError(part)
        found.append(ExpectedField(name, mark == BIOMETRIC_MARK))
    return tuple(found)
