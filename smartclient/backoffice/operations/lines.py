"""A pushed line as far as it can be judged alone: its digest, its body, what it hangs on."""

from dataclasses import dataclass

from smartclient.backoffice.operations.signed_packages import SignedPackage
from smartclient.domain.consents import ConsentEvent
from smartclient.domain.errors import BadInput
from smartclient.wire import encoding
from smartclient.wire.kinds import KINDS, Write
from smartclient.wire.messages import Answer, PushLine, PushResult, RecordKind, UnreadableLine
from smartclient.wire.register_bodies import (
    Attachment,
    ClientHide,
    ClientMerge,
    EraseRequest,
    consent_from_json,
)

Said = SignedPackage | ConsentEvent | ClientMerge | ClientHide | EraseRequest | Attachment | None
"""What the body of an append says, of the kinds that the server acts on."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A line that is a record: its canonical bytes fit its digest, its body can be read."""

    line: PushLine
    content: bytes
    packed: bytes
    """The same as it is stored before it is sealed."""
    said: Said = None

    @property
    def package(self) -> SignedPackage | None:
        """The signed package that the line is, if it is one."""
        return self.said if isinstance(self.said, SignedPackage) else None


def invalid(line: PushLine | UnreadableLine, code: str) -> PushResult:
    """The refusal of a line: the record is parked, the queue goes on."""
    return PushResult(line.id, line.op, Answer.INVALID, code=code)


def read_line(line: PushLine | UnreadableLine, *, doubtful: bool) -> Offered | PushResult:
    """The line as a record, or its refusal.

    `doubtful` is False where it is known that no float is in it and nothing is nested too deep.
    """
    if isinstance(line, UnreadableLine):
        return invalid(line, line.refusal.code)
    try:
        content = encoding.canonical(line.body, fractions=doubtful)
        if encoding.sha256(content) != line.sha256:
            return invalid(line, "SC-SERV-022")
        if doubtful and encoding.is_nested_too_deep(line.body, content):
            return invalid(line, "SC-SYNC-011")
        said = _said(line)
    except BadInput as refusal:
        return invalid(line, refusal.code)
    except (ValueError, RecursionError):
        # Half of a surrogate pair is JSON but has no UTF-8, so it has no canonical bytes either.
        return invalid(line, "SC-SERV-022")
    code = _misfit(line, said)
    return invalid(line, code) if code else Offered(line, content, encoding.pack(content), said)


def _said(line: PushLine) -> Said:
    match line.kind:
        case RecordKind.SIGNED_PACKAGE:
            return SignedPackage.from_body(line.body)
        case RecordKind.CONSENT_EVENT:
            return consent_from_json(line.body)
        case RecordKind.CLIENT_MERGE:
            return ClientMerge.from_json(line.body)
        case RecordKind.CLIENT_HIDE:
            return ClientHide.from_json(line.body)
        case RecordKind.ERASE_REQUEST:
            return EraseRequest.from_json(line.body)
        case RecordKind.ATTACHMENT:
            return Attachment.from_json(line.body)
        case _:
            return None


def _misfit(line: PushLine, said: Said) -> str:
    """Why the body does not fit its line; empty when it does.

    What hangs on a record must name it, or erasing that record could not find it.
    """
    if isinstance(said, SignedPackage):
        return "" if said.blobs <= set(line.blobs) else "SC-SERV-024"
    rule = KINDS[line.kind]
    if rule.write is Write.SERVER:
        return ""
    if rule.has_parent and (not line.parent or line.parent != _hangs_on(line, said)):
        return "SC-SERV-073"
    if isinstance(said, ConsentEvent) and str(said.id) != str(line.id):
        return "SC-SERV-073"
    if isinstance(said, Attachment):
        if line.record_class is not said.record_class:
            return "SC-SERV-072"
        return "" if set(line.blobs) == {said.sha256} else "SC-SERV-073"
    return ""


def _hangs_on(line: PushLine, said: Said) -> str:
    """What the body says that the record hangs on; what the line says where it does not say."""
    match said:
        case ConsentEvent():
            return said.decision.client_id
        case ClientMerge():
            return said.survivor
        case ClientHide() | EraseRequest() | Attachment():
            return said.client_id
        case _:
            return line.parent
