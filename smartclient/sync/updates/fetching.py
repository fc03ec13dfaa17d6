"""How the update repository's bytes reach the laptop: over a pinned authority, whole or not at all.

A fetch does not decide what is trusted: that is the signatures' part. It only makes sure that a
broken connection is told apart from a repository that says something wrong.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from smartclient.domain.errors import Unreachable
from smartclient.wire.encoding import DIGEST_HEADER

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS, SILENCE_SECONDS = 10, 30
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its HTTP status, the server's clock where it told it, and the bytes to come."""

    status: int
    server_time: datetime | None
    chunks: Iterator[bytes]


class Fetch(Protocol):
    """Asks for one address; the caller stops reading when it has seen too much."""

    def __call__(self, url: str) -> Fetched:
        """Raises Unreachable SC-CAT-001 at once, or while the chunks are read."""


class HttpFetch:
    """Fetches over HTTPS, trusting the pinned authority alone; one connection is kept open."""

    def __init__(self, authority: Path | None) -> None:
        """Without an `authority` the system's own are trusted: for repositories of others."""
        self._authority = authority
        self._session: requests.Session | None = None

    def __call__(self, url: str) -> Fetched:
        """Ask for one address; redirects are not followed."""
        import requests

        from smartclient.sync.session import open_session

        if self._session is None:
            self._session = open_session(url, self._authority)
        try:
            reply = self._session.get(
                url,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
                headers={"Accept-Encoding": "identity"},
            )
        except (requests.RequestException, OSError) as failure:
            raise Unreachable("SC-CAT-001") from failure
        if not {"content-length", "transfer-encoding"} & {name.lower() for name in reply.headers}:
            # A reply cut inside its headers reads as complete and empty.
            reply.close()
            raise Unreachable("SC-CAT-001")
        return Fetched(reply.status_code, _server_time(reply.headers), _whole(reply))

    def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            self._session.close()
            self._session = None


def _whole(reply: "requests.Response") -> Iterator[bytes]:
    """The body in pieces; the last one comes only when the body is whole."""
    import requests

    digest = hashlib.sha256()
    try:
        for chunk in reply.iter_content(CHUNK):
            digest.update(chunk)
            yield chunk
    except (requests.RequestException, OSError) as cut:
        raise Unreachable("SC-CAT-001") from cut
    finally:
        reply.close()
    promised = reply.headers.get(DIGEST_HEADER)
    if promised and promised != f"sha-256=:{b64encode(digest.digest()).decode()}:":
        raise Unreachable("SC-CAT-001")


def _server_time(headers: Mapping[str, str]) -> datetime | None:
    try:
        told = parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError):
        return None
    return told if told.tzinfo else None
