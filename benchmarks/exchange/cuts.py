"""A way that loses requests and replies, chosen by a seed."""

from dataclasses import dataclass, field
from random import Random

from smartclient.domain.errors import Unreachable
from smartclient.wire.transport import Reply, Request, Transport


@dataclass(slots=True)
class Cutting:
    """Cuts `share` of the requests before they leave and `share` of the replies on their way."""

    inner: Transport
    share: float
    random: Random
    requests: int = 0
    cut: list[str] = field(default_factory=list)

    def send(self, request: Request) -> Reply:
        """Carry the request, unless it is cut; Unreachable SC-SYNC-020 and SC-SYNC-021."""
        self.requests += 1
        if self.random.random() < self.share:
            self.cut.append(f"request {request.path}")
            raise Unreachable("SC-SYNC-020")
        reply = self.inner.send(request)
        if self.random.random() < self.share:
            self.cut.append(f"reply {request.path}")
            raise Unreachable("SC-SYNC-021")
        return reply
