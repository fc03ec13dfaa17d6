"""Digital documents of the kinds besides the offer, signed by the laptop's own code."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from smartclient.backoffice.operations.dossier_judge import Anchors, DossierJudge
from smartclient.backoffice.operations.judgements import Case, SignedEvidence, Verdict
from smartclient.backoffice.operations.published import Published
from smartclient.backoffice.operations.seals import Seals
from smartclient.backoffice.operations.signed_packages import SignedPackage
from smartclient.domain.contract_number import contract_number
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId, RecordId
from smartclient.forms.reading import Typed
from smartclient.forms.session import FormSession
from smartclient.services.forms import Snapshot
from smartclient.wire.messages import Json, RecordKind
from tests.simulators.catalogue_sources import CATALOGUE, PublishedSources
from tests.simulators.laptop import Laptop
from tests.unit.services.test_signing import sign_next

COMPLAINT = CATALOGUE / "forms" / "other-complaint" / "1" / "tests" / "answers" / "payment.json"
CHANGES: dict[str, Typed] = {
    "contact.email": "novak@example.cz",
    "payment.way": "standing_order",
    "request.effective": "1. 1. 2027",
    "declarations.only_changes": True,
    "declarations.truth": True,
    "signing.digital": True,
}


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed document as the server gets it."""

    judge: DossierJudge
    case: Case

    def verdict(self, **changes: Json) -> Verdict:
        """The verdict, with something else in the body."""
        body = {**self.case.body, **changes}
        case = self.case
        return self.judge(Case(case.document, case.op, case.stage, body, case.evidence))


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """One laptop that has every kind of form."""
    folder: Path = tmp_path_factory.mktemp("laptop")
    made = Laptop(folder, every_kind=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def complaint(laptop: Laptop) -> Signed:
    """A complaint, signed digitally."""
    document = laptop.forms.start(laptop.new_client(), "other-complaint")
    typed = dict(_typed(json.loads(COMPLAINT.read_text(encoding="utf-8"))))
    return _signed(laptop, document, typed)


@pytest.fixture(scope="module")
def request_(laptop: Laptop) -> Signed:
    """A change request on a practice contract, signed digitally."""
    contract = laptop.forms.contract(contract_number("7200000017"))
    document = laptop.forms.start_change(laptop.new_client(), "flexi-change", contract)
    return _signed(laptop, document, CHANGES)


def _typed(answers: Json, path: str = "") -> Iterator[tuple[str, Typed]]:
    match answers:
        case dict():
            for name, value in answers.items():
                yield from _typed(value, f"{path}.{name}".lstrip("."))
        case bool():
            yield path, answers
        case str() if _is_day(answers):
            day = date.fromisoformat(answers)
            yield path, f"{day.day}. {day.month}. {day.year}"
        case _:
            yield path, str(answers)


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return value.count("-") == 2


def _fill_in(session: FormSession, typed: dict[str, Typed]) -> None:
    for path, value in typed.items():
        session.set(path, value)
    assert session.is_complete, (session.missing(), session.wrong())
    assert session.is_digital


def _signed(laptop: Laptop, document: DocumentId, typed: dict[str, Typed]) -> Signed:
    session = laptop.forms.open(document).session
    _fill_in(session, typed)
    laptop.forms.keep(document, Snapshot.of(session, "Petr Novák"))
    laptop.forms.complete(document)
    state = laptop.signing.begin(document)
    pens = ("petr", "jana")
    signed_by = 0
    while not state.is_signed_by_all:
        state = sign_next(laptop, state, pens[signed_by % 2])
        signed_by += 1
    laptop.signing.finish(document)
    with laptop.db.read() as tx:
        body = tx.documents.get(document).body
        (kept,) = tx.appends.of_kind(RecordKind.SIGNED_PACKAGE, [document])
        package = SignedPackage.from_body(kept.body)
        pdf, values = tx.blobs.get(package.pdf_sha256), tx.blobs.get(package.values_sha256)
    seals = Seals(frozenset({laptop.seal.certificate_sha256}), frozenset())
    evidence = SignedEvidence(pdf, values, package, seals, laptop.clock.now())
    judge = DossierJudge(
        Published(PublishedSources(laptop.folder)), Anchors(laptop.root, laptop.authority)
    )
    case = Case(RecordId(document), package.document_op, Stage.SIGNED, body, evidence)
    return Signed(judge, case)


def test_that_a_signed_complaint_is_exportable_with_its_record(complaint: Signed) -> None:
    verdict = complaint.verdict()
    assert (verdict.exportable, verdict.code) == (True, "")
    assert verdict.on_paper is False
    assert verdict.record != {}


def test_that_a_signed_request_is_exportable_with_its_changes_only(request_: Signed) -> None:
    verdict = request_.verdict()
    assert (verdict.exportable, verdict.code) == (True, "")
    assert "novak@example.cz" in json.dumps(verdict.record)
    assert "Pardubice" not in json.dumps(verdict.record)


def test_that_what_was_signed_is_what_is_exported_of_every_kind(
    complaint: Signed, request_: Signed
) -> None:
    for signed in (complaint, request_):
        assert signed.verdict(number="7200049999").code == "SC-FORM-305"


def test_that_a_signature_of_one_document_does_not_sign_another(
    complaint: Signed, request_: Signed
) -> None:
    case = request_.case
    borrowed = Case(case.document, case.op, case.stage, case.body, complaint.case.evidence)
    assert request_.judge(borrowed).code == "SC-SERV-034"
