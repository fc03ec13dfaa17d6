"""Which places of a seal key this installation has, as its setup decided."""

from smartclient.domain.errors import NotAllowed
from smartclient.domain.pkcs11_uri import SCHEME, TokenUri
from smartclient.sync.activation.keys import SealKeyPlaces
from smartclient.sync.activation.seal_places.token import TokenPlace
from smartclient.sync.activation.seal_places.windows import WindowsPlace, system_library

WINDOWS = "windows"


def seal_key_places(configured: str) -> SealKeyPlaces:
    """The places for "", "windows" or a PKCS#11 URI.

    Raises BadInput SC-SIGN-047 for an incomplete URI and NotAllowed SC-ACT-033 for anything else.
    """
    if not configured:
        return SealKeyPlaces()
    if configured == WINDOWS:
        return SealKeyPlaces((WindowsPlace(system_library()),))
    if configured.startswith(SCHEME):
        return SealKeyPlaces((TokenPlace(TokenUri.read(configured)),))
    raise NotAllowed("SC-ACT-033", place=configured)
