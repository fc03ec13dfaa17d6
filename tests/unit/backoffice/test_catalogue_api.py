"""The catalogue over HTTP: whole replies, and nothing but the catalogue."""

import pytest

from smartclient.wire.encoding import parse, require_whole
from smartclient.wire.messages import Problem
from smartclient.wire.transport import Reply, Request
from tests.simulators.inprocess import InProcessServer

DIGEST = "a" * 64
ROOT = "metadata/1.root.json"


@pytest.fixture
def server(memory_server: InProcessServer) -> InProcessServer:
    """A back office that serves a small catalogue."""
    served = memory_server.catalogue
    served.add({ROOT: b"{}", f"targets/calc/{DIGEST}.flexi-1.zip": b"zip"})
    served.set_timestamp(b"{}")
    served.set_tag("1-abc")
    return memory_server


def _get(server: InProcessServer, path: str, etag: str = "") -> Reply:
    headers = {"If-None-Match": etag} if etag else {}
    return server.send(Request("GET", f"/v1/catalogue/{path}", headers))


@pytest.mark.parametrize(
    ("path", "cached"),
    [
        (ROOT, True),
        ("metadata/timestamp.json", False),
        (f"targets/calc/{DIGEST}.flexi-1.zip", True),
    ],
)
def test_that_every_file_proves_that_it_is_whole(
    server: InProcessServer, path: str, cached: bool
) -> None:
    reply = _get(server, path)
    assert reply.status == 200
    require_whole(reply.body, reply.headers["content-digest"])
    assert reply.headers["content-length"] == str(len(reply.body))
    assert ("immutable" in reply.headers["cache-control"]) == cached


@pytest.mark.parametrize(
    "path",
    [
        "metadata/2.root.json",
        "metadata/../tag",
        "targets/../tag",
        "targets/calc/../../tag",
        "targets/calc/..\\..\\tag",
        "targets/lock",
        "tag",
    ],
)
def test_that_nothing_but_the_catalogue_is_served(server: InProcessServer, path: str) -> None:
    reply = _get(server, path)
    assert reply.status == 404
    assert Problem.from_json(parse(reply.body)).code in ("SC-CAT-079", "SC-SERV-003")
    require_whole(reply.body, reply.headers["content-digest"])


def test_that_a_file_that_is_known_is_not_sent_again(server: InProcessServer) -> None:
    known = _get(server, ROOT).headers["etag"]
    again = _get(server, ROOT, known)
    assert (again.status, again.body) == (304, b"")
    require_whole(again.body, again.headers["content-digest"])
    server.catalogue.add({ROOT: b'{"new":1}'})
    assert _get(server, ROOT, known).status == 200


def test_that_a_synchronisation_learns_of_a_new_catalogue(server: InProcessServer) -> None:
    assert server.token(server.activate()).catalogue_etag == "1-abc"
