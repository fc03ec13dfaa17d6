"""The encryption of the pen's stream between pad and computer, both schemes of the series.

It protects the cable only: the key is agreed without authentication and each report is one AES
block by itself. What is signed is sealed for the authority as soon as it is here. Each block
carries the session that this computer chose: another one means a wrong key or a replay.
"""

import logging
import struct
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from smartclient.domain.errors import Unreachable
from smartclient.signpad.stu.device import StuDevice
from smartclient.signpad.stu.reports import (
    KEY_BYTES,
    EncryptionState,
    ReportId,
    State,
    encryption_command,
    parse_encryption,
)

_log = logging.getLogger(__name__)
BLOCK: Final = 16
_PEN: Final = 6
_RSA_BITS, _EXPONENT = 2048, 65537
_AES_128, _OAEP_2048 = 0, 2 << 6 | 2
_SET_TYPE, _SET_PART, _GET_KEY, _MAKE_KEY = 1, 2, 4, 5
_PART_EXPONENT, _PART_MODULUS, _PART_KEY = 0, 1, 2
_LEAST_PRIME: Final = 5
_KEY_POLLS, _EVERY = 125, 0.05


class CableCipher:
    """Opens the blocks of one capture; Unreachable SC-SIGN-006 for one of another session."""

    def __init__(self, key: bytes, session: int) -> None:
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - the pad's own
        self._session = session

    def pair(self, block: bytes) -> tuple[bytes, bytes]:
        """Report 10 and 31: the session and two positions."""
        plain = self._opened(block)
        self._require_session(plain[:4])
        return plain[4 : 4 + _PEN], plain[4 + _PEN : 4 + 2 * _PEN]

    def timed(self, block: bytes) -> tuple[bytes, int, int]:
        """Report 33: one position, its time in ms and its sequence number, and the session."""
        plain = self._opened(block)
        self._require_session(plain[12:16])
        time_ms, sequence = struct.unpack(">HH", plain[_PEN : _PEN + 4])
        return plain[:_PEN], time_ms, sequence

    def _opened(self, block: bytes) -> bytes:
        opener = self._cipher.decryptor()
        return opener.update(block[:BLOCK]) + opener.finalize()

    def _require_session(self, told: bytes) -> None:
        if told != struct.pack(">I", self._session):
            raise Unreachable("SC-SIGN-006")


def agreed_key(device: StuDevice, random: Callable[[int], bytes]) -> bytes | None:
    """The AES key of the scheme that the pad itself shows; None for one that cannot encrypt.

    What its model should have is not asked: firmware of one model differs. `random` gives so many
    unpredictable bytes.
    """
    prime = int.from_bytes((device.offered(ReportId.DH_PRIME) or b"")[1:], "big")
    if prime:
        return _agreed_by_diffie_hellman(device, prime, random)
    if device.offered(ReportId.ENCRYPTION_STATUS):
        return _agreed_by_rsa(device)
    _log.warning("the pad cannot encrypt its cable", extra={"kind": device.model.name})
    return None


def _agreed_by_diffie_hellman(
    device: StuDevice, prime: int, random: Callable[[int], bytes]
) -> bytes:
    """The key of the older models."""
    if prime < _LEAST_PRIME:
        raise Unreachable("SC-SIGN-005", report=f"{ReportId.DH_PRIME:02X}", result=prime)
    base = int.from_bytes(device.get(ReportId.DH_BASE)[1:], "big")
    private = int.from_bytes(random(BLOCK), "big") % (prime - 2) + 1
    public = pow(base, private, prime).to_bytes(BLOCK, "big")
    device.set(bytes((ReportId.HOST_PUBLIC_KEY,)) + public)
    device.wait_for(State.READY)
    theirs = int.from_bytes(device.get(ReportId.DEVICE_PUBLIC_KEY)[1:], "big")
    return pow(theirs, private, prime).to_bytes(BLOCK, "big")


def _agreed_by_rsa(device: StuDevice) -> bytes:
    """The key of the newer models: the pad makes it and sends it under our public key."""
    own = rsa.generate_private_key(_EXPONENT, _RSA_BITS)
    numbers = own.public_key().public_numbers()
    exponent = numbers.e.to_bytes(3, "big")
    modulus = numbers.n.to_bytes(_RSA_BITS // 8, "big")
    device.set(encryption_command(_SET_TYPE, _AES_128, _OAEP_2048))
    device.set(encryption_command(_SET_PART, _PART_EXPONENT, len(exponent), exponent))
    for start in range(0, len(modulus), KEY_BYTES):
        part = modulus[start : start + KEY_BYTES]
        device.set(encryption_command(_SET_PART, _PART_MODULUS, len(part), part))
    state = _state(device)
    _require(state.exponent == 0 and state.modulus == 0, state)
    device.set(encryption_command(_MAKE_KEY, 0, 0))
    _await_key(device)
    sealed = b"".join(_part_of_key(device, index) for index in range(len(modulus) // KEY_BYTES))
    scheme = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - theirs
    try:
        key = own.decrypt(sealed, scheme)[-BLOCK:]
    except ValueError as nonsense:
        raise _no_key(len(sealed)) from nonsense
    if len(key) != BLOCK:
        raise _no_key(len(key))
    return key


def _await_key(device: StuDevice) -> None:
    for _try in range(_KEY_POLLS):
        state = _state(device)
        if state.key == 0:
            return
        device.pause(_EVERY)
    _require(False, state)


def _part_of_key(device: StuDevice, index: int) -> bytes:
    device.set(encryption_command(_GET_KEY, _PART_KEY, index))
    told = device.get(ReportId.ENCRYPTION_COMMAND)
    return told[4 : 4 + told[3]]


def _no_key(length: int) -> Unreachable:
    """What the pad gave under our public key is none."""
    return Unreachable("SC-SIGN-005", report=f"{ReportId.ENCRYPTION_COMMAND:02X}", result=length)


def _state(device: StuDevice) -> EncryptionState:
    return parse_encryption(device.get(ReportId.ENCRYPTION_STATUS))


def _require(well: bool, state: EncryptionState) -> None:
    if not well:
        raise Unreachable("SC-SIGN-005", report="50", result=state.result)
