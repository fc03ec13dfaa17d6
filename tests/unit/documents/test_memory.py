"""After sealing no run of the pen's reports is left in the memory of the process, in no form."""

import base64
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from smartclient.ink.capture import _ROW, CaptureBuffer
from smartclient.ink.record import write_iso
from tests.simulators.signing_process import AT, COUNT, sample
from tests.unit.documents.workshop import REPOSITORY, authority, seal_key, signed
from tour.synthetic_pen import PAD

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="the memory of a process is a file on Linux only"
)
RUN = 4
"""Reports in a row: enough to be of the pen and nothing else."""
FORMS = ("packed rows", "ISO record", "base64", "CSV")


def patterns() -> Mapping[str, list[bytes]]:
    """For each form: what a run of reports looks like, at many places of the signature."""
    buffer = CaptureBuffer(PAD)
    for index in range(COUNT):
        buffer.add(sample(index))
    trace = buffer.trace(AT)
    record = bytes(write_iso(trace))
    encoded = base64.b64encode(record)
    lines = trace.to_csv().encode().splitlines(keepends=True)[2:]
    starts = range(0, COUNT - RUN, 40)
    body = len(record) - 8 * COUNT
    return {
        "packed rows": [
            bytes(buffer._packed[at * _ROW.size : (at + RUN) * _ROW.size]) for at in starts
        ],
        "ISO record": [record[body + 8 * at : body + 8 * (at + RUN)] for at in starts],
        "base64": [encoded[(body + 8 * at) // 3 * 4 :][: 11 * RUN] for at in starts],
        "CSV": [b"".join(lines[at : at + RUN]) for at in starts],
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


def found_after_signing(folder: Path, *arguments: str) -> dict[str, int]:
    """How many runs of each form are left when a process has signed and sealed."""
    key, certificate, chain = seal_key().private_key, seal_key().certificate, seal_key().chain
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "seal-key.pem").write_bytes(private)
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in (certificate, *chain))
    (folder / "seal.pem").write_bytes(pem)
    (folder / "authority.pem").write_bytes(authority().public_bytes(Encoding.PEM))
    (folder / "issued.pdf").write_bytes(signed().revisions[0])
    command = [sys.executable, "-m", "tests.simulators.signing_process", str(folder), *arguments]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        parts = list(memory_of(process.pid))
        process.communicate("\n")
    assert process.returncode == 0
    assert (folder / "signed.pdf").stat().st_size > len(signed().revisions[0])
    return {
        form: sum(any(each in part for part in parts) for each in runs)
        for form, runs in patterns().items()
    }


def test_that_nothing_of_the_pen_is_left_after_sealing(tmp_path: Path) -> None:
    assert found_after_signing(tmp_path) == dict.fromkeys(FORMS, 0)


def test_that_the_search_finds_every_form_where_nothing_is_wiped(tmp_path: Path) -> None:
    """Without it the test above could pass because it looks for the wrong thing."""
    runs = len(patterns()["CSV"])
    assert found_after_signing(tmp_path, "--unwiped") == dict.fromkeys(FORMS, runs)
