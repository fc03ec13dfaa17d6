#!/usr/bin/env python3
"""The two commands of this project, for Debian, any Linux and Windows.

    python3 dev.py          set everything up and start SmartClient with a practice back office
    python3 dev.py test     set everything up and run everything that gates

Only the standard library is used here: this file runs before anything is installed.
Further commands: python3 dev.py --help
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
NEEDED = (3, 11)


def python_3_11() -> list[str]:
    """The command of a Python 3.11; this one if it fits. Exits with the exact line to run."""
    if sys.version_info[:2] == NEEDED:
        return [sys.executable]
    for candidate in (["py", "-3.11"] if os.name == "nt" else ["python3.11"], ["python3.11"]):
        try:
            answer = subprocess.run([*candidate, "--version"], capture_output=True, check=False)
        except OSError:
            continue
        if answer.returncode == 0:
            return candidate
    how = "winget install Python.Python.3.11" if os.name == "nt" else "apt-get install python3.11"
    sys.exit(f"SmartClient is built for Python 3.11; this is {sys.version.split()[0]}. Run: {how}")


def main() -> int:
    """Set up with the system's Python, then go on inside the project's own environment."""
    if sys.argv[1:] in (["-h"], ["--help"]):  # who only asks need not wait for the set-up
        asked = [*python_3_11(), "-m", "development", "--help"]
        return subprocess.run(asked, cwd=ROOT, check=False).returncode
    prepared = subprocess.run(
        [*python_3_11(), "-m", "development.prepare", *sys.argv[1:]],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    if prepared.returncode != 0:
        return prepared.returncode
    inside = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [str(inside), "-m", "development", *sys.argv[1:]]
    environment = {**os.environ, "PYTHONUTF8": "1", "SMARTCLIENT_CALLER": str(Path.cwd())}
    if os.name != "nt":
        # The same process goes on, so that whoever ends it ends everything it started.
        os.chdir(ROOT)
        os.execve(command[0], command, environment)
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
