"""Activation as the adviser sees it: whose install this is, and how it becomes somebody's.

The way by a personal certificate is shown and says honestly that it is not served yet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smartclient.domain.errors import BadInput, Damaged
from smartclient.store.database import Database
from smartclient.wire.encoding import parse
from smartclient.wire.values import mapping, text

if TYPE_CHECKING:
    from smartclient.sync.activation.activation import Activation
    from smartclient.sync.activation.installed import Installed
    from smartclient.wire.admission import AdviserUser

_KEY = "activation_asked_again"


@dataclass(frozen=True, slots=True)
class Account:
    """Who works with this install, and for whom."""

    hr: str
    partner_name: str
    name: str
    identification: str
    cnb_number: str
    email: str = ""
    phone: str = ""


class AccountActivation:
    """Checks an HR number, activates, and remembers that another activation was asked for.

    `check_hr` and `activate` call the server; their refusals are those of `sync.activation`.
    """

    def __init__(
        self,
        db: Database,
        activation: Callable[[], "Activation"],
        kept: Callable[[], bytes | None],
        device: Callable[[], str],
    ) -> None:
        """`activation` is made at the first use; `device` names this computer to the insurer.

        `kept` reads what activation gave this install, without its keys being made ready.
        """
        self._db = db
        self._activation = activation
        self._kept = kept
        self._device = device

    def account(self) -> Account | None:
        """Who works here; None before the first activation. Damaged SC-ACT-006."""
        kept = self._kept()
        return None if kept is None else _account_in(kept)

    def check_hr(self, typed: str) -> str:
        """The partner's name behind the number; BadInput SC-ACT-001 before any call."""
        return self._activation().check_hr(typed)

    def activate(self, hr: str, user: "AdviserUser") -> Account:
        """Activate for the partner with this number, or change over to it."""
        account = _account(self._activation().activate(hr, user, self._device()))
        with self._db.write() as tx:
            tx.settings.set(_KEY, False)
        return account

    def ask_again(self, again: bool = True) -> None:
        """Let the next start ask for the activation, or not after all."""
        with self._db.write() as tx:
            tx.settings.set(_KEY, again)

    def is_asked_again(self) -> bool:
        """Whether the next start must ask for the activation."""
        with self._db.day() as day:
            return day.setting(_KEY) is True


def _account_in(kept: bytes) -> Account:
    try:
        fields = mapping(parse(kept))
        user = {"email": "", "phone": "", **mapping(fields.get("user"))}
        return Account(
            hr=text(fields, "hr", 20),
            partner_name=text(mapping(fields.get("reply")), "partner_name"),
            name=text(user, "name"),
            identification=text(user, "identification"),
            cnb_number=text(user, "cnb_number"),
            email=text(user, "email"),
            phone=text(user, "phone"),
        )
    except BadInput as broken:
        raise Damaged("SC-ACT-006") from broken


def _account(installed: "Installed") -> Account:
    return Account(
        hr=installed.hr,
        partner_name=installed.partner_name,
        name=installed.user.name,
        identification=installed.user.identification,
        cnb_number=installed.user.cnb_number,
        email=installed.user.email,
        phone=installed.user.phone,
    )
