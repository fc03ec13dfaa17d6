"""The checks of the acceptance rule, one after another; the rule is told in `verification`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from cryptography.hazmat.primitives import hashes
from pyhanko.pdf_utils.generic import DictionaryObject, parse_pdf_date

from smartclient.documents.attachment import attached_values
from smartclient.documents.certificates import is_seal_profile
from smartclient.documents.cms_check import SignatureFacts, check_signature
from smartclient.documents.field_places import FieldPlaces
from smartclient.documents.linear import (
    field_of,
    proof_of,
    require_signatures_only,
    signatures_of,
)
from smartclient.documents.record import ExpectedField, SigningRecord
from smartclient.documents.revisions import SignedFile, SignedRevision, unfit
from smartclient.documents.revocation import revoked_at
from smartclient.documents.stamp_check import require_in_chains
from smartclient.documents.time_stamp import check_token
from smartclient.documents.trust import chain_of, problem_with
from smartclient.documents.verification import Check, Trust, Verdict
from smartclient.domain.errors import SmartClientError
from smartclient.wire.encoding import parse, sha256
from smartclient.wire.messages import mapping

CLOCK_TOLERANCE = timedelta(minutes=5)
REVOKED_BEFORE = "the seal was revoked before it was used"
"""The one reason that no later time stamp can mend."""
_NEEDS_RECORD = ("registered certificate", "values", "history")


def judge(
    pdf: bytes, fields: tuple[ExpectedField, ...], record: SigningRecord | None, trust: Trust
) -> Verdict:
    """All checks of a file; those behind the first are not made when it cannot be taken apart."""
    case = _Case(fields, record, trust)
    opened = _made("revisions", lambda: case.open(pdf))
    if not opened.ok:
        return Verdict(False, (opened,), _not_made(record, trust, is_stamped=False))
    checks = (opened, *(_made(name, check) for name, check in case.checks()))
    is_stamped = len(case.revisions) < len(case.file.revisions)
    not_made = _not_made(record, trust, is_stamped=is_stamped)
    return Verdict(all(check.ok for check in checks), checks, not_made)


def _not_made(record: SigningRecord | None, trust: Trust, *, is_stamped: bool) -> tuple[str, ...]:
    """What nobody looked at. Only behind a time stamp do the lists of revoked seals stand."""
    left_out = {
        "pages": not trust.compare_pages,
        "revocation": not is_stamped,
        "envelopes": True,
    }
    needs_record = _NEEDS_RECORD if record is None else ()
    return (*needs_record, *(name for name, is_left_out in left_out.items() if is_left_out))


def _made(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check())
    except SmartClientError as refusal:
        return Check(name, False, refusal.values.get("problem", refusal.code))
    except Exception as fault:  # noqa: BLE001 - whatever a broken file provokes is a rejection
        return Check(name, False, f"it cannot be checked ({_kind(fault)})")


def _kind(fault: Exception) -> str:
    """What broke, for the expert; never the text of the fault, which may quote the file."""
    named = type(fault)
    return named.__name__ if named.__name__[0].isupper() else f"{named.__module__}.{named.__name__}"


@dataclass(slots=True)
class _Case:
    """A file on its way through the checks."""

    fields: tuple[ExpectedField, ...]
    record: SigningRecord | None
    trust: Trust
    pdf: bytes = field(init=False)
    file: SignedFile = field(init=False)
    revisions: tuple[SignedRevision, ...] = field(init=False)
    """What people and the install signed, without the server's time stamp."""
    facts: dict[int, SignatureFacts] = field(default_factory=dict)

    def open(self, pdf: bytes) -> str:
        self.pdf = pdf
        self.file = SignedFile(pdf)
        self.revisions = signatures_of(self.file)
        return f"{len(self.file.revisions)} revisions to the last byte"

    def checks(self) -> Iterable[tuple[str, Callable[[], str]]]:
        """The checks in their order, each with its name."""
        yield "signatures only", self._signatures_only
        yield "fields", self._fields
        for index, expected in enumerate(self.fields):
            yield f"signature {expected.name}", partial(self._signature, index)
        yield "biometrics", self._biometrics
        yield "certificate", self._certificate
        yield "times", self._times
        if len(self.revisions) < len(self.file.revisions):
            yield "time stamp", self._time_stamp
        if self.record is not None:
            yield "values", partial(self._values, self.record)
            yield "history", partial(self._history, self.record)
        if self.trust.compare_pages:
            yield "pages", self._pages

    def _signatures_only(self) -> str:
        require_signatures_only(self.file)
        return "nothing but signatures was appended"

    def _fields(self) -> str:
        found = [field_of(self.file, index) for index in range(len(self.revisions))]
        expected = [each.name for each in self.fields]
        if found != expected:
            missing = [name for name in expected if name not in found]
            problem = f"missing: {', '.join(missing)}" if missing else "another set or order"
            raise unfit(f"the signed fields are not the expected ones ({problem})")
        FieldPlaces(self.file).require(self.fields)
        return ", ".join(found)

    def _signature(self, index: int) -> str:
        if index >= len(self.revisions):
            raise unfit("it is missing")
        revision = self.revisions[index]
        self.facts[index] = check_signature(revision.contents, revision.digest)
        return "valid"

    def _all_facts(self) -> list[SignatureFacts]:
        if set(self.facts) != set(range(len(self.revisions))):
            raise unfit("not every signature is valid")
        return [self.facts[index] for index in sorted(self.facts)]

    def _biometrics(self) -> str:
        for expected, facts in zip(self.fields, self._all_facts(), strict=True):
            if len(facts.envelopes) != int(expected.biometric):
                found = "has none" if expected.biometric else "has some"
                raise unfit(f"the field {expected.name} {found}")
        return f"{sum(each.biometric for each in self.fields)} sealed envelopes"

    def _certificate(self) -> str:
        facts = self._all_facts()
        certificate = facts[0].certificate
        if any((each.certificate, each.others) != (certificate, facts[0].others) for each in facts):
            raise unfit("not all signatures are by the same certificate")
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        if self.record is not None and fingerprint != self.record.seal_certificate_sha256:
            raise unfit("it is not the certificate that was registered")
        if not is_seal_profile(certificate):
            raise unfit("it is not a certificate for sealing documents")
        moments = self._moments()
        for moment in (moments[0], moments[-1]):
            problem = problem_with(
                certificate, self.trust.root, facts[0].others, self.trust.intermediates, moment
            )
            if problem:
                raise unfit(problem)
        return f"sha256 {fingerprint}"

    def _moments(self) -> list[datetime]:
        """The claimed time of each signature."""
        return [_claimed(revision.objects[revision.signature]) for revision in self.revisions]

    def _times(self) -> str:
        moments = self._moments()
        if moments != sorted(moments):
            raise unfit("a signature claims to be older than the one before it")
        if moments[-1] > self.trust.at + CLOCK_TOLERANCE:
            raise unfit("a signature claims to come from the future")
        return f"from {moments[0].isoformat()} to {moments[-1].isoformat()}"

    def _time_stamp(self) -> str:
        proof, moments = proof_of(self.file), self._moments()
        seal, stamp = self._all_facts()[0], self.file.revisions[-1]
        facts = check_token(stamp.contents, stamp.digest)
        if proof is None or not self.trust.stamp_roots:
            raise unfit("a time stamp is not expected")
        if not moments[-1] - CLOCK_TOLERANCE <= facts.at <= self.trust.at + CLOCK_TOLERANCE:
            raise unfit("the time stamp is older than the seal, or from the future")
        further = (*facts.others, *proof.certificates, *self.trust.intermediates)
        of_stamp = chain_of(facts.certificate, self.trust.stamp_roots, further, facts.at)
        if not of_stamp or not set(facts.others) <= set(of_stamp):
            raise unfit("the time stamp is by nobody who is trusted")
        brought = (*seal.others, *self.trust.intermediates)
        of_seal = chain_of(seal.certificate, [self.trust.root], brought, moments[-1])
        require_in_chains(proof, of_seal, of_stamp)
        since = [revoked_at(each, listed) for listed in proof.lists for each in of_seal]
        if any(revoked is not None and revoked <= moments[-1] for revoked in since):
            raise unfit(REVOKED_BEFORE)
        return f"stamped {facts.at.isoformat()}"

    def _values(self, record: SigningRecord) -> str:
        values = attached_values(self.file.frozen)
        if sha256(values) != record.values_sha256:
            raise unfit("they are not the values of the record")
        named = mapping(parse(values))
        if named.get("number") != record.number:
            raise unfit("they name another document")
        template = (named.get("template_id"), named.get("template_sha256"))
        if template != (record.template.id, record.template.sha256):
            raise unfit("they name another template")
        return f"sha256 {record.values_sha256}"

    def _history(self, record: SigningRecord) -> str:
        found = tuple(revision.sha256 for revision in self.revisions)
        if found != record.revisions:
            raise unfit("a revision is not the one that was recorded")
        return f"sha256 {found[-1]}"

    def _pages(self) -> str:
        # pdfium is a heavy library, and the laptop does not make this check.
        from smartclient.documents.comparison import require_same_pages

        require_same_pages(self.pdf, self.file)
        return "every page shows what was frozen"


def _claimed(signature: object) -> datetime:
    if not isinstance(signature, DictionaryObject):
        raise unfit("a signature claims no time")
    moment: datetime = parse_pdf_date(signature["/M"])
    if moment.tzinfo is None:
        raise unfit("a signature claims a time without a zone")
    return moment.astimezone(UTC)
