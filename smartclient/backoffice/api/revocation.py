"""The list of revoked seals, at the address that stands in every seal's certificate."""

from cryptography.hazmat.primitives.serialization import Encoding
from starlette.responses import Response

from smartclient.backoffice.api.calls import Call
from smartclient.backoffice.api.endpoints import FrontOffice
from smartclient.backoffice.api.replies import reply
from smartclient.backoffice.operations.revoked_seals import revoked_seals

LIST_TYPE = "application/pkix-crl"
_AN_HOUR = "public, max-age=3600"


def revoked(front: FrontOffice, _call: Call) -> Response:
    """The seals that count no more, signed by who issues them (RFC 5280), as DER."""
    with front.office.reading() as desk:
        listed = revoked_seals(desk, front.issuers.document)
    content = listed.public_bytes(Encoding.DER)
    return reply(content, LIST_TYPE, headers={"Cache-Control": _AN_HOUR})
