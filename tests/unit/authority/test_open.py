"""`smartclient-authority open`: what the custodian of the key gets, and what is refused."""

import io
import json
import re
import stat
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from PIL import Image

from smartclient.authority.__main__ import main
from smartclient.documents.reading import Reading, ShownPage
from smartclient.domain.clock import to_text
from smartclient.ink.quality import judge
from smartclient.ink.record import read_iso
from smartclient.ink.trace import Trace
from smartclient.wire.messages import Json
from tests.unit.authority.signed_files import (
    authority_key,
    empty_file,
    sealing,
    sealing_of,
    signed,
    signed_file,
    signed_with,
)
from tests.unit.documents import workshop
from tests.unit.ink.pens import recorded


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None
) -> bytes:
    encryption = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )


class Desk:
    """The custodian's desk: a folder with the file, the key and the place for the results."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.out = folder / "out"
        self._capsys = capsys
        self.key_pem = pem(authority_key())
        self.record: Json = None
        self.report: dict[str, object] = {}
        self.error = ""

    def open(self, pdf: bytes) -> int:
        """Run the command; keeps the report or the error."""
        file, key = self.folder / "signed.pdf", self.folder / "key.pem"
        file.write_bytes(pdf)
        key.write_bytes(self.key_pem)
        command = ["open", str(file), "--key", str(key), "--out", str(self.out)]
        if self.record is not None:
            told = self.folder / "record.json"
            told.write_text(json.dumps(self.record), "utf-8")
            command += ["--record", str(told)]
        code = main(command)
        printed = self._capsys.readouterr()
        self.report = json.loads(printed.out) if printed.out else {}
        self.error = printed.err
        return code

    @property
    def lines(self) -> list[dict[str, object]]:
        """The lines of the report, one a signature."""
        found = self.report["signatures"]
        assert isinstance(found, list)
        return found

    @property
    def written(self) -> list[str]:
        """The names of the files that were written."""
        return sorted(file.name for file in self.out.iterdir()) if self.out.exists() else []


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_that_every_sealed_signature_is_opened(desk: Desk) -> None:
    assert desk.open(signed_file()) == 0
    states = [(line["field"], line["state"]) for line in desk.lines]
    assert states == [
        ("policyholder", "opened"),
        ("insured", "opened"),
        ("adviser", "no biometrics"),
    ]
    assert desk.written == [
        "01-dynamics.csv",
        "01-picture.png",
        "01-record.iso19794-7",
        "01-trace.csv",
        "02-dynamics.csv",
        "02-picture.png",
        "02-record.iso19794-7",
        "02-trace.csv",
        "report.html",
        "report.json",
    ]
    assert json.loads((desk.out / "report.json").read_text(encoding="utf-8")) == desk.report


def test_that_a_whole_sealed_offer_is_opened(desk: Desk) -> None:
    desk.key_pem = pem(workshop.authority_key())
    assert desk.open(workshop.signed().pdf) == 0
    states = [(line["field"], line["state"]) for line in desk.lines]
    assert states == [
        ("issue", "no biometrics"),
        ("policyholder", "opened"),
        ("insured_2", "opened"),
        ("adviser", "opened"),
        ("seal", "no biometrics"),
    ]


def test_that_the_trace_comes_out_as_it_was_drawn(desk: Desk) -> None:
    desk.open(signed_file())
    opened = Trace.from_csv((desk.out / "01-trace.csv").read_text(encoding="utf-8"))
    drawn = [sample for sample in recorded("petr").samples if sample.in_range]
    assert [(s.x, s.y, s.pressure, s.contact) for s in opened.samples] == [
        (s.x, s.y, s.pressure, s.contact) for s in drawn
    ]
    assert opened.description.units_per_mm_x == 100
    points = read_iso((desk.out / "01-record.iso19794-7").read_bytes())
    assert len(points) == len(drawn)
    assert desk.lines[0]["width_mm"] == pytest.approx(45.4, abs=0.1)


@pytest.mark.parametrize("flag", ["never", "always", "no pressure"])
def test_that_an_accepted_pen_opens_with_its_strokes_whatever_its_contact_flag_says(
    desk: Desk, flag: str
) -> None:
    pens = {
        "never": lambda s: replace(s, contact=False),
        "always": lambda s: replace(s, contact=s.in_range),
        "no pressure": lambda s: replace(s, pressure=0),
    }
    pen = recorded("petr")
    pen = replace(pen, samples=tuple(pens[flag](sample) for sample in pen.samples))
    assert judge(pen).accepted
    pdf = signed_with(empty_file(), "policyholder", pen, sealing_of(pen, "policyholder"))
    assert desk.open(pdf) == 0
    opened = Trace.from_csv((desk.out / "01-trace.csv").read_text(encoding="utf-8"))
    drawn = [[(s.x, s.y, s.pressure) for s in stroke] for stroke in pen.strokes()]
    assert [[(s.x, s.y, s.pressure) for s in stroke] for stroke in opened.strokes()] == drawn
    assert desk.lines[0]["width_mm"] == judge(pen).width_mm


def test_that_the_picture_shows_ink_at_the_scale_of_paper(desk: Desk) -> None:
    desk.open(signed_file())
    with Image.open(io.BytesIO((desk.out / "02-picture.png").read_bytes())) as picture:
        assert picture.width == pytest.approx((55.1 + 6) * 300 / 25.4, abs=20)
        dark = sum(picture.convert("L").histogram()[:100])
    assert 2_000 < dark < 100_000


def test_that_the_court_report_stands_alone_and_shows_how_the_pen_moved(desk: Desk) -> None:
    desk.open(signed_file())
    page = (desk.out / "report.html").read_text("utf-8")
    assert page.count("<svg") == 2 * 5
    assert page.count("data:image/png;base64,") == 2
    for reference in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert reference.startswith("data:")
    for line in desk.lines:
        assert str(line["byte_range_sha256"]) in page
    assert "no biometrics" in page


def test_that_the_report_says_what_each_person_had_before_the_eyes(desk: Desk) -> None:
    seen_at, read_at = workshop.NOW, workshop.NOW + timedelta(minutes=1)
    reading = Reading("policyholder", (ShownPage(1, seen_at),), read_at, "STU-430")
    document = workshop.signed()
    desk.key_pem = pem(workshop.authority_key())
    desk.record = document.record.with_reading(reading).to_json()
    assert desk.open(document.pdf) == 0
    assert desk.lines[1]["reading"] == reading.to_json()
    assert "reading" not in desk.lines[2]
    page = (desk.out / "report.html").read_text("utf-8")
    assert f"page 1 since {to_text(seen_at)}" in page
    assert f"{to_text(read_at)}, STU-430" in page


@pytest.mark.parametrize("record", [[], {"schema": 1}, {}])
def test_that_what_is_no_record_is_bad_input(desk: Desk, record: Json) -> None:
    desk.record = record
    assert desk.open(workshop.signed().pdf) == 2
    assert desk.error.startswith("SC-DOC-010")
    assert not desk.written


def test_that_a_record_of_another_file_is_not_believed(desk: Desk) -> None:
    desk.key_pem = pem(workshop.authority_key())
    desk.record = workshop.signed().record.to_json()
    for other in (workshop.signed().revisions[-2], signed_file()):
        assert desk.open(other) == 2
        assert desk.error.startswith("SC-SIGN-054")
    assert not desk.written


def test_that_the_ink_of_the_page_is_held_against_the_sealed_signature(desk: Desk) -> None:
    pdf = signed(empty_file(), "policyholder", "petr", sealing("petr", "policyholder"))
    pdf = signed(pdf, "insured", "jana", sealing("lenka", "insured"))
    assert desk.open(pdf) == 0
    assert [line["page_ink"] for line in desk.lines] == ["equal", "different"]
    page = (desk.out / "report.html").read_text("utf-8")
    assert page.count("equal to the sealed signature") == 1
    assert page.count("different from the sealed signature") == 1


def test_that_the_court_report_tells_how_far_the_pad_s_reports_carry(desk: Desk) -> None:
    pen = recorded("petr")
    clockless = replace(pen.description, has_device_time=False)
    silent = tuple(replace(sample, pressure=0) for sample in pen.samples)
    pen = replace(pen, description=clockless, samples=silent, lost_reports=7)
    sealed = sealing_of(pen, "policyholder")
    assert desk.open(signed_with(empty_file(), "policyholder", pen, sealed)) == 0
    pad = desk.lines[0]["pad"]
    assert isinstance(pad, dict)
    told = (pad["lost_reports"], pad["time_source"], pad["pressure_measured"])
    assert told == (7, "assumed 200/s", False)
    page = (desk.out / "report.html").read_text("utf-8")
    assert "not by a clock of the pad: assumed 200/s" in page
    assert "<td>Reports that the pad lost</td><td><code>7</code>" in page
    assert "no, the pad tells none" in page


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps other access rules")
def test_that_only_the_owner_can_read_what_was_written(desk: Desk) -> None:
    desk.open(signed_file())
    assert stat.S_IMODE(desk.out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in desk.out.iterdir()} == {0o600}


def test_that_an_envelope_moved_to_another_signature_is_refused_and_not_written(desk: Desk) -> None:
    lifted = sealing("petr", "policyholder")(bytes(32))
    pdf = signed(empty_file(), "policyholder", "petr", lambda _digest: lifted)
    assert desk.open(pdf) == 1
    assert [line["code"] for line in desk.lines] == ["SC-SIGN-043"]
    assert desk.written == ["report.html", "report.json"]


def test_that_an_envelope_that_names_another_field_is_refused(desk: Desk) -> None:
    pdf = signed(empty_file(), "policyholder", "petr", sealing("petr", "insured"))
    assert desk.open(pdf) == 1
    assert desk.lines[0]["code"] == "SC-SIGN-043"


def test_that_biometrics_that_somebody_else_can_open_too_are_refused(desk: Desk) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=3072)

    def for_both(digest: bytes) -> bytes:
        ours = cms.ContentInfo.load(sealing("petr", "policyholder")(digest))
        theirs = cms.ContentInfo.load(sealing("petr", "policyholder", for_key=other)(digest))
        recipients = ours["content"]["recipient_infos"]
        recipients.append(theirs["content"]["recipient_infos"][0])
        return bytes(ours.dump(force=True))

    assert desk.open(signed(empty_file(), "policyholder", "petr", for_both)) == 1
    assert desk.lines[0]["code"] == "SC-SIGN-049"
    assert desk.written == ["report.html", "report.json"]


def test_that_an_envelope_changed_before_it_was_signed_is_refused(desk: Desk) -> None:
    whole = sealing("petr", "policyholder")

    def damaged(digest: bytes) -> bytes:
        envelope = bytearray(whole(digest))
        envelope[-200] ^= 1
        return bytes(envelope)

    assert desk.open(signed(empty_file(), "policyholder", "petr", damaged)) == 1
    assert desk.lines[0]["code"] == "SC-SIGN-042"
    assert desk.written == ["report.html", "report.json"]


@pytest.mark.parametrize("junk", [b"", b"0\x00", b"not an envelope at all"])
def test_that_other_bytes_in_the_place_of_an_envelope_are_refused(desk: Desk, junk: bytes) -> None:
    pdf = signed(empty_file(), "policyholder", "petr", lambda _digest: junk)
    assert desk.open(pdf) == 1
    assert desk.lines[0]["code"] == "SC-SIGN-042"


def test_that_a_document_changed_after_signing_is_refused_in_every_field(desk: Desk) -> None:
    pdf = bytearray(signed_file())
    pdf[12] ^= 1
    assert desk.open(bytes(pdf)) == 1
    assert {line["code"] for line in desk.lines} == {"SC-SIGN-044"}
    assert desk.written == ["report.html", "report.json"]


def test_that_one_refused_field_leaves_the_others_opened(desk: Desk) -> None:
    lifted = sealing("petr", "policyholder")(bytes(32))
    pdf = signed(empty_file(), "policyholder", "petr", lambda _digest: lifted)
    pdf = signed(pdf, "insured", "lenka", sealing("lenka", "insured"))
    assert desk.open(pdf) == 1
    assert [line["state"] for line in desk.lines] == ["refused", "opened"]
    assert desk.written[:2] == ["02-dynamics.csv", "02-picture.png"]


def test_that_another_authority_s_key_opens_nothing(desk: Desk) -> None:
    desk.key_pem = pem(rsa.generate_private_key(public_exponent=65537, key_size=3072))
    assert desk.open(signed_file()) == 1
    assert [line.get("code") for line in desk.lines] == ["SC-SIGN-041", "SC-SIGN-041", None]
    assert desk.written == ["report.html", "report.json"]


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"PK\x03\x04"])
def test_that_a_file_without_signatures_is_bad_input(desk: Desk, pdf: bytes) -> None:
    assert desk.open(pdf) == 2
    assert desk.error.startswith("SC-SIGN-040")
    assert desk.written == []


def test_that_an_unsigned_pdf_is_bad_input(desk: Desk) -> None:
    assert desk.open(empty_file()) == 2
    assert desk.error.startswith("SC-SIGN-040")


@pytest.mark.parametrize(
    "key_pem", [b"", b"-----BEGIN PRIVATE KEY-----", pem(ec.generate_private_key(ec.SECP256R1()))]
)
def test_that_a_key_that_is_no_rsa_key_is_bad_input(desk: Desk, key_pem: bytes) -> None:
    desk.key_pem = key_pem
    assert desk.open(signed_file()) == 2
    assert desk.error.startswith("SC-SIGN-045")
    assert desk.written == []


def test_that_the_password_of_a_key_is_asked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.key_pem = pem(authority_key(), b"long and secret")
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "wrong")
    assert desk.open(signed_file()) == 2
    assert desk.error.startswith("SC-SIGN-045")
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "long and secret")
    assert desk.open(signed_file()) == 0


def test_that_a_fault_of_the_program_is_no_verdict(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_trace: Trace) -> bytes:
        raise MemoryError

    monkeypatch.setattr("smartclient.authority.report.picture_of", broken)
    assert desk.open(signed_file()) == 2
    assert desk.error.startswith("SC-CMD-007")
    assert desk.written == []


def test_that_an_opening_is_never_overwritten(desk: Desk) -> None:
    assert desk.open(signed_file()) == 0
    before = {file.name: file.read_bytes() for file in desk.out.iterdir()}
    assert desk.open(signed_file()) == 2
    assert desk.error.startswith("SC-SIGN-046")
    assert {file.name: file.read_bytes() for file in desk.out.iterdir()} == before


def test_that_a_folder_that_cannot_be_made_is_bad_input(desk: Desk) -> None:
    (desk.folder / "taken").write_text("")
    desk.out = desk.folder / "taken" / "out"
    assert desk.open(signed_file()) == 2
    assert desk.error.startswith("SC-CMD-006")
