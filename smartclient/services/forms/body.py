"""The body of an offer: how it begins, and what an edit of the answers makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from smartclient.domain.clients import PersonRecord
from smartclient.domain.clock import from_text
from smartclient.domain.ids import ClientId, DocumentNumber
from smartclient.domain.lock_time import PRAGUE
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.wire.messages import Json, JsonObject, mapping, text, whole

BODY_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Adviser:
    """Who makes the offer, and for which partner."""

    hr: str
    name: str
    identification: str
    cnb_number: str

    def to_json(self) -> JsonObject:
        """As it stands in the body."""
        return {
            "name": self.name,
            "identification": self.identification,
            "cnb_number": self.cnb_number,
        }


@dataclass(frozen=True, slots=True)
class Origin:
    """What an offer is made with; it keeps to it for its whole life."""

    set_id: str
    tariff_version: int
    template_version: int


def new_body(
    package: FormPackage,
    origin: Origin,
    adviser: Adviser,
    *,
    number: DocumentNumber,
    client_id: ClientId | None,
    client_name: str,
) -> JsonObject:
    """The body of a document that is about to be filled in."""
    return {
        "schema": BODY_SCHEMA,
        "document_kind": package.document_kind.value,
        "number": number,
        "form_id": package.id,
        "form_version": package.version,
        "set_id": origin.set_id,
        "tariff_id": package.tariff_id,
        "tariff_version": origin.tariff_version,
        "template_id": package.template_id,
        "template_version": origin.template_version,
        "client_id": client_id,
        "client_name": client_name,
        "answers": {},
        "premium": None,
        "digital": False,
        "hr": adviser.hr,
        "adviser": adviser.to_json(),
    }


def header_of(body: Mapping[str, Json], *, signing_installed: bool) -> JsonObject:
    """What the rules of the form may ask besides the answers."""
    return {
        "number": body.get("number", ""),
        "hr": body.get("hr", ""),
        "adviser": body.get("adviser", {}),
        "signing_installed": signing_installed,
    }


def answers_of(body: Mapping[str, Json]) -> JsonObject:
    """The answers of a body."""
    return mapping(body.get("answers", {}), "answers")


def baseline_of(body: Mapping[str, Json]) -> JsonObject | None:
    """The settings that a change request was opened on; None for other kinds."""
    found = body.get("baseline")
    return None if found is None else mapping(found, "baseline")


def contract_of(body: Mapping[str, Json]) -> str:
    """The number of the contract that a request changes; empty for other kinds."""
    found = body.get("contract")
    return text(found, "number", 20) if isinstance(found, dict) else ""


def rates_of_contract(body: Mapping[str, Json]) -> int:
    """The version of the rates that the contract of a request keeps to; 0 for other kinds."""
    found = body.get("contract")
    return whole(found, "tariff_version", 1) if isinstance(found, dict) else 0


def day_of(body: Mapping[str, Json], otherwise: date) -> date:
    """The day as of which the form is judged: when it was begun, in Prague."""
    created = body.get("created_at")
    if not isinstance(created, str):
        return otherwise
    return from_text(created).astimezone(PRAGUE).date()


def versions_of(body: Mapping[str, Json]) -> tuple[str, int, str, int]:
    """Form and tariff with their versions."""
    return (
        text(body, "form_id", 80),
        whole(body, "form_version", 1),
        text(body, "tariff_id", 80),
        whole(body, "tariff_version", 0),
    )


def client_name_of(session: FormSession, otherwise: str) -> str:
    """The policyholder's name as it is typed now, of a person or of a company."""
    company = session.package.path_of("policyholder.company_name")
    if company is not None:
        state = session.field(company)
        if state.relevant and isinstance(state.value, str) and state.value.strip():
            return state.value.strip()
    parts: list[str] = []
    for meaning in ("policyholder.given_name", "policyholder.surname"):
        path = session.package.path_of(meaning)
        value = session.field(path).value if path is not None else None
        if isinstance(value, str) and value.strip():
            parts.append(value.strip())
    return " ".join(parts) or otherwise


def prefill(session: FormSession, client: PersonRecord, *, only_empty: bool = False) -> None:
    """Answer by meaning what is known of the client; what the form does not ask is left out.

    `only_empty` leaves what is answered already.
    """
    known: dict[str, str | bool] = {
        f"policyholder.{name}": value
        for name, value in client.to_json().items()
        if value not in ("", False)
    }
    known["contact.mobile"] = client.phone
    known["contact.email"] = client.email
    for meaning, value in known.items():
        path = session.package.path_of(meaning)
        if path is None or "*" in path or value == "":
            continue
        state = session.field(path)
        if not state.readonly and not (only_empty and state.typed):
            session.set(path, value)
