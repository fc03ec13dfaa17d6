"""The authority's key in a token of SoftHSM, which never gives it away, and several keys at once."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.authority.__main__ import main
from smartclient.authority.keys import key_of
from smartclient.authority.oaep import unpadded
from smartclient.domain.errors import SmartClientError
from tests.simulators.softhsm import AUTHORITY, IS_THERE, MODULE, PIN, run
from tests.unit.authority.signed_files import authority_key, signed_file

with_token = pytest.mark.skipif(not IS_THERE, reason="SoftHSM is not installed")
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the authority's key, which is also in a token, and the token's PIN."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "pin").write_text(f"{PIN}\n")
    (folder / "key.pem").write_bytes(_pem(authority_key()))
    place = ["--token", AUTHORITY, "--label", "biometrics", "--id", "01", "--pin", PIN]
    run("--import", str(folder / "key.pem"), *place)
    return folder


def uri(folder: Path, *, label: str = "biometrics", token: str = AUTHORITY) -> str:
    where = f"module-path={MODULE}&pin-source=file:{folder / 'pin'}"
    return f"pkcs11:token={token};object={label}?{where}"


def no_question(kind: str) -> str:
    raise AssertionError(f"nobody is there to be asked for the {kind}")


@with_token
def test_that_a_token_opens_a_signed_file_as_the_key_file_does(
    token: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed_file())
    reports = []
    for place, key in (("token", uri(token)), ("file", str(token / "key.pem"))):
        assert main(["open", str(file), "--key", key, "--out", str(tmp_path / place)]) == 0
        reports.append(json.loads(capsys.readouterr().out))
    for report in reports:
        report.pop("opened_at")
    assert reports[0] == reports[1]
    assert (tmp_path / "token" / "report.html").is_file()


@with_token
def test_that_the_token_refuses_what_was_wrapped_for_another_key(token: Path) -> None:
    other = rsa.generate_private_key(65537, 3072).public_key()
    shorter = rsa.generate_private_key(65537, 2048).public_key()
    with key_of(uri(token), no_question) as key:
        assert key.decrypt(authority_key().public_key().encrypt(b"k" * 32, OAEP)) == b"k" * 32
        for sealed in (other.encrypt(b"k" * 32, OAEP), shorter.encrypt(b"k" * 32, OAEP), b""):
            with pytest.raises(ValueError, match=r".+"):
                key.decrypt(sealed)


@with_token
@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"label": "nothing"}, "SC-SIGN-045"),
        ({"token": "Elsewhere"}, "SC-SIGN-048"),
    ],
)
def test_that_a_token_or_key_that_is_not_there_is_named(
    token: Path, named: dict[str, str], code: str
) -> None:
    with pytest.raises(SmartClientError) as refusal, key_of(uri(token, **named), no_question):
        pass
    assert refusal.value.code == code


@with_token
def test_that_a_wrong_pin_is_told(token: Path) -> None:
    asked = uri(token).partition("&pin-source")[0]
    with pytest.raises(SmartClientError) as refusal, key_of(asked, lambda _kind: "0000"):
        pass
    assert refusal.value.code == "SC-SIGN-048"


@pytest.mark.parametrize("missing", ["token", "object", "module-path"])
def test_that_an_address_without_a_part_names_the_part(missing: str) -> None:
    parts = {"token": "token=A;", "object": "object=b;", "module-path": "module-path=/x"}
    parts[missing] = ""
    named = f"pkcs11:{parts['token']}{parts['object']}?{parts['module-path']}"
    with pytest.raises(SmartClientError) as refusal, key_of(named, no_question):
        pass
    assert (refusal.value.code, refusal.value.values["name"]) == ("SC-SIGN-047", missing)


def test_that_of_several_keys_each_signature_is_opened_with_the_one_that_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, old, now = tmp_path / "signed.pdf", tmp_path / "old.pem", tmp_path / "now.pem"
    file.write_bytes(signed_file())
    old.write_bytes(_pem(rsa.generate_private_key(65537, 3072)))
    now.write_bytes(_pem(authority_key()))
    keys = ["--key", str(old), "--key", str(now)]
    assert main(["open", str(file), *keys, "--out", str(tmp_path / "out")]) == 0
    report = json.loads(capsys.readouterr().out)
    opened = {line["key_sha256"] for line in report["signatures"] if line["state"] == "opened"}
    assert len(opened) == 1
    assert opened < set(report["key_sha256"].split(", "))


@settings(max_examples=40)
@given(st.binary(max_size=190))
def test_that_padding_is_taken_off_as_it_was_put_on(message: bytes) -> None:
    key = authority_key()
    numbers = key.private_numbers()
    sealed = int.from_bytes(key.public_key().encrypt(message, OAEP), "big")
    bare = pow(sealed, numbers.d, numbers.public_numbers.n)
    encoded = bare.to_bytes(key.key_size // 8, "big")
    assert unpadded(encoded) == message
    with pytest.raises(ValueError, match="does not decode"):
        unpadded(b"\1" + encoded[1:])
    with pytest.raises(ValueError, match="does not decode"):
        unpadded(encoded[:40] + bytes((encoded[40] ^ 1,)) + encoded[41:])
