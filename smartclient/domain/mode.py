"""Practice or production: decided once where a program starts, and passed in from there."""

from collections.abc import Mapping
from enum import StrEnum

VARIABLE = "SMARTCLIENT_MODE"


class Mode(StrEnum):
    """Practice allows keys and secrets that anyone could copy; production refuses them."""

    PRACTICE = "practice"
    PRODUCTION = "production"


def mode_of(environment: Mapping[str, str], *, bundled: bool) -> Mode:
    """What the environment asks for; unasked, a bundle is production and a source tree practice.

    Any word but "practice" means production, so that a slip of the pen fails safe.
    """
    asked = environment.get(VARIABLE)
    if asked is None:
        return Mode.PRODUCTION if bundled else Mode.PRACTICE
    return Mode.PRACTICE if asked == Mode.PRACTICE else Mode.PRODUCTION
