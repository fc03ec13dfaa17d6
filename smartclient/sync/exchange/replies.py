"""What a reply must be before it counts, and what a refusal of the server means here."""

from smartclient.domain.errors import BadInput, Refused, SmartClientError, Unreachable
from smartclient.domain.sentences import SENTENCES
from smartclient.sync.exchange.schedule import RETRY_AFTER
from smartclient.wire.encoding import DIGEST_HEADER, parse, require_whole, unpack
from smartclient.wire.messages import JsonObject, Problem, mapping
from smartclient.wire.transport import Reply

OK, PARTIAL, NOT_MODIFIED = 200, 206, 304
UNAUTHORISED, CONFLICT, GONE, TOO_LARGE = 401, 409, 410, 413
_SERVER_FAULT = 500


def whole(reply: Reply) -> Reply:
    """The reply, unpacked, if it is whole and no refusal.

    Raises Damaged SC-SYNC-014 when it is not whole, Unreachable SC-SYNC-024 when the server has a
    fault or wants to be left alone for a while, otherwise Refused with the server's code; a code
    that this version does not know becomes SC-SYNC-030.
    """
    digest = reply.headers.get(DIGEST_HEADER.lower())
    if digest is None and reply.status >= _SERVER_FAULT:
        raise _left_alone(reply)  # a gateway answers for a server that is not there
    require_whole(reply.body, digest)
    if reply.status in (OK, PARTIAL, NOT_MODIFIED):
        if reply.headers.get("content-encoding") == "zstd":
            return Reply(reply.status, reply.headers, unpack(reply.body))
        return reply
    raise _refusal(reply)


def json_object(reply: Reply) -> JsonObject:
    """The object in the body of a whole reply; BadInput SC-SYNC-010 or SC-SYNC-011."""
    return mapping(parse(reply.body))


def _left_alone(reply: Reply) -> Unreachable:
    return Unreachable("SC-SYNC-024", **_wish(reply))


def _refusal(reply: Reply) -> SmartClientError:
    if reply.status >= _SERVER_FAULT:
        return _left_alone(reply)
    try:
        problem = Problem.from_json(parse(reply.body))
    except BadInput:
        return Refused("SC-SYNC-030", reason=reply.status)
    if problem.code not in SENTENCES:
        return Refused("SC-SYNC-030", reason=problem.code)
    return Refused(problem.code, **{**problem.values, **_wish(reply)})


def _wish(reply: Reply) -> dict[str, str]:
    wish = reply.headers.get("retry-after", "")
    return {RETRY_AFTER: wish} if wish.isascii() and wish.isdigit() else {}
