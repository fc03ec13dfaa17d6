"""`serve`: the HTTP API over TLS, until stopped."""

import argparse
import gc
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

import uvicorn

from smartclient.backoffice.api.application import application
from smartclient.backoffice.commands.program import FINE, Context, print_json
from smartclient.backoffice.opening import opened
from smartclient.backoffice.tables import checkpoints
from smartclient.backoffice.watched import metrics_of, metrics_served, watched
from smartclient.domain.errors import Unreachable
from smartclient.domain.language import _
from smartclient.wire.messages import JsonObject

if TYPE_CHECKING:
    from smartclient.backoffice.commands.program import Subparsers

WAITING_CONNECTIONS = 2048
IDLE_SECONDS = 75
GARBAGE_AFTER = 20_000
"""Values more than there were before."""
STOP_SECONDS = 15
"""What is under way may end; a laptop that does not close its connection is not waited for."""


def register(subparsers: "Subparsers") -> None:
    """Add the command."""
    parser = subparsers.add_parser("serve", help=_("serve the HTTP API"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8443, help=_("0 takes a free one"))
    parser.add_argument(
        "--behind",
        action="append",
        default=[],
        metavar=_("ADDRESS"),
        help=_("a reverse proxy, or its network, whose word on who calls is believed"),
    )
    parser.add_argument("--metrics-host", default="127.0.0.1", metavar=_("ADDRESS"))
    parser.add_argument(
        "--metrics-port", type=int, help=_("serve metrics there, without TLS; 0 takes a free one")
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace, context: Context) -> int:
    """Serve; prints where once connections are taken."""
    with opened(context.home, context.mode, context.clock, serves=True) as found:
        metrics = metrics_of(found.office)
        front = found.front(metrics)
        config = uvicorn.Config(
            application(front),
            ssl_certfile=str(context.home.keys / "server.pem"),
            ssl_keyfile=str(context.home.keys / "server-key.pem"),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(parsed.behind),
            forwarded_allow_ips=parsed.behind,
            lifespan="off",
            ws="none",
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        with _listening(parsed.host, parsed.port) as listening, ExitStack() as beside:
            port = listening.getsockname()[1]
            told: JsonObject = {"listening": f"https://{found.settings.server_name}:{port}"}
            if parsed.metrics_port is not None:
                serving = metrics_served(metrics, parsed.metrics_host, parsed.metrics_port)
                told["metrics"] = f"http://{parsed.metrics_host}:{beside.enter_context(serving)}/"
            beside.enter_context(watched(front))
            beside.enter_context(checkpoints.beside(found.office.engine))
            _let_be_what_stays()
            print_json(told)
            uvicorn.Server(config).run(sockets=[listening])
    return FINE


def _let_be_what_stays() -> None:
    """Look for garbage among what requests make, and seldom: what was loaded stays till the end.

    A push of 200 lines makes thousands of values, none of them in circles; looking for circles at
    every 700 of them was a twentieth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)


def _listening(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), backlog=WAITING_CONNECTIONS)
    except (OSError, OverflowError) as taken:
        raise Unreachable("SC-SERV-046", port=port) from taken
    # Taken connections inherit it. Without it a reply of a head and a body waits 40 ms for the
    # other side's delayed acknowledgement; asyncio sets it only on sockets that name TCP.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
