"""`contracts import FILE`: the contracts in force, with the settings that can be changed.

One JSON object a line, or a JSON list; `operations.contract_import` says what an entry holds.
Contracts that are not in the file stay as they are. Exit 1 when an entry was left out.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.named_files import reading
from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.contract_import import (
    MAX_ENTRY_BYTES,
    BadEntry,
    Imported,
    NumberedEntry,
    entries_of_lines,
    entries_of_list,
    import_contracts,
)
from smartclient.backoffice.operations.judgements_due import OF_CONTRACTS, judge_again
from smartclient.domain.language import _
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

MAX_LIST_BYTES = 64_000_000
MOST_NAMED = 1_000
"""Entries that the report names; more are counted."""


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("contracts", help=_("the contracts that can be changed"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    taking = actions.add_parser("import", help=_("add or change contracts from a list"))
    taking.add_argument("file", type=Path, metavar=_("FILE"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Import the list, but for the entries that cannot be taken; those are named.

    What waited for a contract is judged again.
    """
    with opened(context.home, context.mode, context.clock) as found:
        imported = import_contracts(found.office, _entries(parsed.file))
        with found.office.writing() as desk:
            judge_again(desk, OF_CONTRACTS)
    print_json(_report(imported))
    return NEGATIVE if imported.refused else FINE


def _entries(file: Path) -> Iterator[NumberedEntry | BadEntry]:
    with reading(file), file.open("rb") as lines:
        is_list = lines.read(1_000).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
        lines.seek(0)
        if not is_list:
            yield from entries_of_lines(_lines(file))
        elif len(content := lines.read(MAX_LIST_BYTES + 1)) > MAX_LIST_BYTES:
            yield BadEntry(1, "", f"a list of at most {MAX_LIST_BYTES} bytes")
        else:
            yield from entries_of_list(content)


def _lines(file: Path) -> Iterator[bytes]:
    """The lines of the file; of one that is far too long no more than can be told is held."""
    with file.open("rb") as source:
        while line := source.readline(MAX_ENTRY_BYTES + 2):
            whole = line
            while not line.endswith(b"\n") and (line := source.readline(MAX_ENTRY_BYTES + 2)):
                pass
            yield whole


def _report(imported: Imported) -> Json:
    named: list[Json] = [bad.to_json() for bad in imported.refused[:MOST_NAMED]]
    return {
        "new": imported.new,
        "changed": imported.changed,
        "unchanged": imported.unchanged,
        "refused": len(imported.refused),
        "lines": named,
    }
