"""Calls of the protocol with a live token; a token that the server forgot is renewed once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from smartclient.domain.clock import from_text
from smartclient.domain.errors import BadInput, Refused, SmartClientError, Unreachable
from smartclient.store.places import Homes
from smartclient.sync.exchange.flight import Awaited
from smartclient.sync.exchange.identity import Identity
from smartclient.sync.exchange.replies import UNAUTHORISED, json_object, whole
from smartclient.sync.exchange.server_clock import ServerClock
from smartclient.wire.admission import NONCE_BYTES, TokenReply, TokenRequest, token_message
from smartclient.wire.encoding import DIGEST_HEADER, canonical, content_digest, pack
from smartclient.wire.messages import PROTOCOL_VERSION, Json
from smartclient.wire.support_codes import SYNC_HEADER
from smartclient.wire.transport import Overlapping, Reply, Request, Transport

_JSON = "application/json"
_AUTHORIZATION = "Authorization"
BYTES = "application/octet-stream"
_WORTH_PACKING = 512
_PROOFS = 2
PROOF_SHOWN_BEFORE = "SC-SERV-028"
"""The server's answer to a request for a token that reached it twice."""
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
        SC-SERV-008 (update required); Unreachable SC-SERV-028 (everything arrives there twice);
        Refused SC-SYNC-027 when the server speaks another protocol.
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
        return self._call(prepared(path, message, headers))

    def send_bytes(self, method: str, path: str, content: bytes) -> Reply:
        """Send bytes as they are; raises as `replies.whole`."""
        return self._call(prepared_bytes(method, path, content))

    def fetch(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Get bytes; raises as `replies.whole`."""
        return self._call(Request("GET", path, headers or {}))

    def _call(self, request: Request) -> Reply:
        for _ in range(2):
            sent = self._signed(request)
            reply = self._transport.send(sent)
            if (taken := self._taken(reply, sent)) is not None:
                return taken
        raise Refused("SC-SYNC-025")

    def begin(self, request: Request) -> Awaited:
        """Send what was prepared; the answer waits for the reply, and raises as `replies.whole`.

        It goes beside the caller where the transport can, otherwise at once.
        """
        sent = self._signed(request)
        if isinstance(self._transport, Overlapping):
            awaited = self._transport.begin(sent)
        else:
            awaited = _sent_already(self._transport, sent)

        def taken() -> Reply:
            reply = self._taken(awaited(), sent)
            return self._call(request) if reply is None else reply

        return taken

    def _signed(self, request: Request) -> Request:
        """The request with the live token and the code of this synchronisation."""
        bearer = {_AUTHORIZATION: f"Bearer {self.token().token}"}
        return replace(request, headers={**request.headers, **bearer, **self._told_code()})

    def _taken(self, reply: Reply, sent: Request) -> Reply | None:
        """The reply, whole; None when the token was forgotten, so that another one is needed."""
        try:
            return whole(reply)
        except Refused:
            if reply.status != UNAUTHORISED:
                raise
            live = self._token
            # Of two requests under way the other one may have brought a new token already.
            if live is not None and sent.headers[_AUTHORIZATION] == f"Bearer {live.token}":
                self.forget_token()
            return None

    def _told_code(self) -> dict[str, str]:
        return {SYNC_HEADER: self.sync_code} if self.sync_code else {}

    def _new_token(self) -> TokenReply:
        """A token; where something on the way sent the proof twice, another proof gets it."""
        for _ in range(_PROOFS):
            try:
                return self._proven()
            except Refused as refusal:
                if refusal.code != PROOF_SHOWN_BEFORE:
                    raise
        # Everything arrives twice there: the way is at fault, and may be sound again later.
        raise Unreachable(PROOF_SHOWN_BEFORE)

    def _proven(self) -> TokenReply:
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


def prepared(path: str, message: Json, headers: Mapping[str, str] | None = None) -> Request:
    """The request with a message, packed where that makes it shorter."""
    return prepared_json(path, canonical(message), headers)


def prepared_json(path: str, content: bytes, headers: Mapping[str, str] | None = None) -> Request:
    """The request with the canonical bytes of a message, as `prepared`."""
    asked = {"Content-Type": _JSON, "Accept-Encoding": "zstd", **(headers or {})}
    if len(content) >= _WORTH_PACKING:
        content = pack(content)
        # A small message goes without: TLS guards it, and it would be longer than itself.
        asked |= {"Content-Encoding": "zstd", DIGEST_HEADER: content_digest(content)}
    return Request("POST", path, asked, content)


def prepared_bytes(method: str, path: str, content: bytes) -> Request:
    """The request with bytes as they are."""
    headers = {"Content-Type": BYTES, DIGEST_HEADER: content_digest(content)}
    return Request(method, path, headers, content)


def _sent_already(transport: Transport, request: Request) -> Awaited:
    """The reply of a transport that cannot be left alone, or its refusal, for later."""
    try:
        reply = transport.send(request)
    except SmartClientError as fault:
        refusal = fault

        def refused() -> Reply:
            raise refusal

        return refused
    return lambda: reply
