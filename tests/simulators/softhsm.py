"""Tokens of SoftHSM for the tests of this process.

The library reads its settings and counts its tokens once in a process, when it is loaded. So there
is one folder for the process, and all tokens are made in it before the first is used.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

_MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
)
MODULE = next((path for path in _MODULES if path.exists()), None)
IS_THERE = MODULE is not None and shutil.which("softhsm2-util") is not None


PIN = "4711"
AUTHORITY, SEAL, UNUSED = "Authority", "Seal", "Unused"
"""The tokens. A login counts for all sessions of a process, so nobody logs into the last one."""


def run(*arguments: str) -> None:
    """Run the tool of SoftHSM."""
    make_tokens()
    _run(*arguments)


def _run(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


@lru_cache(maxsize=1)
def make_tokens() -> None:
    """Make the tokens of this process, each once; only where `IS_THERE`."""
    folder = Path(tempfile.mkdtemp(prefix="softhsm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    for label in (AUTHORITY, SEAL, UNUSED):
        _run("--init-token", "--free", "--label", label, "--so-pin", "1234", "--pin", PIN)
