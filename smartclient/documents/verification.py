"""The acceptance rule: whether a signed file is what its record says, check by check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from smartclient.documents.record import SigningRecord


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the rule; `detail` says what was found, never a person's name."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole answer: `ok` only if every check is."""

    ok: bool
    checks: tuple[Check, ...]


def verify(
    pdf: bytes,
    record: SigningRecord,
    root: x509.Certificate,
    *,
    intermediates: Sequence[x509.Certificate] = (),
    at: datetime,
) -> Verdict:
    """Judge a file. Never raises for what is in the file: any fault is a rejection with its reason.

    `at` is the moment at which the file was received, or now.
    """
    raise NotImplementedError
