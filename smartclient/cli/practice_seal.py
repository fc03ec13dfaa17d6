"""The practice keys that `smartclient sign` uses; it refuses all others.

The folder is the one that the practice certificates were made into. The seal of this command is
made there at first use and kept beside them.
"""

import os
import sys
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from smartclient.cli.console import read_bytes
from smartclient.documents.certificates import Issuer, seal_certificate
from smartclient.documents.keys import SealKey
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.mode import Mode, mode_of

PRACTICE = "PRACTICE"
_CRL = "http://localhost/practice.crl"
_SEAL = "PRACTICE seal of the command line"


def practice_seal(folder: Path, now: datetime) -> SealKey:
    """The seal of this command, made when it is not there or is over.

    Raises NotAllowed SC-DOC-032 for keys that are not practice keys and in production mode.
    """
    if mode_of(os.environ, bundled=hasattr(sys, "frozen")) is Mode.PRODUCTION:
        raise NotAllowed("SC-DOC-032", file=folder)
    authority = practice_certificate(folder / "document-ca.pem")
    key_file, certificate_file = folder / "seal-key.pem", folder / "seal.pem"
    if key_file.exists() and certificate_file.exists():
        certificate = practice_certificate(certificate_file)
        if certificate.not_valid_after_utc > now and certificate.issuer == authority.subject:
            return SealKey(_private_key(key_file), certificate, (authority,))
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(key, hashes.SHA256())
    issuer = Issuer(_private_key(folder / "document-ca-key.pem"), authority)
    certificate = seal_certificate(request, _SEAL, issuer, now, _CRL)
    _keep(key_file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _keep(certificate_file, certificate.public_bytes(Encoding.PEM))
    return SealKey(key, certificate, (authority,))


def read_certificate(path: Path) -> x509.Certificate:
    """A certificate of a PEM file; BadInput SC-DOC-031 when it is none."""
    try:
        return x509.load_pem_x509_certificate(read_bytes(path))
    except ValueError as broken:
        raise BadInput("SC-DOC-031", file=path) from broken


def practice_certificate(path: Path) -> x509.Certificate:
    """A certificate that says that it is for practice; otherwise NotAllowed SC-DOC-032."""
    certificate = read_certificate(path)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if not any(PRACTICE in str(name.value) for name in names):
        raise NotAllowed("SC-DOC-032", file=path)
    return certificate


def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(read_bytes(path), password=None)
    except (ValueError, TypeError) as broken:
        raise NotAllowed("SC-DOC-032", file=path) from broken
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NotAllowed("SC-DOC-032", file=path)
    return key


def _keep(path: Path, content: bytes) -> None:
    """Written so that only its owner can read it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
