"""What happened with a client, written down by the server where the laptop shows it."""

import uuid

from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.operations.server_records import put_server_record
from smartclient.domain.consents import ConsentEvent, counts_at
from smartclient.domain.ids import HrNumber, InstallId, RecordId
from smartclient.wire.messages import RecordKind
from smartclient.wire.register_bodies import UNCERTAIN, ContactLine

_OF_EVENT = uuid.UUID("5b8f0a0e-6d0c-5c39-8a67-3f1d2f9f0b61")


def history_id(event: str) -> RecordId:
    """The id of the line that tells of an event: derived, so that it is told once."""
    return RecordId(str(uuid.uuid5(_OF_EVENT, event)))


def tell_consent(
    records: ScopeRecords, event: ConsentEvent, owner: tuple[InstallId, HrNumber]
) -> None:
    """Write the line of a received consent event into the scope of the event."""
    said = event.decision
    uncertain = {"clock": UNCERTAIN} if said.clock_uncertain else {}
    line = ContactLine(
        said.client_id,
        counts_at(event),
        f"consent.{said.decision.value}",
        {
            "option": said.option_code,
            "method": said.method.value,
            "text_version": said.text_version_id,
            **uncertain,
        },
    )
    put_server_record(
        records,
        history_id(event.id),
        RecordKind.CONTACT_HISTORY,
        line.to_json(),
        owner,
        parent=said.client_id,
    )
