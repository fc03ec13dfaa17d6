"""The profile of the certificates that documents are signed with."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from smartclient.documents.certificates import DOCUMENT_SIGNING, is_seal_profile, seal_certificate
from smartclient.domain.errors import BadInput
from tests.unit.documents.workshop import NOW, house, seal_key

CRL = "http://localhost/crl"


def request_of(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str = "anything"
) -> x509.CertificateSigningRequest:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return builder.sign(key, hashes.SHA256())


def test_that_a_seal_is_for_documents_and_for_nothing_else() -> None:
    certificate = seal_key().certificate
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.content_commitment) == (True, True)
    assert not usage.value.key_cert_sign
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert set(purposes) == {DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION}
    assert is_seal_profile(certificate)


def test_that_a_seal_names_where_revocation_is_published() -> None:
    points = seal_key().certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    assert points.value[0].full_name == [x509.UniformResourceIdentifier(CRL)]


def test_that_a_seal_lasts_at_most_two_years() -> None:
    life = seal_key().certificate.not_valid_after_utc - NOW
    assert timedelta(days=365) <= life <= timedelta(days=731)


def test_that_the_subject_is_the_install_whatever_the_request_says() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issued = seal_certificate(
        request_of(key, "somebody else"), "install 7", house().issuer, NOW, CRL
    )
    (name,) = issued.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == "install 7"


def test_that_the_authority_below_the_root_issues_no_authority() -> None:
    basic = house().issuer.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert not is_seal_profile(house().issuer.certificate)
    assert not is_seal_profile(house().root)


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
)
def test_that_only_keys_on_p256_become_seals(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
) -> None:
    with pytest.raises(BadInput, match="SC-DOC-030"):
        seal_certificate(request_of(key), "install", house().issuer, NOW, CRL)
