"""One CMS signature by the seal key: CAdES baseline B as PAdES wants it.

The key stays open between signatures. pyHanko's stock signer parses and checks the private key anew
each time, which costs more than the signature itself.
"""

from collections.abc import Coroutine
from typing import TypeVar

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from smartclient.documents.biometrics import biometric_attribute
from smartclient.documents.keys import SealKey

DIGEST = "sha256"
DIGEST_LENGTH = 32
_LONGEST_P256_SIGNATURE = 72
"""DER of two integers of up to 33 bytes each."""

T = TypeVar("T")


class OpenKeySigner(Signer):
    """pyHanko's signer with our key object, used as it is."""

    def __init__(self, key: SealKey) -> None:
        chain = SimpleCertificateStore()
        chain.register_multiple(to_asn1(each) for each in key.chain)
        super().__init__(
            signing_cert=to_asn1(key.certificate), cert_registry=chain, embed_roots=False
        )
        self._key = key.private_key

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002 - always SHA-256 here
        dry_run: bool = False,
    ) -> bytes:
        """The ECDSA signature of `data`, or as many bytes as it may need."""
        if dry_run:
            return bytes(_LONGEST_P256_SIGNATURE)
        return self._key.sign(data, ECDSA(hashes.SHA256()))

    async def unsigned_attrs(self, *_: object, **__: object) -> None:
        """None: time stamps come later, over the whole document, from the server."""
        return

    def signature(self, digest: bytes, envelope: bytes | None, *, dry_run: bool = False) -> bytes:
        """The DER of the CMS over the digest of a ByteRange."""
        attributes = [
            simple_cms_attribute("content_type", "data"),
            simple_cms_attribute("message_digest", digest),
            simple_cms_attribute(
                "signing_certificate_v2", as_signing_certificate_v2(self.signing_cert)
            ),
        ]
        if envelope is not None:
            attributes.append(biometric_attribute(envelope))
        made = self.async_sign_prescribed_attributes(
            DIGEST, cms.CMSAttributes(attributes), dry_run=dry_run
        )
        der: bytes = _completed(made).dump()
        return der

    def room_for(self, envelope: bytes | None) -> int:
        """The most bytes that `signature` can take with an envelope of this length."""
        return len(self.signature(bytes(DIGEST_LENGTH), envelope, dry_run=True))


def to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The certificate as the library of the signatures knows it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _completed(coroutine: Coroutine[object, None, T]) -> T:
    """The result of a coroutine that waits for nothing, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("signing waited for something")
