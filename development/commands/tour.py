"""`dev.py tour --out DIR`: the main job without a person, with real processes over loopback."""

import argparse
import os
import subprocess
from pathlib import Path

from development.prepare import INSIDE, ROOT
from development.translations import compile_all


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to write."""
    parser.add_argument("--out", type=Path, default=ROOT / "tour-output", metavar="DIR")


def run(chosen: argparse.Namespace) -> int:
    """Run it; the exit code tells whether every step came to its end."""
    compile_all()
    out = Path(os.environ.get("SMARTCLIENT_CALLER", ".")) / chosen.out
    command = [str(INSIDE), "-m", "tour.conductor", "--out", str(out)]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"report: {out / 'report.json'}   pictures: {out / 'screens'}")
    return code
