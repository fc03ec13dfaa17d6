"""`dev.py bench [NAME] [--json FILE]`: the budgets of the design, each beside its floor."""

import argparse
import json
import os
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.measure import Row
from development.prepare import ROOT

_NOT_BENCHES = {"__init__", "measure"}
_LINE = "{name:<62} {value:>12} {unit:<9} {floor:>11} {ratio:>7}  {budget:<26} {ok}"


def _names() -> list[str]:
    found = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))
    return [name for name in found if name not in _NOT_BENCHES]


def arguments(parser: argparse.ArgumentParser) -> None:
    """One bench by name, or all."""
    parser.add_argument("name", nargs="?", choices=_names(), help="all without it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")


def _shown(row: Row) -> str:
    return _LINE.format(
        name=row.name,
        value=f"{row.value:,.3f}",
        unit=row.unit,
        floor="" if row.floor is None else f"{row.floor:,.3f}",
        ratio="" if row.ratio is None else f"{row.ratio:.2f} x",
        budget=row.to_json()["budget"] or "",
        ok="ok" if row.ok else "MISSED",
    )


def run(chosen: argparse.Namespace) -> int:
    """Print each row when it is known; exit 1 when a budget is missed."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    headings = ("name", "value", "unit", "floor", "ratio", "budget", "ok")
    print(_LINE.format(**dict(zip(headings, headings, strict=True))))
    rows: list[Row] = []
    for name in [chosen.name] if chosen.name else _names():
        for row in import_module(f"benchmarks.{name}").rows():
            rows.append(row)
            print(_shown(row), flush=True)
    if chosen.json:
        target = Path(os.environ.get("SMARTCLIENT_CALLER", ".")) / chosen.json
        listed = [row.to_json() for row in rows]
        target.write_text(json.dumps(listed, indent=2, ensure_ascii=False), encoding="utf-8")
    missed = [row.name for row in rows if not row.ok]
    if missed:
        print("missed: " + ", ".join(missed), file=sys.stderr)
    return 1 if missed else 0
