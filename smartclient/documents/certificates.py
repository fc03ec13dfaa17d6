"""The profile of the certificates that documents are signed with, and how they are issued.

    root CA (path length 1) ── document CA (path length 0) ── seal certificate of one install

A seal certificate is for documents only: key usage digitalSignature and contentCommitment
(critical), extended key usage documentSigning (RFC 9336) and emailProtection, one or two years,
with the place of the CRL. documentSigning alone is an unknown purpose to NSS, on which poppler
stands.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from smartclient.domain.errors import BadInput

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
ROOT_LIFE = timedelta(days=3652)
DOCUMENT_CA_LIFE = timedelta(days=1826)
SEAL_LIFE = timedelta(days=730)
STAMP_LIFE = timedelta(days=1826)
BACKDATED = timedelta(hours=1)
"""A laptop clock a little behind must not find a certificate that is not yet valid."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """An authority that signs certificates."""

    private_key: EllipticCurvePrivateKey
    certificate: x509.Certificate


def root_certificate(key: EllipticCurvePrivateKey, name: str, now: datetime) -> x509.Certificate:
    """A root signed by its own key, for authorities of one level below it."""
    subject = insurer_name(name)
    builder = _builder(subject, subject, key.public_key(), now, ROOT_LIFE)
    return _with_authority(builder, key.public_key(), path_length=1).sign(key, hashes.SHA256())


def document_ca_certificate(
    public_key: EllipticCurvePublicKey, name: str, root: Issuer, now: datetime
) -> x509.Certificate:
    """An authority below the root that issues seal certificates and no further authority."""
    builder = _builder(
        insurer_name(name), root.certificate.subject, public_key, now, DOCUMENT_CA_LIFE
    )
    authority = _with_authority(builder, root.private_key.public_key(), path_length=0)
    return authority.sign(root.private_key, hashes.SHA256())


def seal_certificate(
    request: x509.CertificateSigningRequest,
    install: str,
    issuer: Issuer,
    now: datetime,
    crl_url: str,
) -> x509.Certificate:
    """The seal certificate for the key of a request; the subject is the install, not the request's.

    Raises BadInput SC-DOC-030 unless the request is signed by a key on P-256.
    """
    public_key = request.public_key()
    if not isinstance(public_key, EllipticCurvePublicKey) or not request.is_signature_valid:
        raise BadInput("SC-DOC-030")
    if not isinstance(public_key.curve, SECP256R1):
        raise BadInput("SC-DOC-030")
    builder = _builder(
        insurer_name(install), issuer.certificate.subject, public_key, now, SEAL_LIFE
    )
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]),
            critical=False,
        )
        .add_extension(
            x509.CRLDistributionPoints(
                [
                    x509.DistributionPoint(
                        [x509.UniformResourceIdentifier(crl_url)], None, None, None
                    )
                ]
            ),
            critical=False,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.private_key.public_key()),
            critical=False,
        )
        .sign(issuer.private_key, hashes.SHA256())
    )


def time_stamp_certificate(
    public_key: EllipticCurvePublicKey, name: str, issuer: Issuer, now: datetime
) -> x509.Certificate:
    """The certificate of a time stamp authority: for stamping and nothing else (RFC 3161, 2.3)."""
    builder = _builder(insurer_name(name), issuer.certificate.subject, public_key, now, STAMP_LIFE)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.private_key.public_key())
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage("digital_signature"), critical=True)
        .add_extension(purpose, critical=True)
        .add_extension(identifier, critical=False)
        .sign(issuer.private_key, hashes.SHA256())
    )


def is_seal_profile(certificate: x509.Certificate) -> bool:
    """Whether a certificate may sign documents: the usages above and no authority of its own."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    wanted = key_usage("digital_signature", "content_commitment")
    return (
        usage.critical
        and usage.value == wanted
        and not basic.ca
        and DOCUMENT_SIGNING in purposes
        and isinstance(certificate.public_key(), EllipticCurvePublicKey)
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _with_authority(
    builder: x509.CertificateBuilder, issuer_key: EllipticCurvePublicKey, path_length: int
) -> x509.CertificateBuilder:
    return (
        builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=path_length), critical=True
        )
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False
        )
    )


def insurer_name(common: str) -> x509.Name:
    """The name of a certificate that the insurer issues."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "PČS"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def key_usage(*allowed: str) -> x509.KeyUsage:
    """The extension that allows these uses of a key, and no other."""
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
    return x509.KeyUsage(**{name: name in allowed for name in names})
