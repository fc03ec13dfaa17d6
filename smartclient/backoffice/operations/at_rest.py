"""How bodies and blobs lie at rest: sealed with a data key per scope, wrapped by the office's key.

A body is one AES-256-GCM message under the scope's key. A blob has a key of its own (HKDF from the
scope's key and a random salt) and is sealed in segments of 1 MiB, so that a part can be read
without the whole; the nonce is the segment's number with a mark on the last one (the STREAM
construction), so that segments can be neither moved nor cut off.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smartclient.domain.errors import Damaged

Random = Callable[[int], bytes]
ReadAt = Callable[[int, int], bytes]
"""Offset and length of sealed bytes to read."""

KEY_BYTES: Final = 32
SEGMENT: Final = 1 << 20
_NONCE = 12
_TAG = 16
_SALT = 16


class ScopeKey:
    """The data key of one scope, in use."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(key)

    def seal(self, content: bytes, name: str, random: Random) -> bytes:
        """The content of a small thing, bound to its `name`."""
        nonce = random(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """What `seal` was given; Damaged SC-SERV-060 for anything else."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (InvalidTag, ValueError) as broken:
            raise Damaged("SC-SERV-060") from broken

    def seal_blob(self, content: bytes | memoryview, name: str, random: Random) -> bytearray:
        """The content of a blob in segments, after its salt; each written where it is to stand."""
        salt = random(_SALT)
        cipher = self._blob_cipher(salt, name)
        last = max(len(content) - 1, 0) // SEGMENT
        sealed = bytearray(_SALT + len(content) + (last + 1) * _TAG)
        sealed[:_SALT] = salt
        whole, place = memoryview(content), memoryview(sealed)
        for number in range(last + 1):
            segment = whole[number * SEGMENT : (number + 1) * SEGMENT]
            begin = _SALT + number * (SEGMENT + _TAG)
            into = place[begin : begin + len(segment) + _TAG]
            cipher.encrypt_into(_segment_nonce(number, last), segment, None, into)
        return sealed

    def open_blob(self, read: ReadAt, name: str, size: int, start: int, length: int) -> bytes:
        """`length` bytes from `start` of a blob of `size` bytes; Damaged SC-SERV-060."""
        cipher = self._blob_cipher(read(0, _SALT), name)
        last = max(size - 1, 0) // SEGMENT
        first_wanted = start // SEGMENT
        last_wanted = max(start + length - 1, start) // SEGMENT
        opened = []
        for number in range(first_wanted, min(last_wanted, last) + 1):
            offset = _SALT + number * (SEGMENT + _TAG)
            try:
                sealed = read(offset, SEGMENT + _TAG)
                opened.append(cipher.decrypt(_segment_nonce(number, last), sealed, None))
            except (InvalidTag, ValueError) as broken:
                raise Damaged("SC-SERV-060") from broken
        skipped = start - first_wanted * SEGMENT
        return b"".join(opened)[skipped : skipped + length]

    def _blob_cipher(self, salt: bytes, name: str) -> AESGCM:
        derived = HKDF(SHA256(), KEY_BYTES, salt, name.encode())
        return AESGCM(derived.derive(self._key))


def _segment_nonce(number: int, last: int) -> bytes:
    return b"smartcl" + number.to_bytes(4, "big") + (b"\x01" if number == last else b"\x00")


class DataKeys:
    """Makes and opens the data keys of scopes with the key of the office (256 bit)."""

    def __init__(self, office_key: bytes) -> None:
        self._wrapping = AESGCM(office_key)
        self._of = lru_cache(maxsize=4096)(self._unwrapped)

    def new(self, scope: str, random: Random) -> bytes:
        """A new data key for the scope, wrapped."""
        nonce = random(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, random(KEY_BYTES), scope.encode())

    def of(self, scope: str, wrapped: bytes) -> ScopeKey:
        """The key that `new` wrapped; Damaged SC-SERV-060 under another office's key."""
        return self._of(scope, wrapped)

    def _unwrapped(self, scope: str, wrapped: bytes) -> ScopeKey:
        try:
            key = self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], scope.encode())
        except (InvalidTag, ValueError) as broken:
            raise Damaged("SC-SERV-060") from broken
        return ScopeKey(key)
