"""Between a document's body, its line in the list table, and the row that is shown.

A line is computed here, from the body and from how the document stands, and nowhere else: an edit,
a pull and a status of the server end in the same columns.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict

from smartclient.domain.clock import from_text, to_text
from smartclient.domain.document_life import (
    CoreAnswer,
    DocumentKind,
    Marks,
    ServerState,
    ShownState,
    Stage,
    Standing,
    shown_state,
)
from smartclient.domain.ids import ClientId, DocumentId, DocumentNumber
from smartclient.store.document_rows import DocumentRow
from smartclient.store.folding import person_key
from smartclient.wire.values import Json, JsonObject

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

Columns = dict[str, str | int | None]
_HUNDREDTHS = Decimal(100)
_LARGEST = Decimal("1e15")
# A page of rows asks for these by the hundred, and looking up costs less than calling the class.
_KINDS = {kind.value: kind for kind in DocumentKind}
_STAGES = {stage.value: stage for stage in Stage}
_STATES = {state.value: state for state in ServerState}
_SHOWN = {shown.value: shown for shown in ShownState}
_AS_STORED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
"""An instant as `to_text` writes it."""
_TEXTS = ("client_name", "client_id", "form_id", "number")
_LONG_AGO = "1970-01-01T00:00:00.000Z"


class SituationLine(TypedDict):
    """The columns of a line that say how its document stands."""

    stage: str
    server: str
    backed_up: int
    has_pdf: int
    exportable: int
    core: str
    core_reason: str
    email_undeliverable: int
    late_signed: int
    paper_expected: int
    parked: str
    signed_at: str | None
    listed: int


class Line(SituationLine):
    """A line of the list table, as far as the row that is shown needs it."""

    id: str
    kind: str
    form_id: str
    form_version: str
    number: str
    client_id: str | None
    client_name: str
    digital: int
    premium: int | None
    """In hundredths of the currency."""
    frequency: int | None
    currency: str
    shown: str
    created_at: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class Situation:
    """How a document stands, besides what its body says."""

    stage: Stage
    server: ServerState = ServerState.NONE
    backed_up: bool = False
    has_pdf: bool = False
    exportable: bool = False
    marks: Marks = field(default_factory=Marks)
    parked: str = ""
    signed_at: datetime | None = None
    listed: bool = True


class Situations:
    """The columns of situations, each made once: many documents of a pull stand alike."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, DocumentKind, bool], tuple[Situation, Columns]] = {}

    def columns(self, situation: Situation, kind: DocumentKind, *, digital: bool) -> Columns:
        """As `situation_columns`; the same value gives the same columns."""
        key = (id(situation), kind, digital)
        if key not in self._made:
            # Kept with the situation, so that its identity stays its own.
            made = situation_columns(situation, kind, digital=digital)
            self._made[key] = (situation, made)
        return self._made[key][1]


def columns_of(
    document_id: str, body: JsonObject, situation: Situation, situations: Situations
) -> Columns:
    """The line of the list table; what a body of another version lacks stays empty."""
    kind, digital = _kind(body), body.get("digital") is True
    name, client_id, form_id, number = (
        said if isinstance(said := body.get(field), str) else "" for field in _TEXTS
    )
    premium = body.get("premium")
    priced: Mapping[str, Json] = premium if isinstance(premium, dict) else {}
    created_at = _instant(body, "created_at", _LONG_AGO)
    from_body: Columns = {
        "id": document_id,
        "kind": kind.value,
        "form_id": form_id,
        "form_version": str(body.get("form_version", "")),
        "number": number,
        "client_id": client_id or None,
        "client_name": name,
        "client_key": person_key(name),
        "digital": int(digital),
        "premium": _hundredths(priced.get("payable")),
        "frequency": _whole(priced.get("frequency")),
        "currency": _text(priced, "currency"),
        "created_at": created_at,
        "changed_at": _instant(body, "changed_at", created_at),
    }
    return from_body | situations.columns(situation, kind, digital=digital)


def situation_columns(situation: Situation, kind: DocumentKind, *, digital: bool) -> Columns:
    """The columns that change without the body, the shown state among them."""
    marks = situation.marks
    standing = Standing(
        kind=kind,
        stage=situation.stage,
        server=situation.server,
        backed_up=situation.backed_up,
        digital=digital,
        has_pdf=situation.has_pdf,
        marks=marks,
    )
    return {
        "stage": situation.stage.value,
        "server": situation.server.value,
        "backed_up": int(situation.backed_up),
        "has_pdf": int(situation.has_pdf),
        "exportable": int(situation.exportable),
        "core": marks.core.value,
        "core_reason": marks.core_reason,
        "email_undeliverable": int(marks.email_undeliverable),
        "late_signed": int(marks.late_signed),
        "paper_expected": int(marks.paper_expected),
        "shown": shown_state(standing).value,
        "parked": situation.parked,
        "signed_at": None if situation.signed_at is None else to_text(situation.signed_at),
        "listed": int(situation.listed),
    }


SITUATION_COLUMNS = tuple(
    situation_columns(Situation(Stage.DRAFT), DocumentKind.OTHER, digital=False)
)
"""The names of the columns that change without the body."""


def row_of(line: "RowMapping | Line") -> DocumentRow:
    """The row that is shown, from a line of the list table."""
    premium, client_id, signed_at = line["premium"], line["client_id"], line["signed_at"]
    return DocumentRow(
        id=DocumentId(line["id"]),
        kind=_KINDS[line["kind"]],
        form_id=line["form_id"],
        form_version=line["form_version"],
        number=DocumentNumber(line["number"]),
        client_id=None if client_id is None else ClientId(client_id),
        client_name=line["client_name"],
        stage=_STAGES[line["stage"]],
        server=_STATES[line["server"]],
        backed_up=bool(line["backed_up"]),
        digital=bool(line["digital"]),
        has_pdf=bool(line["has_pdf"]),
        premium=None if premium is None else Decimal(premium) / _HUNDREDTHS,
        frequency=line["frequency"],
        currency=line["currency"],
        marks=_marks(line),
        shown=_SHOWN[line["shown"]],
        exportable=bool(line["exportable"]),
        parked=line["parked"],
        created_at=from_text(line["created_at"]),
        changed_at=from_text(line["changed_at"]),
        signed_at=None if signed_at is None else from_text(signed_at),
    )


def situation_of(line: "RowMapping | SituationLine") -> Situation:
    """How the document of a line stands."""
    return Situation(
        stage=Stage(line["stage"]),
        server=ServerState(line["server"]),
        backed_up=bool(line["backed_up"]),
        has_pdf=bool(line["has_pdf"]),
        exportable=bool(line["exportable"]),
        marks=_marks(line),
        parked=line["parked"],
        signed_at=None if line["signed_at"] is None else from_text(line["signed_at"]),
        listed=bool(line["listed"]),
    )


def marks_after(marks: Marks, status: JsonObject) -> Marks:
    """The marks after a status of the server; what it does not say stays.

    Of a document that was signed late, the insurer's decision stands where the core's answer does:
    it is what its adviser waits for.
    """
    if not status:
        return marks
    status = {**status, **late_answer(status)}
    core, paper = status.get("core"), status.get("paper")
    known = isinstance(core, str) and core in {answer.value for answer in CoreAnswer}
    flags = {
        name: status[name] is True
        for name in ("email_undeliverable", "late_signed", "paper_expected")
        if name in status
    }
    if isinstance(paper, str):
        flags["paper_expected"] = paper == "expected"
    return replace(
        marks,
        core=CoreAnswer(str(core)) if known else marks.core,
        core_reason=_reason_after(marks, status),
        **flags,
    )


def late_answer(status: JsonObject) -> JsonObject:
    """What a status says of a late signature, as an answer with its reason."""
    if status.get("late_signed") is not True:
        return {}
    late = status.get("late")
    if not isinstance(late, dict):
        return {"core": CoreAnswer.NONE.value, "core_reason": ""}
    if late.get("core") == CoreAnswer.REJECTED.value:
        return {"core": CoreAnswer.REJECTED.value, "core_reason": late.get("core_reason")}
    accepted = late.get("decision") == "accepted"
    answer = CoreAnswer.ACCEPTED if accepted else CoreAnswer.REJECTED
    return {"core": answer.value, "core_reason": late.get("reason")}


def _reason_after(marks: Marks, status: JsonObject) -> str:
    stays = "core_reason" not in status or status.get("late_signed") is not True
    return _text(status, "core_reason") or (marks.core_reason if stays else "")


def _marks(line: "RowMapping | SituationLine") -> Marks:
    flags = (line["email_undeliverable"], line["late_signed"], line["paper_expected"])
    return _same_marks(line["core"], line["core_reason"], *flags)


@lru_cache(maxsize=256)
def _same_marks(core: str, reason: str, undeliverable: int, late: int, paper: int) -> Marks:
    return Marks(CoreAnswer(core), reason, bool(undeliverable), bool(late), bool(paper))


def _kind(body: JsonObject) -> DocumentKind:
    named = body.get("document_kind")
    return _KINDS.get(named, DocumentKind.OTHER) if isinstance(named, str) else DocumentKind.OTHER


def _text(source: Mapping[str, Json], name: str) -> str:
    value = source.get(name)
    return value if isinstance(value, str) else ""


def _instant(body: JsonObject, name: str, otherwise: str) -> str:
    said = _text(body, name)
    try:
        instant = from_text(said)
    except ValueError:
        return otherwise
    return said if _AS_STORED.fullmatch(said) else to_text(instant)


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _hundredths(value: Json) -> int | None:
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    if amount is None or not amount.is_finite() or abs(amount) > _LARGEST:
        return None
    return int((amount * _HUNDREDTHS).to_integral_value())
