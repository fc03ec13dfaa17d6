"""Windows' key storage at the boundary of ncrypt.dll: C functions over real keys in memory.

As strict as the reference: names of another length, blobs into a buffer that is too small, a key
that is not finished, a handle that was freed and an export that the policy forbids are refused
with their status. What it keeps outlives the handles, as a key storage does.
"""

import ctypes
import struct
from collections.abc import Callable
from ctypes import CFUNCTYPE, c_size_t, c_uint32, c_void_p, c_wchar_p
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

OK = 0
INVALID_HANDLE = 0x80090026
BAD_KEYSET = 0x80090016
EXISTS = 0x8009000F
NOT_READY = 0x80090030
NOT_SUPPORTED = 0x80090029
BUFFER_TOO_SMALL = 0x80090028
BAD_LENGTH = 0x80090004
PERMISSION_DENIED = 0x80090010


@dataclass
class _Key:
    private: EllipticCurvePrivateKey
    finished: bool = False
    exportable: bool = True


@dataclass
class KeyStorage:
    """The providers of one user, by name: each a table of keys by name."""

    providers: dict[str, dict[str, _Key]]
    not_ready: set[str] = field(default_factory=set)
    """Providers that are installed but cannot be used, as a TPM that is switched off."""


class EmulatedNcrypt:
    """ncrypt.dll over a key storage; attributes are C functions with declared arguments."""

    def __init__(self, storage: KeyStorage) -> None:
        self._storage = storage
        self._handles: dict[int, tuple[str, _Key | None]] = {}
        self._next = 0x1000
        self._kept = {
            "NCryptOpenStorageProvider": self._function(
                self._open_provider, c_void_p, c_wchar_p, c_uint32
            ),
            "NCryptCreatePersistedKey": self._function(
                self._create, c_size_t, c_void_p, c_wchar_p, c_wchar_p, c_uint32, c_uint32
            ),
            "NCryptSetProperty": self._function(
                self._set_property, c_size_t, c_wchar_p, c_void_p, c_uint32, c_uint32
            ),
            "NCryptFinalizeKey": self._function(self._finalise, c_size_t, c_uint32),
            "NCryptOpenKey": self._function(
                self._open_key, c_size_t, c_void_p, c_wchar_p, c_uint32, c_uint32
            ),
            "NCryptExportKey": self._function(
                self._export,
                *(c_size_t, c_size_t, c_wchar_p, c_void_p, c_void_p),
                *(c_uint32, c_void_p, c_uint32),
            ),
            "NCryptSignHash": self._function(
                self._sign,
                *(c_size_t, c_void_p, c_void_p, c_uint32, c_void_p),
                *(c_uint32, c_void_p, c_uint32),
            ),
            "NCryptFreeObject": self._function(self._free, c_size_t),
        }

    def __getattr__(self, name: str) -> object:
        return self._kept[name]

    @property
    def open_handles(self) -> int:
        """How many handles nobody has freed."""
        return len(self._handles)

    @staticmethod
    def _function(work: Callable[..., int], *arguments: type) -> object:
        return CFUNCTYPE(c_uint32, *arguments)(work)

    def _give(self, place: int, provider: str, key: _Key | None) -> int:
        self._next += 8
        self._handles[self._next] = provider, key
        ctypes.cast(place, ctypes.POINTER(c_size_t))[0] = self._next
        return OK

    def _key(self, handle: int) -> _Key | None:
        return self._handles.get(handle, ("", None))[1]

    def _open_provider(self, place: int, name: str, _flags: int) -> int:
        if name not in self._storage.providers:
            return NOT_SUPPORTED
        return NOT_READY if name in self._storage.not_ready else self._give(place, name, None)

    def _create(
        self, provider: int, place: int, algorithm: str, name: str, _spec: int, _flags: int
    ) -> int:
        if provider not in self._handles:
            return INVALID_HANDLE
        kept = self._storage.providers[self._handles[provider][0]]
        if algorithm != "ECDSA_P256":
            return NOT_SUPPORTED
        if name in kept:
            return EXISTS
        kept[name] = _Key(generate_private_key(SECP256R1()))
        return self._give(place, self._handles[provider][0], kept[name])

    def _set_property(self, handle: int, name: str, value: int, size: int, _flags: int) -> int:
        key = self._key(handle)
        if key is None:
            return INVALID_HANDLE
        if name != "Export Policy" or size != 4:
            return NOT_SUPPORTED
        key.exportable = ctypes.string_at(value, size) != b"\0\0\0\0"
        return OK

    def _finalise(self, handle: int, _flags: int) -> int:
        key = self._key(handle)
        if key is None:
            return INVALID_HANDLE
        key.finished = True
        return OK

    def _open_key(self, provider: int, place: int, name: str, _spec: int, _flags: int) -> int:
        if provider not in self._handles:
            return INVALID_HANDLE
        key = self._storage.providers[self._handles[provider][0]].get(name)
        if key is None or not key.finished:
            return BAD_KEYSET
        return self._give(place, self._handles[provider][0], key)

    def _export(
        self,
        handle: int,
        _wrapping: int,
        kind: str,
        _parameters: int,
        output: int,
        size: int,
        written: int,
        _flags: int,
    ) -> int:
        key = self._key(handle)
        if key is None or not key.finished:
            return INVALID_HANDLE
        if kind != "ECCPUBLICBLOB":
            return NOT_SUPPORTED if key.exportable else PERMISSION_DENIED
        numbers = key.private.public_key().public_numbers()
        blob = struct.pack("<II", 0x31534345, 32)
        blob += numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        return self._put(blob, output, size, written)

    def _sign(
        self,
        handle: int,
        padding: int | None,
        digest: int,
        digest_size: int,
        output: int,
        size: int,
        written: int,
        _flags: int,
    ) -> int:
        key = self._key(handle)
        if key is None or not key.finished:
            return INVALID_HANDLE
        if padding is not None or digest_size != 32:
            return BAD_LENGTH
        signed = key.private.sign(ctypes.string_at(digest, 32), ECDSA(Prehashed(SHA256())))
        r, s = decode_dss_signature(signed)
        return self._put(r.to_bytes(32, "big") + s.to_bytes(32, "big"), output, size, written)

    @staticmethod
    def _put(content: bytes, output: int, size: int, written: int) -> int:
        if size < len(content):
            return BUFFER_TOO_SMALL
        ctypes.memmove(output, content, len(content))
        ctypes.cast(written, ctypes.POINTER(c_uint32))[0] = len(content)
        return OK

    def _free(self, handle: int) -> int:
        return INVALID_HANDLE if self._handles.pop(handle, None) is None else OK
