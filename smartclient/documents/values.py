"""The values that travel inside the PDF and on to the insurer's core system, byte for byte."""

from smartclient.domain.ids import Sha256
from smartclient.wire.encoding import canonical
from smartclient.wire.messages import JsonObject

ATTACHMENT_NAME = "values.json"
_HEADER = (
    "document_kind",
    "number",
    "form_id",
    "form_version",
    "set_id",
    "tariff_id",
    "tariff_version",
    "template_id",
    "template_version",
    "hr",
    "adviser",
    "premium",
    "answers",
)


def values_json(body: JsonObject, template_sha256: Sha256) -> bytes:
    """The bytes attached to the PDF as values.json: canonical JSON of the body's answers + header.

    The same body always gives the same bytes; what belongs to this install alone (client id,
    times of editing) is left out.
    """
    values: JsonObject = {name: body[name] for name in _HEADER if name in body}
    values["schema"] = 1
    values["template_sha256"] = template_sha256
    return canonical(values)
