"""The routes that let an install in: the HR number checked, activation, tokens."""

from starlette.responses import Response

from smartclient.backoffice.api.calls import Call
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.api.replies import json_reply
from smartclient.backoffice.operations import activation, tokens
from smartclient.backoffice.operations.epoch import current_epoch
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.partners import require_partner
from smartclient.domain.clock import to_text
from smartclient.domain.lock_time import next_cutoff
from smartclient.wire.admission import ActivateRequest, TokenReply, TokenRequest
from smartclient.wire.messages import mapping, text


def check_hr(front: FrontOffice, call: Call) -> Response:
    """The partner's name for an HR number, for the button "Ověřit"."""
    typed = text(mapping(call.json()), "hr", 40)
    with front.office.writing() as desk:
        number = activation.count_try(desk, typed, call.address)
    with front.office.reading() as desk:
        partner = require_partner(desk, number)
    return json_reply({"partner_name": partner.name})


def activate(front: FrontOffice, call: Call) -> Response:
    """An install with its certificates."""
    request = ActivateRequest.from_json(call.json())
    with front.office.writing() as desk:
        activation.count_try(desk, request.hr, call.address)
    with front.office.writing() as desk:
        activated = activation.activate(desk, request, front.issuers, front.server_name)
    return json_reply(activated.to_json())


def give_token(front: FrontOffice, call: Call) -> Response:
    """A token, and what a synchronisation must know before it begins."""
    office, request = front.office, TokenRequest.from_json(call.json())
    # Where a writer keeps all others waiting, nobody becomes one before the key is proven.
    with office.reading() if office.has_one_writer else office.writing() as desk:
        proven = tokens.prove(desk, request, front.server_name)
        call.notes.install, call.notes.version = request.install, request.client_version
        if not office.has_one_writer:
            return _token_given(front, desk, proven)
    with office.writing() as desk:
        return _token_given(front, desk, proven)


def _token_given(front: FrontOffice, desk: Desk, proven: tokens.Proven) -> Response:
    answer = TokenReply(
        token=tokens.give_token(desk, proven),
        server_time=to_text(desk.now),
        epoch=current_epoch(desk.connection),
        protocol_min=tokens.PROTOCOL_MIN,
        protocol_max=tokens.PROTOCOL_MAX,
        next_lock_at=to_text(next_cutoff(desk.now)),
        catalogue_etag=front.catalogue.tag(),
        notice=proven.notice,
        scope=proven.principal.scope,
        office=proven.principal.office,
        hand_in_key=front.hand_in_key,
    )
    return json_reply(answer.to_json())
