"""`dev.py translations`."""

import argparse
import sys

from development.translations import compile_all


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes nothing."""
    del parser


def run(_chosen: argparse.Namespace) -> int:
    """Compile; exit 1 when something is missing."""
    problems = compile_all()
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"translations: {len(problems)} problems")
    return 1 if problems else 0
