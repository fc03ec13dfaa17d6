"""How an install is let in: activation by an HR number, and tokens for an install that is known.

The install key signs `token_message`; both CSRs of an activation carry its `activation_challenge`
as their challengePassword (PKCS #9). So neither can be lifted into another request, and nothing of
a request can be changed without the keys.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from smartclient.domain.errors import BadInput
from smartclient.domain.ids import HrNumber, InstallId, PersonId
from smartclient.wire.encoding import canonical, sha256
from smartclient.wire.messages import (
    MAX_SCOPE,
    Json,
    JsonObject,
    mapping,
    text,
    uuid_text,
    whole,
)

TOKEN_CONTEXT: Final = b"smartclient-token-v1"
NONCE_BYTES: Final = 32
MAX_PEM: Final = 8_000
MAX_SIGNATURE: Final = 200
MAX_KEY: Final = 400
WAY_HR: Final = "hr"


def token_message(server_name: str, install: InstallId, nonce: bytes) -> bytes:
    """What the install key signs (ECDSA, SHA-256) to get a token from this server only."""
    return b"\x00".join((TOKEN_CONTEXT, server_name.encode(), install.encode(), nonce))


def _bytes_to_text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _text_to_bytes(source: Mapping[str, Json], name: str, limit: int) -> bytes:
    shown = text(source, name, limit)
    try:
        return base64.b64decode(shown, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise BadInput("SC-SYNC-010", field=name, value=shown[:60], rule="base64") from broken


def _nonce(source: Mapping[str, Json]) -> bytes:
    nonce = _text_to_bytes(source, "nonce", 64)
    if len(nonce) != NONCE_BYTES:
        raise BadInput(
            "SC-SYNC-010", field="nonce", value=len(nonce), rule=f"{NONCE_BYTES} bytes in base64"
        )
    return nonce


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """An install asks for a token; every nonce is used once."""

    install: InstallId
    nonce: bytes
    signature: bytes
    """DER, by the install key over `token_message`."""
    protocol: int
    client_version: str

    def to_json(self) -> JsonObject:
        """The request as JSON."""
        return {
            "install": self.install,
            "nonce": _bytes_to_text(self.nonce),
            "signature": _bytes_to_text(self.signature),
            "protocol": self.protocol,
            "client_version": self.client_version,
        }

    @classmethod
    def from_json(cls, source: Json) -> "TokenRequest":
        """The request of `to_json`."""
        fields = mapping(source)
        return cls(
            InstallId(uuid_text(fields, "install")),
            _nonce(fields),
            _text_to_bytes(fields, "signature", MAX_SIGNATURE),
            whole(fields, "protocol", 0, 1000),
            text(fields, "client_version", 40),
        )


@dataclass(frozen=True, slots=True)
class TokenReply:
    """What a live token brings: server time, epoch, next lock and the catalogue's tag."""

    token: str
    server_time: str
    epoch: int
    protocol_min: int
    protocol_max: int
    next_lock_at: str
    catalogue_etag: str
    notice: str = ""
    """A code the adviser must be told of, for example that the partner is blocked."""
    scope: str = ""
    """The scope of the install's own person, where its new documents live."""
    office: str = ""
    """Where new records of the register live; the own scope while no office is proven."""
    hand_in_key: str = ""
    """The office's public key (SPKI, DER, hexadecimal) for packages that are handed in."""

    def to_json(self) -> JsonObject:
        """The reply as JSON."""
        return {
            "token": self.token,
            "server_time": self.server_time,
            "epoch": self.epoch,
            "protocol_min": self.protocol_min,
            "protocol_max": self.protocol_max,
            "next_lock_at": self.next_lock_at,
            "catalogue_etag": self.catalogue_etag,
            "notice": self.notice,
            "scope": self.scope,
            "office": self.office,
            **({"hand_in_key": self.hand_in_key} if self.hand_in_key else {}),
        }

    @classmethod
    def from_json(cls, source: Json) -> "TokenReply":
        """The reply of `to_json`."""
        fields = mapping(source)
        return cls(
            text(fields, "token", 100),
            text(fields, "server_time", 40),
            whole(fields, "epoch"),
            whole(fields, "protocol_min"),
            whole(fields, "protocol_max"),
            text(fields, "next_lock_at", 40),
            text(fields, "catalogue_etag", 100),
            text({"notice": "", **fields}, "notice", 20),
            text({"scope": "", **fields}, "scope", MAX_SCOPE),
            text({"office": "", **fields}, "office", MAX_SCOPE),
            text({"hand_in_key": "", **fields}, "hand_in_key", MAX_KEY),
        )


@dataclass(frozen=True, slots=True)
class AdviserUser:
    """Who works with the install, as typed into "Údaje uživatele"; the last two may be empty."""

    name: str
    identification: str
    cnb_number: str
    email: str = ""
    phone: str = ""

    def to_json(self) -> JsonObject:
        """The user as JSON."""
        return {
            "name": self.name,
            "identification": self.identification,
            "cnb_number": self.cnb_number,
            "email": self.email,
            "phone": self.phone,
        }

    @classmethod
    def from_json(cls, source: Json) -> "AdviserUser":
        """The user of `to_json`; an absent e-mail or phone is empty."""
        fields = mapping(source, "user")
        with_all = {"email": "", "phone": "", **fields}
        for name in ("name", "identification", "cnb_number"):
            if not text(with_all, name).strip():
                raise BadInput("SC-SYNC-010", field=name, value="''", rule="not empty")
        return cls(
            text(with_all, "name"),
            text(with_all, "identification", 60),
            text(with_all, "cnb_number", 60),
            text(with_all, "email"),
            text(with_all, "phone", 40),
        )


def activation_challenge(nonce: bytes, hr: HrNumber, user: AdviserUser) -> bytes:
    """The challengePassword of both CSRs: ASCII, over everything else that the request says."""
    said: Json = {"hr": hr, "nonce": _bytes_to_text(nonce), "user": user.to_json()}
    return sha256(canonical(said)).encode("ascii")


@dataclass(frozen=True, slots=True)
class ActivateRequest:
    """An activation by HR number, with the keys that the laptop made for it."""

    hr: HrNumber
    user: AdviserUser
    csr_install: str
    csr_seal: str
    nonce: bytes

    def to_json(self) -> JsonObject:
        """The request as JSON."""
        return {
            "way": WAY_HR,
            "hr": self.hr,
            "user": self.user.to_json(),
            "csr_install": self.csr_install,
            "csr_seal": self.csr_seal,
            "nonce": _bytes_to_text(self.nonce),
        }

    @classmethod
    def from_json(cls, source: Json) -> "ActivateRequest":
        """The request of `to_json`."""
        fields = mapping(source)
        if fields.get("way") != WAY_HR:
            raise BadInput("SC-SYNC-010", field="way", value=str(fields.get("way"))[:60], rule="hr")
        return cls(
            HrNumber(text(fields, "hr", 40)),
            AdviserUser.from_json(fields.get("user")),
            text(fields, "csr_install", MAX_PEM),
            text(fields, "csr_seal", MAX_PEM),
            _nonce(fields),
        )


@dataclass(frozen=True, slots=True)
class ActivateReply:
    """The install as the server knows it from now on; certificates are PEM."""

    install: InstallId
    person: PersonId
    scope: str
    certificate_install: str
    certificate_seal: str
    chain: str
    """The issuing CAs and the root, one after another."""
    server_name: str
    partner_name: str

    def to_json(self) -> JsonObject:
        """The reply as JSON."""
        return {
            "install": self.install,
            "person": self.person,
            "scope": self.scope,
            "certificate_install": self.certificate_install,
            "certificate_seal": self.certificate_seal,
            "chain": self.chain,
            "server_name": self.server_name,
            "partner_name": self.partner_name,
        }

    @classmethod
    def from_json(cls, source: Json) -> "ActivateReply":
        """The reply of `to_json`."""
        fields = mapping(source)
        return cls(
            InstallId(uuid_text(fields, "install")),
            PersonId(uuid_text(fields, "person")),
            text(fields, "scope", 80),
            text(fields, "certificate_install", MAX_PEM),
            text(fields, "certificate_seal", MAX_PEM),
            text(fields, "chain", 4 * MAX_PEM),
            text(fields, "server_name"),
            text(fields, "partner_name"),
        )
