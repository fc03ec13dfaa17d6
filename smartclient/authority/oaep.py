"""Taking RSA-OAEP (SHA-256) padding off, for tokens that only do the bare RSA operation.

RFC 8017 §7.1.2, decoding: every fault gives the same refusal.
"""

import hashlib
import hmac

_HASH = 32


def unpadded(encoded: bytes) -> bytes:
    """The message of an encoded one as long as the modulus; ValueError when it does not decode."""
    first, masked_seed, masked_block = encoded[0], encoded[1 : 1 + _HASH], encoded[1 + _HASH :]
    if len(masked_block) < _HASH + 1:
        raise ValueError("does not decode")
    seed = _xor(masked_seed, _mask(masked_block, _HASH))
    block = _xor(masked_block, _mask(seed, len(masked_block)))
    rest = block[_HASH:].lstrip(b"\0")
    label_fits = hmac.compare_digest(block[:_HASH], hashlib.sha256(b"").digest())
    if first != 0 or not label_fits or rest[:1] != b"\1":
        raise ValueError("does not decode")
    return rest[1:]


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1."""
    blocks = (
        hashlib.sha256(seed + count.to_bytes(4, "big")).digest()
        for count in range(-(-length // _HASH))
    )
    return b"".join(blocks)[:length]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
