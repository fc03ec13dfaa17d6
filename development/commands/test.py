"""`dev.py test`: everything that gates."""

import argparse
import os
import subprocess

from development.commands import check
from development.prepare import INSIDE, ROOT


def arguments(parser: argparse.ArgumentParser) -> None:
    """The long tests on demand, and what is passed on to pytest."""
    parser.add_argument("--all", action="store_true", help="the long tests too")
    parser.add_argument("pytest", nargs="*", help="paths or options for pytest, after --")


def run(chosen: argparse.Namespace) -> int:
    """Checks first, then the tests; both always run so that one run tells all."""
    objections = check.run(chosen)
    environment = dict(os.environ)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    # A file stays with one worker: what it prepares for all of its tests is prepared once.
    command = [str(INSIDE), "-m", "pytest", "-n", "2", "--dist", "loadfile"]
    command += ["--no-loadscope-reorder"]
    if not chosen.all:
        command += ["-m", "not long"]
    tests = subprocess.run([*command, *chosen.pytest], cwd=ROOT, env=environment, check=False)
    return tests.returncode or objections
