"""Who talks to the server: an install, proven by its key."""

from collections.abc import Callable
from dataclasses import dataclass

from smartclient.domain.ids import InstallId


@dataclass(frozen=True, slots=True)
class Identity:
    """What activation gave this install. `sign` makes an ECDSA signature (SHA-256, DER)."""

    install: InstallId
    scope: str
    server_name: str
    sign: Callable[[bytes], bytes]
