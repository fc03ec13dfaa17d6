"""`smartclient sign` and `smartclient verify` by hand, from the frozen PDF to the verdict."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from smartclient.authority.__main__ import main as authority
from smartclient.cli import main
from smartclient.documents.certificates import Issuer, document_ca_certificate, root_certificate
from smartclient.domain.clock import SystemClock
from tests.unit.documents import stamping
from tests.unit.documents.workshop import authority_key, house, rendered, signed
from tests.unit.ink.pens import TRACES

FIELDS = ["issue", "policyholder", "adviser", "seal"]


@dataclass(frozen=True)
class Desk:
    """A folder with practice keys and a frozen PDF."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def signed(self) -> Path:
        return self.folder / "signed.pdf"

    @property
    def record(self) -> Path:
        return self.folder / "record.json"

    def run(self, command: str, *arguments: str | Path) -> tuple[int, str, str]:
        code = main([command, *map(str, arguments)])
        printed = self.capsys.readouterr()
        return code, printed.out, printed.err

    def sign(self, *more: str | Path, file: Path | None = None) -> tuple[int, str, str]:
        # fmt: off
        return self.run(
            "sign", file or self.folder / "frozen.pdf", "--keys", self.folder,
            "--out", self.signed, "--record", self.folder / "record.json", *more,
        )
        # fmt: on

    def verify(self, *more: str | Path) -> tuple[int, dict[str, object]]:
        code, out, _err = self.run(
            "verify", self.signed, "--trust", self.folder / "root.pem", *more
        )
        return code, json.loads(out)


def places() -> list[str]:
    policyholder, _insured, adviser = rendered().places
    given = []
    for place in (policyholder, adviser):
        sides = f"{place.x}:{place.y}:{place.width}:{place.height}"
        given += ["--field", f"{place.name}:{place.page}:{sides}:bio"]
    return given


def traces() -> list[str]:
    return [
        *("--trace", f"policyholder={TRACES / 'petr.csv'}"),
        *("--trace", f"adviser={TRACES / 'jana.csv'}"),
    ]


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.setenv("SMARTCLIENT_MODE", "practice")
    monkeypatch.setenv("SMARTCLIENT_LANGUAGE", "en")
    now = SystemClock().now()
    root_key, ca_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = root_certificate(root_key, "PRACTICE root", now)
    issuer = Issuer(root_key, root)
    ca = document_ca_certificate(ca_key.public_key(), "PRACTICE document CA", issuer, now)
    custodian = (
        x509.CertificateBuilder()
        .subject_name(ca.subject)
        .issuer_name(ca.subject)
        .public_key(authority_key().public_key())
        .serial_number(7)
        .not_valid_before(ca.not_valid_before_utc)
        .not_valid_after(ca.not_valid_after_utc)
        .sign(authority_key(), hashes.SHA256())
    )
    for name, certificate in (("root", root), ("document-ca", ca), ("authority", custodian)):
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    private = ca_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "document-ca-key.pem").write_bytes(private)
    (tmp_path / "frozen.pdf").write_bytes(rendered().pdf)
    return Desk(tmp_path, capsys)


def test_that_a_document_is_issued_signed_and_sealed_at_once(desk: Desk) -> None:
    code, out, _err = desk.sign(*places(), *traces())
    assert code == 0
    assert json.loads(out)["signed"] == FIELDS
    assert json.loads(out)["sealed"] is True
    code, verdict = desk.verify("--record", desk.folder / "record.json")
    assert (code, verdict["ok"], verdict["not_made"]) == (
        0,
        True,
        ["pages", "revocation", "envelopes"],
    )


def test_that_the_authority_can_try_its_own_key_on_a_practice_file(
    desk: Desk,
) -> None:
    key = rsa.generate_private_key(65537, 3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nezávislá autorita")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(3)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    own, private = desk.folder / "own.pem", desk.folder / "own-key.pem"
    own.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert desk.sign(*places(), *traces(), "--authority", own)[0] == 0
    opened = desk.folder / "opened"
    assert authority(["open", str(desk.signed), "--key", str(private), "--out", str(opened)]) == 0
    assert len(list(opened.glob("*.iso19794-7"))) == 2


def test_that_step_by_step_gives_a_document_that_is_accepted_as_well(desk: Desk) -> None:
    assert desk.sign(*places(), "--step", "issue")[0] == 0
    for step in ("policyholder", "adviser", "seal"):
        assert desk.sign(*traces(), "--step", step, file=desk.signed)[0] == 0
    assert desk.verify("--record", desk.folder / "record.json")[0] == 0


def test_that_a_step_out_of_turn_is_refused_and_nothing_is_written(desk: Desk) -> None:
    desk.sign(*places(), "--step", "issue")
    before = desk.signed.read_bytes()
    code, out, err = desk.sign(*traces(), "--step", "seal", file=desk.signed)
    assert (code, out) == (2, "")
    assert err.startswith("SC-DOC-034: It is not the turn of seal; next is policyholder.")
    assert desk.signed.read_bytes() == before


def test_that_the_short_form_lists_the_checks_it_could_not_make(desk: Desk) -> None:
    desk.sign(*places(), *traces())
    code, verdict = desk.verify("--expect", "issue,policyholder:bio,adviser:bio,seal")
    assert code == 0
    assert verdict["not_made"] == [
        *("registered certificate", "values", "history"),
        *("pages", "revocation", "envelopes"),
    ]


def test_that_the_record_tells_the_court_what_each_person_had_before_the_eyes(desk: Desk) -> None:
    desk.sign(*places(), *traces())
    record = json.loads(desk.record.read_bytes())
    shown = {"page": 1, "at": "2026-11-21T10:00:00.000Z"}
    reading = {"field": "policyholder", "pages": [shown], "read_at": "", "read_on": ""}
    desk.record.write_text(json.dumps(record | {"readings": [reading]}))
    _code, verdict = desk.verify("--record", desk.record)
    assert verdict["readings"] == [reading]


def test_that_another_expectation_is_a_negative_verdict(desk: Desk) -> None:
    desk.sign(*places(), *traces())
    code, verdict = desk.verify("--expect", "issue,policyholder:bio,seal")
    assert (code, verdict["ok"]) == (1, False)


def test_that_a_damaged_file_is_a_negative_verdict_and_no_crash(desk: Desk) -> None:
    desk.sign(*places(), *traces())
    desk.signed.write_bytes(desk.signed.read_bytes()[:-9])
    code, verdict = desk.verify("--record", desk.folder / "record.json")
    assert (code, verdict["ok"]) == (1, False)


def test_that_keys_that_are_not_for_practice_are_refused(desk: Desk) -> None:
    now = SystemClock().now()
    key = ec.generate_private_key(ec.SECP256R1())
    real = root_certificate(key, "document CA", now)
    (desk.folder / "document-ca.pem").write_bytes(real.public_bytes(Encoding.PEM))
    code, _out, err = desk.sign(*places(), *traces())
    assert code == 2
    assert err.startswith("SC-DOC-032")


def test_that_production_signs_nothing_here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTCLIENT_MODE", "production")
    code, _out, err = desk.sign(*places(), *traces())
    assert code == 2
    assert err.startswith("SC-DOC-032")
    assert not desk.signed.exists()


def test_that_a_trace_that_is_no_signature_is_refused(desk: Desk) -> None:
    lines = (TRACES / "petr.csv").read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("t_ms"))
    dot = desk.folder / "dot.csv"
    dot.write_text("\n".join(lines[: start + 4]) + "\n", encoding="utf-8")
    code, _out, err = desk.sign(*places(), "--trace", f"policyholder={dot}")
    assert code == 2
    assert "SC-SIGN-01" in err


def test_that_a_biometric_field_without_a_trace_is_refused(desk: Desk) -> None:
    code, _out, err = desk.sign(*places())
    assert code == 2
    assert err.startswith("SC-DOC-033")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"no pdf", "SC-DOC-022"), (rendered().pdf.replace(b"values.json", b"volues.json"), "SC-DOC")],
)
def test_that_a_pdf_that_is_not_ours_is_refused(desk: Desk, content: bytes, refusal: str) -> None:
    (desk.folder / "frozen.pdf").write_bytes(content)
    code, _out, err = desk.sign(*places(), *traces())
    assert code == 2
    assert err.startswith(refusal)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--field", "policyholder:1:2:3:4"],
        ["--field", "policyholder:9:10:10:100:50"],
        ["--field", "policyholder:one:10:10:100:50"],
        ["--trace", "petr.csv"],
    ],
)
def test_that_bad_arguments_are_refused(desk: Desk, arguments: list[str]) -> None:
    code, _out, err = desk.sign(*arguments)
    assert code == 2
    assert err.startswith("SC-CMD-001")


@pytest.mark.parametrize("expected", ["", "issue:ink", ":bio"])
def test_that_a_bad_expectation_is_refused(desk: Desk, expected: str) -> None:
    code, _out, err = desk.run(
        "verify", desk.signed, "--trust", desk.folder / "root.pem", "--expect", expected
    )
    assert code == 2
    assert err.startswith("SC-CMD-001")


def test_that_a_file_without_a_certificate_is_no_root(desk: Desk) -> None:
    desk.sign(*places(), *traces())
    record = desk.folder / "record.json"
    code, _out, err = desk.run("verify", desk.signed, "--trust", record, "--record", record)
    assert code == 2
    assert err.startswith("SC-DOC-031")


def test_that_a_stamp_of_an_outside_authority_needs_its_root_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = stamping.STAMPED_AT + timedelta(hours=1)
    monkeypatch.setattr("smartclient.cli.verify.SystemClock", lambda: stamping.FixedClock(at))
    desk.signed.write_bytes(stamping.stamped())
    record, outside = desk.folder / "record.json", desk.folder / "outside.pem"
    record.write_text(json.dumps(signed().record.to_json()), encoding="utf-8")
    (desk.folder / "root.pem").write_bytes(house().root.public_bytes(Encoding.PEM))
    outside.write_bytes(stamping.stamp_root().certificate.public_bytes(Encoding.PEM))
    assert desk.verify("--record", record)[0] == 1
    code, verdict = desk.verify("--record", record, "--stamp-trust", outside)
    assert (code, verdict["not_made"]) == (0, ["pages", "envelopes"])
