"""The authority's private key: in a file, or in a token that never gives it away (PKCS#11).

A token is named by a PKCS#11 URI, as `domain.pkcs11_uri` reads it; without a file for the PIN it is
asked for.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from smartclient.authority.oaep import unpadded
from smartclient.domain.errors import BadInput, Unreachable
from smartclient.domain.pkcs11_uri import SCHEME, TokenUri

if TYPE_CHECKING:
    from pkcs11.types import PublicKey

AskSecret = Callable[[str], str]


class KeyHolder(Protocol):
    """A private key that can be used."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key (SubjectPublicKeyInfo)."""

    def decrypt(self, sealed: bytes) -> bytes:
        """Unwrap RSA-OAEP with SHA-256; ValueError when it was wrapped for another key."""


class _PrivateInToken(Protocol):
    """What is used of a private key in a token; the library mixes it in at run time."""

    def decrypt(self, data: bytes, *, mechanism: object, mechanism_param: object = None) -> bytes:
        """Unwrap with a mechanism of PKCS#11."""


class FileKey:
    """A key in memory, from a PEM file."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key."""
        return _fingerprint(self._key.public_key())

    def decrypt(self, sealed: bytes) -> bytes:
        """Unwrap; ValueError for another key."""
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        return self._key.decrypt(sealed, oaep)


class TokenKey:
    """A key that stays in its token; one session is open as long as it is used."""

    def __init__(self, private: _PrivateInToken, public: rsa.RSAPublicKey) -> None:
        self._private = private
        self._public = public

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key."""
        return _fingerprint(self._public)

    def decrypt(self, sealed: bytes) -> bytes:
        """Unwrap; ValueError for another key.

        Some tokens know OAEP with SHA-1 alone. Then the token does the bare RSA operation and the
        padding is taken off here; this tool runs off-line, nobody can ask it twice.
        """
        import pkcs11

        if len(sealed) != self._public.key_size // 8:
            raise ValueError("sealed for a key of another size")
        parameters = (pkcs11.Mechanism.SHA256, pkcs11.MGF.SHA256, None)
        try:
            try:
                return bytes(
                    self._private.decrypt(
                        sealed,
                        mechanism=pkcs11.Mechanism.RSA_PKCS_OAEP,
                        mechanism_param=parameters,
                    )
                )
            except (
                pkcs11.ArgumentsBad,
                pkcs11.MechanismInvalid,
                pkcs11.MechanismParamInvalid,
            ):
                bare = self._private.decrypt(sealed, mechanism=pkcs11.Mechanism.RSA_X_509)
                return unpadded(bytes(bare).rjust(len(sealed), b"\0"))
        except pkcs11.PKCS11Error as refused:
            raise ValueError("the token did not unwrap it") from refused


@contextmanager
def key_of(named: str, ask: AskSecret) -> Iterator[KeyHolder]:
    """The key of a PEM file or of a PKCS#11 URI; `ask` asks for a password or PIN.

    Raises BadInput SC-SIGN-045 (no usable key), SC-CMD-002 (file), SC-SIGN-047 (the URI), and
    Unreachable SC-SIGN-048 (the token).
    """
    if not named.startswith(SCHEME):
        yield _file_key(Path(named), ask)
        return
    with _token_key(named, ask) as key:
        yield key


def _file_key(path: Path, ask: AskSecret) -> FileKey:
    try:
        pem = path.read_bytes()
    except OSError as failure:
        raise BadInput("SC-CMD-002", file=path, problem=failure.strerror) from failure
    password = ask("password").encode() if b"ENCRYPTED" in pem else None
    try:
        key = serialization.load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as unusable:
        raise BadInput("SC-SIGN-045", file=path) from unusable
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BadInput("SC-SIGN-045", file=path)
    return FileKey(key)


@contextmanager
def _token_key(uri: str, ask: AskSecret) -> Iterator[TokenKey]:
    import pkcs11
    from pkcs11.util.rsa import encode_rsa_public_key

    where = TokenUri.read(uri)
    pin = _pin(where, ask)
    try:
        token = pkcs11.lib(where.module).get_token(token_label=where.token)
        last = pkcs11.TokenFlag.USER_PIN_FINAL_TRY | pkcs11.TokenFlag.USER_PIN_LOCKED
        if where.pin_file and token.flags & last:
            # A wrong PIN in the file would lock the token; a person who types it knows that.
            raise Unreachable("SC-SIGN-048", token=where.token, problem="last try of the PIN")
        session = token.open(user_pin=pin)
    except (pkcs11.PKCS11Error, RuntimeError) as refused:
        problem = type(refused).__name__
        raise Unreachable("SC-SIGN-048", token=where.token, problem=problem) from refused
    with session:
        kind, label = pkcs11.ObjectClass, where.object
        try:
            private = session.get_key(object_class=kind.PRIVATE_KEY, label=label)
            public = session.get_key(object_class=kind.PUBLIC_KEY, label=label)
            pkcs1 = encode_rsa_public_key(cast("PublicKey", public))
            numbers = serialization.load_der_public_key(_public_info(pkcs1))
        except (pkcs11.PKCS11Error, ValueError) as unusable:
            raise BadInput("SC-SIGN-045", file=label) from unusable
        if not isinstance(numbers, rsa.RSAPublicKey):
            raise BadInput("SC-SIGN-045", file=label)
        yield TokenKey(cast("_PrivateInToken", private), numbers)


def _public_info(pkcs1: bytes) -> bytes:
    """SubjectPublicKeyInfo around a PKCS#1 public key."""
    from asn1crypto import keys

    info = keys.PublicKeyInfo.wrap(keys.RSAPublicKey.load(pkcs1), "rsa")
    return bytes(info.dump())


def _pin(where: TokenUri, ask: AskSecret) -> str:
    if not where.pin_file:
        return ask("pin")
    try:
        return Path(where.pin_file).read_text("utf-8").strip()
    except OSError as failure:
        raise BadInput("SC-CMD-002", file=where.pin_file, problem=failure.strerror) from failure


def _fingerprint(public: rsa.RSAPublicKey) -> str:
    der = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()
