"""What happens to a client besides its fields, made here: files, merges, hiding, requests to erase.

Each is written once, is sent by the next synchronisation, and holds here at once.
"""

from smartclient.domain.ids import ClientId, Op
from smartclient.store.appends import Appended, Appends
from smartclient.store.client_life import ClientLife
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.kinds import RecordKind
from smartclient.wire.register_bodies import Attachment, ClientHide, ClientMerge, EraseRequest


class ClientEvents:
    """The events of one transaction."""

    def __init__(self, unit: UnitOfWork, appends: Appends, life: ClientLife) -> None:
        self._unit = unit
        self._appends = appends
        self._life = life

    def attach(self, attachment: Attachment) -> Op:
        """Keep a file of a client; its content is among the blobs."""
        return self._write(
            Appended(
                Op(self._unit.ids.new()),
                RecordKind.ATTACHMENT,
                attachment.client_id,
                attachment.to_json(),
                self._unit.now(),
                (attachment.sha256,),
                attachment.record_class,
            )
        )

    def merge(self, merge: ClientMerge) -> Op:
        """Two clients are one person, or no longer."""
        return self._event(RecordKind.CLIENT_MERGE, merge.survivor, merge, merge.loser)

    def hide(self, hide: ClientHide) -> Op:
        """A client goes out of sight, or comes back."""
        return self._event(RecordKind.CLIENT_HIDE, hide.client_id, hide)

    def request_erasure(self, request: EraseRequest) -> Op:
        """A person at the back office is to erase a client."""
        return self._event(RecordKind.ERASE_REQUEST, request.client_id, request)

    def _event(
        self,
        kind: RecordKind,
        parent: ClientId,
        said: ClientMerge | ClientHide | EraseRequest,
        *others: ClientId,
    ) -> Op:
        op = Op(self._unit.ids.new())
        written = self._write(Appended(op, kind, parent, said.to_json(), self._unit.now()))
        self._life.follow((parent, *others))
        return written

    def _write(self, record: Appended) -> Op:
        self._appends.write([record])
        self._life.touch(record.parent)
        return record.op
