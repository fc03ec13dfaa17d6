"""`dev.py soak --minutes N --seed S`: real processes, harmed without end; nothing may be lost."""

import argparse
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from development.prepare import ROOT


def arguments(parser: argparse.ArgumentParser) -> None:
    """How long, which seed, on which database."""
    parser.add_argument("--minutes", type=float, default=5.0, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--postgres", action="store_true", help="a PostgreSQL of its own")
    parser.add_argument(
        "--restoring", action="store_true", help="mostly restores of servers and of laptops"
    )
    parser.add_argument(
        "--losing", action="store_true", help="a copy of the source without rule 1: must lose"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave everything in this folder")
    parser.add_argument("--events", type=Path, metavar="FILE", help="write what happened, in order")


@contextlib.contextmanager
def _database(wanted: bool) -> Iterator[str]:
    if not wanted:
        yield ""
        return
    from tests.simulators import postgres

    binaries = postgres.programs()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed")
    with postgres.running(binaries) as server:
        yield server.new_database("soak")


def run(chosen: argparse.Namespace) -> int:
    """Soak and print; exit 1 with the list of what was lost."""
    from development.soak.chronicle import Chronicle
    from development.soak.conductor import Soak
    from development.soak.harm import ORDINARY, RESTORING
    from development.soak.ledger import Ledger
    from development.soak.losing import losing_copy

    with contextlib.ExitStack() as stack:
        place = chosen.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place.mkdir(parents=True, exist_ok=True)
        source = losing_copy(place / "source") if chosen.losing else ROOT
        database = stack.enter_context(_database(chosen.postgres))
        odds = RESTORING if chosen.restoring else ORDINARY
        ledger = Ledger(chronicle=Chronicle(chosen.events))
        soak = Soak(place, chosen.seed, source, database, odds, ledger)
        is_well = soak.run(chosen.minutes * 60)
        print(soak.report())
    return 0 if is_well else 1
