"""The acceptance rule refuses everything that is not exactly what was recorded."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from asn1crypto import core
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from smartclient.documents import cms as our_cms
from smartclient.documents.biometrics import BIOMETRIC_OID
from smartclient.documents.cms_check import check_signature
from smartclient.documents.keys import SealKey
from smartclient.documents.record import ExpectedField, SigningRecord
from smartclient.documents.rendering import render
from smartclient.documents.revisions import SignedFile
from smartclient.documents.signing import Sealing, issue, seal, sign
from smartclient.documents.verification import Verdict, verify, verify_fields
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import DocumentNumber, Sha256
from tests.unit.documents.workshop import (
    BODY,
    NOW,
    House,
    Signed,
    house,
    printed_offer,
    record_for,
    rendered,
    seal_key,
    sealing_of,
    sign_all,
    sign_place,
    signed,
    template,
    without_room,
)

LATER = NOW + timedelta(hours=1)
FIELDS = signed().record.fields


def judged(pdf: bytes, record: SigningRecord | None = None, at: datetime = LATER) -> Verdict:
    return verify(pdf, record or signed().record, house().root, at=at)


def failures(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.checks if not check.ok}


def recorded_as(document: Signed, record: SigningRecord) -> SigningRecord:
    """A record that knows the revisions of a document, so that only the file's faults are found."""
    return replace(record, revisions=document.record.revisions)


def test_that_a_signed_document_is_accepted() -> None:
    verdict = judged(signed().pdf)
    assert verdict.ok
    assert [check.name for check in verdict.checks] == [
        "revisions",
        "signatures only",
        "fields",
        "signature issue",
        "signature policyholder",
        "signature insured_2",
        "signature adviser",
        "signature seal",
        "biometrics",
        "certificate",
        "times",
        "values",
        "history",
    ]


def test_that_without_a_record_the_checks_not_made_are_listed() -> None:
    verdict = verify_fields(signed().pdf, FIELDS, house().root, at=LATER)
    assert verdict.ok
    assert verdict.not_made == (
        *("registered certificate", "values", "history"),
        *("pages", "revocation", "envelopes"),
    )


def test_that_with_a_record_too_what_nobody_looked_at_is_listed() -> None:
    assert judged(signed().pdf).not_made == ("pages", "revocation", "envelopes")
    broken = judged(signed().pdf[:-9])
    assert not broken.ok
    assert broken.not_made == ("pages", "revocation", "envelopes")


def test_that_the_reasons_name_nobody() -> None:
    broken = signed().pdf.replace(b"/ETSI.CAdES.detached", b"/ETSI.XAdES.detached")
    for pdf in (signed().pdf, signed().revisions[2], broken):
        for check in judged(pdf).checks:
            assert "Nov" not in check.detail
            assert "install" not in check.detail


# What is missing or was added


def test_that_a_file_cut_back_to_before_the_seal_is_refused() -> None:
    assert {"fields", "signature seal", "history"} <= failures(judged(signed().revisions[-2]))


@pytest.mark.parametrize("cut", [1, 7, 40, 900])
def test_that_a_cut_file_is_refused(cut: int) -> None:
    assert failures(judged(signed().pdf[:-cut])) == {"revisions"}


@pytest.mark.parametrize("more", [b"\n", b" ", b"%\n", b"1 0 obj\nnull\nendobj\n", b"%%EOF\n"])
def test_that_bytes_behind_the_seal_are_refused(more: bytes) -> None:
    assert failures(judged(signed().pdf + more)) == {"revisions"}


def test_that_an_object_appended_with_a_table_is_refused() -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed().pdf))
    writer.add_object(StreamObject(DictionaryObject(), stream_data=b"unseen"))
    appended = BytesIO()
    writer.write(appended)
    assert not judged(appended.getvalue()).ok


def test_that_a_page_changed_after_the_seal_is_refused() -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed().pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = pdf_name("/X")
    writer.update_container(page)
    changed = BytesIO()
    writer.write(changed)
    assert not judged(changed.getvalue()).ok


def test_that_a_page_changed_between_two_signatures_is_refused() -> None:
    """Signed afterwards with the right key: only the linear check of revisions can see it."""
    writer = IncrementalPdfFileWriter(BytesIO(signed().revisions[1]))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/UserUnit"] = pdf_name("/X")
    writer.update_container(page)
    changed = BytesIO()
    writer.write(changed)
    key, places = seal_key(), rendered().places
    pdf = sign_place(
        changed.getvalue(), places[1], key, NOW + timedelta(minutes=2), sealing_of("insured_2")
    )
    pdf = sign_place(pdf, places[2], key, NOW + timedelta(minutes=3), sealing_of("adviser"))
    pdf = seal(pdf, key, NOW + timedelta(minutes=4))
    assert not verify_fields(pdf, FIELDS, house().root, at=LATER).ok


def test_that_bytes_hidden_between_two_revisions_are_refused() -> None:
    """Put in before the signatures that cover it were made, so that all of them are valid."""
    key, places = seal_key(), rendered().places
    pdf = signed().revisions[0] + b"% hidden\n99 0 obj\nnull\nendobj\n"
    for minute, place in enumerate(places, start=1):
        at = NOW + timedelta(minutes=minute)
        pdf = sign_place(pdf, place, key, at, sealing_of(place.name))
    pdf = seal(pdf, key, NOW + timedelta(minutes=9))
    assert not verify_fields(pdf, FIELDS, house().root, at=LATER).ok


def test_that_a_field_nobody_expects_is_refused() -> None:
    fields = (*FIELDS[:-2], FIELDS[-1])
    assert "fields" in failures(verify_fields(signed().pdf, fields, house().root, at=LATER))


def test_that_a_missing_signature_is_refused() -> None:
    short = sign_all(rendered(), seal_key(), order=lambda places: places[:2])
    verdict = judged(short.pdf, recorded_as(short, signed().record))
    assert {"fields", "signature seal"} <= failures(verdict)


def test_that_signatures_out_of_order_are_refused() -> None:
    turned = sign_all(rendered(), seal_key(), order=lambda places: places[::-1])
    assert failures(judged(turned.pdf, recorded_as(turned, signed().record))) == {"fields"}


# Biometrics


def test_that_a_missing_envelope_is_refused() -> None:
    def all_but_one(field: str) -> Sealing | None:
        return None if field == "insured_2" else sealing_of(field)

    document = sign_all(rendered(), seal_key(), sealed=all_but_one)
    verdict = judged(document.pdf, recorded_as(document, signed().record))
    assert failures(verdict) == {"biometrics"}
    assert "insured_2" in next(each.detail for each in verdict.checks if not each.ok)


def test_that_an_envelope_where_none_is_expected_is_refused() -> None:
    fields = [replace(field, biometric=False) for field in FIELDS]
    verdict = verify_fields(signed().pdf, fields, house().root, at=LATER)
    assert failures(verdict) == {"biometrics"}


@pytest.mark.parametrize("shape", ["two attributes", "two values"])
def test_that_a_doubled_envelope_is_refused(monkeypatch: pytest.MonkeyPatch, shape: str) -> None:
    """As an insider with the right key would make it."""
    original = our_cms._attributes

    def doubled(key: SealKey, digest: bytes, envelope: bytes | None) -> list[bytes]:
        attributes = original(key, digest, envelope)
        if envelope is None:
            return attributes
        if shape == "two attributes":
            return sorted([*attributes, max(attributes, key=len)])
        value = core.OctetString(envelope).dump()
        twice = our_cms._sequence(
            core.ObjectIdentifier(BIOMETRIC_OID).dump(), our_cms._set(value, value)
        )
        return sorted([*original(key, digest, None), twice])

    monkeypatch.setattr(our_cms, "_attributes", doubled)
    document = sign_all(rendered(), seal_key())
    verdict = judged(document.pdf, recorded_as(document, signed().record))
    assert "signature policyholder" in failures(verdict)


# Keys and times


def test_that_another_seal_of_the_same_insurer_is_refused() -> None:
    document = sign_all(rendered(), house().seal_key("install 2"))
    verdict = judged(document.pdf, recorded_as(document, signed().record))
    assert failures(verdict) == {"certificate"}


def test_that_a_seal_of_another_house_is_refused() -> None:
    other = House.new()
    key = other.seal_key()
    document = sign_all(rendered(), key)
    assert failures(judged(document.pdf, document.record)) == {"certificate"}


def test_that_one_signature_by_another_seal_is_refused() -> None:
    pdf = signed().revisions[-2]
    pdf = seal(pdf, house().seal_key("install 2"), NOW + timedelta(minutes=4))
    record = replace(signed().record, revisions=signed().record.revisions[:-1]).with_revision(pdf)
    assert failures(judged(pdf, record)) == {"certificate"}


@pytest.mark.parametrize("part", ["issuing certificate", "signature", "attributes"])
def test_that_no_bit_of_the_last_signature_can_be_changed(part: str) -> None:
    """No later signature covers the contents of the seal, so that they must hold by themselves."""
    file = SignedFile(signed().pdf)
    contents = file.revisions[-1].contents
    issuing = house().issuer.certificate.public_bytes(Encoding.DER)
    at = {
        "issuing certificate": contents.index(issuing) + 60,
        "signature": len(without_room(contents)) - 5,
        "attributes": contents.index(file.revisions[-1].digest),
    }[part]
    written = contents.hex().upper().encode()
    changed = contents[:at] + bytes([contents[at] ^ 1]) + contents[at + 1 :]
    pdf = signed().pdf.replace(written, changed.hex().upper().encode())
    assert pdf != signed().pdf
    assert not verify_fields(pdf, FIELDS, house().root, at=LATER).ok


@pytest.mark.parametrize("behind", [b"\1", b"\0\0\1", bytes(17), b"hidden"])
def test_that_nothing_hides_behind_a_signature(behind: bytes) -> None:
    revision = SignedFile(signed().pdf).revisions[-1]
    with pytest.raises(Damaged, match="stands behind the signature"):
        check_signature(without_room(revision.contents) + behind, revision.digest)


def test_that_a_certificate_outside_the_chain_is_refused() -> None:
    stranger = House.new().issuer.certificate
    key = SealKey(seal_key().private_key, seal_key().certificate, (*seal_key().chain, stranger))
    document = sign_all(rendered(), key)
    assert failures(judged(document.pdf, document.record)) == {"certificate"}


def test_that_a_certificate_for_another_purpose_is_refused() -> None:
    """The document CA's own key is not a seal, although it chains to the root."""
    issuer = house().issuer
    key = SealKey(issuer.private_key, issuer.certificate, ())
    document = sign_all(rendered(), key)
    assert failures(judged(document.pdf, document.record)) == {"certificate"}


def test_that_a_seal_that_was_over_is_refused() -> None:
    key = house().seal_key(now=NOW - timedelta(days=731))
    document = sign_all(rendered(), key)
    assert failures(judged(document.pdf, document.record)) == {"certificate"}


def test_that_a_signature_older_than_the_one_before_is_refused() -> None:
    document = sign_all(rendered(), seal_key(), minutes=(0, 3, 2, 4, 5))
    assert failures(judged(document.pdf, document.record)) == {"times"}


def test_that_a_signature_from_the_future_is_refused() -> None:
    assert failures(judged(signed().pdf, at=NOW - timedelta(hours=1))) == {"times"}


def test_that_a_clock_a_little_ahead_is_forgiven() -> None:
    assert judged(signed().pdf, at=NOW + timedelta(minutes=1)).ok


# Values and history


def test_that_other_values_than_recorded_are_refused() -> None:
    body = BODY | {"answers": {"policyholder": {"surname": "Jiná"}}}
    frozen = render(
        template(), body, printed_offer(), at=NOW, authority_sha256="0123456789abcdef" * 4
    )
    document = sign_all(frozen, seal_key())
    assert failures(judged(document.pdf, recorded_as(document, signed().record))) == {"values"}


def test_that_another_number_than_recorded_is_refused() -> None:
    record = replace(signed().record, number=DocumentNumber("7200041874"))
    assert failures(judged(signed().pdf, record)) == {"values"}


def test_that_another_template_than_recorded_is_refused() -> None:
    template_of_record = replace(signed().record.template, sha256=Sha256("0" * 64))
    record = replace(signed().record, template=template_of_record)
    assert failures(judged(signed().pdf, record)) == {"values"}


def test_that_a_document_signed_again_is_not_the_recorded_one() -> None:
    again = sign_all(rendered(), seal_key())
    assert failures(judged(again.pdf)) == {"history"}


# Whatever else comes


@pytest.mark.parametrize(
    "pdf", [b"", b"%PDF-1.7\n", b"\nxref\n", b"\x00" * 10_000, b"startxref\n0\n%%EOF\n" * 50]
)
def test_that_what_is_no_signed_pdf_is_refused(pdf: bytes) -> None:
    assert failures(judged(pdf)) == {"revisions"}


def test_that_a_document_that_was_only_frozen_is_refused() -> None:
    assert failures(judged(rendered().pdf)) == {"revisions"}


def test_that_a_record_with_no_fields_accepts_nothing() -> None:
    record = replace(record_for(rendered(), seal_key()), fields=())
    assert not judged(signed().pdf, record).ok


def test_that_a_field_with_a_further_entry_is_refused() -> None:
    """A field may not bring a script or a border of its own with its signature."""
    writer = IncrementalPdfFileWriter(BytesIO(issue(rendered(), seal_key(), NOW)))
    field = writer.root["/AcroForm"]["/Fields"][1]
    field["/AA"] = DictionaryObject()
    writer.update_container(field)
    changed = BytesIO()
    writer.write(changed)
    pdf = sign(
        changed.getvalue(),
        field="policyholder",
        key=seal_key(),
        ink=None,
        sealed=None,
        at=NOW + timedelta(minutes=1),
        reason="",
    )
    fields = [ExpectedField("issue"), ExpectedField("policyholder")]
    assert not verify_fields(pdf, fields, house().root, at=LATER).ok
