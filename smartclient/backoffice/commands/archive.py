"""`archive list` and `archive show NUMBER|ID`: staff read what went to the archive.

Whoever opens an archived document says why; that is kept with the acts of the help desk.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.named_files import write_file
from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations import desk_acts, retention_archive
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.retention_archive import Archived, Opened
from smartclient.domain.clock import to_text
from smartclient.domain.ids import Sha256
from smartclient.domain.language import _
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("archive", help=_("documents that went to the archive"))
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    listing = actions.add_parser("list", help=_("the archived documents, the newest first"))
    listing.add_argument("--number", default="", metavar=_("NUMBER"))
    listing.add_argument("--install", default="", metavar=_("INSTALL"))
    listing.add_argument("--most", type=int, default=100, help=_("so many lines at most"))
    listing.set_defaults(run=show_list)
    showing = actions.add_parser("show", help=_("one document with all its values"))
    showing.add_argument("document", metavar=_("NUMBER"))
    showing.add_argument("--reason", required=True, metavar=_("TEXT"), help=_("why it is opened"))
    showing.add_argument("--out", type=Path, metavar=_("DIR"), help=_("write its files there"))
    showing.set_defaults(run=show_one)


def show_list(parsed: argparse.Namespace, context: Context) -> int:
    """Print the list; it names no client."""
    with opened(context.home, context.mode, context.clock) as found, found.office.reading() as desk:
        most = min(max(parsed.most, 1), 10_000)
        rows = retention_archive.listed(desk, parsed.number, parsed.install, most)
    told: list[Json] = [_facts(row) for row in rows]
    print_json({"documents": told})
    return FINE


def show_one(parsed: argparse.Namespace, context: Context) -> int:
    """Print the document, or all of that number, and write the files where asked."""
    reason = desk_acts.require_reason(parsed.reason)
    with opened(context.home, context.mode, context.clock) as found:
        with found.office.reading() as desk:
            documents = retention_archive.opened(desk, parsed.document)
        with found.office.writing() as desk:
            for each in documents:
                desk_acts.note(desk, "archive show", each.document.id, reason)
        with found.office.reading() as desk:
            told: list[Json] = [_told(desk, each, parsed.out) for each in documents]
    print_json({"documents": told})
    return FINE


def _told(desk: Desk, each: Opened, out: Path | None) -> JsonObject:
    files: list[Json] = list(each.blobs)
    if out is not None:
        files = [_written(desk, each.document.scope, name, out) for name in each.blobs]
    packages: list[Json] = list(each.packages)
    return {
        **_facts(each.document),
        "body": each.body,
        "status": each.status,
        "signed_packages": packages,
        "files": files,
    }


def _written(desk: Desk, scope: str, name: str, out: Path) -> str:
    content = retention_archive.content(desk, scope, Sha256(name))
    kind = "pdf" if content.startswith(b"%PDF") else "json"
    path = out / f"{name}.{kind}"
    write_file(path, content)
    return path.name


def _facts(document: Archived) -> JsonObject:
    return {
        "id": document.id,
        "number": document.number,
        "kind": document.document_kind,
        "stage": document.stage.value,
        "batch": document.batch,
        "hr": document.hr,
        "install": document.install,
        "last_change": to_text(document.received_at),
        "archived_at": to_text(document.archived_at),
        "kept_until": to_text(document.ends_at),
    }
