"""`init`: make the home of a back office, or complete it."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.backoffice.founding import SERVER_NAME, Founding, Storage, found
from smartclient.backoffice.storage_settings import (
    blobs_typed,
    database_address,
    partitions_from_json,
)
from smartclient.domain.language import _

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("init", help=_("make the home of a back office"))
    parser.add_argument(
        "--certificates",
        type=Path,
        required=True,
        metavar=_("DIR"),
        help=_("the keys and certificates of the insurer that the server needs"),
    )
    parser.add_argument(
        "--online-keys",
        type=Path,
        metavar=_("DIR"),
        help=_("the publisher's keys for snapshot and timestamp"),
    )
    parser.add_argument(
        "--batches", type=Path, metavar=_("DIR"), help=_("the folder that the core looks into")
    )
    parser.add_argument(
        "--core-certificate",
        type=Path,
        metavar=_("FILE"),
        help=_("seal batches for the holder of this certificate"),
    )
    parser.add_argument("--server-name", default=SERVER_NAME)
    _add_storage(parser)
    parser.set_defaults(run=run)


def _add_storage(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        metavar=_("ADDRESS"),
        help=_("postgresql://USER@HOST/NAME, without a password; SQLite in the home by default"),
    )
    parser.add_argument(
        "--direct-database",
        metavar=_("ADDRESS"),
        help=_("the same database without the pooler, for backups and new versions"),
    )
    parser.add_argument(
        "--partitions",
        type=int,
        metavar="N",
        help=_("how many partitions PostgreSQL makes of each table of records"),
    )
    parser.add_argument(
        "--blobs",
        metavar=_("PLACE"),
        help=_("where large attachments lie: a folder, or s3://BUCKET/PREFIX"),
    )
    parser.add_argument("--s3-endpoint", default="", help=_("of a store that is not Amazon's"))
    parser.add_argument("--s3-region", default="")


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Make it."""
    founding = Founding(
        parsed.certificates,
        parsed.online_keys,
        parsed.batches,
        parsed.server_name,
        _storage(parsed),
        parsed.core_certificate,
    )
    context.home.folder.mkdir(parents=True, exist_ok=True)
    settings = found(context.home, founding, context.mode, os.urandom)
    print_json(settings.to_json())
    return FINE


def _storage(parsed: argparse.Namespace) -> Storage:
    database, direct, partitions = parsed.database, parsed.direct_database, parsed.partitions
    blobs = parsed.blobs
    return Storage(
        None if database is None else database_address(database),
        None if partitions is None else partitions_from_json({"partitions": partitions}),
        None if blobs is None else blobs_typed(blobs, parsed.s3_endpoint, parsed.s3_region),
        None if direct is None else database_address(direct),
    )
