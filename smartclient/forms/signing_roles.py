"""signatures.json: who signs the document, and whether in the given order.

A role over rows gives one signer a row.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from smartclient.forms.binding import Bound, Place
from smartclient.forms.model import Model, RepeatSpec
from smartclient.forms.rules import read_expression
from smartclient.forms.source import Faults, Source

FILE = "signatures.json"
GUARDIAN = "guardian"
"""The role of who signs for the persons that do not sign themselves: the children."""
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""A role becomes the name of a field in the document."""


class SigningOrder(StrEnum):
    """Who takes the pen next."""

    GIVEN = "given"
    """Who stands next in the list."""
    FREE = "free"
    """Whom the adviser chooses: people sign as they come."""


@dataclass(frozen=True, slots=True)
class SigningRole:
    """One role. `repeat` is the id of its repeat, or -1 for a single signer."""

    role: str
    repeat: int
    person: Bound | None
    """The signer's name; None for the adviser, whose name the form does not hold."""
    when: Bound | None
    biometric: bool


@dataclass(frozen=True, slots=True)
class Signing:
    """Everybody who signs; a package without the file has nobody."""

    roles: tuple[SigningRole, ...] = ()
    """In the order of the list, which is that of the places on the pages."""
    order: SigningOrder = SigningOrder.GIVEN


def read_signing(files: Mapping[str, bytes], model: Model, faults: Faults) -> Signing:
    """What the file says; faults are noted."""
    if FILE not in files:
        return Signing()
    source = Source.of_file(files, FILE, faults)
    roles = [
        _role(each, model)
        for each in source.children("signatures", lambda fields: fields.get("role"))
    ]
    order = source.one_of("order", SigningOrder, SigningOrder.GIVEN)
    source.end()
    return Signing(tuple(roles), order)


def _role(source: Source, model: Model) -> SigningRole:
    repeat = model.by_path.get(source.text("repeat", ""))
    if source.has("repeat") and (not isinstance(repeat, RepeatSpec) or repeat.repeats):
        source.wrong("repeat", "a repeat that is in no other")
    inside = repeat if isinstance(repeat, RepeatSpec) else model.root
    place = Place(model, inside)
    role = SigningRole(
        source.matching("role", _ROLE, "small letters, digits and _, from a letter, at most 40"),
        inside.id or -1,
        read_expression(source, "person", place) if source.has("person") else None,
        read_expression(source, "when", place) if source.has("when") else None,
        source.flag("biometric"),
    )
    source.end()
    return role
