"""One request on its way while the next one is prepared.

A connection carries one request at a time, and its answer is taken before the next one leaves: the
order of the exchange stays. Only reading, packing and sealing what comes next need not wait.
"""

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from smartclient.domain.errors import SmartClientError
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

    def begin(self, awaited: Awaited, settle: Callable[[Awaited], None]) -> None:
        """A request has left; `settle` waits for its reply and takes it."""
        self._awaited, self._settle = awaited, settle

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
