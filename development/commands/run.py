"""`dev.py`: the desktop program with a practice back office; without a display, the tour."""

import argparse
import os
import subprocess
import sys

from development.commands import tour
from development.commands.backoffice import PRACTICE
from development.practice import HR, PracticeSite
from development.prepare import INSIDE, ROOT
from development.translations import compile_all
from smartclient.app.configuration import HOME_VARIABLE


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes nothing."""
    del parser


def _has_display() -> bool:
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(_chosen: argparse.Namespace) -> int:
    """Start both and wait until the window is closed."""
    if not _has_display():
        print("There is no display here, so the tour runs instead and takes pictures.")
        return tour.run(argparse.Namespace(out=ROOT / "tour-output"))
    compile_all()
    print("Starting the practice back office …", flush=True)
    site = PracticeSite(PRACTICE)
    site.prepare()
    with site:
        site.start("worker")
        print(f"SmartClient starts. To activate it, use the practice partner {HR}.", flush=True)
        environment = {**os.environ, HOME_VARIABLE: str(site.desktop)}
        environment["SMARTCLIENT_MODE"] = "practice"
        return subprocess.run(
            [str(INSIDE), "-m", "smartclient"], cwd=ROOT, env=environment, check=False
        ).returncode
