"""What a reply must be before it counts."""

import pytest

from smartclient.domain.errors import Damaged, Refused, Unreachable
from smartclient.domain.sentences import text_for
from smartclient.sync.exchange.replies import json_object, whole
from smartclient.wire.encoding import canonical, content_digest, pack
from smartclient.wire.messages import JsonObject
from smartclient.wire.transport import Reply


def _reply(status: int, body: bytes, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-digest": content_digest(body), **named}, body)


def _problem(code: str, **values: str) -> bytes:
    stated: JsonObject = {"code": code, "values": {**values}}
    return canonical(stated)


def test_that_a_whole_reply_is_unpacked() -> None:
    body = pack(b'{"a":1}')
    assert json_object(whole(_reply(200, body, content_encoding="zstd"))) == {"a": 1}


@pytest.mark.parametrize("status", [200, 206, 304, 401, 409])
def test_that_a_reply_without_its_digest_never_counts(status: int) -> None:
    with pytest.raises(Damaged, match="SC-SYNC-014"):
        whole(Reply(status, {}, b""))


def test_that_a_reply_with_another_digest_never_counts() -> None:
    with pytest.raises(Damaged, match="SC-SYNC-014"):
        whole(Reply(200, {"content-digest": content_digest(b"whole")}, b"who"))


def test_that_a_gateway_without_a_server_is_tried_again_later() -> None:
    with pytest.raises(Unreachable, match="SC-SYNC-024") as refused:
        whole(Reply(502, {"retry-after": "9"}, b"<html>"))
    assert refused.value.values == {"retry_after": "9"}


def test_that_a_refusal_keeps_the_servers_code_and_values() -> None:
    with pytest.raises(Refused, match="SC-SERV-012") as refused:
        whole(_reply(429, _problem("SC-SERV-012", seconds="30"), retry_after="30"))
    assert "30" in text_for(refused.value)


@pytest.mark.parametrize("body", [_problem("SC-NEWER-001"), b"not json", b"[]"])
def test_that_a_refusal_this_version_does_not_know_still_has_a_sentence(body: bytes) -> None:
    with pytest.raises(Refused, match="SC-SYNC-030") as refused:
        whole(_reply(418, body))
    assert text_for(refused.value)
