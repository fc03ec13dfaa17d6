"""A relay on loopback between laptops and the real server that does what bad networks do.

It ends the TLS of the laptop and speaks TLS to the server, so that it can cut a request or a reply
at any byte, lose either, hold it up, or deliver a request twice. What it does is drawn from a seed.
"""

import socket
import ssl
import threading
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import Random
from types import TracebackType

from tests.simulators.listening import Listener, is_whole

_WAIT = 20.0
_TAKE = 65_536


class Harm(Enum):
    """What happens to one request."""

    NONE = "whole"
    LOSE_REQUEST = "request lost"
    CUT_REQUEST = "request cut"
    LOSE_REPLY = "reply lost"
    CUT_REPLY = "reply cut"
    DELAY = "delayed"
    TWICE = "delivered twice"


@dataclass(frozen=True, slots=True)
class Odds:
    """How often, of one, requests and replies are cut or lost, and requests held up or doubled."""

    requests: float = 0.05
    replies: float = 0.05
    delays: float = 0.02
    twice: float = 0.02
    longest_delay: float = 0.02
    """In seconds."""

    def drawn(self, random: Random) -> Harm:
        """The fate of the next request."""
        weights = {
            Harm.LOSE_REQUEST: self.requests / 2,
            Harm.CUT_REQUEST: self.requests / 2,
            Harm.LOSE_REPLY: self.replies / 2,
            Harm.CUT_REPLY: self.replies / 2,
            Harm.DELAY: self.delays,
            Harm.TWICE: self.twice,
        }
        sound = max(0.0, 1 - sum(weights.values()))
        harms = [*weights, Harm.NONE]
        (drawn,) = random.choices(harms, [*weights.values(), sound])
        return drawn


class _Broken(Exception):
    """The connection ends here, behind what of the reply is still delivered."""

    def __init__(self, delivered: bytes = b"") -> None:
        super().__init__()
        self.delivered = delivered


class Relay:
    """A context in which it listens; `done` counts what it did."""

    def __init__(self, server_port: int, certificates: Path, odds: Odds, seed: int) -> None:
        """`certificates` holds server.pem, server-key.pem and the root that signed them."""
        self.odds = odds
        self.done: Counter[Harm] = Counter()
        self.server_port = server_port
        self._random = Random(seed)
        self._lock = threading.Lock()
        self._taking = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        key = certificates / "server-key.pem"
        self._taking.load_cert_chain(certificates / "server.pem", key)
        self._trusting = ssl.create_default_context(cafile=str(certificates / "root.pem"))
        self._listener = Listener(self._take)
        self._talks: list[threading.Thread] = []

    @property
    def address(self) -> str:
        """Where laptops find it."""
        return self._listener.address

    def __enter__(self) -> "Relay":
        self._listener.begin()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._listener.end()
        for talk in self._talks:
            talk.join(timeout=_WAIT)

    def _take(self, taken: socket.socket) -> None:
        talk = threading.Thread(target=self._talk, args=(taken,), daemon=True)
        self._talks = [each for each in self._talks if each.is_alive()] + [talk]
        talk.start()

    def _talk(self, taken: socket.socket) -> None:
        taken.settimeout(1.0)
        try:
            with taken, self._taking.wrap_socket(taken, server_side=True) as laptop:
                self._relay(laptop)
        except OSError:
            pass  # one of the two went away, or was to be cut off

    def _relay(self, laptop: ssl.SSLSocket) -> None:
        server: ssl.SSLSocket | None = None
        try:
            while True:
                request = _message(laptop, self._listener.over)
                if server is None:
                    server = self._connected()
                laptop.sendall(self._delivered(request, server))
        except _Broken as broken:
            laptop.sendall(broken.delivered)
        finally:
            if server is not None:
                server.close()

    def _connected(self) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.server_port), timeout=_WAIT)
        return self._trusting.wrap_socket(plain, server_hostname="localhost")

    def _delivered(self, request: bytes, server: ssl.SSLSocket) -> bytes:
        with self._lock:
            harm, place = self.odds.drawn(self._random), self._random.random()
            self.done[harm] += 1
        if harm is Harm.LOSE_REQUEST:
            raise _Broken
        if harm is Harm.CUT_REQUEST:
            server.sendall(request[: int(len(request) * place)])
            raise _Broken
        if harm is Harm.DELAY:
            self._listener.over.wait(self.odds.longest_delay * place)
        for _ in range(2 if harm is Harm.TWICE else 1):
            server.sendall(request)
            reply = _message(server, self._listener.over)
        if harm is Harm.LOSE_REPLY:
            raise _Broken
        if harm is Harm.CUT_REPLY:
            raise _Broken(reply[: int(len(reply) * place)])
        return reply


def _message(side: ssl.SSLSocket, over: threading.Event) -> bytes:
    """A whole request or reply; raises _Broken when the other side has ended."""
    received = b""
    while not is_whole(received):
        try:
            more = side.recv(_TAKE)
        except TimeoutError:
            if over.is_set():
                raise _Broken from None
            continue
        if not more:
            raise _Broken
        received += more
    return received
