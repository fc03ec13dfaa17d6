"""The publisher's keys, one file each, every one under a passphrase of its own.

    offline/   root, targets and the delegated roles; never near a network
    online/    snapshot and timestamp; this folder alone goes to the back office
    retired/   what rotation replaced
    root/      every root.json ever made (public)

The files may lie on different media: what is not there is asked for by name when it is needed.
"""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner

from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.publisher.roles import ONLINE

KEY_NAME = "x-smartclient-name"
"""The field of a public key in the metadata that carries its name."""

Passphrase = Callable[[str], bytes | None]
"""The passphrase of the key of this name; None means that the key is not encrypted."""


class KeyFolder:
    """Makes, opens and retires keys. A key in it is never overwritten."""

    def __init__(
        self, folder: Path, passphrase: Passphrase, new_passphrase: Passphrase | None = None
    ) -> None:
        """`new_passphrase` is asked for a key that is made, by default the same as to open one."""
        self.folder = folder
        self._passphrase = passphrase
        self._new_passphrase = new_passphrase or passphrase
        self._opened: dict[str, CryptoSigner] = {}

    @property
    def root_history(self) -> Path:
        """Where every root.json stays."""
        return self.folder / "root"

    def has(self, name: str) -> bool:
        """Whether the key of this name lies in the folder."""
        return self._path(name).exists()

    def make(self, name: str) -> CryptoSigner:
        """Make and store an Ed25519 key; NotAllowed SC-CAT-050 when there is one already."""
        path = self._path(name)
        if path.exists():
            raise NotAllowed("SC-CAT-050", key=name)
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, self._encryption(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(pem)
        self._opened[name] = _named(key, name)
        return self._opened[name]

    def signer(self, name: str) -> CryptoSigner:
        """The key of this name, opened once.

        Raises BadInput SC-CAT-051 when it is not there, SC-CAT-052 when the passphrase is wrong or
        the file is not such a key.
        """
        if name not in self._opened:
            self._opened[name] = self._open(name)
        return self._opened[name]

    def retire(self, name: str, keyid: str) -> None:
        """Take the key out of use and keep its file; a lost key is no hindrance."""
        self._opened.pop(name, None)
        if self.has(name):
            retired = self.folder / "retired" / f"{name}-{keyid[:8]}.pem"
            retired.parent.mkdir(mode=0o700, exist_ok=True)
            while retired.exists():  # a rotation was broken off after it made its key
                retired = retired.with_stem(f"{retired.stem}-unused")
            self._path(name).rename(retired)

    def _path(self, name: str) -> Path:
        return self.folder / ("online" if name in ONLINE else "offline") / f"{name}.pem"

    def _open(self, name: str) -> CryptoSigner:
        path = self._path(name)
        if not path.exists():
            raise BadInput("SC-CAT-051", key=name)
        try:
            key = load_pem_private_key(path.read_bytes(), self._passphrase(name))
        except (ValueError, TypeError, UnsupportedAlgorithm) as wrong:
            raise BadInput("SC-CAT-052", key=name) from wrong
        if not isinstance(key, Ed25519PrivateKey):
            raise BadInput("SC-CAT-052", key=name)
        return _named(key, name)

    def _encryption(self, name: str) -> KeySerializationEncryption:
        """On-line keys lie in the back office's secret store, which keeps them encrypted itself."""
        passphrase = None if name in ONLINE else self._new_passphrase(name)
        return BestAvailableEncryption(passphrase) if passphrase else NoEncryption()


def _named(key: Ed25519PrivateKey, name: str) -> CryptoSigner:
    """The signer whose public key carries our name, so that a lost key can still be replaced."""
    signer = CryptoSigner(key)
    signer.public_key.unrecognized_fields[KEY_NAME] = name
    return signer
