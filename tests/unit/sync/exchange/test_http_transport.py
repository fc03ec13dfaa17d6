"""The transport over real sockets: what a bad network, a wrong server or a proxy can do to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartclient.domain.errors import Damaged, Unreachable
from smartclient.sync.exchange import http_transport
from smartclient.sync.exchange.http_transport import HttpTransport
from smartclient.sync.exchange.replies import whole
from smartclient.wire.encoding import content_digest
from smartclient.wire.transport import Request
from tests.simulators.rude_server import RudeServer, make_certificate

ASKED = Request("POST", "/v1/changes?x=1", {"Authorization": "Bearer ours"}, b"{}")
BODY = b'{"rows":[]}'


def _answer(body: bytes = BODY, status: str = "200 OK", *more: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Digest: {content_digest(body)}",
        f"Content-Length: {len(body)}",
        *more,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("server"))


@pytest.fixture
def server(certificate: Path) -> Iterator[RudeServer]:
    with RudeServer(certificate) as rude:
        yield rude


@pytest.fixture
def transport(server: RudeServer, certificate: Path) -> Iterator[HttpTransport]:
    made = HttpTransport(server.address, certificate)
    yield made
    made.close()


def test_that_a_reply_comes_as_it_was_sent(server: RudeServer, transport: HttpTransport) -> None:
    server.answer = _answer(BODY, "200 OK", 'ETag: "a"')
    reply = whole(transport.send(ASKED))
    assert (reply.status, reply.body, reply.headers["etag"]) == (200, BODY, '"a"')
    (heard,) = server.heard
    assert heard.startswith(b"POST /v1/changes?x=1 HTTP/1.1\r\n")
    assert b"Authorization: Bearer ours" in heard


@pytest.mark.parametrize("kept", [17, 40, 90])
def test_that_a_reply_cut_in_its_headers_is_never_taken_for_an_empty_one(
    server: RudeServer, transport: HttpTransport, kept: int
) -> None:
    server.answer = _answer()[:kept]
    with pytest.raises(Damaged, match="SC-SYNC-014"):
        whole(transport.send(ASKED))


def test_that_a_reply_cut_in_its_body_is_refused(
    server: RudeServer, transport: HttpTransport
) -> None:
    server.answer = _answer()[:-3]
    with pytest.raises(Damaged, match="SC-SYNC-014"):
        transport.send(ASKED)


def test_that_a_reply_without_length_that_was_cut_is_refused(
    server: RudeServer, transport: HttpTransport
) -> None:
    whole_reply = _answer().replace(f"Content-Length: {len(BODY)}\r\n".encode(), b"")
    server.answer = whole_reply[:-3]
    with pytest.raises(Damaged, match="SC-SYNC-014"):
        whole(transport.send(ASKED))


def test_that_a_connection_that_ends_without_a_word_is_said(
    server: RudeServer, transport: HttpTransport
) -> None:
    server.answer = b""
    with pytest.raises(Unreachable, match="SC-SYNC-021"):
        transport.send(ASKED)


def test_that_a_server_that_keeps_silent_is_given_up(
    server: RudeServer, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_transport, "READ_SECONDS", 0.2)
    server.answer = None
    with pytest.raises(Unreachable, match="SC-SYNC-022"):
        transport.send(ASKED)


def test_that_no_server_is_told_from_a_wrong_one(certificate: Path, tmp_path: Path) -> None:
    with RudeServer(certificate) as gone:
        address = gone.address
    with pytest.raises(Unreachable, match="SC-SYNC-020"):
        HttpTransport(address, certificate).send(ASKED)
    other = make_certificate(tmp_path / "other")
    with RudeServer(other) as wrong, pytest.raises(Unreachable, match="SC-SYNC-023"):
        HttpTransport(wrong.address, certificate).send(ASKED)


def test_that_a_portal_without_tls_is_not_the_insurer(certificate: Path) -> None:
    with RudeServer(certificate, plain=True) as portal:
        portal.answer = b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n\r\n"
        with pytest.raises(Unreachable, match="SC-SYNC-023"):
            HttpTransport(portal.address, certificate).send(ASKED)


def test_that_a_redirect_is_not_followed(server: RudeServer, transport: HttpTransport) -> None:
    server.answer = _answer(b"", "302 Found", "Location: https://localhost:1/elsewhere")
    assert transport.send(ASKED).status == 302
    assert len(server.heard) == 1


def test_that_neither_proxies_nor_netrc_come_between_us_and_this_computer(
    server: RudeServer, transport: HttpTransport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login thief password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    server.answer = _answer()
    assert transport.send(ASKED).status == 200
    assert b"Authorization: Bearer ours" in server.heard[0]


def test_that_a_proxy_of_the_environment_is_used_for_the_insurers_server(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RudeServer(certificate, plain=True) as proxy:
        proxy.answer = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
        monkeypatch.setenv("HTTPS_PROXY", proxy.address.replace("https", "http"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(Unreachable, match=r"SC-SYNC-02[01]"):
            HttpTransport("https://insurer.invalid", certificate).send(ASKED)


def test_that_only_https_is_an_address(certificate: Path) -> None:
    with pytest.raises(ValueError, match="https"):
        HttpTransport("http://localhost:1", certificate)
