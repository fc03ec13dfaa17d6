"""The commands of those who build: `python3 dev.py COMMAND`."""

import argparse
import signal
import sys
from importlib import import_module

COMMANDS = {
    "run": "set up and start SmartClient with a practice back office",
    "test": "everything that gates; --all adds the long tests",
    "check": "ruff, mypy --strict, import-linter, translations",
    "tour": "the main job without a person, with real processes",
    "bench": "the budgets, each beside its floor",
    "soak": "laptops and a server as processes, killed, cut and restored: nothing may be lost",
    "backoffice": "the practice back office alone",
    "translations": "compile the translations and name what is missing",
    "lock": "write requirements.lock anew from pyproject.toml",
}


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    words = sys.argv[1:] or ["run"]
    for name, purpose in COMMANDS.items():
        described = commands.add_parser(name, help=purpose, description=purpose)
        if name == words[0]:  # only the command that runs is imported
            import_module(f"development.commands.{name}").arguments(described)
    chosen = parser.parse_args(words)
    result: int = import_module(f"development.commands.{chosen.command}").run(chosen)
    return result


def _end(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)  # what was started is ended as after Ctrl+C
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
