"""The two keys of an install, and the requests for their certificates."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AttributeOID

from smartclient.domain.errors import NotAllowed
from smartclient.sync.activation.seal_places.handles import PLACE
from smartclient.sync.activation.seal_places.place import SealKeyPlace
from smartclient.sync.activation.seal_places.ring import RingPlace, key_of_pem, pem_of
from smartclient.wire.messages import Json, JsonObject, mapping, text

_MAX_PEM = 2_000


class SealKeyPlaces:
    """Where new seal keys are made, and every place in which an older one may be."""

    def __init__(self, places: Sequence[SealKeyPlace] = ()) -> None:
        """The first place makes new keys; the key ring is always there, last."""
        self._places = (*places, RingPlace())

    def make(self, label: str) -> JsonObject:
        """A new key's handle; raises as `SealKeyPlace.make`."""
        return self._places[0].make(label)

    def open(self, handle: JsonObject) -> EllipticCurvePrivateKey:
        """The key of a handle; NotAllowed SC-ACT-033 when this program cannot reach its place."""
        wanted = text(handle, PLACE, 20)
        for place in self._places:
            if place.name == wanted:
                return place.open(handle)
        raise NotAllowed("SC-ACT-033", place=wanted)


@dataclass(frozen=True, slots=True)
class InstallKeys:
    """The install key (tokens, nothing else) and the seal key (documents, nothing else): P-256."""

    install: EllipticCurvePrivateKey
    seal: EllipticCurvePrivateKey
    seal_handle: JsonObject
    """By which the seal key is found in its place again."""

    @classmethod
    def made(cls, places: SealKeyPlaces, label: str) -> "InstallKeys":
        """Two new keys; raises as `SealKeyPlace.make`. `label` is new each time."""
        handle = places.make(label)
        return cls(generate_private_key(SECP256R1()), places.open(handle), handle)

    def to_json(self) -> JsonObject:
        """The keys as JSON: for the key ring only."""
        return {"install_key": pem_of(self.install), "seal": self.seal_handle}

    @classmethod
    def from_json(cls, source: Json, places: SealKeyPlaces) -> "InstallKeys":
        """The keys of `to_json`; Damaged SC-ACT-006 when one cannot be read."""
        fields = mapping(source, "keys")
        handle = mapping(fields.get("seal"), "seal")
        install = key_of_pem(text(fields, "install_key", _MAX_PEM))
        return cls(install, places.open(handle), handle)


def certificate_request(key: EllipticCurvePrivateKey, challenge: bytes) -> str:
    """A request for a certificate (PEM) that carries the challenge of this one activation.

    The subject is empty: who the install is, the server writes.
    """
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .add_attribute(AttributeOID.CHALLENGE_PASSWORD, challenge)
        .sign(key, SHA256())
    )
    return request.public_bytes(Encoding.PEM).decode("ascii")
