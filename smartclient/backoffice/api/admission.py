"""The routes that let an install in: the HR number checked, activation, tokens."""

from starlette.responses import Response

from smartclient.backoffice.api.calls import Call
from smartclient.backoffice.api.endpoints import Counter
from smartclient.backoffice.api.replies import json_reply
from smartclient.backoffice.operations import activation, tokens
from smartclient.backoffice.operations.epoch import current_epoch
from smartclient.backoffice.operations.partners import require_partner
from smartclient.domain.clock import to_text
from smartclient.domain.lock_time import next_cutoff
from smartclient.wire.admission import ActivateRequest, TokenReply, TokenRequest
from smartclient.wire.messages import mapping, text


def check_hr(counter: Counter, call: Call) -> Response:
    """The partner's name for an HR number, for the button "Ověřit"."""
    typed = text(mapping(call.json()), "hr", 40)
    with counter.office.writing() as desk:
        number = activation.count_try(desk, typed, call.address)
    with counter.office.reading() as desk:
        partner = require_partner(desk, number)
    return json_reply({"partner_name": partner.name})


def activate(counter: Counter, call: Call) -> Response:
    """An install with its certificates."""
    request = ActivateRequest.from_json(call.json())
    with counter.office.writing() as desk:
        activation.count_try(desk, request.hr, call.address)
    with counter.office.writing() as desk:
        activated = activation.activate(desk, request, counter.issuers, counter.server_name)
    return json_reply(activated.to_json())


def give_token(counter: Counter, call: Call) -> Response:
    """A token, and what a synchronisation must know before it begins."""
    request = TokenRequest.from_json(call.json())
    with counter.office.writing() as desk:
        token = tokens.give_token(desk, request, counter.server_name)
        answer = TokenReply(
            token=token.text,
            server_time=to_text(desk.now),
            epoch=current_epoch(desk.connection),
            protocol_min=tokens.PROTOCOL_MIN,
            protocol_max=tokens.PROTOCOL_MAX,
            next_lock_at=to_text(next_cutoff(desk.now)),
            catalogue_etag=counter.catalogue.tag(),
            notice=token.notice,
        )
    return json_reply(answer.to_json())
