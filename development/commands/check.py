"""`dev.py check`: style, types, the house's import direction, translations."""

import argparse
import subprocess
import sys

from development.commands import translations
from development.prepare import INSIDE, ROOT

TOOLS = {
    "ruff": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "mypy": ["-m", "mypy"],
    "import-linter": ["-m", "importlinter.cli", "lint"],
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes nothing."""
    del parser


def run(chosen: argparse.Namespace) -> int:
    """Run all of them; exit 1 when one of them objects."""
    objections = []
    for name, command in TOOLS.items():
        print(f"== {name}", flush=True)
        if subprocess.run([str(INSIDE), *command], cwd=ROOT, check=False).returncode != 0:
            objections.append(name)
    print("== translations", flush=True)
    if translations.run(chosen) != 0:
        objections.append("translations")
    if objections:
        print("check: objections of " + ", ".join(objections), file=sys.stderr)
        return 1
    print("check: all is well")
    return 0
