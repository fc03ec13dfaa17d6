"""Who signs what, with how many keys, and for how long: the constitution of the update repository.

    root      2 of 3   off-line   names all other keys
    targets   2 of 2   off-line   the signed set, product documents and texts of consents
    forms     1        off-line   forms/*    form packages and the templates they are printed with
    calc      1        off-line   calc/*     tariffs
    signer    1        off-line   signer/*   the signing component
    app       1        off-line   app/*      versions of the application
    snapshot, timestamp   1       on-line    freshness; the only keys that the back office holds

Every delegation ends the search (terminating), and no two roles delegate to the same name.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from smartclient.wire.catalogue import DELEGATED_ROLES, TARGETS_ROLE

ROOT = "root"
TARGETS = TARGETS_ROLE
SNAPSHOT = "snapshot"
TIMESTAMP = "timestamp"

ROOT_THRESHOLD = 2
TARGETS_THRESHOLD = 2

KEYS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        ROOT: ("root-1", "root-2", "root-3"),
        TARGETS: ("targets-1", "targets-2"),
        SNAPSHOT: ("snapshot",),
        TIMESTAMP: ("timestamp",),
    }
    | {role: (role,) for role in DELEGATED_ROLES}
)
"""The names of the keys of each role."""

DELEGATED: Mapping[str, str] = MappingProxyType({role: f"{role}/*" for role in DELEGATED_ROLES})
"""Delegated roles with the paths they may sign. A pattern does not reach into sub-folders."""

ONLINE = (SNAPSHOT, TIMESTAMP)

VALIDITY: Mapping[str, timedelta] = MappingProxyType(
    {ROOT: timedelta(days=730), TARGETS: timedelta(days=365)}
    | dict.fromkeys(DELEGATED, timedelta(days=365))
)
"""How long a signature of an off-line role is good; signing again starts anew."""

RENEW_WITHIN = timedelta(days=120)
"""`sign` signs a role again, changed or not, when it would end within this time."""


def role_of_key(name: str) -> str:
    """The role that the key of this name signs for."""
    return next(role for role, names in KEYS_OF.items() if name in names)
