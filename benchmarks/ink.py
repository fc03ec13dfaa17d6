"""One signature between the pad and the document: judged, shaped, sealed.

The floor of sealing is the bare cryptography on the same bytes, without record, JSON and CMS.
"""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.measure import Row, in_turn, middle, seconds
from smartclient.ink.envelope import inspect, seal
from smartclient.ink.quality import judge
from smartclient.ink.shape import shape_of
from smartclient.ink.trace import Trace
from tests.simulators.authority_certificate import authority_certificate

_TRACE = Path(__file__).parents[1] / "tour" / "traces" / "petr.csv"
_NOW = datetime(2026, 11, 21, 17, 21, tzinfo=UTC)
_RUNS = 40


def rows() -> Iterator[Row]:
    """One row a figure."""
    trace = Trace.from_csv(_TRACE.read_text(encoding="utf-8"))
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    authority = authority_certificate(key, "benchmark", _NOW, _NOW + timedelta(days=1))

    def sealed() -> bytes:
        return seal(
            trace,
            field="policyholder",
            digest_algorithm="sha256",
            byte_range_digest=bytes(32),
            recipient=authority,
            captured_at=_NOW,
        )

    clear = secrets.token_bytes(inspect(sealed()).ciphertext_length)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)

    def bare() -> None:
        content_key = secrets.token_bytes(32)
        AESGCM(content_key).encrypt(secrets.token_bytes(12), clear, None)
        key.public_key().encrypt(content_key, oaep)

    ours, floors = in_turn(sealed, bare, _RUNS)
    yield Row("seal a signature", middle(ours) * 1e3, "ms", middle(floors) * 1e3)
    yield Row("shape of a signature", middle(seconds(lambda: shape_of(trace), _RUNS)) * 1e3, "ms")
    yield Row("judge a signature", middle(seconds(lambda: judge(trace), _RUNS)) * 1e3, "ms")
