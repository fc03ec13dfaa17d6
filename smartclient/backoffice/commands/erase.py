"""`erase list` and `erase CLIENT [--documents] [--reason TEXT]`: erase a client for good.

`list` names the clients that somebody asked to erase. Erasing takes the client with everything that
hangs on it; with --documents also the documents that name the client. What was exported stays in
the batches until their retention ends. Exit 1 where nothing was left to erase.
"""

import argparse
from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from smartclient.backoffice.commands.program import FINE, NEGATIVE, Context, print_json
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.registers import erasures
from smartclient.backoffice.operations.registers.erasure_list import FILE
from smartclient.backoffice.operations.scope_records import open_body
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import to_text
from smartclient.domain.ids import ClientId
from smartclient.domain.language import _
from smartclient.wire.encoding import parse
from smartclient.wire.messages import Json, JsonObject

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

LIST = "list"
BY_REQUEST = "erase request"


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("erase", help=_("erase a client for good"))
    parser.add_argument("client", metavar=_("CLIENT|list"))
    parser.add_argument(
        "--documents", action="store_true", help=_("also the documents that name the client")
    )
    parser.add_argument("--reason", default=BY_REQUEST, metavar=_("TEXT"))
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """List the requests, or erase one client."""
    with opened(context.home, context.mode, context.clock) as found:
        if parsed.client == LIST:
            with found.office.reading() as desk:
                print_json({"requests": _requests(desk)})
            return FINE
        return _erase(found, parsed)


def _erase(found: Opened, parsed: argparse.Namespace) -> int:
    path = found.home.outside / FILE
    client = ClientId(parsed.client)
    with found.office.writing() as desk:
        done = erasures.erase(desk, client, path, parsed.reason, documents=parsed.documents)
    with found.office.reading() as desk:
        erasures.remove_files(desk, done)
    print_json({"client": client, "records": done.records, "documents": done.documents})
    return FINE if done.records else NEGATIVE


def _requests(desk: Desk) -> list[Json]:
    """What waits for a person, the oldest first, with the reason that was given."""
    work, body, key = schema.erase_work, schema.record_body, schema.scope
    query = (
        select(work, body.c.body, key.c.data_key)
        .join(body, (body.c.scope == work.c.scope) & (body.c.id == work.c.id))
        .join(key, key.c.scope == work.c.scope)
        .where(work.c.done_at.is_(None))
        .order_by(work.c.received_at, work.c.id)
    )
    told: list[Json] = []
    for row in desk.connection.execute(query).mappings():
        opened_key = desk.keys.of(row["scope"], row["data_key"])
        said = cast("JsonObject", parse(open_body(opened_key, row["id"], row["body"])))
        told.append(
            {
                "client": row["client"],
                "scope": row["scope"],
                "install": row["install"],
                "received_at": to_text(row["received_at"]),
                "reason": said["reason"],
            }
        )
    return told
