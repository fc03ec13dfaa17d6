"""One request on its way while the next one is prepared.

A connection carries one request at a time. As soon as one is answered whole, and not refused, the
next one leaves, and the answer is taken meanwhile: answers are taken in their order, on one thread.
Who is killed between the two has lost an answer, as a network may lose it.
"""

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from smartclient.domain.errors import SmartClientError
from smartclient.sync.exchange.progress import StoppedByPerson
from smartclient.wire.transport import Reply

Awaited = Callable[[], Reply]
"""Waits for a reply that was asked for; raises what asking for it raises."""


class Flight:
    """At most one request under way; with the block its answer is taken as well."""

    def __init__(self) -> None:
        self._awaited: Awaited | None = None
        self._settle: Callable[[Awaited], None] | None = None

    def __enter__(self) -> "Flight":
        return self

    def begin(self, leave: Callable[[], Awaited], settle: Callable[[Awaited], None]) -> None:
        """Send by `leave` once what is under way is answered, and take that answer meanwhile.

        `settle` takes the answer to what leaves now. Raises what `leave` raises, and what taking
        the answer before raises; a refusal is taken before anything leaves.
        """
        awaited, settle_before = self._awaited, self._settle
        self._awaited = self._settle = None
        if awaited is None or settle_before is None:
            self._awaited, self._settle = leave(), settle
            return
        try:
            reply = awaited()
        except SmartClientError as refusal:
            settle_before(_refused(refusal))
            self._awaited, self._settle = leave(), settle
            return
        try:
            self._awaited, self._settle = leave(), settle
        except (SmartClientError, StoppedByPerson):
            settle_before(lambda: reply)  # whatever stops the next one, this one was answered
            raise
        settle_before(lambda: reply)

    def land(self) -> None:
        """Take the answer to what is under way, if anything is; raises what that raises."""
        awaited, settle = self._awaited, self._settle
        self._awaited = self._settle = None
        if awaited is not None and settle is not None:
            settle(awaited)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.land()
        elif self._awaited is not None:
            # Its answer is lost as if the network had lost it; nobody may talk into it, though.
            with suppress(SmartClientError):
                self._awaited()


def _refused(refusal: SmartClientError) -> Awaited:
    def refused() -> Reply:
        raise refusal

    return refused
