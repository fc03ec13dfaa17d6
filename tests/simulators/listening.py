"""Listening on loopback, and where an HTTP message ends."""

import re
import socket
import threading
from collections.abc import Callable

_LENGTH = re.compile(rb"(?im)^content-length: *(\d+)")
_LOOKS_EVERY = 0.1
"""Seconds after which it sees that it is to end."""


class Listener:
    """Gives each connection to `take`, one after another, in a thread of its own."""

    def __init__(self, take: Callable[[socket.socket], None]) -> None:
        self._take = take
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listening.settimeout(_LOOKS_EVERY)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self.over = threading.Event()
        """Set from the moment it is to end."""

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"https://localhost:{self._listening.getsockname()[1]}"

    def begin(self) -> None:
        """Take connections from now on."""
        self._thread.start()

    def end(self) -> None:
        """Take no more; waits for the connection that is with `take`, 20 seconds at the most."""
        self.over.set()
        self._thread.join(timeout=20)
        self._listening.close()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                taken, _ = self._listening.accept()
            except TimeoutError:
                continue
            self._take(taken)


def is_whole(received: bytes) -> bool:
    """Whether head and body of a request or reply have come to their end."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return bool(end) and len(body) >= (int(length.group(1)) if length else 0)
