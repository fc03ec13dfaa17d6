"""The key ring: the data key wrapped under a secret of the operating system, and small secrets.

    data key   32 random bytes; opens the database; never written unwrapped
    KEK        HKDF-SHA256(OS secret, salt); wraps the data key with AES-256-GCM
    secrets    install key, seal key: AES-256-GCM under HKDF-SHA256(data key), a file each

The wraps stand in a list, so that a PIN as second factor, the insurer's escrow and a recovery
passphrase can be added beside the operating system without another format. A kill between any two
steps of making a ring leaves either no ring or a whole one.
"""

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.store.connection import KEY_BYTES
from smartclient.store.database import CHECK_NAME, FILE_NAME
from smartclient.store.durable import write_durably
from smartclient.store.os_secret import OsSecret
from smartclient.store.refusals import refusing
from smartclient.wire.encoding import canonical
from smartclient.wire.values import Json, JsonObject, mapping

FILE = "keys.json"
_FORMAT = 1
_BY_OS = "operating system"
_NONCE_BYTES = 12
_SECRET_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")


@dataclass(frozen=True, slots=True)
class _Wrap:
    """The data key under one key-encryption key."""

    by: str
    salt: bytes
    nonce: bytes
    wrapped: bytes

    def to_json(self) -> JsonObject:
        parts = {"salt": self.salt, "nonce": self.nonce, "wrapped": self.wrapped}
        return {"by": self.by, **{name: part.hex() for name, part in parts.items()}}

    @classmethod
    def from_json(cls, source: Json) -> "_Wrap":
        fields = mapping(source, "wrap")
        salt, nonce, wrapped = (
            bytes.fromhex(str(fields.get(name, ""))) for name in ("salt", "nonce", "wrapped")
        )
        return cls(str(fields.get("by")), salt, nonce, wrapped)


def _derived(secret: bytes, salt: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, purpose.encode()).derive(secret)


class KeyRing:
    """The open key ring of one folder; made by `KeyRing.open`."""

    def __init__(self, folder: Path, identity: str, data_key: bytes) -> None:
        self._folder = folder
        self._identity = identity
        self.data_key = data_key
        """32 bytes that open the database."""

    @classmethod
    def open(cls, folder: Path, os_secret: OsSecret) -> "KeyRing":
        """Open the ring of `folder`, making it where neither a ring nor a database is.

        Raises what `os_secret` raises; Damaged SC-STORE-044 (the ring cannot be read) and
        SC-STORE-047 (there is a database and no ring); NotAllowed SC-STORE-043 (the operating
        system has no secret for it) and SC-STORE-045 (it has another one). Nothing is overwritten.
        """
        with refusing():
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / FILE
            if file.exists():
                return cls._unwrapped(folder, file.read_bytes(), os_secret)
            if (folder / FILE_NAME).exists() or (folder / CHECK_NAME).exists():
                raise Damaged("SC-STORE-047")
            return cls._made(folder, os_secret)

    def put(self, name: str, secret: bytes) -> None:
        """Keep a small secret, in place of an older one. NoSpace SC-STORE-010."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._key_for_secrets()).encrypt(nonce, secret, self._label(name))
        with refusing():
            write_durably(self._file(name), nonce + sealed)

    def get(self, name: str) -> bytes | None:
        """A small secret, None when there is none; Damaged SC-STORE-048 when it does not open."""
        try:
            with refusing():
                kept = self._file(name).read_bytes()
            nonce, sealed = kept[:_NONCE_BYTES], kept[_NONCE_BYTES:]
            return AESGCM(self._key_for_secrets()).decrypt(nonce, sealed, self._label(name))
        except FileNotFoundError:
            return None
        except (InvalidTag, ValueError) as broken:
            raise Damaged("SC-STORE-048") from broken

    def forget(self, name: str) -> None:
        """Forget a small secret; harmless when there is none."""
        self._file(name).unlink(missing_ok=True)

    @classmethod
    def _made(cls, folder: Path, os_secret: OsSecret) -> "KeyRing":
        identity, data_key = secrets.token_hex(8), secrets.token_bytes(KEY_BYTES)
        secret = secrets.token_hex(KEY_BYTES)
        os_secret.set(identity, secret)
        salt, nonce = os.urandom(KEY_BYTES), os.urandom(_NONCE_BYTES)
        kek = AESGCM(_derived(bytes.fromhex(secret), salt, "smartclient-kek-v1"))
        label = f"smartclient-data-key-v1 {identity}".encode()
        wrap = _Wrap(_BY_OS, salt, nonce, kek.encrypt(nonce, data_key, label))
        ring: JsonObject = {"format": _FORMAT, "id": identity, "wraps": [wrap.to_json()]}
        write_durably(folder / FILE, canonical(ring))
        return cls(folder, identity, data_key)

    @classmethod
    def _unwrapped(cls, folder: Path, content: bytes, os_secret: OsSecret) -> "KeyRing":
        identity, wrap = _read(content)
        secret = os_secret.get(identity)
        if secret is None:
            raise NotAllowed("SC-STORE-043")
        try:
            kek = AESGCM(_derived(bytes.fromhex(secret), wrap.salt, "smartclient-kek-v1"))
            label = f"smartclient-data-key-v1 {identity}".encode()
            data_key = kek.decrypt(wrap.nonce, wrap.wrapped, label)
        except (InvalidTag, ValueError) as wrong:
            raise NotAllowed("SC-STORE-045") from wrong
        return cls(folder, identity, data_key)

    def _key_for_secrets(self) -> bytes:
        return _derived(self.data_key, self._identity.encode(), "smartclient-secrets-v1")

    def _label(self, name: str) -> bytes:
        return f"smartclient-secret-v1 {self._identity} {name}".encode()

    def _file(self, name: str) -> Path:
        if not _SECRET_NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot name a secret")
        return self._folder / f"secret-{name}"


def _read(content: bytes) -> tuple[str, _Wrap]:
    try:
        ring = mapping(json.loads(content), "ring")
        wraps = ring.get("wraps")
        if ring.get("format") != _FORMAT or not isinstance(wraps, list):
            raise Damaged("SC-STORE-044")
        by_os = [wrap for wrap in map(_Wrap.from_json, wraps) if wrap.by == _BY_OS]
        return str(ring["id"]), by_os[0]
    except (ValueError, KeyError, IndexError, BadInput) as broken:
        raise Damaged("SC-STORE-044") from broken
