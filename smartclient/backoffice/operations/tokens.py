"""Tokens: an install proves its key and gets 32 opaque bytes for an hour; only their hash is kept.

Who is not let in is told apart only as far as it must: an unknown install and a wrong signature
look the same.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from sqlalchemy import RowMapping, bindparam, delete, select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.partners import find_partner
from smartclient.backoffice.operations.principals import (
    GivenRight,
    Principal,
    live_and_past,
)
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_all, insert_one
from smartclient.domain.errors import Refused
from smartclient.domain.retention import NONCES, TOKENS
from smartclient.wire.admission import TokenRequest, token_message
from smartclient.wire.messages import PROTOCOL_VERSION

PROTOCOL_MIN = 1
PROTOCOL_MAX = PROTOCOL_VERSION
TOKEN_BYTES = 32
TOKEN_LIFE = TOKENS.kept.span
NONCES_KEPT = NONCES.kept.span
"""As long as an install certificate lives; after that the key has been asked to renew."""


_install, _right, _token = schema.install, schema.scope_right, schema.token
_OF_INSTALL = (
    _install.c.id,
    _install.c.person,
    _install.c.scope,
    _install.c.hr,
    _install.c.revoked_at,
)
_OF_RIGHT = (
    _right.c.scope.label("right_scope"),
    _right.c.classes,
    _right.c.may_write,
    _right.c.since,
    _right.c.until,
)
_BY_TOKEN = (
    select(*_OF_INSTALL, _token.c.expires_at, *_OF_RIGHT)
    .select_from(_token)
    .join(_install, _install.c.id == _token.c.install)
    .join(_right, _right.c.person == _install.c.person, isouter=True)
    .where(_token.c.sha256 == bindparam("of_token"))
)
"""Every call asks it, so it is put together once."""
_BY_INSTALL = (
    select(*_OF_INSTALL, _install.c.public_key, *_OF_RIGHT)
    .select_from(_install)
    .join(_right, _right.c.person == _install.c.person, isouter=True)
    .where(_install.c.id == bindparam("of_install"))
)


@dataclass(frozen=True, slots=True)
class Proven:
    """An install that has shown its key, and a code the adviser must be told of."""

    principal: Principal
    nonce_sha256: str
    notice: str


def prove(desk: Desk, request: TokenRequest, server_name: str) -> Proven:
    """Whether an install signed for this server with its own key; only reads.

    Raises Refused SC-SERV-008 (protocol), SC-SERV-007 (unknown install, wrong signature),
    SC-SERV-006 (revoked). A blocked partner is a notice, not a refusal: what its advisers have
    signed must still arrive.
    """
    if not PROTOCOL_MIN <= request.protocol <= PROTOCOL_MAX:
        raise Refused("SC-SERV-008", low=PROTOCOL_MIN, high=PROTOCOL_MAX)
    asked = {"of_install": request.install}
    rows = desk.connection.execute(_BY_INSTALL, asked).mappings().all()
    if not rows or not _signed_by(rows[0]["public_key"], request, server_name):
        raise Refused("SC-SERV-007")
    principal = _principal(desk, rows)
    partner = find_partner(desk, principal.hr)
    notice = "SC-SERV-015" if partner is None or partner.blocked else ""
    return Proven(principal, hashlib.sha256(request.nonce).hexdigest(), notice)


def give_token(desk: Desk, proven: Proven) -> str:
    """A token; Refused SC-SERV-028 when the nonce was used before.

    Whoever repeats a request gets nothing for it. The laptop whose request was doubled on its way
    hears by the code that it is known, and proves itself anew.
    """
    install = proven.principal.install
    nonce = {"install": install, "sha256": proven.nonce_sha256, "used_at": desk.now}
    if not insert_one(desk.connection, schema.used_nonce, nonce):
        raise Refused("SC-SERV-028")
    text = base64.urlsafe_b64encode(desk.random(TOKEN_BYTES)).rstrip(b"=").decode("ascii")
    token = {"sha256": _hash(text), "install": install, "expires_at": desk.now + TOKEN_LIFE}
    insert_all(desk.connection, schema.token, [token])
    return text


def require_principal(desk: Desk, text: str) -> Principal:
    """Who holds the token; Refused SC-SERV-005 (get a new one) or SC-SERV-006 (revoked)."""
    rows = desk.connection.execute(_BY_TOKEN, {"of_token": _hash(text)}).mappings().all()
    if not rows or rows[0]["expires_at"] <= desk.now:
        raise Refused("SC-SERV-005")
    return _principal(desk, rows)


def _principal(desk: Desk, rows: Sequence[RowMapping]) -> Principal:
    """Who the rows tell of: the install in each of them, and one of its person's rights in each.

    Raises Refused SC-SERV-006 for a revoked install.
    """
    first = rows[0]
    if first["revoked_at"] is not None:
        raise Refused("SC-SERV-006")
    given = (
        GivenRight(*(row[column] for column in _OF_RIGHT))
        for row in rows
        if row["right_scope"] is not None and row["right_scope"] != first["scope"]
    )
    live, past = live_and_past(given, desk.now)
    return Principal(first["id"], first["person"], first["scope"], first["hr"], live, past)


def forget_expired(desk: Desk) -> None:
    """Delete tokens that are over and nonces that no certificate of their time outlives."""
    token, nonce = schema.token, schema.used_nonce
    desk.connection.execute(delete(token).where(token.c.expires_at <= desk.now))
    desk.connection.execute(delete(nonce).where(nonce.c.used_at <= desk.now - NONCES_KEPT))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _signed_by(public_key: bytes, request: TokenRequest, server_name: str) -> bool:
    key = load_der_public_key(public_key)
    if not isinstance(key, EllipticCurvePublicKey):
        return False
    message = token_message(server_name, request.install, request.nonce)
    try:
        key.verify(request.signature, message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
