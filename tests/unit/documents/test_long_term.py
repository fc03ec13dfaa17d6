"""The server's proof and time stamp behind the seal: valid for others, and nothing besides."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject, pdf_name

from smartclient.documents import long_term
from smartclient.documents.appending import AppendingWriter
from smartclient.documents.long_term import kept_for_long
from smartclient.documents.revisions import SignedFile
from smartclient.documents.revocation import Revoked, revocation_list
from smartclient.documents.time_stamp import check_token, request_for, token_of
from smartclient.documents.trust import chain_of
from smartclient.documents.verification import Verdict, verify
from smartclient.domain.errors import Damaged, NotAllowed, Refused
from tests.unit.documents.stamping import (
    NONCE,
    STAMPED_AT,
    asked_of,
    authority,
    proof,
    stamp_root,
    stamped,
    stamped_with,
    tsa,
)
from tests.unit.documents.test_judges import VERA, run, tool, vera_classpath
from tests.unit.documents.workshop import NOW, House, house, seal_key, signed, without_room

LATER = NOW + timedelta(hours=1)
DIGEST = bytes(range(32))


def judged(pdf: bytes, *, compare_pages: bool = False) -> Verdict:
    roots = [stamp_root().certificate]
    return verify(
        pdf,
        signed().record,
        house().root,
        at=LATER,
        compare_pages=compare_pages,
        stamp_roots=roots,
    )


def reasons(pdf: bytes) -> list[str]:
    return [f"{check.name}: {check.detail}" for check in judged(pdf).checks if not check.ok]


def test_that_a_stamped_file_is_accepted_with_the_record_of_the_laptop() -> None:
    verdict = judged(stamped(), compare_pages=True)
    assert verdict.ok, verdict.checks
    assert "time stamp" in [check.name for check in verdict.checks]


def test_that_the_stamp_leaves_every_signed_byte_as_it_was() -> None:
    assert stamped().startswith(signed().pdf)
    assert len(stamped()) - len(signed().pdf) < 32 * 1024


def test_that_a_stamp_under_a_root_nobody_trusts_is_refused() -> None:
    verdict = verify(stamped(), signed().record, house().root, at=LATER)
    assert [check.name for check in verdict.checks if not check.ok] == ["time stamp"]


def test_that_no_stamp_is_taken_where_none_may_be_yet() -> None:
    verdict = verify(stamped(), signed().record, house().root, at=LATER, stamp_roots=())
    assert [check.name for check in verdict.checks if not check.ok] == ["time stamp"]


def test_that_only_a_sealed_file_is_stamped_and_only_once() -> None:
    for pdf in (stamped(), signed().revisions[-2]):
        with pytest.raises(NotAllowed, match="SC-DOC-053"):
            kept_for_long(pdf, proof(), asked_of(tsa()))


def test_that_a_token_that_finds_no_room_stops_the_stamp() -> None:
    with pytest.raises(Damaged, match="SC-DOC-052"):
        stamped_with(stamp=lambda _digest: bytes(13 * 1024))


# Who may stamp, and when


def test_that_a_stamp_older_than_the_seal_is_refused() -> None:
    early = authority(NOW - timedelta(minutes=30))
    kept = proof(early.certificate)
    assert "older than the seal" in reasons(stamped_with(kept, asked_of(early)))[0]


def test_that_a_stamp_from_the_future_is_refused() -> None:
    ahead = authority(LATER + timedelta(minutes=30))
    assert "future" in reasons(stamped_with(proof(ahead.certificate), asked_of(ahead)))[0]


def test_that_a_stamp_by_a_certificate_for_documents_is_refused() -> None:
    """The install cannot stamp its own file: its certificate is for another purpose."""
    key = seal_key()
    install = replace(tsa(), private_key=key.private_key, certificate=key.certificate)
    with pytest.raises(Damaged, match="not for time stamps"):
        stamped_with(stamp=asked_of(install))


def test_that_a_token_for_another_file_is_refused() -> None:
    other = asked_of(tsa())(DIGEST)
    assert "other bytes" in reasons(stamped_with(stamp=lambda _digest: other))[0]


def test_that_a_seal_revoked_before_it_was_used_is_refused() -> None:
    gone = [Revoked(seal_key().certificate.serial_number, NOW - timedelta(minutes=5))]
    listed = revocation_list(house().issuer, gone, NOW, timedelta(days=7))
    assert "revoked" in reasons(stamped_with(proof(lists=(listed,))))[0]


def test_that_a_seal_revoked_after_it_was_used_still_counts() -> None:
    gone = [Revoked(seal_key().certificate.serial_number, NOW + timedelta(days=1))]
    listed = revocation_list(house().issuer, gone, NOW, timedelta(days=7))
    assert judged(stamped_with(proof(lists=(listed,)))).ok


# What else could be carried behind the seal


def test_that_a_certificate_of_no_chain_is_refused() -> None:
    stranger = House.new().root
    assert "of no chain" in reasons(stamped_with(proof(stranger)))[0]


def test_that_a_list_of_a_stranger_is_refused() -> None:
    listed = revocation_list(House.new().issuer, (), NOW, timedelta(days=7))
    assert "nobody of the chains" in reasons(stamped_with(proof(lists=(listed,))))[0]


Smuggling = Callable[[AppendingWriter], None]


def _bare_object(writer: AppendingWriter) -> None:
    writer.add_object(StreamObject(stream_data=b"unseen"))


def _in_the_store(writer: AppendingWriter) -> None:
    writer.root["/DSS"]["/VRI"] = DictionaryObject()


def _as_a_certificate(writer: AppendingWriter) -> None:
    reference = writer.add_object(StreamObject(stream_data=b"no certificate"))
    writer.root["/DSS"]["/Certs"].append(reference)


def _in_a_stream(writer: AppendingWriter) -> None:
    writer.root["/DSS"]["/Certs"][0]["/Note"] = pdf_name("/Hidden")


def _in_the_field(writer: AppendingWriter) -> None:
    writer.root["/AcroForm"]["/Fields"][-1]["/TU"] = pdf_name("/Hidden")


def _in_the_form(writer: AppendingWriter) -> None:
    writer.root["/AcroForm"]["/XFA"] = DictionaryObject()


def _in_the_catalogue(writer: AppendingWriter) -> None:
    writer.root["/OpenAction"] = DictionaryObject()


def _on_a_page(writer: AppendingWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page["/UserUnit"] = pdf_name("/X")
    writer.update_container(page)


def _a_second_field(writer: AppendingWriter) -> None:
    field = DictionaryObject({pdf_name("/FT"): pdf_name("/Sig")})
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))


def _over_a_signature(writer: AppendingWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    field["/AP"] = DictionaryObject()
    writer.update_container(field)


@pytest.mark.parametrize(
    "smuggle",
    [
        _bare_object,
        _in_the_store,
        _as_a_certificate,
        _in_a_stream,
        _in_the_field,
        _in_the_form,
        _in_the_catalogue,
        _on_a_page,
        _a_second_field,
        _over_a_signature,
    ],
)
def test_that_nothing_else_hides_behind_a_true_stamp(
    monkeypatch: pytest.MonkeyPatch, smuggle: Smuggling
) -> None:
    """As an insider at the server would make it: the token is good, the revision is not."""
    original = long_term._add_field

    def with_more(writer: AppendingWriter) -> None:
        original(writer)
        smuggle(writer)

    monkeypatch.setattr(long_term, "_add_field", with_more)
    assert reasons(stamped_with())


def test_that_a_stamp_before_the_seal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_term, "SEAL_FIELD", "adviser")
    assert "before the seal" in reasons(stamped_with(pdf=lambda: signed().revisions[-2]))[0]


def test_that_a_second_stamp_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    once = stamped()
    monkeypatch.setattr(long_term, "STAMP_FIELD", "timestamp_2")
    assert reasons(stamped_with(pdf=lambda: once))


@pytest.mark.parametrize("cut", [1, 30, 5_000])
def test_that_a_cut_stamp_is_refused(cut: int) -> None:
    assert not judged(stamped()[:-cut]).ok


def test_that_bytes_behind_the_stamp_are_refused() -> None:
    assert not judged(stamped() + b"\n").ok


@pytest.mark.parametrize(
    "step", [pytest.param(9, id="some bytes"), pytest.param(1, marks=pytest.mark.long, id="all")]
)
def test_that_no_bit_of_the_token_can_be_changed(step: int) -> None:
    """Nothing covers the token of the last revision, so that it must hold by itself."""
    revision = SignedFile(stamped()).revisions[-1]
    token = without_room(revision.contents)
    for at in range(0, len(token), step):
        changed = token[:at] + bytes([token[at] ^ (1 << at % 8)]) + token[at + 1 :]
        assert _is_refused(changed, revision.digest), at


def _is_refused(token: bytes, digest: bytes) -> bool:
    """Only what concerns the stamp: the signatures before it are the same in every try."""
    try:
        facts = check_token(token, digest)
    except Exception:  # noqa: BLE001 - as in the rule: whatever it is, it is a refusal
        return True
    return not chain_of(facts.certificate, [stamp_root().certificate], (), facts.at)


@pytest.mark.parametrize("place", [1, 5_000, -1])
def test_that_nothing_hides_in_the_room_behind_the_token(place: int) -> None:
    revision = SignedFile(stamped()).revisions[-1]
    room = bytearray(revision.contents)
    at = len(without_room(revision.contents)) + place if place > 0 else place
    room[at] = 0x80
    with pytest.raises(Damaged, match="stands behind it"):
        check_token(bytes(room), revision.digest)


def test_that_a_token_with_a_length_written_longer_is_refused() -> None:
    """The same token in BER: the last set of its parts has one byte of length too many."""
    revision = SignedFile(stamped()).revisions[-1]
    info = cms.ContentInfo.load(revision.contents)
    token = info.dump()
    made = info["content"]["signer_infos"][0]["signature"].dump()
    longer = made[:1] + b"\x81" + made[1:]
    assert token.endswith(made)
    with pytest.raises((Damaged, ValueError)):
        check_token(token[: -len(made)] + longer, revision.digest)


# Asking


def test_that_an_answer_to_another_request_is_refused() -> None:
    answer = tsa().answer(request_for(DIGEST, NONCE))
    with pytest.raises(Damaged, match="another request"):
        token_of(answer, DIGEST, NONCE + 1)
    with pytest.raises(Damaged, match="other bytes"):
        token_of(answer, bytes(32), NONCE)


def test_that_a_refusal_of_the_authority_is_told() -> None:
    with pytest.raises(Refused, match="SC-DOC-050"):
        token_of(tsa().answer(b"nonsense"), DIGEST, NONCE)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"\x30\x03\x02\x01\x05", bytes(100)])
def test_that_what_is_no_answer_is_refused(answer: bytes) -> None:
    with pytest.raises((Damaged, Refused)):
        token_of(answer, DIGEST, NONCE)


def test_that_a_token_with_something_unsigned_is_refused() -> None:
    info = cms.ContentInfo.load(asked_of(tsa())(DIGEST))
    signer = info["content"]["signer_infos"][0]
    signer["unsigned_attrs"] = cms.CMSAttributes(
        [cms.CMSAttribute({"type": "message_digest", "values": [b"hidden"]})]
    )
    answer = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": info})
    with pytest.raises(Damaged, match="does not sign"):
        token_of(answer.dump(force=True), DIGEST, NONCE)


# What others say


def test_that_openssl_verifies_the_time_stamp(tmp_path: Path) -> None:
    revision = SignedFile(stamped()).revisions[-1]
    gap = 2 * len(revision.contents) + 2
    start = stamped().rindex(b"/Contents <") + len("/Contents ")
    (tmp_path / "covered").write_bytes(stamped()[:start] + stamped()[start + gap :])
    (tmp_path / "token.der").write_bytes(without_room(revision.contents))
    (tmp_path / "root.pem").write_bytes(stamp_root().certificate.public_bytes(Encoding.PEM))
    # fmt: off
    said = run(
        tool("openssl"), "ts", "-verify", "-data", tmp_path / "covered",
        "-in", tmp_path / "token.der", "-token_in", "-CAfile", tmp_path / "root.pem",
        "-attime", str(int(STAMPED_AT.timestamp())),
    )
    # fmt: on
    assert "Verification: OK" in said


def test_that_openssl_reads_our_request_and_verifies_the_answer(tmp_path: Path) -> None:
    query = request_for(DIGEST, NONCE)
    (tmp_path / "query.tsq").write_bytes(query)
    (tmp_path / "answer.tsr").write_bytes(tsa().answer(query))
    (tmp_path / "root.pem").write_bytes(stamp_root().certificate.public_bytes(Encoding.PEM))
    openssl = tool("openssl")
    assert "sha256" in run(openssl, "ts", "-query", "-in", tmp_path / "query.tsq", "-text")
    # fmt: off
    said = run(
        openssl, "ts", "-verify", "-queryfile", tmp_path / "query.tsq",
        "-in", tmp_path / "answer.tsr", "-CAfile", tmp_path / "root.pem",
        "-attime", str(int(STAMPED_AT.timestamp())),
    )
    # fmt: on
    assert "Verification: OK" in said


def test_that_poppler_and_qpdf_find_the_stamped_file_in_order(tmp_path: Path) -> None:
    path = tmp_path / "stamped.pdf"
    path.write_bytes(stamped())
    assert "No syntax or stream encoding errors found" in run(tool("qpdf"), "--check", path)
    said = run(tool("pdfsig"), "-nocert", path)
    assert said.count("Signature is Valid.") == len(signed().revisions)
    assert "Syntax Error" not in said
    behind_the_seal = said.partition("Signature Field Name: timestamp")[2]
    assert "Total document signed" in behind_the_seal


def test_that_the_proof_is_found_by_another_library() -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    reader = PdfFileReader(BytesIO(stamped()))
    store = DocumentSecurityStore.read_dss(reader)
    found = {each.sha256 for each in store.load_certs()}
    assert found == {each.fingerprint(hashes.SHA256()) for each in proof().certificates}
    assert len(store.crls) == 1
    (stamp,) = reader.embedded_timestamp_signatures
    assert stamp.field_name == "timestamp"


@pytest.mark.long
def test_that_the_stamped_file_is_pdf_a_3b_and_pdf_ua_1(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    path = tmp_path / "stamped.pdf"
    path.write_bytes(stamped())
    said = run(tool("java"), "-cp", vera_classpath(), VERA / "Judge.java", path)
    record_property("verapdf", said)
    assert said.count("compliant=true") == 2, os.linesep + said
