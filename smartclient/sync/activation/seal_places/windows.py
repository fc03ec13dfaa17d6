"""The seal key kept by Windows: CNG's key storage, in the TPM where there is one.

Only `ncrypt.dll` is called, through the few functions declared here. Source: the reference of the
Cryptography API: Next Generation, "NCrypt" functions, and BCRYPT_ECCKEY_BLOB.
"""

import ctypes
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_size_t, c_ubyte, c_uint32, c_void_p, c_wchar_p
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)

from smartclient.domain.errors import NotAllowed, SmartClientError, Unreachable
from smartclient.sync.activation.seal_places.handles import handle_of, label_of, public_of
from smartclient.sync.activation.seal_places.place import COORDINATE_BYTES, StayingKey
from smartclient.wire.values import JsonObject, text

TPM: Final = "Microsoft Platform Crypto Provider"
SOFTWARE: Final = "Microsoft Software Key Storage Provider"
_ALGORITHM: Final = "ECDSA_P256"
_PUBLIC_BLOB: Final = "ECCPUBLICBLOB"
_PUBLIC_MAGIC: Final = 0x31534345
"""BCRYPT_ECDSA_PUBLIC_P256_MAGIC, "ECS1"."""
_EXPORT_POLICY: Final = "Export Policy"
_BAD_KEYSET: Final = 0x80090016
_NOT_READY: Final = frozenset({0x80090030, 0x8009000D, 0x80090029})
"""NTE_DEVICE_NOT_READY, NTE_NO_KEY and NTE_NOT_SUPPORTED: this provider is not to be had."""
_PROVIDER: Final = "provider"
_PREFIX: Final = "SmartClient seal "

Handle = c_size_t
_BYTES = POINTER(c_ubyte)
_SIGNATURES: Final[dict[str, tuple[object, ...]]] = {
    "NCryptOpenStorageProvider": (POINTER(Handle), c_wchar_p, c_uint32),
    "NCryptCreatePersistedKey": (Handle, POINTER(Handle), c_wchar_p, c_wchar_p, c_uint32, c_uint32),
    "NCryptSetProperty": (Handle, c_wchar_p, c_char_p, c_uint32, c_uint32),
    "NCryptFinalizeKey": (Handle, c_uint32),
    "NCryptOpenKey": (Handle, POINTER(Handle), c_wchar_p, c_uint32, c_uint32),
    "NCryptExportKey": (
        Handle,
        Handle,
        c_wchar_p,
        c_void_p,
        c_char_p,
        c_uint32,
        POINTER(c_uint32),
        c_uint32,
    ),
    "NCryptSignHash": (
        Handle,
        c_void_p,
        c_char_p,
        c_uint32,
        c_char_p,
        c_uint32,
        POINTER(c_uint32),
        c_uint32,
    ),
    "NCryptFreeObject": (Handle,),
}


class Ncrypt(Protocol):
    """The library as ctypes gives it: functions by name, each answering a SECURITY_STATUS."""

    def __getattr__(self, name: str) -> "ctypes._NamedFuncPointer": ...


def system_library() -> Ncrypt:
    """`ncrypt.dll` with its functions declared; on Windows only."""
    library: Ncrypt = ctypes.WinDLL("ncrypt")  # type: ignore[attr-defined]
    for name, arguments in _SIGNATURES.items():
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = c_uint32
    return library


class WindowsPlace:
    """The key storage of the signed-in user; the first provider that makes a key keeps it."""

    def __init__(self, library: Ncrypt, providers: Sequence[str] = (TPM, SOFTWARE)) -> None:
        self._library = library
        self._providers = tuple(providers)

    @property
    def name(self) -> str:
        """As it stands in the handle."""
        return "windows"

    def make(self, label: str) -> JsonObject:
        """A new key that cannot be exported, in the TPM or else in the software storage."""
        problem: SmartClientError = Unreachable("SC-ACT-030", place="Windows")
        for provider in self._providers:
            try:
                public = self._made(provider, _PREFIX + label)
            except SmartClientError as refused:
                problem = refused
                continue
            handle = handle_of(self.name, _PREFIX + label, public)
            return handle | {_PROVIDER: provider}
        raise problem

    def open(self, handle: JsonObject) -> StayingKey:
        """The key of a handle; Windows is asked when something is signed."""
        provider = text(handle, _PROVIDER, 200)
        return _WindowsKey(self, provider, label_of(handle), public_of(handle))

    def sign(self, provider: str, label: str, digest: bytes) -> bytes:
        """Have Windows sign a digest: r and s; raises as `SealKeyPlace.open` says."""
        signature = ctypes.create_string_buffer(2 * COORDINATE_BYTES)
        written = c_uint32()
        with self._provider(provider) as storage, self._key(storage, label) as key:
            self._call(
                "NCryptSignHash",
                key,
                None,
                digest,
                len(digest),
                signature,
                len(signature),
                byref(written),
                0,
            )
        return signature.raw[: written.value]

    def _made(self, provider: str, label: str) -> EllipticCurvePublicKey:
        with self._provider(provider) as storage:
            key = Handle()
            self._call("NCryptCreatePersistedKey", storage, byref(key), _ALGORITHM, label, 0, 0)
            with self._freed(key):
                never = struct.pack("<I", 0)
                self._call("NCryptSetProperty", key, _EXPORT_POLICY, never, len(never), 0)
                self._call("NCryptFinalizeKey", key, 0)
                return self._public(key)

    def _public(self, key: Handle) -> EllipticCurvePublicKey:
        blob = ctypes.create_string_buffer(8 + 2 * COORDINATE_BYTES)
        written = c_uint32()
        self._call(
            "NCryptExportKey", key, 0, _PUBLIC_BLOB, None, blob, len(blob), byref(written), 0
        )
        magic, size = struct.unpack_from("<II", blob.raw)
        if (magic, size, written.value) != (_PUBLIC_MAGIC, COORDINATE_BYTES, len(blob)):
            raise NotAllowed("SC-ACT-031", place="Windows", problem="ECCPUBLICBLOB")
        x, y = blob.raw[8:40], blob.raw[40:72]
        numbers = EllipticCurvePublicNumbers(
            int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1()
        )
        return numbers.public_key()

    @contextmanager
    def _provider(self, provider: str) -> Iterator[Handle]:
        storage = Handle()
        self._call("NCryptOpenStorageProvider", byref(storage), provider, 0)
        with self._freed(storage):
            yield storage

    @contextmanager
    def _key(self, storage: Handle, label: str) -> Iterator[Handle]:
        key = Handle()
        self._call("NCryptOpenKey", storage, byref(key), label, 0, 0)
        with self._freed(key):
            yield key

    @contextmanager
    def _freed(self, handle: Handle) -> Iterator[None]:
        try:
            yield
        finally:
            self._library.NCryptFreeObject(handle)

    def _call(self, name: str, *arguments: object) -> None:
        status = int(getattr(self._library, name)(*arguments)) & 0xFFFFFFFF
        if status == 0:
            return
        if status == _BAD_KEYSET:
            raise NotAllowed("SC-ACT-032", place="Windows")
        if status in _NOT_READY:
            raise Unreachable("SC-ACT-030", place="Windows")
        raise NotAllowed("SC-ACT-031", place="Windows", problem=f"{name} {status:08X}")


class _WindowsKey(StayingKey):
    """A key in the storage of Windows."""

    def __init__(
        self, place: WindowsPlace, provider: str, label: str, public: EllipticCurvePublicKey
    ) -> None:
        super().__init__(public)
        self._place = place
        self._provider = provider
        self._label = label

    def sign_digest(self, digest: bytes) -> bytes:
        """Signed by Windows."""
        return self._place.sign(self._provider, self._label, digest)
