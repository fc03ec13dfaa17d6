"""What the pages say: a filled form, its body and its premium become plain print data.

Nothing here knows a particular form. Every section of the layout is printed with the labels of the
package and the answers written for people; what is irrelevant or unanswered is left out.

    {"language", "title", "number", "made_on", "client", "adviser": {…}, "form", "tariff",
     "premium": {…} or null, "sections": [{"id", "title", "intro", "blocks": […]}],
     "signatures": [{"field", "role", "person", "meaning", "biometric"}]}

A block is one of
    {"kind": "heading", "title", "text"}
    {"kind": "fields", "items": [{"label", "value", "columns"}]}     a grid of six columns
    {"kind": "questions", "items": [{"label", "value", "yes"}]}      long labels, one a line
    {"kind": "table", "title", "head": [{"label", "right"}], "rows": [[…]]}
    {"kind": "row", "title", "blocks": […]}                          one row of a repeat
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, zip_longest

from smartclient.documents.filled_form import (
    FilledForm,
    PrintedField,
    PrintedGroup,
    PrintedHeading,
    PrintedRows,
)
from smartclient.documents.typography import bound
from smartclient.domain.language import _
from smartclient.domain.lock_time import PRAGUE
from smartclient.domain.presentation import NBSP, day, money, number
from smartclient.premium.pricing import Premium
from smartclient.wire.messages import Json, JsonObject, mapping

_LONG_LABEL = 45
"""Characters from which a label is a question, printed over the whole width."""
_WHOLE_WIDTH = 6
_NUMBERS = frozenset({"integer", "decimal", "money"})


def printed(
    form: FilledForm,
    body: JsonObject,
    premium: Premium | None,
    *,
    title: str,
    at: datetime,
    language: str = "cs",
) -> JsonObject:
    """The print data of a document frozen at `at`; `title` is the name of the form."""
    adviser = mapping(body.get("adviser", {}), "adviser")
    writer = _Writer(form, premium)
    sections = list(writer.sections())
    return {
        "language": language,
        "title": title,
        "number": body["number"],
        "made_on": day(at.astimezone(PRAGUE).date()),
        "client": body.get("client_name", ""),
        "adviser": {
            "name": adviser.get("name", ""),
            "identification": adviser.get("identification", ""),
            "cnb_number": adviser.get("cnb_number", ""),
            "hr": body.get("hr", ""),
        },
        "form": f"{body['form_id']} {body['form_version']}",
        "tariff": f"{body.get('tariff_id', '')} {body.get('tariff_version', '')}".strip(),
        "premium": None if premium is None else _premium(premium, writer),
        "sections": [*sections],
        "signatures": [
            {
                "field": signer.field,
                "role": signer.role,
                "person": signer.person or str(adviser.get("name", "")),
                "meaning": bound(signer.meaning),
                "biometric": signer.biometric,
            }
            for signer in form.signers()
        ],
    }


def frequency_name(frequency: int) -> str:
    """How often an instalment is paid, in a word."""
    match frequency:
        case 12:
            return _("monthly")
        case 4:
            return _("quarterly")
        case 2:
            return _("half-yearly")
        case _:
            return _("yearly")


def _premium(premium: Premium, writer: "_Writer") -> JsonObject:
    def amount(value: Decimal) -> str:
        return money(value, premium.currency)

    return {
        "payable": amount(premium.payable),
        "frequency": frequency_name(premium.frequency),
        "annual": amount(premium.annual),
        "total": amount(premium.total),
        "discount_percent": f"{number(premium.discount_percent, 0)}{NBSP}%",
        "discount": amount(-premium.discount) if premium.discount else "",
        "fee": amount(premium.fee) if premium.fee else "",
        "persons": writer.persons(premium),
    }


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answered field, ready to be printed."""

    field: PrintedField
    value: Json
    shown: str

    @property
    def is_question(self) -> bool:
        """Whether the label needs the whole width."""
        return self.field.widget in ("yes_no", "tick") and len(self.field.label) > _LONG_LABEL

    def item(self) -> JsonObject:
        """The answer as an item of a block."""
        label = bound(self.field.label)
        if self.is_question:
            return {"label": label, "value": self.shown, "yes": self.value is True}
        wide = self.field.widget == "text" or len(self.shown) > _LONG_LABEL
        columns = _WHOLE_WIDTH if wide else max(2, self.field.columns)
        return {"label": label, "value": bound(self.shown), "columns": columns}


class _Writer:
    """Walks the layout; remembers what the rows that carry a premium are called."""

    def __init__(self, form: FilledForm, premium: Premium | None) -> None:
        self._form = form
        self._instalments: dict[str, str] = {}
        self._covers: dict[str, str] = {}
        if premium is not None:
            self._instalments = {
                line.line_id: money(line.instalment, premium.currency) for line in premium.lines
            }

    def sections(self) -> Iterator[JsonObject]:
        """Every section that has something to say."""
        for section in self._form.layout:
            if blocks := list(self._blocks(section.elements, "")):
                yield {
                    "id": section.id,
                    "title": section.title,
                    "intro": bound(section.intro),
                    "blocks": [*blocks],
                }

    def persons(self, premium: Premium) -> list[Json]:
        """Who is insured for what, in the order of the lines; after `sections` was walked."""
        found: dict[str, list[Json]] = {}
        for line in premium.lines:
            cover: JsonObject = {
                "cover": self._covers.get(line.line_id, line.line.cover),
                "amount": money(line.line.amount, premium.currency),
                "instalment": self._instalments[line.line_id],
            }
            found.setdefault(self._person(line.line_id, line.line.person), []).append(cover)
        return [{"person": person, "covers": covers} for person, covers in found.items()]

    def _person(self, row: str, otherwise: str) -> str:
        """The title of the outermost row that a path lies in."""
        parts = row.split(".")
        for position, part in enumerate(parts):
            if part.isdigit():
                return self._form.row_title(".".join(parts[:position]), int(part))
        return otherwise

    def _blocks(self, elements: Iterable[object], inside: str) -> list[JsonObject]:
        """The blocks of elements; answers next to each other share a block."""
        blocks: list[JsonObject] = []
        for are_fields, run in groupby(elements, lambda each: isinstance(each, PrintedField)):
            if are_fields:
                blocks.extend(_answer_blocks(self._answers(run, inside)))
            else:
                for element in run:
                    blocks.extend(self._structure(element, inside))
        return [
            block
            for block, following in zip_longest(blocks, blocks[1:])
            if not (_is_heading(block) and (following is None or _is_heading(following)))
        ]

    def _structure(self, element: object, inside: str) -> Iterator[JsonObject]:
        match element:
            case PrintedRows() if element.compact:
                yield from self._table(element, inside)
            case PrintedRows():
                path = _joined(inside, element.path)
                for index in range(self._form.rows(path)):
                    if blocks := self._blocks(element.elements, f"{path}.{index}"):
                        title = self._form.row_title(path, index)
                        yield {"kind": "row", "title": title, "blocks": [*blocks]}
            case PrintedGroup():
                if element.title:
                    yield {"kind": "heading", "title": element.title, "text": bound(element.intro)}
                yield from self._blocks(element.elements, inside)
            case PrintedHeading():
                yield {"kind": "heading", "title": element.title, "text": bound(element.text)}

    def _table(self, rows: PrintedRows, inside: str) -> Iterator[JsonObject]:
        """Rows below each other; with the instalment of each where the rows are priced."""
        path = _joined(inside, rows.path)
        places = [f"{path}.{index}" for index in range(self._form.rows(path))]
        fields = list(_fields_of(rows.elements))
        answers = {
            place: {each.field.path: each for each in self._answers(fields, place)}
            for place in places
        }
        columns = [field for field in fields if any(field.path in row for row in answers.values())]
        places = [place for place in places if answers[place]]
        if not columns:
            return
        priced = any(place in self._instalments for place in places)
        self._covers |= {place: next(iter(answers[place].values())).shown for place in places}
        head: list[Json] = [
            {"label": bound(field.label), "right": field.type in _NUMBERS} for field in columns
        ]
        lines: list[Json] = []
        for place in places:
            row = answers[place]
            cells: list[Json] = [
                row[each.path].shown if each.path in row else "" for each in columns
            ]
            lines.append([*cells, self._instalments.get(place, "")] if priced else cells)
        if priced:
            head.append({"label": _("Premium"), "right": True})
        yield {"kind": "table", "title": rows.title, "head": head, "rows": lines}

    def _answers(self, fields: Iterable[object], inside: str) -> Iterator[_Answer]:
        for field in fields:
            if not isinstance(field, PrintedField):
                continue
            state = self._form.field(_joined(inside, field.path))
            if state.relevant and state.value not in (None, "", []):
                yield _Answer(field, state.value, _shown(field, state.value, state.typed))


def _answer_blocks(answers: Iterable[_Answer]) -> Iterator[JsonObject]:
    for are_questions, run in groupby(answers, lambda each: each.is_question):
        kind = "questions" if are_questions else "fields"
        yield {"kind": kind, "items": [answer.item() for answer in run]}


def _fields_of(elements: Iterable[object]) -> Iterator[PrintedField]:
    """The fields of a row, those of its groups included."""
    for element in elements:
        if isinstance(element, PrintedField):
            yield element
        elif isinstance(element, PrintedGroup):
            yield from _fields_of(element.elements)


def _shown(field: PrintedField, value: Json, typed: str) -> str:
    """An answer as people write it; what could not be read stands exactly as it was typed."""
    labels = {choice.code: choice.label for choice in field.choices}
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case list():
            return ", ".join(labels.get(str(code), str(code)) for code in value)
        case int() | str() if field.type in _NUMBERS:
            return _amount(field, str(value))
        case str() if field.type == "date":
            return day(date.fromisoformat(value))
        case str():
            return labels.get(value, value)
        case _:
            return typed


def _amount(field: PrintedField, value: str) -> str:
    amount = Decimal(value)
    if field.type == "money":
        written = money(amount)
        return written if not field.unit else written.replace("Kč", field.unit)
    places = max(0, -int(amount.as_tuple().exponent))
    written = number(amount, places)
    return f"{written}{NBSP}{field.unit}" if field.unit else written


def _joined(inside: str, path: str) -> str:
    return f"{inside}.{path}" if inside else path


def _is_heading(block: JsonObject) -> bool:
    return block["kind"] == "heading"
