"""Practice keys and certificates, made into a folder at first start.

    root ── install CA    (issues install certificates: tokens, nothing else)
        ├── time stamp authority
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
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurve,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from smartclient.documents.certificates import (
    BACKDATED,
    Issuer,
    document_ca_certificate,
    insurer_name,
    key_usage,
    root_certificate,
    time_stamp_certificate,
)
from smartclient.documents.revocation import is_list_of, revocation_list
from smartclient.domain.clock import Clock, SystemClock
from smartclient.domain.errors import Damaged, NotAllowed, SmartClientError
from smartclient.domain.mode import Mode, mode_of
from smartclient.domain.sentences import text_for

AnyKey = EllipticCurvePrivateKey | RSAPrivateKey

RENEW_BEFORE = timedelta(days=30)
SERVER_LIFE = timedelta(days=397)
LIST_LIFE = timedelta(days=731)
OWN_LIFE = timedelta(days=3652)
AUTHORITY_BITS = 3072
LOOPBACK = x509.IPAddress(IPv4Address("127.0.0.1"))


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
"""The certificate file carries the server CA's certificate after its own, as TLS sends them."""
AUTHORITY = Pair("authority.pem", "authority-key.pem")
EXPORT_MANIFEST = Pair("export-manifest.pem", "export-manifest-key.pem")
TSA = Pair("tsa.pem", "tsa-key.pem")
"""The certificate file carries the root after it: the chain of every time stamp."""
ROOT_LIST = "root.crl"
CORE = Pair("core.pem", "core-key.pem")


def make(folder: Path, *, mode: Mode, clock: Clock) -> None:
    """Make what is missing of the practice keys and certificates in `folder`.

    Raises NotAllowed SC-ACT-090 in production mode, Damaged SC-ACT-091 naming a key file that
    cannot be read: a key is never replaced, because something may be sealed to it.
    """
    if mode is Mode.PRODUCTION:
        raise NotAllowed("SC-ACT-090")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    site = _Site(folder, clock.now())
    root = site.root()
    for pair, name in ((INSTALL_CA, "install CA"), (DOCUMENT_CA, "document CA")):
        site.authority(pair, name, root)
    site.server(site.authority(SERVER_CA, "server CA", root))
    site.time_stamps(root)
    site.list_of(root)
    site.sealed_to(AUTHORITY, "independent authority")
    site.signing(EXPORT_MANIFEST, "export manifest")
    site.sealed_to(CORE, "core system")


class _Site:
    """The folder at one instant."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        self._now = now

    def root(self) -> Issuer:
        key = self._elliptic_key(ROOT, SECP384R1())
        return Issuer(
            key,
            self._certificate(
                ROOT, key, None, lambda: root_certificate(key, "PRACTICE root CA", self._now)
            ),
        )

    def authority(self, pair: Pair, name: str, root: Issuer) -> Issuer:
        """Install CA, document CA and server CA share one profile: nothing below but leaves."""
        key = self._elliptic_key(pair, SECP256R1())

        def issued() -> x509.Certificate:
            named = f"PRACTICE {name}"
            return document_ca_certificate(key.public_key(), named, root, self._now)

        return Issuer(key, self._certificate(pair, key, root.certificate, issued))

    def server(self, issuer: Issuer) -> None:
        key = self._elliptic_key(SERVER, SECP256R1())

        def issued() -> x509.Certificate:
            builder = self._leaf("server", key, "digital_signature", SERVER_LIFE)
            names = x509.SubjectAlternativeName([x509.DNSName("localhost"), LOOPBACK])
            identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(
                issuer.private_key.public_key()
            )
            return (
                builder.issuer_name(issuer.certificate.subject)
                .add_extension(
                    x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
                )
                .add_extension(names, critical=False)
                .add_extension(identifier, critical=False)
                .sign(issuer.private_key, hashes.SHA256())
            )

        self._certificate(SERVER, key, issuer.certificate, issued, with_issuer=True)

    def time_stamps(self, root: Issuer) -> None:
        key = self._elliptic_key(TSA, SECP256R1())

        def issued() -> x509.Certificate:
            named = "PRACTICE time stamp authority"
            return time_stamp_certificate(key.public_key(), named, root, self._now)

        self._certificate(TSA, key, root.certificate, issued, with_issuer=True)

    def list_of(self, root: Issuer) -> None:
        """The root's list of revoked authorities: none is."""
        path = self._folder / ROOT_LIST
        try:
            kept = x509.load_der_x509_crl(path.read_bytes())
            until = kept.next_update_utc or self._now
            if is_list_of(kept, root.certificate) and until - RENEW_BEFORE > self._now:
                return
        except (OSError, ValueError):
            pass  # made anew below
        made = revocation_list(root, (), self._now, LIST_LIFE)
        _write(path, made.public_bytes(Encoding.DER))

    def sealed_to(self, pair: Pair, name: str) -> None:
        """An RSA key that others encrypt to; its certificate is compared by fingerprint."""
        self._alone(pair, name, self._rsa_key(pair), "key_encipherment")

    def signing(self, pair: Pair, name: str) -> None:
        """A key that signs; its certificate is compared by fingerprint."""
        self._alone(pair, name, self._elliptic_key(pair, SECP256R1()), "digital_signature")

    def _alone(self, pair: Pair, name: str, key: AnyKey, usage: str) -> None:
        def issued() -> x509.Certificate:
            builder = self._leaf(name, key, usage, OWN_LIFE)
            return builder.issuer_name(_name(name)).sign(key, hashes.SHA256())

        self._certificate(pair, key, None, issued)

    def _leaf(self, name: str, key: AnyKey, usage: str, life: timedelta) -> x509.CertificateBuilder:
        public_key = key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - BACKDATED)
            .not_valid_after(self._now + life)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        )

    def _elliptic_key(self, pair: Pair, curve: EllipticCurve) -> EllipticCurvePrivateKey:
        key = self._kept_key(pair) or self._keep(pair, generate_private_key(curve))
        if not isinstance(key, EllipticCurvePrivateKey):
            raise Damaged("SC-ACT-091", file=pair.key)
        return key

    def _rsa_key(self, pair: Pair) -> RSAPrivateKey:
        key = self._kept_key(pair) or self._keep(pair, generate_rsa_key(65537, AUTHORITY_BITS))
        if not isinstance(key, RSAPrivateKey):
            raise Damaged("SC-ACT-091", file=pair.key)
        return key

    def _kept_key(self, pair: Pair) -> AnyKey | None:
        path = self._folder / pair.key
        if not path.exists():
            return None
        try:
            kept = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as broken:
            raise Damaged("SC-ACT-091", file=pair.key) from broken
        if not isinstance(kept, AnyKey):
            raise Damaged("SC-ACT-091", file=pair.key)
        return kept

    def _keep(self, pair: Pair, key: AnyKey) -> AnyKey:
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(self._folder / pair.key, pem)
        return key

    def _certificate(
        self,
        pair: Pair,
        key: AnyKey,
        issuer: x509.Certificate | None,
        issued: Callable[[], x509.Certificate],
        *,
        with_issuer: bool = False,
    ) -> x509.Certificate:
        kept = self._kept(pair, key, issuer)
        if kept is not None:
            return kept
        certificate = issued()
        chain = [certificate, issuer] if with_issuer and issuer else [certificate]
        pem = b"".join(each.public_bytes(Encoding.PEM) for each in chain)
        _write(self._folder / pair.certificate, pem)
        return certificate

    def _kept(
        self, pair: Pair, key: AnyKey, issuer: x509.Certificate | None
    ) -> x509.Certificate | None:
        try:
            content = (self._folder / pair.certificate).read_bytes()
            kept = x509.load_pem_x509_certificate(content)
            kept.verify_directly_issued_by(issuer or kept)
        except (OSError, ValueError, TypeError, InvalidSignature):
            return None
        of_this_key = kept.public_key() == key.public_key()
        lasts = kept.not_valid_after_utc - RENEW_BEFORE > self._now
        return kept if of_this_key and lasts else None


def _name(name: str) -> x509.Name:
    return insurer_name(f"PRACTICE {name}")


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
