"""`smartclient update`: the product's updater by hand, one step of the update framework at a time.

The command line is the one that TUF's conformance suite drives (its CLIENT-CLI.md): exit 0 when
everything was done and verified, otherwise 1 with the refusal on stderr. Metadata lie in the given
folder under names without versions; `init` asks nobody; a target that is there already is not
fetched again.
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.cli.console import print_json, read_bytes
from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import BadInput, Refused, SmartClientError
from smartclient.domain.language import _
from smartclient.domain.sentences import text_for
from smartclient.sync.updates.fetching import HttpFetch
from smartclient.wire.messages import Json

if TYPE_CHECKING:
    from smartclient.cli.console import Subparsers
    from smartclient.sync.updates.trusted import TrustedRepository

DONE, REFUSED = 0, 1


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("update", help=_("follow an update repository step by step"))
    parser.add_argument("--metadata-dir", type=Path, required=True, metavar="DIR")
    parser.add_argument("--metadata-url", default="", metavar="URL")
    parser.add_argument("--target-name", action="append", default=[], metavar="PATH")
    parser.add_argument("--target-base-url", default="", metavar="URL")
    parser.add_argument("--target-dir", type=Path, metavar="DIR")
    parser.add_argument(
        "--authority",
        type=Path,
        metavar="FILE",
        help=_("trust this authority alone for the connection"),
    )
    steps = parser.add_subparsers(metavar=_("STEP"), required=True)
    init = steps.add_parser("init", help=_("trust this root; asks nobody"))
    init.add_argument("root", type=Path, metavar="ROOT")
    init.set_defaults(run=_step(_init))
    refresh = steps.add_parser("refresh", help=_("bring the metadata up to date"))
    refresh.set_defaults(run=_step(_refresh))
    download = steps.add_parser("download", help=_("fetch and verify the targets named"))
    download.set_defaults(run=_step(_download))


_Step = Callable[[argparse.Namespace, HttpFetch], Json]


def _step(step: _Step) -> Callable[[argparse.Namespace], int]:
    def run(parsed: argparse.Namespace) -> int:
        try:
            with closing(HttpFetch(parsed.authority)) as fetch:
                print_json(step(parsed, fetch))
        except SmartClientError as refusal:
            sys.stderr.write(f"{refusal.code}: {text_for(refusal)}\n")
            return REFUSED
        return DONE

    return run


def _init(parsed: argparse.Namespace, fetch: HttpFetch) -> Json:
    _repository(parsed, fetch, read_bytes(parsed.root))
    return {"trusted": str(parsed.metadata_dir / "root.json")}


def _refresh(parsed: argparse.Namespace, fetch: HttpFetch) -> Json:
    _repository(parsed, fetch, None).refresh()
    return {"refreshed": str(parsed.metadata_dir)}


def _download(parsed: argparse.Namespace, fetch: HttpFetch) -> Json:
    if not parsed.target_name or parsed.target_dir is None:
        raise BadInput("SC-CMD-001", problem=_("name the target and its folder"), usage="update")
    repository = _repository(parsed, fetch, None)
    repository.refresh()
    files: dict[str, Json] = {}
    for name in parsed.target_name:
        target = repository.find(name)
        if target is None:
            raise Refused("SC-CAT-017", component=name)
        files[name] = str(repository.download(target, parsed.target_dir))
    return {"files": files}


def _repository(
    parsed: argparse.Namespace, fetch: HttpFetch, root: bytes | None
) -> "TrustedRepository":
    from smartclient.sync.updates.trusted import TrustedRepository

    if root is None and not (parsed.metadata_dir / "root.json").exists():
        raise BadInput("SC-CAT-006", folder=parsed.metadata_dir)
    return TrustedRepository(
        parsed.metadata_dir,
        parsed.metadata_url,
        root,
        fetch,
        SystemClock(),
        targets_address=parsed.target_base_url,
    )
