"""`smartclient trace check`: whether recorded pen traces would be accepted as signatures."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.cli.console import print_json, read_text
from smartclient.domain.language import _
from smartclient.ink.quality import Quality, judge
from smartclient.ink.trace import Trace
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    from smartclient.cli.console import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("trace", help=_("judge recorded pen traces"))
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    check = actions.add_parser("check", help=_("tell which would be accepted as signatures"))
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help=_("trace as CSV"))
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    traces = [(path, Trace.from_csv(read_text(path), str(path))) for path in arguments.files]
    judged = [(path, judge(trace)) for path, trace in traces]
    print_json([_line(path, quality) for path, quality in judged])
    return 0 if all(quality.accepted for _path, quality in judged) else 1


def _line(path: Path, quality: Quality) -> Json:
    return {
        "file": str(path),
        "accepted": quality.accepted,
        "limit": quality.limit,
        "width_mm": quality.width_mm,
        "points": quality.points,
        "seconds": quality.seconds,
    }
