"""The server's judgement of a document: the published form and tariff, and the signed file itself.

It believes nothing that the laptop says of its own work: the file is checked against the seals that
were issued to this install or its person, its pages are drawn and compared, each envelope of
biometrics is looked at from outside, and what was signed must be what will be exported.
"""

import logging
from dataclasses import dataclass
from itertools import chain

from cryptography import x509

from smartclient.backoffice.operations.judgements import Case, SignedEvidence, Verdict
from smartclient.backoffice.operations.published import Published
from smartclient.backoffice.operations.seals import key_digest
from smartclient.documents.cms_check import check_signature
from smartclient.documents.record import ISSUE_FIELD, SEAL_FIELD, SigningRecord
from smartclient.documents.revisions import SignedFile
from smartclient.documents.verification import verify
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import SmartClientError
from smartclient.dossier.judgement import judge
from smartclient.dossier.verdict import SignedFacts
from smartclient.ink.envelope import problem_with
from smartclient.wire.encoding import sha256

log = logging.getLogger(__name__)

UNKNOWN_FORM = "SC-SERV-030"
NOT_ACCEPTED = "SC-SERV-034"
OTHER_KIND = "SC-SERV-039"
NO_PACKAGE = "SC-SERV-035"


@dataclass(frozen=True, slots=True)
class Anchors:
    """What signatures and envelopes are judged against."""

    root: x509.Certificate
    authority: x509.Certificate | None
    """The independent authority; without its certificate no envelope is accepted."""
    further: tuple[x509.Certificate, ...] = ()
    """Its certificates before and after that one: an old document was sealed for an old one."""
    may_lack_authority: bool = False
    """Practice only: envelopes are not looked at while no authority is known."""


class DossierJudge:
    """Judges cases. Not for several threads at once: pages are drawn by pdfium."""

    def __init__(self, published: Published, anchors: Anchors) -> None:
        self._published = published
        self._anchors = anchors

    def __call__(self, case: Case) -> Verdict:
        """The verdict; the first reason why not gives the code."""
        package = self._published.package(case.body.get("form_id"), case.body.get("form_version"))
        if package is None:
            return Verdict(False, code=UNKNOWN_FORM)
        # The kind decides what may be edited after the export, and that a contract is asked for.
        if case.body.get("document_kind") != package.document_kind:
            return Verdict(False, code=OTHER_KIND)
        signed = None
        if case.stage is Stage.SIGNED:
            if case.evidence is None:
                return Verdict(False, code=NO_PACKAGE)
            signed = self._signed(case, case.evidence)
            if signed is None:
                return Verdict(False, code=NOT_ACCEPTED)
        tariff = self._published.tariff(case.body.get("tariff_id"), case.body.get("tariff_version"))
        found = judge(case.body, package, tariff, signed=signed)
        on_paper = signed is None and found.exportable and bool(package.roles)
        return Verdict(found.exportable, found.missing, found.code, found.record, on_paper)

    def _signed(self, case: Case, evidence: SignedEvidence) -> SignedFacts | None:
        """What the signed file proves; None when it is not accepted, the reasons in the log."""
        try:
            record = SigningRecord.from_json(evidence.package.record)
            reasons = self._reasons_to_refuse(case, evidence, record)
        except SmartClientError as unreadable:
            reasons = [unreadable.code]
        if reasons:
            log.warning("signed file refused", extra={"record": case.document, "checks": reasons})
            return None
        ours = (ISSUE_FIELD, SEAL_FIELD)
        people = tuple(field.name for field in record.fields if field.name not in ours)
        biometric = frozenset(field.name for field in record.fields if field.biometric)
        return SignedFacts(people, biometric, evidence.values)

    def _reasons_to_refuse(
        self, case: Case, evidence: SignedEvidence, record: SigningRecord
    ) -> list[str]:
        verdict = verify(
            evidence.pdf,
            record,
            self._anchors.root,
            at=evidence.received_at,
            compare_pages=True,
            stamp_roots=(),
        )
        if not verdict.ok:
            return [check.name for check in verdict.checks if not check.ok]
        ours = {
            "document": str(record.document_id) == str(case.document),
            "issued certificate": _is_issued(evidence, record),
            "exported values": record.values_sha256 == sha256(evidence.values),
            "envelopes": self._envelopes_fit(evidence.pdf),
        }
        return [name for name, fits in ours.items() if not fits]

    def _envelopes_fit(self, pdf: bytes) -> bool:
        """Whether each envelope is sealed for the authority alone, as ours are."""
        authority = self._anchors.authority
        if authority is None and self._anchors.may_lack_authority:
            return True
        authorities = () if authority is None else (authority, *self._anchors.further)
        revisions = SignedFile(pdf).revisions
        facts = (check_signature(each.contents, each.digest) for each in revisions)
        return all(
            any(not problem_with(envelope, each) for each in authorities)
            for envelope in chain.from_iterable(each.envelopes for each in facts)
        )


def _is_issued(evidence: SignedEvidence, record: SigningRecord) -> bool:
    """Whether the seal of a verified file was issued to who sent it.

    A certificate that a restore forgot chains to our root like any other; its key is known by the
    one that was issued for the same key since.
    """
    if record.seal_certificate_sha256 in evidence.seals.certificates:
        return True
    first = SignedFile(evidence.pdf).revisions[0]
    return (
        key_digest(check_signature(first.contents, first.digest).certificate) in evidence.seals.keys
    )
