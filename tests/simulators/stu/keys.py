"""The pad's side of both key agreements, and how it encrypts its reports."""

import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PRIME = 0xF5C6B1E9A34F2D6B8C1E97D3A05B4C6F | 1
BASE = 5
_PRIVATE = 0x1234567890ABCDEF1122334455667788
NOT_READY, CALCULATING = 0xFF, 0xFA


def encrypted(key: bytes, plain: bytes) -> bytes:
    """One AES block."""
    sealing = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return sealing.update(plain) + sealing.finalize()


class DiffieHellman:
    """Type 1."""

    def __init__(self) -> None:
        self.key: bytes | None = None
        self.public = pow(BASE, _PRIVATE, PRIME).to_bytes(16, "big")

    def take(self, host_key: bytes) -> None:
        """The host's public key."""
        theirs = int.from_bytes(host_key, "big")
        self.key = pow(theirs, _PRIVATE, PRIME).to_bytes(16, "big")


class Rsa:
    """Type 2: the pad makes the key and gives it under the host's public key."""

    def __init__(self) -> None:
        self.key: bytes | None = None
        self._type = b"\0\0"
        self._exponent = b""
        self._modulus = b""
        self._sealed = b""
        self._asked = 0
        self.key_bytes = bytes(range(16))
        self.is_slow = False
        """The key is not ready however long it is waited for."""
        self.spoils_the_key = False
        """What it gives under the host's public key is nonsense."""
        self.result = 0

    def command(self, report: bytes) -> None:
        """Report 40."""
        command, parameter, length = report[1:4]
        content = report[4 : 4 + length]
        self.result = 0
        match command, parameter:
            case 1, aes:
                self._type = bytes((aes, length))
                self._exponent = self._modulus = b""
            case 2, 0:
                self._exponent = content
            case 2, 1:
                self._modulus += content
            case 5, _ if self._type != b"\0\x82":
                self.result = 1
            case 5, _ if len(self._modulus) != 256:
                self.result = 3
            case 5, _:
                self._make()
            case 4, 2 if length < 4:
                self._asked = length
            case _:
                self.result = 7

    def status(self) -> bytes:
        """The payload of report 50."""
        exponent = 0 if self._exponent else NOT_READY
        modulus = 0 if len(self._modulus) == 256 else NOT_READY
        key = CALCULATING if self.is_slow else 0 if self.key else NOT_READY
        head = self._type + bytes((0, exponent, modulus, key, self.result, 7))
        return head.ljust(16, b"\0")

    def part(self) -> bytes:
        """The payload of report 40 after the command to give a part of the key."""
        part = self._sealed[64 * self._asked : 64 * self._asked + 64]
        return bytes((4, 2, len(part))) + part.ljust(64, b"\0")

    def _make(self) -> None:
        self.key = self.key_bytes
        public = RSAPublicNumbers(
            int.from_bytes(self._exponent, "big"), int.from_bytes(self._modulus, "big")
        ).public_key()
        scheme = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
        self._sealed = public.encrypt(b"\x55" * 8 + self.key, scheme)
        if self.spoils_the_key:
            self._sealed = bytes(len(self._sealed))


def block_of_pair(session: int, first: bytes, second: bytes) -> bytes:
    """Report 10's plaintext."""
    return struct.pack(">I", session) + first + second


def block_with_time(session: int, pen: bytes, time_ms: int, sequence: int) -> bytes:
    """Report 33's plaintext."""
    return pen + struct.pack(">HHHI", time_ms, sequence, 0, session)
