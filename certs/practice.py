"""Practice keys and certificates, made into a folder at first start.

    root ── install CA    (issues install certificates: tokens, nothing else)
        ├── document CA   (issues seal certificates: documents, nothing else)
        └── server CA ── server (TLS for localhost)
    authority, export manifest, core: a certificate each, signed by its own key

Every subject says PRACTICE. A private key that is there is never replaced; a certificate is made
again where it is missing, nearly over, or not issued by the issuer that lies beside it. The real
ones are never made by this program: see README.md in this folder.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from smartclient.domain.clock import Clock, SystemClock
from smartclient.domain.errors import Damaged, NotAllowed, SmartClientError
from smartclient.domain.mode import Mode, mode_of
from smartclient.domain.sentences import text_for

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Extension = tuple[x509.ExtensionType, bool]

RENEW_BEFORE = timedelta(days=30)
BACKDATED = timedelta(hours=1)
"""A laptop clock a little behind must not find a certificate that is not yet valid."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A private key and its certificate, by the names of their files."""

    certificate: str
    key: str


ROOT = Pair("root.pem", "root-key.pem")
INSTALL_CA = Pair("install-ca.pem", "install-ca-key.pem")
DOCUMENT_CA = Pair("document-ca.pem", "document-ca-key.pem")
SERVER_CA = Pair("server-ca.pem", "server-ca-key.pem")
SERVER = Pair("server.pem", "server-key.pem")
AUTHORITY = Pair("authority.pem", "authority-key.pem")
EXPORT_MANIFEST = Pair("export-manifest.pem", "export-manifest-key.pem")
CORE = Pair("core.pem", "core-key.pem")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one pair must be; `issuer` None means signed by its own key."""

    pair: Pair
    subject: str
    issuer: Pair | None
    days: int
    make_key: Callable[[], PrivateKey]
    extensions: tuple[Extension, ...]
    with_issuer: bool = False
    """The issuer's certificate follows in the same file, as TLS sends them."""


def _p256() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _p384() -> PrivateKey:
    return ec.generate_private_key(ec.SECP384R1())


def _rsa() -> PrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def _usage(*allowed: str) -> Extension:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in allowed for name in names}), True


def _ca(path_length: int | None) -> tuple[Extension, ...]:
    return (
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        _usage("key_cert_sign", "crl_sign"),
    )


def _leaf(usage: str, *purposes: x509.ObjectIdentifier) -> tuple[Extension, ...]:
    named: tuple[Extension, ...] = ((x509.ExtendedKeyUsage(purposes), False),) if purposes else ()
    return ((x509.BasicConstraints(ca=False, path_length=None), True), _usage(usage), *named)


LOOPBACK = x509.IPAddress(IPv4Address("127.0.0.1"))
_LOCAL_NAMES = x509.SubjectAlternativeName([x509.DNSName("localhost"), LOOPBACK])

_PLANS: Sequence[_Plan] = (
    _Plan(ROOT, "root CA", None, 3652, _p384, _ca(1)),
    _Plan(INSTALL_CA, "install CA", ROOT, 1826, _p256, _ca(0)),
    _Plan(DOCUMENT_CA, "document CA", ROOT, 1826, _p256, _ca(0)),
    _Plan(SERVER_CA, "server CA", ROOT, 1826, _p256, _ca(0)),
    _Plan(
        SERVER,
        "server",
        SERVER_CA,
        397,
        _p256,
        (*_leaf("digital_signature", ExtendedKeyUsageOID.SERVER_AUTH), (_LOCAL_NAMES, False)),
        with_issuer=True,
    ),
    _Plan(AUTHORITY, "independent authority", None, 3652, _rsa, _leaf("key_encipherment")),
    _Plan(EXPORT_MANIFEST, "export manifest", None, 1826, _p256, _leaf("digital_signature")),
    _Plan(CORE, "core system", None, 1826, _rsa, _leaf("key_encipherment")),
)


def make(folder: Path, *, mode: Mode, clock: Clock) -> None:
    """Make what is missing of the practice keys and certificates in `folder`.

    Raises NotAllowed SC-ACT-090 in production mode, Damaged SC-ACT-091 naming a key file that
    cannot be read: a key is never replaced, because something may be sealed to it.
    """
    if mode is Mode.PRODUCTION:
        raise NotAllowed("SC-ACT-090")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for plan in _PLANS:
        key = _kept_key(folder, plan)
        issuer_key = key if plan.issuer is None else _read_key(folder / plan.issuer.key)
        issuer = None if plan.issuer is None else _read_certificate(folder, plan.issuer)
        if _still_good(folder, plan, key, issuer, clock.now()):
            continue
        certificate = _issue(plan, key, issuer_key, issuer, clock.now())
        chain = [certificate, issuer] if plan.with_issuer and issuer else [certificate]
        _write(
            folder / plan.pair.certificate,
            b"".join(each.public_bytes(Encoding.PEM) for each in chain),
        )


def _kept_key(folder: Path, plan: _Plan) -> PrivateKey:
    path = folder / plan.pair.key
    if path.exists():
        return _read_key(path)
    key = plan.make_key()
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def _read_key(path: Path) -> PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as broken:
        raise Damaged("SC-ACT-091", file=path.name) from broken
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Damaged("SC-ACT-091", file=path.name)
    return key


def _read_certificate(folder: Path, pair: Pair) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / pair.certificate).read_bytes())


def _still_good(
    folder: Path, plan: _Plan, key: PrivateKey, issuer: x509.Certificate | None, now: datetime
) -> bool:
    try:
        certificate = _read_certificate(folder, plan.pair)
        certificate.verify_directly_issued_by(issuer or certificate)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False
    of_this_key = certificate.public_key() == key.public_key()
    return of_this_key and certificate.not_valid_after_utc - RENEW_BEFORE > now


def _issue(
    plan: _Plan,
    key: PrivateKey,
    issuer_key: PrivateKey,
    issuer: x509.Certificate | None,
    now: datetime,
) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "SmartClient PRACTICE"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"PRACTICE {plan.subject}"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=plan.days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    for extension, critical in plan.extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _write(path: Path, content: bytes) -> None:
    """The whole file or none of it, readable by its owner only."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def main(arguments: Sequence[str], clock: Clock, mode: Mode) -> int:
    """`python -m certs.practice DIR`: exit 0 when all is there, 2 for a refusal."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m certs.practice DIR\n")
        return 2
    try:
        make(Path(arguments[0]), mode=mode, clock=clock)
    except SmartClientError as refusal:
        sys.stderr.write(f"{refusal.code}: {text_for(refusal)}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], SystemClock(), mode_of(os.environ, bundled=False)))
