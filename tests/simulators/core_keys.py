"""A core system with a key of its own, made once for all tests."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

CORE_KEY = rsa.generate_private_key(65537, 3072)


@cache
def core_certificate() -> x509.Certificate:
    """What batches are sealed for."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PRACTICE core")])
    begun = datetime(2026, 11, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(CORE_KEY.public_key()).serial_number(1)
    builder = builder.not_valid_before(begun).not_valid_after(begun + timedelta(days=365))
    return builder.sign(CORE_KEY, hashes.SHA256())
