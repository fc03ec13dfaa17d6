"""Requests on their way while the next one is prepared; their answers are taken in order.

One is under way, or a few where the caller allows it and the way is quick: a slow way is not
shared. As soon as the oldest is answered whole, and not refused, the next one leaves, and that
answer is taken meanwhile, on the caller's thread. Who is killed between the two has lost an answer,
as a network may lose it.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

from smartclient.domain.clock import Clock
from smartclient.domain.errors import SmartClientError
from smartclient.sync.exchange.progress import StoppedByPerson
from smartclient.wire.transport import Reply

Awaited = Callable[[], Reply]
"""Waits for a reply that was asked for; raises what asking for it raises."""
Settle = Callable[[Awaited], None]
"""Takes the answer to a request."""
QUICK_SECONDS = 1.0
"""Within which a request must have been answered for the next two to be under way together.

What is written to a slow network waits in this computer before it leaves, and the time for an
answer runs meanwhile.
"""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    awaited: Awaited
    settle: Settle
    left_at: float


class Flight:
    """The requests under way; with the block their answers are taken as well."""

    def __init__(self, clock: Clock, together: int = 1) -> None:
        """At most `together` are under way."""
        self._clock = clock
        self._together = together
        self._under_way: deque[_UnderWay] = deque()
        self._is_quick = False

    def __enter__(self) -> "Flight":
        return self

    def begin(self, leave: Callable[[], Awaited], settle: Settle) -> None:
        """Send by `leave` once there is room, and take the answer that made room meanwhile.

        `settle` takes the answer to what leaves now. Raises what `leave` raises, and what taking
        an answer before raises; a refusal is taken before anything leaves.
        """
        take: Callable[[], None] = _nothing
        while len(self._under_way) >= (self._together if self._is_quick else 1):
            take()
            take = self._answered()
        try:
            self._under_way.append(_UnderWay(leave(), settle, self._clock.monotonic()))
        except (SmartClientError, StoppedByPerson):
            take()  # whatever stops the next one, this one was answered
            raise
        take()

    def land(self) -> None:
        """Take the answers to what is under way; raises what that raises."""
        while self._under_way:
            self._answered()()

    def _answered(self) -> Callable[[], None]:
        """Wait for the oldest answer; what takes it, if it was not refused, otherwise it is taken.

        Raises what taking the refusal raises.
        """
        oldest = self._under_way.popleft()
        try:
            reply = oldest.awaited()
        except SmartClientError as refusal:
            self._is_quick = False
            oldest.settle(_refused(refusal))
            return _nothing
        self._is_quick = self._clock.monotonic() - oldest.left_at <= QUICK_SECONDS
        return lambda: oldest.settle(lambda: reply)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.land()
            elif issubclass(kind, StoppedByPerson):
                with suppress(SmartClientError):
                    self.land()
        finally:
            # These answers are lost as if the network had lost them; nobody may talk into them.
            while self._under_way:
                with suppress(SmartClientError):
                    self._under_way.popleft().awaited()


def _nothing() -> None:
    """Nothing was answered."""


def _refused(refusal: SmartClientError) -> Awaited:
    def refused() -> Reply:
        raise refusal

    return refused
