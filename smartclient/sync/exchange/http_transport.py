"""The transport over HTTPS: only the insurer's own certificate authority counts.

Replies are taken as bytes, so that their digest can be checked before anything unpacks them.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from urllib3 import BaseHTTPResponse, Timeout
from urllib3.exceptions import HTTPError, IncompleteRead, ProtocolError, ReadTimeoutError
from urllib3.exceptions import SSLError as TlsError
from urllib3.util import SKIP_HEADER

from smartclient.domain.errors import Damaged, SmartClientError, Unreachable
from smartclient.sync.session import open_pool
from smartclient.wire.transport import TOGETHER, Reply, Request

CONNECT_SECONDS = 6.0
READ_SECONDS = 40.0
MAX_REPLY_BYTES = 80_000_000
_CHUNK = 1_048_576
_UNSAID = {"User-Agent": SKIP_HEADER, "Accept-Encoding": SKIP_HEADER}
"""What urllib3 would add of its own accord; a server of ours needs neither."""


class HttpTransport:
    """One server; a connection that is kept open between calls, others while they are needed."""

    def __init__(self, base_url: str, ca_file: Path) -> None:
        """`base_url` must be https; `ca_file` holds the pinned root in PEM."""
        parts = urlsplit(base_url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError("the back office is reached over https only")
        self._path = parts.path.rstrip("/")
        self._pool = open_pool(base_url, ca_file, TOGETHER)
        self._beside: ThreadPoolExecutor | None = None

    def send(self, request: Request) -> Reply:
        """Send one request and wait for its reply; follows no redirect and repeats nothing.

        Raises Unreachable SC-SYNC-020 (no connection), SC-SYNC-021 (it ended in the middle),
        SC-SYNC-022 (no answer in time), SC-SYNC-023 (the server is not the insurer's) and Damaged
        SC-SYNC-014 (the reply is shorter than it said). `exchange.replies.whole` checks the digest.
        """
        try:
            response = self._pool.urlopen(
                request.method,
                self._path + request.path,
                body=request.body or None,
                headers={**_UNSAID, **request.headers},
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                preload_content=False,
                decode_content=False,
            )
            try:
                body = _read(response)
            except BaseException:
                response.close()  # what is left of it must not be read as the next reply
                raise
        except (HTTPError, OSError) as fault:
            raise _refusal_of(fault) from fault
        headers = {name.lower(): value for name, value in response.headers.itermerged()}
        return Reply(response.status, headers, body)

    def begin(self, request: Request) -> Callable[[], Reply]:
        """Send beside the caller, who waits by calling the answer; it raises as `send`."""
        if self._beside is None:
            self._beside = ThreadPoolExecutor(TOGETHER, "exchange")
        return self._beside.submit(self.send, request).result

    def close(self) -> None:
        """End the connections."""
        if self._beside is not None:
            self._beside.shutdown()
        self._pool.close()


def _read(response: BaseHTTPResponse) -> bytes:
    """The body exactly as it was sent; no longer than what can be a reply of ours."""
    received = bytearray()
    for chunk in response.stream(_CHUNK, decode_content=False):
        received += chunk
        if len(received) > MAX_REPLY_BYTES:
            raise Damaged("SC-SYNC-014")
    length = response.headers.get("Content-Length")
    if length is not None and length != str(len(received)):
        raise Damaged("SC-SYNC-014")
    return bytes(received)


def _causes(fault: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[object] = [fault]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
            waiting += cause.args
    return found


def _refusal_of(fault: BaseException) -> SmartClientError:
    causes = _causes(fault)

    def among(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if among(TlsError):
        return Unreachable("SC-SYNC-023")
    if among(IncompleteRead):
        return Damaged("SC-SYNC-014")
    if among(ReadTimeoutError, TimeoutError):
        return Unreachable("SC-SYNC-022")
    if among(ProtocolError, ConnectionResetError, BrokenPipeError):
        return Unreachable("SC-SYNC-021")
    return Unreachable("SC-SYNC-020")
