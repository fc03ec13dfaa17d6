"""The seal key in a token: a smart card, a USB token or an HSM behind PKCS#11.

The maker's library may be loaded once in a process and a session may die with the card, so a
session is opened at the first signature, kept, and opened once more when it broke. Without a file
that holds the PIN the token asks by itself, by its own keys or by its maker's window.

A card is locked after a few wrong PINs. So a PIN from a file that was refused is not sent again, by
no later signature either, until the file holds another one; and none is sent from a file to a card
that says its next wrong one would be the last: another start of the program remembers nothing.
"""

import hashlib
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from smartclient.domain.errors import NotAllowed, Unreachable
from smartclient.domain.pkcs11_uri import TokenUri
from smartclient.sync.activation.seal_places.handles import handle_of, label_of, public_of
from smartclient.sync.activation.seal_places.place import StayingKey
from smartclient.wire.values import JsonObject

if TYPE_CHECKING:
    from pkcs11 import Session, Token

_CURVE = "secp256r1"


class _Signing(Protocol):
    """What is used of a private key in a token; the library mixes it in at run time."""

    def sign(self, data: bytes, *, mechanism: object) -> bytes:
        """Sign with a mechanism of PKCS#11."""


class TokenPlace:
    """One token; its URI names the module, the token and the beginning of the labels."""

    def __init__(self, uri: TokenUri) -> None:
        self._uri = uri
        self._session: Session | None = None
        self._holding = threading.RLock()
        self._refused_pin = b""
        """Digest of the PIN that the token refused; empty when it refused none."""

    @property
    def name(self) -> str:
        """As it stands in the handle."""
        return "token"

    def make(self, label: str) -> JsonObject:
        """A new key that the token made and will not give away."""
        import pkcs11
        from pkcs11.util.ec import encode_named_curve_parameters

        named = f"{self._uri.object} {label}"
        try:
            with self._holding:
                parameters = self._opened().create_domain_parameters(
                    pkcs11.KeyType.EC,
                    {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(_CURVE)},
                    local=True,
                )
                stays = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False}
                public, _private = parameters.generate_keypair(
                    store=True, label=named, private_template=stays
                )
                point = bytes(public[pkcs11.Attribute.EC_POINT])
        except pkcs11.PKCS11Error as refused:
            raise self._refused(refused) from refused
        return handle_of(self.name, named, _point(point))

    def open(self, handle: JsonObject) -> StayingKey:
        """The key of a handle; the token is asked when something is signed."""
        return _TokenKey(self, label_of(handle), public_of(handle))

    def sign(self, label: str, digest: bytes) -> bytes:
        """Have the token sign a digest: r and s; raises as `SealKeyPlace.open` says."""
        import pkcs11

        with self._holding:
            try:
                return self._signed(label, digest)
            except pkcs11.NoSuchKey as gone:
                raise NotAllowed("SC-ACT-032", place=self._uri.token) from gone
            except pkcs11.PKCS11Error as refused:
                self.end_session()
                if _concerns_the_pin(refused):
                    raise self._refused(refused) from refused
                # Otherwise the card was drawn, or its session is over: once more.
            try:
                return self._signed(label, digest)
            except pkcs11.PKCS11Error as refused:
                self.end_session()
                raise self._refused(refused) from refused

    def end_session(self) -> None:
        """Let go of the token; the next signature takes it again."""
        import pkcs11

        with self._holding, suppress(pkcs11.PKCS11Error):
            session, self._session = self._session, None
            if session is not None:
                session.close()

    def _signed(self, label: str, digest: bytes) -> bytes:
        import pkcs11

        kind = pkcs11.ObjectClass.PRIVATE_KEY
        private = self._opened().get_key(object_class=kind, label=label)
        signing = cast("_Signing", private)
        return bytes(signing.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))

    def _opened(self) -> "Session":
        """A session that may sign; the caller holds the place."""
        if self._session is None:
            import pkcs11

            given = _pin(self._uri)
            token = self._token()
            self._require_harmless(token, given)
            try:
                self._session = token.open(rw=True, user_pin=given or pkcs11.PROTECTED_AUTH)
            except pkcs11.UserAlreadyLoggedIn:
                self._session = token.open(rw=True)
            except pkcs11.PKCS11Error as refused:
                if _concerns_the_pin(refused):
                    self._refused_pin = _digest(given)
                raise
            self._refused_pin = b""
        return self._session

    def _require_harmless(self, token: "Token", given: str) -> None:
        """NotAllowed SC-ACT-034 where a PIN from a file could lock the card."""
        import pkcs11

        if not given:
            return  # a person gives it, and sees how many tries are left
        last = pkcs11.TokenFlag.USER_PIN_FINAL_TRY | pkcs11.TokenFlag.USER_PIN_LOCKED
        if self._refused_pin == _digest(given) or token.flags & last:
            raise NotAllowed("SC-ACT-034", place=self._uri.token)

    def _token(self) -> "Token":
        import pkcs11

        try:
            return pkcs11.lib(self._uri.module).get_token(token_label=self._uri.token)
        except RuntimeError as absent:  # also what the library raises that cannot be loaded
            raise Unreachable("SC-ACT-030", place=self._uri.token) from absent

    def _refused(self, why: Exception) -> NotAllowed:
        return NotAllowed("SC-ACT-031", place=self._uri.token, problem=type(why).__name__)


class _TokenKey(StayingKey):
    """A key in the token."""

    def __init__(self, place: TokenPlace, label: str, public: EllipticCurvePublicKey) -> None:
        super().__init__(public)
        self._place = place
        self._label = label

    def sign_digest(self, digest: bytes) -> bytes:
        """Signed by the token."""
        return self._place.sign(self._label, digest)


def _concerns_the_pin(refused: Exception) -> bool:
    """Whether another try would cost one of the few that a card allows, or cannot help."""
    import pkcs11

    return isinstance(
        refused,
        pkcs11.PinIncorrect
        | pkcs11.PinLocked
        | pkcs11.PinExpired
        | pkcs11.PinInvalid
        | pkcs11.PinLenRange
        | pkcs11.UserPinNotInitialized
        | pkcs11.FunctionCancelled
        | pkcs11.FunctionRejected,
    )


def _point(encoded: bytes) -> EllipticCurvePublicKey:
    """CKA_EC_POINT is an OCTET STRING around the point (PKCS#11 2.40, 2.3.3)."""
    from asn1crypto.core import OctetString

    bare: bytes = OctetString.load(encoded).native
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bare)


def _digest(pin: str) -> bytes:
    return hashlib.sha256(pin.encode()).digest()


def _pin(uri: TokenUri) -> str:
    if not uri.pin_file:
        return ""
    try:
        return Path(uri.pin_file).read_text("utf-8").strip()
    except OSError as absent:
        raise Unreachable("SC-ACT-030", place=uri.token) from absent
