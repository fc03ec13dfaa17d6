"""The wire of an update: a broken reply is never a whole one, and only our authority is trusted."""

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certs import practice
from smartclient.domain.clock import SystemClock
from smartclient.domain.errors import Unreachable
from smartclient.domain.mode import Mode
from smartclient.sync.updates.fetching import HttpFetch
from smartclient.wire.encoding import content_digest

BODY = b'{"signed": {}}'
WHOLE = (
    b"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\n"
    b"Content-Length: 14\r\nContent-Digest: " + content_digest(BODY).encode() + b"\r\n\r\n" + BODY
)


@contextmanager
def _answering(reply: bytes, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on loopback that answers one connection with these bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)  # a test that fails before it asks must not hang

        def serve() -> None:
            try:
                connection, _peer = listener.accept()
                with (
                    context.wrap_socket(connection, server_side=True)
                    if context
                    else connection as c
                ):
                    c.recv(65_536)
                    c.sendall(reply)
            except OSError:
                pass

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join()


def _read(url: str, authority: Path | None = None) -> tuple[int, datetime | None, bytes]:
    fetch = HttpFetch(authority)
    try:
        fetched = fetch(url)
        return fetched.status, fetched.server_time, b"".join(fetched.chunks)
    finally:
        fetch.close()


def test_that_a_whole_reply_brings_the_servers_clock() -> None:
    with _answering(WHOLE) as port:
        assert _read(f"http://127.0.0.1:{port}/x") == (
            200,
            datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
            BODY,
        )


@pytest.mark.parametrize("cut", [0, 10, 20, 60, len(WHOLE) - 20, len(WHOLE) - 1])
def test_that_a_cut_reply_is_never_whole(cut: int) -> None:
    with _answering(WHOLE[:cut]) as port, pytest.raises(Unreachable) as refusal:
        _read(f"http://127.0.0.1:{port}/x")
    assert refusal.value.code == "SC-CAT-001"


def test_that_a_changed_reply_is_not_whole() -> None:
    with _answering(WHOLE.replace(b"{}", b"[]")) as port, pytest.raises(Unreachable):
        _read(f"http://127.0.0.1:{port}/x")


def test_that_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable):
        _read(f"http://127.0.0.1:{port}/x")


def test_that_only_the_pinned_authority_is_trusted(tmp_path: Path) -> None:
    for name in ("ours", "theirs"):
        practice.make(tmp_path / name, mode=Mode.PRACTICE, clock=SystemClock())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours = tmp_path / "ours"
    context.load_cert_chain(ours / "server.pem", ours / "server-key.pem")
    with _answering(WHOLE, context) as port:
        assert _read(f"https://localhost:{port}/x", ours / "root.pem")[2] == BODY
    with _answering(WHOLE, context) as port, pytest.raises(Unreachable):
        _read(f"https://localhost:{port}/x", tmp_path / "theirs" / "root.pem")


def test_that_a_start_does_not_pay_for_updates() -> None:
    """tuf and requests are imported when an update is asked for, not when the program starts."""
    code = (
        "import sys, smartclient.sync.updates.updater, smartclient.sync.updates.fetching\n"
        "sys.exit(bool({'tuf', 'requests', 'securesystemslib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
