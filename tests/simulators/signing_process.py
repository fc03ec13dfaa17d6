"""A process of its own that captures, signs and seals once, then stands still to be looked into.

    python -m tests.simulators.signing_process FOLDER [--unwiped]

FOLDER holds issued.pdf, seal-key.pem, seal.pem (with its chain) and authority.pem. When all is done
it writes signed.pdf, prints "done" and waits for a line. With --unwiped nothing is overwritten and
a CSV of the trace is kept, so that a search of its memory must find all of it.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from smartclient.documents.keys import SealKey
from smartclient.documents.signing import sign
from smartclient.ink import capture, envelope
from smartclient.ink.port import Sample
from smartclient.ink.record import write_iso
from smartclient.ink.shape import shape_of
from tests.simulators.stu.scribble import COUNT, place
from tour.synthetic_pen import PAD

AT = datetime(2026, 11, 21, 17, 21, tzinfo=UTC)
_kept: list[object] = []


def sample(index: int) -> Sample:
    """The report of that number: a scribble that is nowhere in this file."""
    x, y, pressure = place(index)
    return Sample(1_000_003 + index * 5_000, x, y, pressure, True, True)


def keep(something: object) -> None:
    """Let it stay in memory."""
    _kept.append(something)


class _Unwiped(bytearray):
    """A buffer that is not overwritten as a whole, and stays."""

    def __setitem__(self, key: object, value: object) -> None:
        if key != slice(None):
            super().__setitem__(key, value)  # type: ignore[call-overload]


def leave_everything() -> None:
    """Switch off all overwriting from the buffer to the seal."""
    around = envelope._around_base64

    def kept(buffer: bytearray) -> bytearray:
        left = _Unwiped(buffer)
        _kept.append(left)
        return left

    vars(envelope).update(
        write_iso=lambda trace: kept(write_iso(trace)),
        _around_base64=lambda before, source, after: kept(around(before, source, after)),
    )


def sign_and_seal(folder: Path, buffer: capture.CaptureBuffer, *, unwiped: bool) -> None:
    """As the ceremony does it, with the files of the folder."""
    key = load_pem_private_key((folder / "seal-key.pem").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate, *chain = x509.load_pem_x509_certificates((folder / "seal.pem").read_bytes())
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    trace = buffer.trace(AT)
    pdf = sign(
        (folder / "issued.pdf").read_bytes(),
        field="policyholder",
        key=SealKey(key, certificate, tuple(chain)),
        ink=shape_of(trace),
        sealed=lambda digest: envelope.seal(
            trace,
            field="policyholder",
            digest_algorithm="sha256",
            byte_range_digest=digest,
            recipient=authority,
            captured_at=AT,
        ),
        at=AT,
        reason="",
    )
    (folder / "signed.pdf").write_bytes(pdf)
    if unwiped:
        _kept.extend((buffer, trace.to_csv()))
    else:
        buffer.wipe()


def stand_still() -> None:
    """Say that all is done, and wait to be looked into."""
    print("done", flush=True)
    sys.stdin.readline()


def main(folder: Path, *, unwiped: bool) -> None:
    """Sign, say so, and wait."""
    if unwiped:
        leave_everything()
    buffer = capture.CaptureBuffer(PAD)
    for index in range(COUNT):
        buffer.add(sample(index))
    sign_and_seal(folder, buffer, unwiped=unwiped)
    stand_still()


if __name__ == "__main__":
    main(Path(sys.argv[1]), unwiped="--unwiped" in sys.argv)
