"""Who stamps times for the back office: an authority over HTTP (RFC 3161), or the practice one."""

from collections.abc import Callable

import requests

from smartclient.backoffice.practice_tsa import PracticeTsa
from smartclient.documents.long_term import Stamp
from smartclient.documents.time_stamp import request_for, token_of
from smartclient.domain.errors import Refused, Unreachable

Random = Callable[[int], bytes]
TIMEOUT_SECONDS = 20
MAX_ANSWER = 64 * 1024
_NONCE_BYTES = 8
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept-Encoding": "identity"}


def http_stamper(url: str, random: Random) -> Stamp:
    """Asks an authority over HTTP.

    The stamp raises Unreachable SC-DOC-054 (try again), Refused SC-DOC-050 and Damaged SC-DOC-051.
    """

    def post(asked: bytes) -> bytes:
        try:
            with requests.post(
                url, data=asked, headers=_HEADERS, timeout=TIMEOUT_SECONDS, stream=True
            ) as reply:
                answer: bytes = reply.raw.read(MAX_ANSWER)
        except (requests.RequestException, OSError) as failure:
            raise Unreachable("SC-DOC-054") from failure
        if reply.status_code >= 500:
            raise Unreachable("SC-DOC-054")
        if reply.status_code != 200:
            raise Refused("SC-DOC-050", status=reply.status_code)
        return answer

    return _asking(post, random)


def practice_stamper(authority: PracticeTsa, random: Random) -> Stamp:
    """Asks the practice authority inside this process."""
    return _asking(authority.answer, random)


def _asking(ask: Callable[[bytes], bytes], random: Random) -> Stamp:
    def stamp(digest: bytes) -> bytes:
        nonce = int.from_bytes(random(_NONCE_BYTES), "big")
        return token_of(ask(request_for(digest, nonce)), digest, nonce)

    return stamp
