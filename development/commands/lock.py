"""`dev.py lock`: every dependency with its hashes, without download addresses."""

import argparse
import subprocess

from development.prepare import INSIDE, LOCK, ROOT


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether versions may move."""
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")


def run(chosen: argparse.Namespace) -> int:
    """Resolve for every platform; versions stay unless --upgrade."""
    command = [str(INSIDE), "-m", "uv", "pip", "compile", "pyproject.toml", "--all-extras"]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"]
    command += ["--quiet", "--output-file", str(LOCK)]
    if chosen.upgrade:
        command.append("--upgrade")
    return subprocess.run(command, cwd=ROOT, check=False).returncode
