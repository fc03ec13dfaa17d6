"""The acceptance rule: whether a signed file is what its record says, check by check.

A library's verdict is no acceptance: pyHanko, poppler and openssl each pass files that were cut
back, continued, or given another document's biometrics. Here everything must be there that the
record expects, in its order, and nothing else may be.

    revisions     the file is frozen document + one revision per signature, to the last byte
    signatures only   a revision holds its signature and its ink; the issue also the fields
    fields        exactly the expected fields, in the expected order, no larger than a signature
                  and where the record has them
    signature F   the CMS of field F is valid for the bytes before it and made as ours are
    biometrics    a sealed envelope where one is expected and nowhere else
    certificate   every signature by the registered seal, which chains to the insurer's root
    times         in order, not ahead of the moment of judging, within the certificate's life
    values        the attached values are those of the record, and name its number and template
    history       every revision is the one that was recorded

    time stamp    behind the seal only the server's: an authority's token for the whole file, and
                  a store in which nothing stands that is not of the two chains

    pages         every page shows what was frozen, outside the fields (where it is asked for)

Revocation is the server's: it knows when it was told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from smartclient.documents.record import ExpectedField, SigningRecord


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
    not_made: tuple[str, ...] = ()
    """What was not looked at: what needs a record where there is none, pages nobody compared,
    revocation before the server's time stamp, and for whom the envelopes are and what they hold:
    that is for `ink.envelope.problem_with` and the authority."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What a file is judged against besides its record."""

    root: x509.Certificate
    intermediates: tuple[x509.Certificate, ...]
    at: datetime
    compare_pages: bool = False
    stamp_roots: tuple[x509.Certificate, ...] = ()
    """The roots of time stamp authorities; without any, nothing may stand behind the seal."""


def verify(
    pdf: bytes,
    record: SigningRecord,
    root: x509.Certificate,
    *,
    intermediates: Sequence[x509.Certificate] = (),
    at: datetime,
    compare_pages: bool = False,
    stamp_roots: Sequence[x509.Certificate] | None = None,
) -> Verdict:
    """Judge a file by its record. Never raises for what is in the file.

    Any fault is a rejection with its reason. `at` is the moment at which the file was received, or
    now. `intermediates` are taken in addition to those that the signatures bring. `compare_pages`
    draws every page twice and compares them (rule 5, for the server; on the thread of pdfium).
    `stamp_roots` are those of time stamp authorities: the insurer's own root by default; empty
    where a file must not be stamped yet.
    """
    from smartclient.documents.acceptance import judge

    of_stamps = (root,) if stamp_roots is None else tuple(stamp_roots)
    trust = Trust(root, tuple(intermediates), at, compare_pages, of_stamps)
    return judge(pdf, record.fields, record, trust)


def verify_fields(
    pdf: bytes,
    fields: Sequence[ExpectedField],
    root: x509.Certificate,
    *,
    at: datetime,
    stamp_roots: Sequence[x509.Certificate] | None = None,
) -> Verdict:
    """Judge a file of which only the expected fields are known; `not_made` names the rest."""
    from smartclient.documents.acceptance import judge

    of_stamps = (root,) if stamp_roots is None else tuple(stamp_roots)
    return judge(pdf, tuple(fields), None, Trust(root, (), at, stamp_roots=of_stamps))
