"""Opens a sealed envelope with the authority's key and holds it to its signature.

Nothing is given back that was not authenticated as a whole (AES-GCM), that names another field, or
whose digest is not the one of the very signature it stands in.
"""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from smartclient.authority.keys import KeyHolder
from smartclient.authority.signatures import FoundSignature
from smartclient.domain import clock
from smartclient.domain.asn1 import cms
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.ink.envelope import (
    KEY_LENGTH,
    NONCE_LENGTH,
    PLAINTEXT_VERSION,
    TAG_LENGTH,
    GcmParameters,
    enveloped_of,
)
from smartclient.ink.port import PadDescription, Sample
from smartclient.ink.record import FORMAT, read_iso
from smartclient.ink.trace import Trace


@dataclass(frozen=True, slots=True)
class OpenedSignature:
    """What was sealed: the record as it was made, the same as a trace, and when."""

    field: str
    record: bytes
    trace: Trace
    captured_at: datetime
    key_sha256: str
    """The key that opened it."""
    pressure_measured: bool
    lost_reports: int | None
    """None, and no source of time, where the envelope is from before they were sealed."""
    time_source: str


def open_signature(found: FoundSignature, keys: Sequence[KeyHolder]) -> OpenedSignature:
    """Open the one envelope of a signature that has one, with whichever of the keys fits.

    Raises NotAllowed SC-SIGN-041 (none fits), Damaged SC-SIGN-042 (changed after sealing, or not
    sealed as the product seals), SC-SIGN-043 (sealed for another signature), SC-SIGN-044 (more than
    one envelope), SC-SIGN-049 (sealed for somebody else besides), SC-SIGN-023 (the record inside).
    """
    if len(found.envelopes) != 1:
        raise Damaged("SC-SIGN-044", field=found.field, problem="more than one sealed envelope")
    try:
        enveloped = enveloped_of(found.envelopes[0])
        content_key, fingerprint = _content_key(enveloped, keys, found)
        plaintext = json.loads(_authenticated(enveloped, content_key, found))
        bound_to = bytes.fromhex(plaintext["byte_range_digest"])
        opened = _opened(plaintext, fingerprint)
    except (ValueError, TypeError, KeyError) as broken:
        raise Damaged("SC-SIGN-042", field=found.field) from broken
    same_bytes = hmac.compare_digest(bound_to, found.digest)
    if not same_bytes or plaintext["digest_algorithm"] != "sha256" or opened.field != found.field:
        raise Damaged("SC-SIGN-043", field=found.field)
    return opened


def _content_key(
    enveloped: cms.AuthEnvelopedData, keys: Sequence[KeyHolder], found: FoundSignature
) -> tuple[bytes, str]:
    """The content key, unwrapped for its one recipient, and the fingerprint of the key that fits.

    Whoever else could open it too could have taken the biometrics out: such an envelope is refused
    before any key is tried.
    """
    if len(enveloped["recipient_infos"]) != 1:
        raise Damaged("SC-SIGN-049", field=found.field)
    (info,) = enveloped["recipient_infos"]
    if info.name != "ktri":
        raise ValueError("a recipient without a wrapped key")
    for key in keys:
        try:
            content_key = key.decrypt(info.chosen["encrypted_key"].native)
        except ValueError:
            continue
        if len(content_key) == KEY_LENGTH:
            return content_key, key.fingerprint
    raise NotAllowed("SC-SIGN-041", field=found.field)


def _authenticated(
    enveloped: cms.AuthEnvelopedData, content_key: bytes, found: FoundSignature
) -> bytes:
    """The plaintext, only if its tag holds."""
    content = enveloped["auth_encrypted_content_info"]
    algorithm = content["content_encryption_algorithm"]
    parameters = GcmParameters.load(algorithm["parameters"].dump(), strict=True)
    nonce: bytes = parameters["nonce"].native
    tag: bytes = enveloped["mac"].native
    sealed_as_ours = (
        algorithm["algorithm"].native == "aes256_gcm"
        and (len(nonce), len(tag)) == (NONCE_LENGTH, TAG_LENGTH)
        and parameters["icvlen"].native == TAG_LENGTH
        and content["content_type"].native == "data"
        and len(enveloped["auth_attrs"]) == 0
    )
    if not sealed_as_ours:
        raise ValueError("not sealed as the product seals")
    try:
        return AESGCM(content_key).decrypt(nonce, content["encrypted_content"].native + tag, None)
    except InvalidTag as changed:
        raise Damaged("SC-SIGN-042", field=found.field) from changed


def _opened(plaintext: dict[str, object], fingerprint: str) -> OpenedSignature:
    """The parts of the plaintext; raises ValueError, TypeError or KeyError for another content."""
    field, pad, encoded = plaintext["field"], plaintext["pad"], plaintext["record"]
    ours = plaintext["version"] == PLAINTEXT_VERSION and plaintext["format"] == FORMAT
    if not ours or not isinstance(field, str) or not isinstance(encoded, str):
        raise ValueError("another content")
    if not isinstance(pad, dict):
        raise TypeError("no description of the pad")
    captured_at = clock.from_text(str(plaintext["captured_at"]))
    record = base64.b64decode(encoded, validate=True)
    lost, time_source = pad.get("lost_reports"), pad.get("time_source", "")
    if not (lost is None or isinstance(lost, int)) or not isinstance(time_source, str):
        raise TypeError("no words of how the pad reported")
    # Envelopes made before this was told are of pads that measure pressure.
    measured = pad.get("pressure_measured", True) is not False
    samples = tuple(
        Sample(
            point.t_ms * 1000,
            point.x,
            point.y,
            point.force if measured else 0,
            contact=point.force > 0,
        )
        for point in read_iso(record)
    )
    trace = Trace(_pad(pad), samples, captured_at, lost or 0)
    return OpenedSignature(
        field, record, trace, captured_at, fingerprint, measured, lost, time_source
    )


def _pad(told: dict[str, object]) -> PadDescription:
    units_x, units_y, pressure = (
        told[name] for name in ("units_per_mm_x", "units_per_mm_y", "max_pressure")
    )
    if not isinstance(units_x, int | float) or not isinstance(units_y, int | float):
        raise TypeError("no resolution")
    if not isinstance(pressure, int) or min(units_x, units_y, pressure) <= 0:
        raise ValueError("no scale of pressure")
    return PadDescription(
        driver=str(told["driver"]),
        model=str(told["model"]),
        serial=str(told["serial"]),
        firmware=str(told["firmware"]),
        units_per_mm_x=float(units_x),
        units_per_mm_y=float(units_y),
        max_x=0,
        max_y=0,
        max_pressure=pressure,
        nominal_rate=0,
        has_device_time=False,
    )
