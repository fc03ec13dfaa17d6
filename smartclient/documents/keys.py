"""The install's seal key, held open while documents are signed."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from smartclient.domain.ids import Sha256


@dataclass(frozen=True, slots=True)
class SealKey:
    """An ECDSA P-256 key with its document-signing certificate; signs documents, nothing else."""

    private_key: EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    """The authorities between the certificate and the root, nearest first, without the root."""

    @property
    def certificate_sha256(self) -> Sha256:
        """The fingerprint under which the server registered this install's seal."""
        return Sha256(self.certificate.fingerprint(hashes.SHA256()).hex())
