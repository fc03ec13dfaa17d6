"""Requests that leave before their replies are needed, one at a time all the same.

The server works on the next reply while this side reads and writes the one before. A request only
leaves when the reply to the one before has come whole; whoever asked takes it when it is wanted.
"""

from types import TracebackType

from smartclient.domain.errors import SmartClientError
from smartclient.sync.exchange.conversation import Conversation
from smartclient.sync.exchange.flight import Awaited
from smartclient.wire.transport import Reply, Request


class Asked:
    """A request that has left."""

    def __init__(self, awaited: Awaited) -> None:
        self._awaited = awaited
        self._outcome: Reply | SmartClientError | None = None

    def reply(self) -> Reply:
        """The reply, as often as it is asked for; raises as `Conversation.post`."""
        outcome = self.arrive()
        if isinstance(outcome, Reply):
            return outcome
        raise outcome

    def arrive(self) -> Reply | SmartClientError:
        """Wait until the reply is here, or its refusal."""
        if self._outcome is None:
            try:
                self._outcome = self._awaited()
            except SmartClientError as refusal:
                self._outcome = refusal
        return self._outcome


class Ahead:
    """The way to the server; when the block ends nothing is under way any more."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._last: Asked | None = None

    def __enter__(self) -> "Ahead":
        return self

    def ask(self, request: Request) -> Asked:
        """Send what was prepared, once the reply to the request before is here."""
        self.settle()
        self._last = Asked(self._conversation.begin(request))
        return self._last

    def settle(self) -> None:
        """Wait for what is under way; whoever asked hears what came of it."""
        last, self._last = self._last, None
        if last is not None:
            last.arrive()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.settle()
