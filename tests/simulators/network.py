"""A network that loses, cuts, repeats and delays, and a computer that dies at a chosen request."""

from collections.abc import Callable, Sequence
from enum import Enum

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
        self.pushes: list[Request] = []
        self.delayed: list[Request] = []
        self._begun = 0

    def expect(self, plan: Sequence[Fault]) -> None:
        """The faults of the next requests; after them the network is sound."""
        self._plan = list(plan)

    def send(self, request: Request) -> Reply:
        """Carry the request as well as the plan allows."""
        fault = self._plan.pop(0) if self._plan else Fault.NONE
        self.requests.append(request.path)
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
        """Send beside the caller: in turns it arrives at once, or not before it is waited for."""
        self._begun += 1
        if self._begun % 2:
            return lambda: self.send(request)
        try:
            reply = self.send(request)
        except SmartClientError as fault:
            return _raising(fault)
        return lambda: reply

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
