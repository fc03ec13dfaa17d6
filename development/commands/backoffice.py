"""`dev.py backoffice`: the practice back office alone, until Ctrl+C."""

import argparse
import threading

from development.practice import PracticeSite
from development.prepare import ROOT

PRACTICE = ROOT / ".practice"
PORT = 8443


def arguments(parser: argparse.ArgumentParser) -> None:
    """Its port."""
    parser.add_argument("--port", type=int, default=PORT)


def run(chosen: argparse.Namespace) -> int:
    """Serve and work until the keyboard ends it."""
    site = PracticeSite(PRACTICE, chosen.port)
    site.prepare()
    with site:
        site.start("worker")
        print(f"Practice back office: https://localhost:{site.port}   (Ctrl+C ends it)")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("ended")
    return 0
