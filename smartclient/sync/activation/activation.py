"""Activating this install, by the HR number of a business partner.

The keys are kept before the request leaves. When its answer is lost, the next try sends the same
keys, and the server knows the install again by them: nothing is activated twice.
"""

from collections.abc import Callable
from typing import TypeVar

from cryptography import x509

from smartclient.domain.clock import Clock
from smartclient.domain.errors import (
    BadInput,
    Damaged,
    SmartClientError,
    Unreachable,
)
from smartclient.domain.hr_number import hr_number
from smartclient.domain.ids import HrNumber
from smartclient.store.keys import KeyRing
from smartclient.sync.activation import INSTALLED
from smartclient.sync.activation.installed import Installed
from smartclient.sync.activation.keys import InstallKeys, SealKeyPlaces, certificate_request
from smartclient.sync.exchange.replies import json_object, whole
from smartclient.wire.admission import (
    NONCE_BYTES,
    ActivateReply,
    ActivateRequest,
    AdviserUser,
    activation_challenge,
)
from smartclient.wire.encoding import DIGEST_HEADER, canonical, content_digest, parse
from smartclient.wire.messages import Json, JsonObject, text
from smartclient.wire.transport import Request, Transport

T = TypeVar("T")

PENDING = "activation-pending"
_LABEL_BYTES = 8

_NOBODY_THERE = "SC-SYNC-020"
_NOT_THE_INSURER = "SC-SYNC-023"


class Activation:
    """Makes this install known to the insurer, and keeps what it got in the key ring.

    Every call to the server raises Unreachable SC-ACT-002 (no connection), SC-ACT-003 (it broke in
    the middle), SC-SYNC-023 (something else answers), and Refused with the server's code: 012 (too
    many tries), 014 (unknown number), 015 (blocked), 006 (this install was revoked) of SC-SERV.
    """

    def __init__(
        self,
        transport: Transport,
        keys: KeyRing,
        root: x509.Certificate,
        clock: Clock,
        *,
        random: Callable[[int], bytes],
        places: SealKeyPlaces | None = None,
    ) -> None:
        """`root` is the pinned one; `random` gives so many unpredictable bytes.

        `places` are those of the seal key, the key ring alone without it.
        """
        self._transport = transport
        self._keys = keys
        self._root = root
        self._clock = clock
        self._random = random
        self._places = places or SealKeyPlaces()

    @property
    def installed(self) -> Installed | None:
        """What activation gave this install; None before it. Damaged SC-ACT-006."""
        kept = self._keys.get(INSTALLED)
        return None if kept is None else Installed.from_bytes(kept, self._places)

    def check_hr(self, typed: str) -> str:
        """The name of the partner behind an HR number.

        Raises BadInput SC-ACT-001 before any call when the number cannot be one.
        """
        question: Json = {"hr": require_hr(typed)}
        return self._ask("/v1/activate/check", question, lambda said: text(said, "partner_name"))

    def activate(self, typed: str, user: AdviserUser, device: str) -> Installed:
        """Activate for the partner with this HR number, or change over to it.

        An install that is active already keeps its keys, so its documents stay its own. Raises
        BadInput SC-ACT-001 for the number and SC-ACT-010 to SC-ACT-012 for what is missing of the
        user, before any call; SC-ACT-030 and SC-ACT-031 when the place of the seal key makes none;
        Damaged SC-ACT-005 when the server's certificates are not ours.
        """
        hr = require_hr(typed)
        user = required_user(user)
        keys = self._keys_for_now()
        nonce = self._random(NONCE_BYTES)
        challenge = activation_challenge(nonce, hr, user)
        request = ActivateRequest(
            hr,
            user,
            certificate_request(keys.install, challenge),
            certificate_request(keys.seal, challenge),
            nonce,
        )
        reply = self._ask("/v1/activate", request.to_json(), ActivateReply.from_json)
        installed = Installed(hr, user, device, self._clock.now(), reply, keys)
        installed.require_genuine(self._root)
        self._keys.put(INSTALLED, installed.to_bytes())
        self._keys.forget(PENDING)
        return installed

    def renew(self) -> Installed | None:
        """Get new certificates for the same keys when two thirds of their life are over."""
        current = self.installed
        if current is None or not current.is_due_for_renewal(self._clock.now()):
            return current
        return self.activate(current.hr, current.user, current.device)

    def _keys_for_now(self) -> InstallKeys:
        """The keys of this install, those of a try that was broken off, or new ones."""
        current = self.installed
        if current is not None:
            return current.keys
        pending = self._keys.get(PENDING)
        if pending is not None:
            return InstallKeys.from_json(parse(pending), self._places)
        made = InstallKeys.made(self._places, self._random(_LABEL_BYTES).hex())
        self._keys.put(PENDING, canonical(made.to_json()))
        return made

    def _ask(self, path: str, message: Json, read: Callable[[JsonObject], T]) -> T:
        body = canonical(message)
        headers = {"Content-Type": "application/json", DIGEST_HEADER: content_digest(body)}
        try:
            reply = whole(self._transport.send(Request("POST", path, headers, body)))
            return read(json_object(reply))
        except (Unreachable, Damaged) as failure:
            raise _told(failure) from failure
        except BadInput as unreadable:
            raise Unreachable("SC-ACT-003") from unreadable


def require_hr(typed: str) -> HrNumber:
    """The HR number that was typed; BadInput SC-ACT-001 unless it is digits beginning with 9."""
    number = hr_number(typed)
    if number is None:
        raise BadInput("SC-ACT-001")
    return number


def required_user(user: AdviserUser) -> AdviserUser:
    """The user without spaces around; refused without one of the three that must be known."""
    cleaned = AdviserUser(
        user.name.strip(),
        user.identification.strip(),
        user.cnb_number.strip(),
        user.email.strip(),
        user.phone.strip(),
    )
    for code, value in (
        ("SC-ACT-010", cleaned.name),
        ("SC-ACT-011", cleaned.identification),
        ("SC-ACT-012", cleaned.cnb_number),
    ):
        if not value:
            raise BadInput(code)
    return cleaned


def _told(failure: SmartClientError) -> SmartClientError:
    """The words of a synchronisation do not fit a window in which nothing is activated yet."""
    if failure.code == _NOT_THE_INSURER:
        return failure
    return Unreachable("SC-ACT-002" if failure.code == _NOBODY_THERE else "SC-ACT-003")
