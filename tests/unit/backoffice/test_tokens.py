"""Tokens: proven by the install key, opaque, an hour long, each nonce once."""

import pytest
from sqlalchemy import select, update

from smartclient.backoffice.tables import schema
from smartclient.domain.ids import IdSource, InstallId
from smartclient.wire import encoding
from smartclient.wire.messages import Problem, mapping
from smartclient.wire.transport import Reply
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer, json_request
from tests.simulators.time_and_ids import SetClock


def _code(reply: Reply) -> tuple[int, str]:
    return reply.status, Problem.from_json(encoding.parse(reply.body)).code


def _revoke(server: InProcessServer, install: InstallId) -> None:
    with server.office.writing() as desk:
        desk.connection.execute(
            update(schema.install).where(schema.install.c.id == install).values(revoked_at=desk.now)
        )


def test_that_a_token_tells_what_a_synchronisation_must_know(
    memory_server: InProcessServer,
) -> None:
    token = memory_server.token(memory_server.activate())
    assert (token.epoch, token.protocol_min, token.protocol_max) == (1, 1, 1)
    assert token.server_time == "2026-11-21T09:00:00.000Z"
    assert token.next_lock_at == "2026-11-21T20:00:00.000Z"
    assert len(token.token) == 43


def test_that_only_the_hash_of_a_token_is_kept(server: InProcessServer) -> None:
    token = server.token(server.activate()).token
    with server.office.reading() as desk:
        kept = desk.connection.execute(select(schema.token.c.sha256)).scalar_one()
    assert kept == encoding.sha256(token.encode())


def test_that_a_token_is_over_after_an_hour(
    memory_server: InProcessServer, ids: IdSource, clock: SetClock
) -> None:
    adviser = Adviser(memory_server, ids)
    clock.pass_time(minutes=59)
    assert adviser.send("/v1/get", {"ids": []}).status == 200
    clock.pass_time(minutes=1)
    assert _code(adviser.send("/v1/get", {"ids": []})) == (401, "SC-SERV-005")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic " + "x" * 43, "x" * 43])
def test_that_a_call_without_a_live_token_is_401(
    memory_server: InProcessServer, header: str
) -> None:
    headers = {"Authorization": header} if header else {}
    reply = memory_server.send(json_request("/v1/get", {"ids": []}, headers))
    assert _code(reply) == (401, "SC-SERV-005")
    assert reply.headers["www-authenticate"] == "Bearer"


def test_that_a_nonce_counts_once(server: InProcessServer) -> None:
    installed = server.activate()
    request = server.token_request(installed, b"n" * 32)
    assert server.send(request).status == 200
    assert _code(server.send(request)) == (409, "SC-SERV-028")
    assert server.send(server.token_request(installed)).status == 200


def test_that_an_unknown_install_and_a_wrong_key_look_the_same(
    memory_server: InProcessServer,
) -> None:
    first, second = memory_server.activate(), memory_server.activate()
    other_key = memory_server.token_request(first)
    body = mapping(encoding.parse(other_key.body))
    swapped = json_request("/v1/token", {**body, "install": second.id})
    unknown = json_request(
        "/v1/token", {**body, "install": "0" * 8 + "-0000-0000-0000-" + "0" * 12}
    )
    answers = [memory_server.send(request) for request in (swapped, unknown)]
    assert answers[0] == answers[1]
    assert _code(answers[0]) == (403, "SC-SERV-007")


def test_that_a_revoked_install_is_stopped_at_once(server: InProcessServer, ids: IdSource) -> None:
    adviser = Adviser(server, ids)
    _revoke(server, adviser.installed.id)
    assert _code(adviser.send("/v1/get", {"ids": []})) == (403, "SC-SERV-006")
    assert _code(server.send(server.token_request(adviser.installed))) == (403, "SC-SERV-006")


def test_that_another_protocol_is_told_to_update(memory_server: InProcessServer) -> None:
    body = mapping(encoding.parse(memory_server.token_request(memory_server.activate()).body))
    reply = memory_server.send(json_request("/v1/token", {**body, "protocol": 2}))
    assert _code(reply) == (426, "SC-SERV-008")


def test_that_a_blocked_partner_is_a_notice_because_signed_work_must_still_arrive(
    server: InProcessServer,
) -> None:
    installed = server.activate()
    with server.office.writing() as desk:
        desk.connection.execute(update(schema.partner).values(blocked=True))
    assert server.token(installed).notice == "SC-SERV-015"
