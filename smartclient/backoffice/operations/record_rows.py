"""The rows of records as values."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping

from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.ids import HrNumber, InstallId, Op, RecordId, Sha256
from smartclient.wire.kinds import RecordClass
from smartclient.wire.messages import RecordKind

_NONE = "[]"


DATED = frozenset({RecordKind.CLIENT_MERGE, RecordKind.CLIENT_HIDE, RecordKind.CONSENT_EVENT})
"""Events that count as of their receipt when they claim to be later.

The feed says when that was, to the laptop that wrote them as well: it reads them again for it.
"""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record without its body."""

    id: RecordId
    kind: RecordKind
    version: int
    op: Op
    sha256: Sha256
    stage: Stage
    state: ServerState
    seq: int
    blobs: tuple[Sha256, ...]
    form_version: str
    document_kind: str
    number: str
    install: InstallId
    """The install of its newest version; for the server's own records the one they are for."""
    hr: HrNumber
    first_received_at: datetime
    received_at: datetime
    exportable: bool = False
    verdict_code: str = ""
    batch: str | None = None
    parent: str = ""
    """The id of the record it hangs on; it may dangle."""
    record_class: RecordClass = RecordClass.GENERAL

    @classmethod
    def from_row(cls, fields: RowMapping) -> "RecordRow":
        """The record of a database row."""
        return cls(
            id=fields["id"],
            kind=RecordKind(fields["kind"]),
            version=fields["version"],
            op=fields["op"],
            sha256=fields["sha256"],
            stage=Stage(fields["stage"]),
            state=ServerState(fields["state"]),
            seq=fields["seq"],
            blobs=() if fields["blobs"] == _NONE else tuple(json.loads(fields["blobs"])),
            form_version=fields["form_version"],
            document_kind=fields["document_kind"],
            number=fields["number"],
            install=fields["install"],
            hr=fields["hr"],
            first_received_at=fields["first_received_at"],
            received_at=fields["received_at"],
            exportable=bool(fields["exportable"]),
            verdict_code=fields["verdict_code"],
            batch=fields["batch"],
            parent=fields["parent"],
            record_class=RecordClass(fields["record_class"]),
        )

    def to_row(self, scope: str) -> dict[str, object]:
        """The record as a database row of the scope."""
        return {
            "scope": scope,
            "id": self.id,
            "kind": str(self.kind),
            "version": self.version,
            "op": self.op,
            "sha256": self.sha256,
            "stage": str(self.stage),
            "state": str(self.state),
            "seq": self.seq,
            "blobs": json.dumps(self.blobs) if self.blobs else _NONE,
            "form_version": self.form_version,
            "document_kind": self.document_kind,
            "number": self.number,
            "install": self.install,
            "hr": self.hr,
            "first_received_at": self.first_received_at,
            "received_at": self.received_at,
            "exportable": self.exportable,
            "verdict_code": self.verdict_code,
            "batch": self.batch,
            "parent": self.parent,
            "record_class": str(self.record_class),
        }


@dataclass(frozen=True, slots=True)
class KnownOp:
    """An op the server has seen; without a digest when only a lineage named it."""

    op: Op
    version: int
    sha256: Sha256 | None
