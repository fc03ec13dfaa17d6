"""A network that loses, cuts, repeats and delays, and a computer that dies at a chosen request.

Of several requests under way at once a later one may arrive first, each has a fault of its own, and
what nobody waits for any more is lost or arrives later.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from itertools import cycle

from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.wire.transport import Reply, Request, Transport


class Fault(Enum):
    """What happens to one request."""

    NONE = "none"
    LOSE_REQUEST = "lose request"
    LOSE_REPLY = "lose reply"
    CUT_REPLY = "cut reply"
    CUT_HEADERS = "cut headers"
    TWICE = "twice"
    ONCE_MORE_LATER = "once more later"
    KILL_BEFORE = "kill before"
    KILL_AFTER = "kill after"
    EDIT_MEANWHILE = "edit meanwhile"


_ARRIVES_AT_ONCE = (False, True, True, False, True)
"""In turns, whether what is sent beside the caller arrives before it is waited for."""


class Killed(BaseException):
    """The computer stopped; nothing after this point was done."""


def _raising(fault: SmartClientError) -> Callable[[], Reply]:
    def wait() -> Reply:
        raise fault

    return wait


class Network:
    """The way from one laptop to the server. `plan` tells the fault of each request to come."""

    def __init__(self, server: Transport, log: Callable[[str], None]) -> None:
        self._server = server
        self._log = log
        self._plan: list[Fault] = []
        self.meanwhile: Callable[[], None] = lambda: None
        """What the adviser does while a request is on its way."""
        self.requests: list[str] = []
        """In the order in which they left."""
        self.pushes: list[Request] = []
        """In the order in which they arrived."""
        self.delayed: list[Request] = []
        self._turns = cycle(_ARRIVES_AT_ONCE)
        self._under_way: list[Request] = []
        """Begun, and not arrived."""
        self._left_alone = 0

    def expect(self, plan: Sequence[Fault]) -> None:
        """The faults of the next requests; after them the network is sound.

        What is still under way has nobody who waits for it: in turns it arrives later, or never.
        """
        self._plan = list(plan)
        for request in self._under_way:
            self._left_alone += 1
            if self._left_alone % 2:
                self.delayed.append(request)
        self._under_way.clear()

    def send(self, request: Request) -> Reply:
        """Carry the request as well as the plan allows."""
        self.requests.append(request.path)
        return self._carry(request)

    def _carry(self, request: Request) -> Reply:
        fault = self._plan.pop(0) if self._plan else Fault.NONE
        if request.path == "/v1/push":
            self.pushes.append(request)
        if fault is Fault.KILL_BEFORE:
            raise Killed
        if fault is Fault.LOSE_REQUEST:
            self._log(f"{request.path} {fault.value}")
            raise Unreachable("SC-SYNC-020")
        reply = self._server.send(request)
        self._log(f"{request.path} {reply.status} {fault.value}")
        return self._carried_back(request, reply, fault)

    def begin(self, request: Request) -> Callable[[], Reply]:
        """Send beside the caller: it arrives at once, or not before it is waited for.

        So one that was begun later may overtake it.
        """
        self.requests.append(request.path)
        if not next(self._turns):
            self._under_way.append(request)
            return partial(self._send_after_all, request)
        try:
            reply = self._carry(request)
        except SmartClientError as fault:
            return _raising(fault)
        return lambda: reply

    def _send_after_all(self, request: Request) -> Reply:
        self._under_way = [other for other in self._under_way if other is not request]
        return self._carry(request)

    def _carried_back(self, request: Request, reply: Reply, fault: Fault) -> Reply:
        match fault:
            case Fault.LOSE_REPLY:
                raise Unreachable("SC-SYNC-022")
            case Fault.KILL_AFTER:
                raise Killed
            case Fault.CUT_REPLY:
                return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2])
            case Fault.CUT_HEADERS:
                return Reply(200, {}, b"")
            case Fault.TWICE:
                return self._server.send(request)
            case Fault.ONCE_MORE_LATER:
                self.delayed.append(request)
            case Fault.EDIT_MEANWHILE:
                self.meanwhile()
        return reply

    def deliver_delayed(self) -> None:
        """What was delayed arrives now; nobody waits for the replies any more."""
        while self.delayed:
            request = self.delayed.pop(0)
            self._log(f"{request.path} {self._server.send(request).status} late")
