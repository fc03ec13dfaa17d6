"""Pages of the feed as they are fetched: the next one is on its way while one is being written.

What is asked ahead is asked as if the page before were kept already; the server only reads. Nothing
of it counts until that page and its cursor are kept: then the same question is asked of it, or what
came is thrown away.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

from smartclient.domain.errors import SmartClientError
from smartclient.sync.exchange.ahead import Ahead, Asked
from smartclient.sync.exchange.bodies import BodiesUnderWay
from smartclient.sync.exchange.conversation import prepared
from smartclient.sync.exchange.replies import json_object
from smartclient.sync.exchange.run import Run
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import ChangesReply, ChangesRequest, Json, JsonObject, whole
from smartclient.wire.transport import Reply

CHANGES = "/v1/changes"
ETAG_HEADER = "etag"
_KNOWN = frozenset(kind.value for kind in RecordKind)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the server gave it."""

    said: ChangesReply
    reached: int
    """The cursor after it, rows that were passed over included; 0 for an empty page."""
    etag: str


def page_of(reply: Reply) -> Page:
    """The page of a reply; BadInput SC-SYNC-010 or SC-SYNC-011 when it is none."""
    said = json_object(reply)
    return Page(
        ChangesReply.from_json(_with_known_kinds(said)),
        _reached(said),
        reply.headers.get(ETAG_HEADER, ""),
    )


def request_after(request: ChangesRequest, page: Page) -> ChangesRequest | None:
    """What is asked for when the page is kept; None where that cannot be told before."""
    said = page.said
    if not said.more or said.left or not page.reached:
        return None
    grants = {**request.grants, said.scope: said.grant}
    return replace(
        request,
        since={**request.since, said.scope: page.reached},
        grants={scope: grant for scope, grant in grants.items() if grant},
    )


class NextPage:
    """The page that is fetched ahead, if one is, with the first of its bodies."""

    def __init__(self, run: Run, ahead: Ahead) -> None:
        self._run = run
        self._ahead = ahead
        self._request: ChangesRequest | None = None
        self._asked: Asked | None = None
        self._came: tuple[Page, BodiesUnderWay] | None = None

    def ask(self, request: ChangesRequest | None) -> None:
        """Ask for a page before the one in front of it is kept; None where there is none."""
        self._request, self._came = request, None
        if request is not None:
            self._asked = self._ahead.ask(prepared(CHANGES, request.to_json()))

    def read(self) -> None:
        """Read what was asked for, and ask for the first of its bodies.

        A refusal waits until the page is taken: the one in front of it came whole.
        """
        if self._request is None or self._asked is None:
            return
        with suppress(SmartClientError):
            page = page_of(self._asked.reply())
            with self._run.database.read() as tx:
                wanted = tx.incoming(self._run.install).bodies_wanted(page.said.rows)
            bodies = BodiesUnderWay(self._run, self._ahead, wanted)
            bodies.begin()
            self._came = page, bodies

    def take(self, request: ChangesRequest) -> tuple[Page, BodiesUnderWay] | None:
        """The page, if it was asked for by this very request; raises what became of asking."""
        known, asked, came = self._request, self._asked, self._came
        self._request = self._asked = self._came = None
        if known != request or asked is None:
            return None
        return came or (page_of(asked.reply()), BodiesUnderWay(self._run, self._ahead, ()))


def _with_known_kinds(said: JsonObject) -> JsonObject:
    """The reply without rows of kinds that only a newer program knows."""
    rows = said.get("rows")
    if not isinstance(rows, list):
        return said
    return {**said, "rows": [row for row in rows if _kind_of(row) in _KNOWN]}


def _kind_of(row: Json) -> Json:
    return row.get("kind") if isinstance(row, dict) else None


def _reached(said: JsonObject) -> int:
    rows = said.get("rows")
    last = rows[-1] if isinstance(rows, list) and rows else {}
    return whole(last, "seq") if isinstance(last, dict) and last else 0
