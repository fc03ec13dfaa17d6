"""One request and its reply as bytes, whatever carries them: HTTPS, or the application itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `path` begins with a slash and carries the query; `body` is as transferred."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Names of headers are in lower case; `body` is as transferred, still coded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


TOGETHER = 2
"""Requests that may be under way together, each over a connection of its own."""


class Transport(Protocol):
    """Carries one request at a time."""

    def send(self, request: Request) -> Reply:
        """The whole reply. Raises Unreachable when there is none, or not all of it."""


@runtime_checkable
class Overlapping(Protocol):
    """A transport that can be left alone while requests are on their way."""

    def begin(self, request: Request) -> Callable[[], Reply]:
        """Send without waiting; the answer waits for the reply, and raises as `send`.

        TOGETHER requests may be under way, and arrive in any order; more wait for one of them.
        """
