"""Unsent records handed in as a file: what an install that may not synchronise any more still had.

A zip archive with `manifest.json` (install, instant, lines as they would be pushed), `manifest.sig`
(ECDSA by the install key over the manifest) and `blobs/<sha256>`, encrypted whole to the office's
key by HPKE (RFC 9180: P-256, HKDF-SHA256, AES-256-GCM). Only the back office opens it; who carries
it reads nothing.
"""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import load_der_public_key

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.ids import InstallId, Sha256
from smartclient.wire.encoding import canonical, parse, sha256
from smartclient.wire.messages import (
    MAX_BLOB_BYTES,
    Json,
    PushLine,
    listed,
    mapping,
    text,
    uuid_text,
)

MAGIC: Final = b"smartclient-hand-in-v1\n"
MAX_LINES: Final = 20_000
MAX_FILE: Final = 2_000_000_000
MAX_MANIFEST: Final = 400_000_000
_SIGNED: Final = b"smartclient-hand-in-v1\x00"
_MANIFEST, _SIGNATURE = "manifest.json", "manifest.sig"
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What was in a package. Not believed until `require_signed_by` was asked."""

    install: InstallId
    made_at: datetime
    version: str
    lines: tuple[PushLine, ...]
    manifest: bytes
    signature: bytes
    blobs: Mapping[Sha256, bytes]

    def require_signed_by(self, public_key: bytes) -> None:
        """Damaged SC-HELP-007 unless the install's key (SPKI, DER) signed the manifest."""
        key = load_der_public_key(public_key)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise Damaged("SC-HELP-007")
        try:
            key.verify(self.signature, _SIGNED + self.manifest, ec.ECDSA(SHA256()))
        except InvalidSignature as forged:
            raise Damaged("SC-HELP-007") from forged


def sealed(
    install: InstallId,
    made_at: datetime,
    version: str,
    lines: Sequence[PushLine],
    blobs: Mapping[Sha256, bytes],
    sign: Callable[[bytes], bytes],
    reader: bytes,
) -> bytes:
    """The package as it is carried; `reader` is the office's public key (SPKI, DER)."""
    told: list[Json] = [line.to_json() for line in lines]
    manifest = canonical(
        {
            "schema": 1,
            "install": install,
            "made_at": to_text(made_at),
            "version": version,
            "lines": told,
        }
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_MANIFEST, manifest)
        archive.writestr(_SIGNATURE, sign(_SIGNED + manifest))
        for name, content in sorted(blobs.items()):
            archive.writestr(f"blobs/{name}", content)
    key = load_der_public_key(reader)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise BadInput("SC-SYNC-010", field="hand_in_key", value="", rule="P-256")
    return MAGIC + _SUITE.encrypt(packed.getvalue(), key, MAGIC)


def opened(content: bytes, key: ec.EllipticCurvePrivateKey) -> HandedIn:
    """What `sealed` was given; Damaged SC-HELP-007 for anything else, or for another key."""
    if not content.startswith(MAGIC) or len(content) > MAX_FILE:
        raise Damaged("SC-HELP-007")
    try:
        packed = _SUITE.decrypt(content[len(MAGIC) :], key, MAGIC)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            return _read(archive)
    except (InvalidTag, ValueError, KeyError, zipfile.BadZipFile, BadInput) as broken:
        raise Damaged("SC-HELP-007") from broken


def _read(archive: zipfile.ZipFile) -> HandedIn:
    manifest = _member(archive, _MANIFEST, MAX_MANIFEST)
    fields = mapping(parse(manifest), "manifest")
    blobs: dict[Sha256, bytes] = {}
    for name in archive.namelist():
        if name.startswith("blobs/"):
            blob = _member(archive, name, MAX_BLOB_BYTES)
            if sha256(blob) != name.removeprefix("blobs/"):
                raise Damaged("SC-HELP-007")
            blobs[sha256(blob)] = blob
    return HandedIn(
        InstallId(uuid_text(fields, "install")),
        from_text(text(fields, "made_at", 40)),
        text(fields, "version", 40),
        listed(fields, "lines", PushLine.from_json, MAX_LINES),
        manifest,
        _member(archive, _SIGNATURE, 1_000),
        blobs,
    )


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    if archive.getinfo(name).file_size > limit:
        raise Damaged("SC-HELP-007")
    return archive.read(name)
