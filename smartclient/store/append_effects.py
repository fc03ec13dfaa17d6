"""What follows here from a record that is written once, kind by kind.

Each is asked the same, whether the record was made here or came from the server. Kinds that are
only kept and shown need nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from smartclient.domain.consents import ConsentEvent
from smartclient.domain.ids import RecordId
from smartclient.store.appends import Appended, Appends, package_of
from smartclient.store.changes import Subject
from smartclient.store.client_life import ClientLife
from smartclient.store.consents import Consents
from smartclient.store.document_exchange import DocumentExchange
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.register_bodies import (
    Attachment,
    ClientHide,
    ClientMerge,
    EraseRequest,
    consent_from_json,
)

_Check = Callable[[Appended], object]


class AppendEffects:
    """What follows in one transaction."""

    def __init__(
        self,
        unit: UnitOfWork,
        documents: DocumentExchange,
        consents: Consents,
        life: ClientLife,
        appends: Appends,
    ) -> None:
        self._unit = unit
        self._appends = appends
        self._documents = documents
        self._consents = consents
        self._life = life

    def came(self, kind: RecordKind, records: Sequence[Appended]) -> None:
        """Records of one kind came from the server; their bodies were checked."""
        match kind:
            case RecordKind.SIGNED_PACKAGE:
                self._documents.signed(
                    [
                        package_of(each.op, each.body, acknowledged=True, parked="")
                        for each in records
                    ]
                )
            case RecordKind.CONSENT_EVENT:
                self._consents.take([_received(each) for each in records])
            case RecordKind.CLIENT_MERGE | RecordKind.CLIENT_HIDE:
                self.follow(records)
            case _:
                for each in records:
                    self._unit.touch(Subject.CLIENT, each.parent)

    def follow(self, records: Sequence[Appended]) -> None:
        """Clients stand as their merges and hides say."""
        merges = [each for each in records if each.kind is RecordKind.CLIENT_MERGE]
        losers = {str(each.body.get("loser")) for each in merges}
        self._life.follow({*(each.parent for each in records), *losers})

    def dated(self, kind: RecordKind, received: Mapping[RecordId, str]) -> None:
        """The server says when it received these of one kind, by which they count from now on."""
        if kind is RecordKind.CONSENT_EVENT:
            self._consents.received(received)
        else:
            self.parked(kind, list(received))

    def parked(self, kind: RecordKind, ops: Sequence[str]) -> None:
        """The server refused these records of one kind, or they are to be offered again."""
        if kind in (RecordKind.CLIENT_MERGE, RecordKind.CLIENT_HIDE):
            found = (self._appends.find(op) for op in ops)
            self.follow([each for each in found if each is not None])

    def acknowledged(self, kind: RecordKind, records: Sequence[str]) -> None:
        """The server has records of one kind that hang on these."""
        if kind is RecordKind.SIGNED_PACKAGE:
            self._documents.packages_arrived(set(records))
            return
        for parent in records:
            self._unit.touch(Subject.CLIENT, parent)


def _received(record: Appended) -> ConsentEvent:
    return replace(consent_from_json(record.body), received_at=record.at)


def _consent(record: Appended) -> object:
    event = consent_from_json(record.body)
    if str(event.id) != str(record.op):
        raise ValueError("an event is known by its own id")
    return event


_CHECKS: Mapping[RecordKind, _Check] = {
    RecordKind.SIGNED_PACKAGE: lambda record: package_of(
        record.op, record.body, acknowledged=True, parked=""
    ),
    RecordKind.CONSENT_EVENT: _consent,
    RecordKind.ATTACHMENT: lambda record: Attachment.from_json(record.body),
    RecordKind.CLIENT_MERGE: lambda record: ClientMerge.from_json(record.body),
    RecordKind.CLIENT_HIDE: lambda record: ClientHide.from_json(record.body),
    RecordKind.ERASE_REQUEST: lambda record: EraseRequest.from_json(record.body),
}


def require_readable(record: Appended) -> None:
    """Raises BadInput or ValueError for a body that is none of its kind."""
    check = _CHECKS.get(record.kind)
    if check is not None:
        check(record)
