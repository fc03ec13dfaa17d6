"""What goes first in a synchronisation (rule 6), read off the requests themselves."""

from smartclient.wire.encoding import parse, unpack
from smartclient.wire.kinds import KINDS, RecordKind
from smartclient.wire.messages import JsonObject, listed, mapping
from smartclient.wire.transport import Request
from tests.simulators.sync_places import Lost, Place


def check_6_urgent_goes_first(place: Place) -> None:
    """Withdrawals, consents and signed packages go before everything that is not urgent.

    The undo of a merge may stand among them: edits of the client that parted come after it.
    """
    others = False
    for line in (line for request in place.network.pushes for line in _lines(request)):
        kind = RecordKind(str(line["kind"]))
        if KINDS[kind].urgent and others:
            raise Lost(f"6: {place.name} sent a {kind} behind what is not urgent")
        parts = kind is RecordKind.CLIENT_MERGE and mapping(line["body"])["undo"] is True
        others |= not (KINDS[kind].urgent or parts)


def _lines(request: Request) -> tuple[JsonObject, ...]:
    packed = request.headers.get("Content-Encoding") == "zstd"
    body = unpack(request.body) if packed else request.body
    return listed(mapping(parse(body)), "lines", mapping, 200)
