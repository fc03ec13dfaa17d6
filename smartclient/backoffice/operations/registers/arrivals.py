"""What follows from the appended records of clients that one push brings into one scope."""

from dataclasses import dataclass, field, replace

from smartclient.backoffice.operations.alarms import Alarm, raise_alarm
from smartclient.backoffice.operations.lines import Offered
from smartclient.backoffice.operations.principals import Principal
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.registers import client_events, consent_receipts
from smartclient.backoffice.operations.registers.client_events import Merges
from smartclient.backoffice.operations.registers.contact_history import tell_consent
from smartclient.backoffice.operations.scope_records import ScopeRecords
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_new
from smartclient.domain.consents import ConsentEvent
from smartclient.wire.register_bodies import ClientHide, ClientMerge, EraseRequest


@dataclass(slots=True)
class Arrivals:
    """Gathers the events of a push, so that each kind is written at once."""

    records: ScopeRecords
    principal: Principal
    merges: Merges = field(init=False)
    _consents: list[consent_receipts.Arrived] = field(default_factory=list)
    _hides: list[client_events.Hide] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Merges are asked of by every client that is pushed."""
        self.merges = Merges(self.records.desk, self.records.scope)

    def take(self, row: RecordRow, offered: Offered) -> None:
        """An accepted record; of most kinds nothing follows."""
        match offered.said:
            case ConsentEvent() as event:
                self._consents.append(consent_receipts.Arrived(event, offered.content))
                received = replace(event, received_at=row.received_at)
                tell_consent(self.records, received, (row.install, row.hr))
            case ClientMerge() as merge:
                self.merges.add(row.id, merge)
            case ClientHide() as hide:
                self._hides.append(client_events.Hide(row.id, hide))
            case EraseRequest() as request:
                self._ask_to_erase(row, request)
            case _:
                pass

    def flush(self) -> None:
        """Write what was gathered."""
        self.merges.flush()
        client_events.note_hides(self.records, self._hides)
        if self._consents:
            consent_receipts.write(self.records, self._consents)
            events = [each.event for each in self._consents]
            consent_receipts.look_at_links(self.records.desk, events)

    def _ask_to_erase(self, row: RecordRow, request: EraseRequest) -> None:
        """A row of work, and an alarm: a person at the back office decides and does it."""
        desk, scope = self.records.desk, self.records.scope
        work = {
            "scope": scope,
            "id": row.id,
            "client": request.client_id,
            "install": row.install,
            "received_at": desk.now,
            "done_at": None,
        }
        insert_new(desk.connection, schema.erase_work, [work])
        raise_alarm(desk, Alarm.ERASE_REQUESTED, scope, row.id, row.op)
