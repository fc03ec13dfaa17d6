"""The server's judgement, on an offer that was made, priced and signed by the laptop's own code."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from smartclient.backoffice.operations import helpdesk
from smartclient.backoffice.operations.dossier_judge import Anchors, DossierJudge
from smartclient.backoffice.operations.judgements import Case, SignedEvidence, Verdict
from smartclient.backoffice.operations.published import Published
from smartclient.backoffice.operations.registers import rights
from smartclient.backoffice.operations.seals import Seals, seals_for
from smartclient.backoffice.operations.signed_packages import SignedPackage
from smartclient.documents.keys import SealKey
from smartclient.documents.record import SigningRecord
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import RecordId, Sha256
from smartclient.services.forms import Snapshot
from smartclient.wire import encoding
from smartclient.wire.admission import ActivateReply
from smartclient.wire.messages import JsonObject, RecordKind
from tests.simulators.catalogue_sources import CATALOGUE, PublishedSources
from tests.simulators.flexi_answers import fill_in
from tests.simulators.inprocess import InProcessServer, Installed
from tests.simulators.laptop import Laptop
from tests.unit.services.test_signing import signed


@dataclass(frozen=True, slots=True)
class Desk:
    """A judge, and the case of an offer that was signed by all."""

    judge: DossierJudge
    published: Published
    anchors: Anchors
    case: Case
    evidence: SignedEvidence
    seal: SealKey

    def with_evidence(self, **changes: object) -> Verdict:
        """The verdict with something else in the evidence."""
        changed = replace(self.evidence, **changes)  # type: ignore[arg-type]
        return self.judge(replace(self.case, evidence=changed))

    def with_record(self, **changes: object) -> Verdict:
        """The verdict with something else in the signing record."""
        record = SigningRecord.from_json(self.evidence.package.record)
        changed = replace(record, **changes)  # type: ignore[arg-type]
        package = replace(self.evidence.package, record=changed.to_json())
        return self.with_evidence(package=package)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One signed offer for all tests: each of them changes a copy."""
    folder: Path = tmp_path_factory.mktemp("judge")
    laptop = Laptop(folder)
    document = laptop.forms.start(laptop.new_client(), "flexi-offer")
    session = fill_in(laptop.forms.open(document).session)
    laptop.forms.keep(document, Snapshot.of(session, "Petr Novák"))
    laptop.forms.complete(document)
    signed(laptop, document)
    with laptop.db.read() as tx:
        body = tx.documents.get(document).body
        kept = tx.appends.signed_package(document)
        assert kept is not None
        (appended,) = tx.appends.of_kind(RecordKind.SIGNED_PACKAGE, [document])
        package = SignedPackage.from_body(appended.body)
        pdf, values = tx.blobs.get(package.pdf_sha256), tx.blobs.get(package.values_sha256)
    seals = Seals(frozenset({laptop.seal.certificate_sha256}), frozenset())
    evidence = SignedEvidence(pdf, values, package, seals, laptop.clock.now())
    anchors = Anchors(laptop.root, laptop.authority)
    published = Published(PublishedSources(folder))
    judge = DossierJudge(published, anchors)
    case = Case(RecordId(document), package.document_op, Stage.SIGNED, body, evidence)
    laptop.close()
    return Desk(judge, published, anchors, case, evidence, laptop.seal)


def test_that_a_complete_signed_offer_is_exportable_with_its_record(desk: Desk) -> None:
    verdict = desk.judge(desk.case)
    assert (verdict.exportable, verdict.missing, verdict.code) == (True, (), "")
    assert verdict.on_paper is False
    assert verdict.record["PH_SURNAME"] == "Novák"


def test_that_a_form_that_was_never_published_is_not_exported(desk: Desk) -> None:
    for version in (99, "1", None):
        body: JsonObject = {**desk.case.body, "form_version": version}
        assert desk.judge(replace(desk.case, body=body)) == Verdict(False, code="SC-SERV-030")


def test_that_a_signed_document_waits_for_its_package(desk: Desk) -> None:
    assert desk.judge(replace(desk.case, evidence=None)).code == "SC-SERV-035"


def test_that_a_digital_offer_is_not_exported_unsigned(desk: Desk) -> None:
    unsigned = replace(desk.case, stage=Stage.COMPLETE, evidence=None)
    verdict = desk.judge(unsigned)
    assert (verdict.exportable, verdict.code) == (False, "SC-FORM-304")
    assert verdict.missing == ("policyholder", "adviser")


def test_that_another_premium_than_the_tariffs_is_not_exported(desk: Desk) -> None:
    premium = desk.case.body["premium"]
    assert isinstance(premium, dict)
    body: JsonObject = {**desk.case.body, "premium": {**premium, "payable": "1"}}
    assert desk.judge(replace(desk.case, body=body)).exportable is False


def test_that_what_is_exported_must_be_what_was_signed(desk: Desk) -> None:
    body: JsonObject = {**desk.case.body, "number": "7200049999"}
    assert desk.judge(replace(desk.case, body=body)).exportable is False


def test_that_a_file_altered_after_signing_is_not_accepted(desk: Desk) -> None:
    altered = bytearray(desk.evidence.pdf)
    altered[len(altered) // 2] ^= 1
    assert desk.with_evidence(pdf=bytes(altered)) == Verdict(False, code="SC-SERV-034")
    assert desk.with_evidence(pdf=desk.evidence.pdf[:-200]).code == "SC-SERV-034"
    assert desk.with_evidence(pdf=b"").code == "SC-SERV-034"


def test_that_only_seals_issued_to_this_install_count(desk: Desk) -> None:
    other = Seals(frozenset({Sha256("0" * 64)}), frozenset({"0" * 64}))
    assert desk.with_evidence(seals=other).code == "SC-SERV-034"


def _activated(server: InProcessServer, seal_key: ec.EllipticCurvePrivateKey) -> Installed:
    install_key = ec.generate_private_key(ec.SECP256R1())
    reply = server.send(server.activation_request(install_key, seal_key))
    return Installed(ActivateReply.from_json(encoding.parse(reply.body)), install_key, seal_key)


def _verdict(desk: Desk, server: InProcessServer, sender: Installed) -> Verdict:
    """On the signed file, as this install sent it to this server."""
    with server.office.reading() as reading:
        seals = seals_for(reading, sender.id)
    assert desk.seal.certificate_sha256 not in seals.certificates
    return desk.with_evidence(seals=seals)


def test_that_a_seal_that_a_restore_forgot_counts_once_its_laptop_is_activated_again(
    desk: Desk, server_in_memory: InProcessServer
) -> None:
    """The certificate and perhaps the install are forgotten; the seal key is the same."""
    again = _activated(server_in_memory, desk.seal.private_key)
    assert _verdict(desk, server_in_memory, again).exportable
    another = server_in_memory.activate()
    assert _verdict(desk, server_in_memory, another).code == "SC-SERV-034"


def test_that_a_seal_for_a_known_key_counts_only_when_it_is_one_of_ours(
    desk: Desk, server_in_memory: InProcessServer
) -> None:
    again = _activated(server_in_memory, desk.seal.private_key)
    with server_in_memory.office.reading() as reading:
        evidence = replace(desk.evidence, seals=seals_for(reading, again.id))
    stranger = replace(desk.anchors, root=server_in_memory.issuers.root)
    judge = DossierJudge(desk.published, stranger)
    assert judge(replace(desk.case, evidence=evidence)).code == "SC-SERV-034"


def test_that_a_seal_of_the_same_persons_other_install_counts_until_that_is_revoked(
    desk: Desk, server_in_memory: InProcessServer
) -> None:
    server = server_in_memory
    old, new = _activated(server, desk.seal.private_key), server.activate()
    assert _verdict(desk, server, new).code == "SC-SERV-034"
    with server.office.writing() as writing:
        rights.join(writing, new.id, old.reply.person, "came with the card")
    assert _verdict(desk, server, new).exportable
    with server.office.writing() as writing:
        helpdesk.revoke(writing, old.id, "stolen")
    assert _verdict(desk, server, new).code == "SC-SERV-034"
    # What it sealed itself is judged as before: a person takes in what a revoked laptop still had.
    assert _verdict(desk, server, old).exportable


def test_that_the_record_must_be_of_this_document_and_these_values(desk: Desk) -> None:
    assert (
        desk.with_record(document_id="00000000-0000-4000-8000-00000000ffff").code == "SC-SERV-034"
    )
    assert desk.with_evidence(values=desk.evidence.values + b" ").code == "SC-SERV-034"


def test_that_a_record_that_cannot_be_read_is_not_accepted(desk: Desk) -> None:
    package = replace(desk.evidence.package, record={"schema": 9})
    assert desk.with_evidence(package=package).code == "SC-SERV-034"


def test_that_biometrics_sealed_for_someone_else_are_not_accepted(desk: Desk) -> None:
    someone_else = replace(desk.anchors, authority=desk.anchors.root)
    judge = DossierJudge(Published(PublishedSources(CATALOGUE)), someone_else)
    assert judge(desk.case).code == "SC-SERV-034"


def test_that_a_file_from_the_future_is_not_accepted(desk: Desk) -> None:
    early = desk.evidence.received_at.replace(year=2020)
    assert desk.with_evidence(received_at=early).code == "SC-SERV-034"


def test_that_no_envelope_is_accepted_where_no_authority_is_known(desk: Desk) -> None:
    judge = DossierJudge(desk.published, replace(desk.anchors, authority=None))
    assert judge(desk.case).code == "SC-SERV-034"


def test_that_practice_may_go_without_an_authority(desk: Desk) -> None:
    anchors = replace(desk.anchors, authority=None, may_lack_authority=True)
    assert DossierJudge(desk.published, anchors)(desk.case).exportable
