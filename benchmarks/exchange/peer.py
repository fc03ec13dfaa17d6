"""Anki beside us in the same run, where its package can be had."""

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from development.prepare import ROOT

REQUIREMENTS = Path(__file__).with_name("anki-requirements.txt")
_PLACE = ROOT / ".practice" / "anki"
_INSIDE = _PLACE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Peer:
    """What Anki took: seconds of the collection, of collection and media; quiet in ms."""

    push: float
    push_all: float
    pull: float
    pull_all: float
    quiet_p95_ms: float


def measured(documents: int, body_bytes: int, files: int, file_bytes: int) -> Peer | None:
    """Anki's figures for the same work; None, with the reason on stderr, where it cannot run."""
    script = Path(__file__).with_name("anki_peer.py")
    asked = [str(each) for each in (documents, body_bytes, files, file_bytes)]
    try:
        _prepare()
        done = subprocess.run(
            [_INSIDE, script, *asked], capture_output=True, check=True, text=True, timeout=_PATIENCE
        )
        return Peer(**json.loads(done.stdout.splitlines()[-1]))
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as missing:
        said = getattr(missing, "stderr", None) or missing
        print(f"Anki's sync server did not run: {said}", file=sys.stderr)
        return None


def _prepare() -> None:
    """An environment of its own: nothing of ours needs anything of it."""
    stamp, wanted = _PLACE / "prepared", REQUIREMENTS.read_text("utf-8")
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    venv.EnvBuilder(with_pip=False, clear=True, symlinks=os.name != "nt").create(_PLACE)
    locked = ("--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS))
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(_INSIDE), "-q", "install", *locked],
        check=True,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
    )
    stamp.write_text(wanted, "utf-8")
