"""The sealed envelope: only the authority opens it, and OpenSSL agrees."""

import base64
import contextlib
import json
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput, Damaged
from smartclient.ink.envelope import inspect, problem_with, seal
from smartclient.ink.record import FORMAT, read_iso
from tests.unit.ink.pens import drawn, recorded

NOW = datetime(2026, 11, 21, 17, 21, 3, 250_000, tzinfo=UTC)
DIGEST = bytes(range(32))


@cache
def authority_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def certificate_of(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, *, names_its_key: bool = True
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Practice authority")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
    )
    if names_its_key:
        key_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(key_id, critical=False)
    return builder.sign(key, hashes.SHA256())


def sealed(name: str = "petr", *, names_its_key: bool = True) -> bytes:
    return seal(
        recorded(name),
        field="policyholder",
        digest_algorithm="sha256",
        byte_range_digest=DIGEST,
        recipient=certificate_of(authority_key(), names_its_key=names_its_key),
        captured_at=NOW,
    )


def opened_by_openssl(envelope: bytes, folder: Path) -> tuple[int, bytes]:
    sealed_file, key_file, clear_file = folder / "e.der", folder / "k.pem", folder / "clear"
    sealed_file.write_bytes(envelope)
    key_file.write_bytes(
        authority_key().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    command = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", str(sealed_file)]
    run = subprocess.run(
        [*command, "-inkey", str(key_file), "-out", str(clear_file)],
        capture_output=True,
        check=False,
    )
    return run.returncode, clear_file.read_bytes() if clear_file.exists() else b""


@pytest.mark.parametrize("names_its_key", [True, False])
def test_that_openssl_opens_the_envelope_with_the_authority_s_key(
    tmp_path: Path, names_its_key: bool
) -> None:
    code, clear = opened_by_openssl(sealed(names_its_key=names_its_key), tmp_path)
    assert code == 0
    plaintext = json.loads(clear)
    record = base64.b64decode(plaintext.pop("record"), validate=True)
    assert plaintext == {
        "version": 1,
        "field": "policyholder",
        "digest_algorithm": "sha256",
        "byte_range_digest": DIGEST.hex(),
        "captured_at": "2026-11-21T17:21:03.250+00:00",
        "pad": {
            "driver": "trace",
            "model": "STU-430",
            "serial": "",
            "firmware": "",
            "units_per_mm_x": 100.0,
            "units_per_mm_y": 100.0,
            "max_pressure": 1023,
            "pressure_measured": True,
            "lost_reports": 0,
            "time_source": "pad",
        },
        "format": FORMAT,
    }
    in_range = [sample for sample in recorded("petr").samples if sample.in_range]
    assert [point.x for point in read_iso(record)] == [sample.x for sample in in_range]


def test_that_openssl_refuses_a_changed_envelope(tmp_path: Path) -> None:
    envelope = bytearray(sealed())
    envelope[-40] ^= 1
    code, _clear = opened_by_openssl(bytes(envelope), tmp_path)
    assert code != 0


@pytest.mark.parametrize("samples", [1, 2, 3, 4, 5])
def test_that_records_of_every_length_are_encoded_whole(tmp_path: Path, samples: int) -> None:
    trace = drawn([(100 * at, 100) for at in range(1, samples + 1)])
    envelope = seal(
        trace,
        field="f",
        digest_algorithm="sha256",
        byte_range_digest=DIGEST,
        recipient=certificate_of(authority_key()),
        captured_at=NOW,
    )
    _code, clear = opened_by_openssl(envelope, tmp_path)
    assert len(read_iso(base64.b64decode(json.loads(clear)["record"]))) == samples


def test_that_the_server_can_judge_an_envelope_without_opening_it() -> None:
    envelope = sealed()
    facts = inspect(envelope)
    key_id = x509.SubjectKeyIdentifier.from_public_key(authority_key().public_key()).digest
    (recipient,) = facts.recipients
    assert recipient.subject_key_id == key_id.hex()
    assert (recipient.key_algorithm, recipient.key_hash) == ("rsaes_oaep", "sha256")
    assert (facts.content_algorithm, facts.content_type) == ("aes256_gcm", "data")
    assert facts.tag_length == 16
    assert not facts.has_authenticated_attributes
    assert facts.size == len(envelope)
    assert 0 < facts.ciphertext_length < facts.size


def test_that_a_recipient_without_key_id_is_named_by_issuer_and_serial_number() -> None:
    (recipient,) = inspect(sealed(names_its_key=False)).recipients
    assert (recipient.subject_key_id, recipient.serial_number) == ("", 4711)


@pytest.mark.parametrize("names_its_key", [True, False])
def test_that_the_server_finds_no_problem_with_an_envelope_for_the_authority(
    names_its_key: bool,
) -> None:
    authority = certificate_of(authority_key(), names_its_key=names_its_key)
    assert problem_with(sealed(names_its_key=names_its_key), authority) == ""


def test_that_the_server_sees_an_envelope_sealed_for_somebody_else() -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    assert problem_with(sealed(), certificate_of(other)) == "it is sealed for somebody else"


def test_that_the_server_sees_an_envelope_made_by_another_program(tmp_path: Path) -> None:
    certificate = certificate_of(authority_key())
    clear, recipient, envelope = (tmp_path / name for name in ("clear", "cert.pem", "e.der"))
    clear.write_bytes(bytes(5_000))
    recipient.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    command = ["openssl", "cms", "-encrypt", "-binary", "-outform", "DER", "-in", str(clear)]
    command += ["-out", str(envelope), "-recip", str(recipient)]
    for options, problem in (
        (["-aes-256-cbc"], "it is no sealed envelope"),
        (["-aes-128-gcm"], "it is sealed in another way"),
        (["-aes-256-gcm"], "its key is wrapped in another way"),
    ):
        subprocess.run([*command, *options], check=True, capture_output=True)
        assert problem_with(envelope.read_bytes(), certificate) == problem


def test_that_the_server_sees_an_envelope_that_is_too_short_to_be_a_signature() -> None:
    assert problem_with(b"0\x00", certificate_of(authority_key())) == "it is no sealed envelope"
    short = seal(
        drawn([(1, 1)]),
        field="f",
        digest_algorithm="sha256",
        byte_range_digest=b"",
        recipient=certificate_of(authority_key()),
        captured_at=NOW,
    )
    problem = problem_with(short, certificate_of(authority_key()))
    assert problem == "it is not as long as a signature is"


def test_that_no_two_envelopes_share_key_or_nonce() -> None:
    assert len({sealed()[-200:] for _ in range(3)}) == 3


def test_that_nothing_of_the_signature_stands_in_the_envelope_in_clear() -> None:
    envelope = sealed()
    for word in (b"policyholder", b"STU-430", b"ISO/IEC", DIGEST, DIGEST.hex().encode()):
        assert word not in envelope


def test_that_the_time_of_capture_is_written_in_utc(tmp_path: Path) -> None:
    envelope = seal(
        recorded("dot"),
        field="f",
        digest_algorithm="sha256",
        byte_range_digest=DIGEST,
        recipient=certificate_of(authority_key()),
        captured_at=NOW.astimezone(timezone(timedelta(hours=1))),
    )
    _code, clear = opened_by_openssl(envelope, tmp_path)
    assert json.loads(clear)["captured_at"] == "2026-11-21T17:21:03.250+00:00"


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)]
)
def test_that_only_a_strong_rsa_key_is_accepted(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
) -> None:
    with pytest.raises(BadInput) as refusal:
        seal(
            recorded("dot"),
            field="f",
            digest_algorithm="sha256",
            byte_range_digest=DIGEST,
            recipient=certificate_of(key),
            captured_at=NOW,
        )
    assert refusal.value.code == "SC-SIGN-024"


@pytest.mark.parametrize("der", [b"", b"\x30\x00", b"{}", b"\x30\x80\x00\x00"])
def test_that_other_bytes_are_no_envelope(der: bytes) -> None:
    with pytest.raises(Damaged) as refusal:
        inspect(der)
    assert refusal.value.code == "SC-SIGN-025"


@given(st.data())
def test_that_any_changed_envelope_is_judged_or_refused(data: st.DataObject) -> None:
    envelope = bytearray(SEALED)
    for _ in range(data.draw(st.integers(1, 6))):
        envelope[data.draw(st.integers(0, 600))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(envelope)))
    with contextlib.suppress(Damaged):
        inspect(bytes(envelope[:cut]))


SEALED = sealed("dot")
