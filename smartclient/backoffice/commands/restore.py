"""`restore DIR`, `restore status` and `restore release`: after the server's disk was lost.

`restore DIR` puts a backup back and brings it up to date with what lies outside of the database;
the export is held until somebody has looked and runs `restore release`. Exit 1 when acts are in
doubt: of them nobody knows whether they were committed, and a person repeats what was meant.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.epoch import current_epoch
from smartclient.backoffice.operations.export import holding
from smartclient.backoffice.operations.registers import erasure_list, erasures, rights_list
from smartclient.backoffice.restores import Restore
from smartclient.domain.clock import to_text
from smartclient.domain.language import _
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

STATUS, RELEASE = "status", "release"


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("restore", help=_("put a backup back, then release the export"))
    parser.add_argument("what", metavar=_("DIR|status|release"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Restore, tell or release; exit 1 when there was nothing to release."""
    if parsed.what not in (STATUS, RELEASE):
        return _restore(Path(parsed.what), context)
    with opened(context.home, context.mode, context.clock) as found:
        if parsed.what == STATUS:
            with found.office.reading() as desk:
                epoch, is_held = current_epoch(desk.connection), holding.is_held(desk)
            print_json({"epoch": epoch, "export_held": is_held})
            return FINE
        with found.office.writing() as desk:
            was_held = holding.release(desk)
        print_json({"released": was_held})
        return FINE if was_held else NEGATIVE


def _restore(folder: Path, context: Context) -> int:
    restore = Restore(context.home, context.mode, context.clock)
    backup, restored = restore.run(folder.resolve())
    outside = context.home.outside
    in_doubt: list[Json] = [
        *erasures.unsure(outside / erasure_list.FILE),
        *rights_list.unsure(outside / rights_list.FILE),
    ]
    print_json(
        {
            "backup_of": to_text(backup.made_at),
            "epoch": restored.epoch,
            "batches": dict(restored.batches),
            "erased_again": restored.erased,
            "rights_again": restored.rights,
            "handed_in_again": restored.handed_in.lines,
            "handed_in_unreadable": list(restored.handed_in.unreadable),
            "in_doubt": in_doubt,
            "export_held": True,
        }
    )
    return NEGATIVE if in_doubt else FINE
