"""A crash while somebody signs leaves no picture of the memory."""

import subprocess
import sys

import pytest

from smartclient.app.no_dumps import write_no_dumps
from tests.unit.documents.workshop import REPOSITORY

_ASKED = """
import resource
from smartclient.app.no_dumps import write_no_dumps
write_no_dumps()
write_no_dumps()
print(resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps reports of faults instead")
def test_that_the_system_writes_no_core_of_the_program() -> None:
    command = [sys.executable, "-c", _ASKED]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "(0, 0)\n"


def test_that_reports_of_faults_on_windows_carry_no_heap() -> None:
    asked: list[int] = []

    class Kernel:
        def WerSetFlags(self, flags: int) -> int:  # noqa: N802 - the system's name
            asked.append(flags)
            return 0

    write_no_dumps(Kernel())
    assert asked == [1]
