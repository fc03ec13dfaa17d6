"""Files for the core alone: what was sealed comes out, anything else is refused, OpenSSL agrees."""

import io
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput, Damaged
from smartclient.wire import sealed_files

KEY = rsa.generate_private_key(65537, 3072)
OTHER = rsa.generate_private_key(65537, 3072)


def _certificate(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, *, named: bool = True
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PRACTICE core")])
    now = datetime(2026, 11, 21, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365))
    )
    if named:
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(own, critical=False)
    return builder.sign(key, hashes.SHA256())


CORE = _certificate(KEY)


def _sealed(content: bytes, reader: x509.Certificate = CORE) -> bytes:
    target = io.BytesIO()
    source = io.BytesIO(content)
    sealed_files.seal_file(source, len(content), target, reader, Random(1).randbytes)
    return target.getvalue()


def _opened(sealed: bytes, key: rsa.RSAPrivateKey = KEY) -> bytes:
    target = io.BytesIO()
    sealed_files.open_file(io.BytesIO(sealed), target, key)
    return target.getvalue()


@pytest.mark.parametrize("size", [0, 1, 127, 128, 65_536, sealed_files.CHUNK, 3_000_001])
def test_that_a_file_of_any_size_comes_out_as_it_went_in(size: int) -> None:
    content = Random(size).randbytes(size)
    assert _opened(_sealed(content)) == content


def test_that_the_reader_is_named_by_issuer_and_serial_number_where_it_must() -> None:
    assert _opened(_sealed(b"line", _certificate(KEY, named=False))) == b"line"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL's command is not installed")
@pytest.mark.parametrize("named", [True, False])
def test_that_openssl_opens_it(tmp_path: Path, named: bool) -> None:
    content = Random(3).randbytes(70_000)
    (tmp_path / "sealed").write_bytes(_sealed(content, _certificate(KEY, named=named)))
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    command = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER"]
    command += ["-in", str(tmp_path / "sealed"), "-inkey", str(tmp_path / "key.pem")]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stdout == content) == (0, True), done.stderr


@given(st.data())
def test_that_a_changed_or_cut_file_is_refused(data: st.DataObject) -> None:
    sealed = bytearray(_sealed(b"a line of a document" * 20))
    place = data.draw(st.integers(0, len(sealed) - 1))
    if data.draw(st.booleans()):
        sealed[place] ^= data.draw(st.integers(1, 255))
    else:
        del sealed[place:]
    refusals: list[str] = []
    opened = b""
    try:
        opened = _opened(bytes(sealed))
    except Damaged as refused:
        refusals.append(refused.code)
    # The name of the reader is not part of what the tag proves: then the content is whole.
    assert refusals == ["SC-EXP-015"] or opened == b"a line of a document" * 20


def test_that_another_key_does_not_open_it() -> None:
    with pytest.raises(Damaged, match="SC-EXP-015"):
        _opened(_sealed(b"line"), OTHER)


def test_that_a_reader_without_a_strong_rsa_key_is_refused() -> None:
    for key in (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)):
        with pytest.raises(BadInput, match="SC-EXP-014"):
            _sealed(b"line", _certificate(key))


def test_that_a_source_of_another_length_is_no_file() -> None:
    for told in (3, 5):
        with pytest.raises(Damaged, match="SC-EXP-005"):
            sealed_files.seal_file(
                io.BytesIO(b"line"), told, io.BytesIO(), CORE, Random(1).randbytes
            )


def test_that_a_large_file_is_never_in_memory_as_a_whole() -> None:
    """The longest piece that is read or written is a chunk, not the file."""

    class Watched(io.BytesIO):
        longest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            self.longest = max(self.longest, len(piece))
            return piece

    source, target = Watched(bytes(5 * sealed_files.CHUNK)), io.BytesIO()
    sealed_files.seal_file(source, 5 * sealed_files.CHUNK, target, CORE, Random(1).randbytes)
    sealed = Watched(target.getvalue())
    sealed_files.open_file(sealed, io.BytesIO(), KEY)
    assert max(source.longest, sealed.longest) == sealed_files.CHUNK
