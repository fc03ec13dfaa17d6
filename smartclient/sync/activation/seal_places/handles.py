"""The parts of a handle that several places share."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from smartclient.domain.errors import Damaged
from smartclient.wire.values import JsonObject, text

PLACE = "place"
PUBLIC = "public"
LABEL = "label"
_LONGEST = 200


def handle_of(place: str, label: str, public: EllipticCurvePublicKey) -> JsonObject:
    """What is kept of a key that stays in its place."""
    numbers = public.public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    return {PLACE: place, LABEL: label, PUBLIC: base64.b64encode(point).decode("ascii")}


def label_of(handle: JsonObject) -> str:
    """The name of the key in its place."""
    return text(handle, LABEL, _LONGEST)


def public_of(handle: JsonObject) -> EllipticCurvePublicKey:
    """The public key of a handle; Damaged SC-ACT-006."""
    try:
        point = base64.b64decode(text(handle, PUBLIC, _LONGEST), validate=True)
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except (ValueError, binascii.Error) as broken:
        raise Damaged("SC-ACT-006") from broken
