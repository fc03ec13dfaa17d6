"""When to try again after a failure: 0.5 s · 2ⁿ with full jitter, and whatever the server asked.

A pure object: a timer asks it how long to wait. While a person waits the pause stays below a
minute; in the background it may grow to ten.
"""

from collections.abc import Callable
from typing import Final

from smartclient.domain.errors import Damaged, SmartClientError, Unreachable

FIRST_SECONDS: Final = 0.5
MOST_SECONDS: Final = 60.0
MOST_SECONDS_IN_BACKGROUND: Final = 600.0
_LONGEST_WISH: Final = 3_600.0
_DOUBLINGS: Final = 30

RETRY_AFTER: Final = "retry_after"
"""The name under which a refusal carries the server's wish, in seconds."""


class Schedule:
    """The pauses of one job that is tried until it succeeds; `fraction` gives numbers in 0 to 1."""

    def __init__(self, fraction: Callable[[], float], *, background: bool) -> None:
        self._fraction = fraction
        self._most = MOST_SECONDS_IN_BACKGROUND if background else MOST_SECONDS
        self._failures = 0

    def succeeded(self) -> None:
        """Begin with short pauses again."""
        self._failures = 0

    def failed(self, refusal: SmartClientError) -> float:
        """The seconds to wait before the next try.

        Never less than the server's Retry-After, up to an hour.
        """
        ceiling = min(self._most, FIRST_SECONDS * 2.0 ** min(self._failures, _DOUBLINGS))
        self._failures += 1
        return max(ceiling * self._fraction(), _wish(refusal))


def is_worth_retrying(refusal: SmartClientError) -> bool:
    """Whether the same may succeed later without anybody doing anything."""
    return isinstance(refusal, Unreachable | Damaged) or RETRY_AFTER in refusal.values


def _wish(refusal: SmartClientError) -> float:
    try:
        wish = float(refusal.values.get(RETRY_AFTER, "0"))
    except ValueError:
        return 0.0
    return min(max(wish, 0.0), _LONGEST_WISH)
