"""The practice core takes only what is whole, signed and follows from the batch before."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from smartclient.backoffice import practice_core
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.documents.certificates import root_certificate
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Damaged
from smartclient.domain.ids import IdSource
from smartclient.wire import encoding
from smartclient.wire.batches import Acknowledgement, ack_name
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

BATCH = "smartclient-20261121-01"


@pytest.fixture
def core(memory_server: InProcessServer, ids: IdSource, clock: SetClock) -> CoreSystem:
    """A core with one batch before it: two documents, one of them signed."""
    adviser = Adviser(memory_server, ids)
    signed = adviser.offer(Stage.WAITING, number="7200000002")
    adviser.push_ok(adviser.offer(), signed)
    adviser.push(adviser.package(signed))
    clock.pass_time(hours=12)
    memory_server.export()
    return memory_server.core


def test_that_a_batch_is_answered_once_line_by_line(core: CoreSystem) -> None:
    assert core.waiting() == [BATCH]
    answer = core.take(BATCH)
    assert (len(answer.accepted), answer.rejected) == (2, ())
    written = (core.folder / ack_name(BATCH)).read_bytes()
    assert Acknowledgement.from_json(encoding.parse(written)) == answer
    assert core.waiting() == []


def test_that_a_batch_without_ready_is_not_looked_at(core: CoreSystem) -> None:
    (core.folder / BATCH / "READY").unlink()
    assert core.waiting() == []


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "documents.ndjson.zst"])
def test_that_an_altered_batch_is_taken_not_at_all(core: CoreSystem, name: str) -> None:
    path = core.folder / BATCH / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Damaged):
        core.take(BATCH)
    assert not (core.folder / ack_name(BATCH)).exists()


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "documents.ndjson.zst"])
def test_that_a_batch_with_a_file_missing_is_taken_not_at_all(core: CoreSystem, name: str) -> None:
    (core.folder / BATCH / name).unlink()
    with pytest.raises(Damaged, match="SC-EXP-010"):
        core.take(BATCH)


def test_that_a_damaged_attachment_rejects_its_own_line_alone(core: CoreSystem) -> None:
    blob = next((core.folder / BATCH / "blobs").iterdir())
    blob.write_bytes(b"other")
    answer = core.take(BATCH)
    assert (len(answer.accepted), len(answer.rejected)) == (1, 1)
    assert answer.rejected[0].reason == "an attachment is missing or damaged"


def test_that_a_manifest_of_another_key_is_refused(core: CoreSystem, clock: SetClock) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    other = CoreSystem(core.folder, root_certificate(key, "PRACTICE other", clock.now()))
    with pytest.raises(Damaged, match="SC-EXP-011"):
        other.take(BATCH)


def test_that_a_batch_that_does_not_follow_the_one_before_is_refused(
    core: CoreSystem, memory_server: InProcessServer, clock: SetClock
) -> None:
    core.take(BATCH)
    clock.pass_time(days=1)
    memory_server.export()
    second = "smartclient-20261122-01"
    (core.folder / BATCH / "manifest.json").write_bytes(b"{}")
    with pytest.raises(Damaged, match="SC-EXP-010"):
        core.take(second)


def test_that_the_core_is_a_process_that_knows_only_the_folder(
    core: CoreSystem, tmp_path: Path
) -> None:
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(core.trusted.public_bytes(Encoding.PEM))
    command = [sys.executable, "-m", practice_core.__name__]
    command += ["--folder", str(core.folder), "--trust", str(trusted), "--once"]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    assert '"accepted":2' in done.stdout
    (core.folder / ack_name(BATCH)).unlink()
    (core.folder / BATCH / "manifest.sig").write_bytes(b"")
    refused = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (refused.returncode, refused.stderr[:11]) == (2, "SC-EXP-011:")
