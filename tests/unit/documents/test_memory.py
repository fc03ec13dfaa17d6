"""After sealing no run of the pen's reports is left in the memory of the process, in no form."""

import base64
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from smartclient.ink.capture import _ROW, CaptureBuffer
from smartclient.ink.record import write_iso
from tests.simulators.signing_process import AT, sample
from tests.simulators.stu.kinds import STU_430
from tests.simulators.stu.positions import position
from tests.simulators.stu.scribble import COUNT, place
from tests.unit.documents.workshop import REPOSITORY, authority, seal_key, signed
from tests.unit.signpad.desk import Desk, samples, take
from tour.synthetic_pen import PAD

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="the memory of a process is a file on Linux only"
)
RUN = 4
"""Reports in a row: enough to be of the pen and nothing else."""
FORMS = ("packed rows", "ISO record", "base64", "CSV")
ON_THE_WAY = ("opened report", "point of the mirror")
"""What driver and window make of each report: one alone is looked for, not a run."""


def captured() -> CaptureBuffer:
    """What the first process puts into its buffer."""
    buffer = CaptureBuffer(PAD)
    for index in range(COUNT):
        buffer.add(sample(index))
    return buffer


def driven() -> CaptureBuffer:
    """What the product's driver makes of the same pen on a pad."""
    desk = Desk(STU_430)
    pad = desk.opened()
    buffer, events = CaptureBuffer(pad.description), pad.start()
    desk.pad.draw(place(index) for index in range(COUNT))
    for each in samples(take(pad, events, COUNT)):
        buffer.add(each)
    return buffer


def patterns(buffer: CaptureBuffer) -> Mapping[str, list[bytes]]:
    """For each form: what a run of reports looks like, at many places of the signature."""
    trace = buffer.trace(AT)
    record = bytes(write_iso(trace))
    encoded = base64.b64encode(record)
    lines = trace.to_csv().encode().splitlines(keepends=True)[2:]
    starts, wide = range(0, COUNT - RUN, 40), STU_430.size[0]
    body = len(record) - 8 * COUNT
    return {
        "packed rows": [
            bytes(buffer._packed[at * _ROW.size : (at + RUN) * _ROW.size]) for at in starts
        ],
        "ISO record": [record[body + 8 * at : body + 8 * (at + RUN)] for at in starts],
        "base64": [encoded[(body + 8 * at) // 3 * 4 :][: 11 * RUN] for at in starts],
        "CSV": [b"".join(lines[at : at + RUN]) for at in starts],
        "opened report": [position(*place(at), touching=True) for at in starts],
        "point of the mirror": [struct.pack("<d", place(at + 2)[0] / wide) for at in starts],
    }


def memory_of(process: int) -> Iterator[bytes]:
    """Every part of the memory of a process that it can write to."""
    maps = Path(f"/proc/{process}/maps").read_text(encoding="ascii").splitlines()
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            place, rights, *_rest = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in place.split("-"))
            memory.seek(start)
            try:
                yield memory.read(end - start)
            except OSError:
                continue


def found_after_signing(
    program: str, folder: Path, buffer: CaptureBuffer, *arguments: str
) -> dict[str, int]:
    """How many runs of each form are left when a process has signed and sealed."""
    key, certificate, chain = seal_key().private_key, seal_key().certificate, seal_key().chain
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "seal-key.pem").write_bytes(private)
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in (certificate, *chain))
    (folder / "seal.pem").write_bytes(pem)
    (folder / "authority.pem").write_bytes(authority().public_bytes(Encoding.PEM))
    (folder / "issued.pdf").write_bytes(signed().revisions[0])
    command = [sys.executable, "-m", f"tests.simulators.{program}", str(folder), *arguments]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        parts = list(memory_of(process.pid))
        process.communicate("\n")
    assert process.returncode == 0
    assert (folder / "signed.pdf").stat().st_size > len(signed().revisions[0])
    looked_for = patterns(buffer)
    return {
        form: sum(any(each in part for part in parts) for each in looked_for[form])
        for form in (FORMS if program == "signing_process" else (*FORMS, *ON_THE_WAY))
    }


def test_that_nothing_of_the_pen_is_left_after_sealing(tmp_path: Path) -> None:
    found = found_after_signing("signing_process", tmp_path, captured())
    assert found == dict.fromkeys(FORMS, 0)


def test_that_the_search_finds_every_form_where_nothing_is_wiped(tmp_path: Path) -> None:
    """Without it the test above could pass because it looks for the wrong thing."""
    found = found_after_signing("signing_process", tmp_path, captured(), "--unwiped")
    assert found == dict.fromkeys(FORMS, len(range(0, 396, 40)))


@pytest.mark.long
def test_that_driver_and_window_leave_nothing_of_the_pen_either(tmp_path: Path) -> None:
    """From the encrypted cable through the driver to the buffer and the mirror of the display."""
    found = found_after_signing("signing_window", tmp_path, driven())
    assert found == dict.fromkeys((*FORMS, *ON_THE_WAY), 0)


@pytest.mark.long
def test_that_the_search_of_the_whole_way_finds_every_form(tmp_path: Path) -> None:
    every = len(range(0, 396, 40))
    found = found_after_signing("signing_window", tmp_path, driven(), "--unwiped")
    assert found == dict.fromkeys((*FORMS, *ON_THE_WAY), every)
