"""Calls of the protocol with a live token; a token that the server forgot is renewed once."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from smartclient.domain.clock import from_text
from smartclient.domain.errors import BadInput, Refused
from smartclient.store.places import Homes
from smartclient.sync.exchange.identity import Identity
from smartclient.sync.exchange.replies import UNAUTHORISED, json_object, whole
from smartclient.sync.exchange.server_clock import ServerClock
from smartclient.wire.admission import NONCE_BYTES, TokenReply, TokenRequest, token_message
from smartclient.wire.encoding import DIGEST_HEADER, canonical, content_digest, pack
from smartclient.wire.messages import PROTOCOL_VERSION, Json
from smartclient.wire.support_codes import SYNC_HEADER
from smartclient.wire.transport import Reply, Request, Transport

_JSON = "application/json"
_BYTES = "application/octet-stream"
_WORTH_PACKING = 512
_TOKEN_AGE = timedelta(minutes=55)
"""The server forgets a token after an hour."""


class Conversation:
    """The calls of one install with one server. The token outlives a synchronisation."""

    def __init__(
        self,
        transport: Transport,
        identity: Identity,
        clock: ServerClock,
        *,
        random: Callable[[int], bytes],
        version: str,
    ) -> None:
        """`random` gives so many unpredictable bytes; `version` is the program's."""
        self._transport = transport
        self._identity = identity
        self._clock = clock
        self._random = random
        self._version = version
        self._token: TokenReply | None = None
        self._token_from: datetime | None = None
        self.sync_code = ""
        """Goes with every request of the synchronisation that runs."""

    def token(self) -> TokenReply:
        """What came with the live token; asks for one when there is none, or the last one is old.

        An old one would cost a refusal first, and says no more where new records live.

        Raises Refused with the server's code: SC-SERV-006 (revoked), SC-SERV-007 (not recognised),
        SC-SERV-008 (update required); Refused SC-SYNC-027 when the server speaks another protocol.
        """
        if self._token is None or self._is_old():
            self._token = self._new_token()
        return self._token

    def _is_old(self) -> bool:
        now = self._clock.now()
        return now is None or self._token_from is None or now - self._token_from > _TOKEN_AGE

    @property
    def notice(self) -> str:
        """A code that came with the live token and must be told; empty when there is none."""
        return "" if self._token is None else self._token.notice

    @property
    def homes(self) -> Homes:
        """Where new records live, as the server said with the live token."""
        token = self.token()
        return Homes(token.scope, token.office)

    @property
    def hand_in_key(self) -> str:
        """The office's key that came with the live token; empty when there is none."""
        return "" if self._token is None else self._token.hand_in_key

    def forget_token(self) -> None:
        """Ask for a new token with the next call."""
        self._token = None

    def post(self, path: str, message: Json, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a message and give the whole reply, unpacked; raises as `replies.whole`."""
        content = canonical(message)
        asked = {"Content-Type": _JSON, "Accept-Encoding": "zstd", **(headers or {})}
        if len(content) >= _WORTH_PACKING:
            content = pack(content)
            # A small message goes without: TLS guards it, and it would be longer than itself.
            asked |= {"Content-Encoding": "zstd", DIGEST_HEADER: content_digest(content)}
        return self._call("POST", path, content, asked)

    def send_bytes(self, method: str, path: str, content: bytes) -> Reply:
        """Send bytes as they are; raises as `replies.whole`."""
        headers = {"Content-Type": _BYTES, DIGEST_HEADER: content_digest(content)}
        return self._call(method, path, content, headers)

    def fetch(self, path: str) -> Reply:
        """Get bytes; raises as `replies.whole`."""
        return self._call("GET", path, b"", {})

    def _call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        for _ in range(2):
            bearer = {"Authorization": f"Bearer {self.token().token}"}
            request = Request(method, path, {**headers, **bearer, **self._told_code()}, body)
            reply = self._transport.send(request)
            try:
                return whole(reply)
            except Refused:
                if reply.status != UNAUTHORISED:
                    raise
                self.forget_token()
        raise Refused("SC-SYNC-025")

    def _told_code(self) -> dict[str, str]:
        return {SYNC_HEADER: self.sync_code} if self.sync_code else {}

    def _new_token(self) -> TokenReply:
        identity, nonce = self._identity, self._random(NONCE_BYTES)
        message = token_message(identity.server_name, identity.install, nonce)
        request = TokenRequest(
            identity.install, nonce, identity.sign(message), PROTOCOL_VERSION, self._version
        )
        body = canonical(request.to_json())
        headers = {"Content-Type": _JSON, DIGEST_HEADER: content_digest(body), **self._told_code()}
        reply = whole(self._transport.send(Request("POST", "/v1/token", headers, body)))
        token = TokenReply.from_json(json_object(reply))
        if not token.protocol_min <= PROTOCOL_VERSION <= token.protocol_max:
            raise Refused("SC-SYNC-027")
        try:
            self._token_from = from_text(token.server_time)
            self._clock.heard(self._token_from)
        except ValueError as broken:
            raise BadInput("SC-SYNC-011") from broken
        return token
