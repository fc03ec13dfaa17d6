"""What the pages say: a filled form, its body and its premium become plain print data.

Nothing here knows a particular form. Every section of the layout is printed with the labels of the
package and the answers written for people; what is irrelevant or unanswered is left out, and so are
the hints to the person who fills the form in. Words of its own the paper has from the template, in
the language of the document: yes and no travel as true and false, a frequency as its number; and a
template may know an item by its path and call it otherwise.

    {"language", "title", "number", "made_on", "client", "adviser": {…}, "form", "tariff",
     "premium": {…} or null, "before": {…} or null, "projection": {…} or null (see `figures`),
     "sections": [{"id", "title", "blocks": […]}], "answers": {…},
     "signatures": [{"field", "role", "person", "meaning", "biometric"}]}

`answers` are those of the body, for templates that know their form. The premium says who is insured
for what: "persons": [{"person", "path", "covers": [{"cover", "code", "path", "shown", "amount",
"instalment"}]}], where `path` leads into the answers and `shown` holds the texts of the row.

A block is one of
    {"kind": "heading", "title"}
    {"kind": "fields", "items": [{"path", "label", "value", "columns"}]}, a grid of six columns
    {"kind": "questions", "items": [{"path", "label", "value", "number"?}]}, one a line
    {"kind": "table", "head": [{"path", "label", "right", "narrow"}], "rows": [[…]]}
    {"kind": "row", "title", "path", "blocks": […]}, one row of a repeat
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest

from smartclient.documents.figures import paid_before, projected
from smartclient.documents.filled_form import (
    FilledForm,
    PrintedField,
    PrintedRows,
    PrintedState,
    is_field,
    is_group,
    is_heading,
    is_rows,
)
from smartclient.documents.typography import bound
from smartclient.domain.lock_time import PRAGUE
from smartclient.domain.presentation import NBSP, day, money, number
from smartclient.premium.pricing import Premium, PricedLine
from smartclient.wire.messages import Json, JsonObject, mapping

_LONG_LABEL = 45
"""Characters from which a label is a question, printed over the whole width."""
INSTALMENT = "$instalment"
"""The path of the column that no field stands behind."""
_WHOLE_WIDTH = 6
_ROOM = {2: (36, 27), 3: (54, 42)}
"""Characters of label and answer that so many of the six columns hold in one line."""
_JOINED = frozenset({"fields", "questions"})
"""Kinds of blocks that go on in the next one of their kind."""
_NUMBERS = frozenset({"integer", "decimal", "money"})
_COUNTED = frozenset({"integer", "decimal"})
"""Numbers that stand without their unit where they are typed."""


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
        },
        "form": f"{body['form_id']} {body['form_version']}",
        "tariff": f"{body['tariff_id']} {body['tariff_version']}" if body.get("tariff_id") else "",
        "premium": None if premium is None else _premium(premium, writer),
        "before": paid_before(body, premium),
        "projection": projected(form.projection),
        "sections": [*sections],
        "answers": body.get("answers", {}),
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


def _premium(premium: Premium, writer: "_Writer") -> JsonObject:
    def amount(value: Decimal) -> str:
        return money(value, premium.currency)

    return {
        "payable": amount(premium.payable),
        "frequency": premium.frequency,
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

    path: str
    """In the form, without the numbers of rows."""
    field: PrintedField
    shown: str | bool
    before: str | None = None
    """The old answer where this one is a change, "" for none."""

    @property
    def is_question(self) -> bool:
        """Whether the label needs the whole width."""
        return self.field.widget in ("yes_no", "tick") and len(self.field.label) > _LONG_LABEL

    def item(self) -> JsonObject:
        """The answer as an item of a block."""
        named: JsonObject = {"path": self.path, "label": bound(self.field.label)}
        if self.before is not None:
            named["before"] = bound(self.before)
        if self.is_question:
            return {**named, "value": self.shown}
        value = self.shown if isinstance(self.shown, bool) else bound(self.shown)
        return {**named, "value": value, "columns": self._columns()}

    def _columns(self) -> int:
        """As many of six as the text needs; the form's own grid has room for typing instead."""
        if self.field.widget != "text":
            for columns, (label, shown) in _ROOM.items():
                if len(self.field.label) <= label and len(str(self.shown)) <= shown:
                    return columns
        return _WHOLE_WIDTH


class _Writer:
    """Walks the layout; remembers what the rows that carry a premium are called."""

    def __init__(self, form: FilledForm, premium: Premium | None) -> None:
        self._form = form
        self._instalments: dict[str, str] = {}
        self._covers: dict[str, JsonObject] = {}
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
                    "blocks": [*blocks],
                }

    def persons(self, premium: Premium) -> list[Json]:
        """Who is insured for what, in the order of the lines; after `sections` was walked."""
        covers: dict[str, list[Json]] = {}
        titles: dict[str, str] = {}
        for line in premium.lines:
            person, title = self._person(line)
            titles[person] = title
            shown = self._covers.get(line.line_id, {})
            cover: JsonObject = {
                "cover": next(iter(shown.values()), line.line.cover),
                "code": line.line.cover,
                "path": line.line_id,
                "shown": shown,
                "amount": money(line.line.amount, premium.currency),
                "instalment": self._instalments[line.line_id],
            }
            covers.setdefault(person, []).append(cover)
        return [
            {"person": titles[person], "path": person, "covers": found}
            for person, found in covers.items()
        ]

    def _person(self, line: PricedLine) -> tuple[str, str]:
        """Path and title of the outermost row that a line lies in."""
        parts = line.line_id.split(".")
        for position, part in enumerate(parts):
            if part.isdigit():
                path = ".".join(parts[:position])
                return f"{path}.{part}", self._form.row_title(path, int(part))
        return line.line.person, line.line.person

    def _blocks(self, elements: Iterable[object], inside: str) -> list[JsonObject]:
        """The blocks of elements; a heading only where something follows it."""
        blocks: list[JsonObject] = []
        for element in elements:
            for block in self._blocks_of(element, inside):
                if blocks and blocks[-1]["kind"] == block["kind"] in _JOINED:
                    _items(blocks[-1]).extend(_items(block))
                else:
                    blocks.append(block)
        return [
            block
            for block, following in zip_longest(blocks, blocks[1:])
            if not (_is_heading(block) and (following is None or _is_heading(following)))
        ]

    def _blocks_of(self, element: object, inside: str) -> Iterator[JsonObject]:
        if is_field(element):
            if answer := self._answer(element, inside):
                kind = "questions" if answer.is_question else "fields"
                yield {"kind": kind, "items": [answer.item()]}
        elif is_rows(element):
            yield from (
                self._table(element, inside) if element.compact else self._rows(element, inside)
            )
        elif is_group(element):
            blocks = self._blocks(element.elements, inside)
            if element.title and blocks:
                yield {"kind": "heading", "title": element.title}
            yield from blocks
        elif is_heading(element):
            yield {"kind": "heading", "title": element.title}

    def _rows(self, rows: PrintedRows, inside: str) -> Iterator[JsonObject]:
        path = _joined(inside, rows.path)
        for index in range(self._form.rows(path)):
            if blocks := self._blocks(rows.elements, f"{path}.{index}"):
                _number_questions(blocks)
                title = self._form.row_title(path, index)
                place = f"{path}.{index}"
                yield {"kind": "row", "title": title, "path": place, "blocks": [*blocks]}

    def _table(self, rows: PrintedRows, inside: str) -> Iterator[JsonObject]:
        """Rows below each other; with the instalment of each where the rows are priced."""
        path = _joined(inside, rows.path)
        fields = list(_fields_of(rows.elements))
        table: dict[str, dict[str, _Answer]] = {}
        for index in range(self._form.rows(path)):
            place = f"{path}.{index}"
            found = {field.path: self._answer(field, place) for field in fields}
            if row := {key: answer for key, answer in found.items() if answer is not None}:
                table[place] = row
                self._covers[place] = {key: answer.shown for key, answer in row.items()}
        columns = [field for field in fields if any(field.path in row for row in table.values())]
        if not columns:
            return
        columns.sort(key=lambda field: field.type in _NUMBERS)  # words first, then figures
        head: list[Json] = [_column(path, field) for field in columns]
        lines = [[_cell(row.get(field.path)) for field in columns] for row in table.values()]
        if any(place in self._instalments for place in table):
            head.append({"path": INSTALMENT, "label": "", "right": True, "narrow": False})
            for place, line in zip(table, lines, strict=True):
                line.append(self._instalments.get(place, ""))
        printed_table: JsonObject = {"kind": "table", "head": head, "rows": [*lines]}
        if any(answer.before is not None for row in table.values() for answer in row.values()):
            printed_table["before"] = [
                _before_of(row, columns, len(head)) for row in table.values()
            ]
        yield printed_table

    def _answer(self, field: PrintedField, inside: str) -> _Answer | None:
        """The answer of a field, or that there is none any more; None with nothing to print."""
        path = _joined(inside, field.path)
        state = self._form.field(path)
        if not state.relevant or state.value in (None, "", []):
            old = _old(field, state)
            return _Answer(_without_rows(path), field, "", old) if old else None
        return _Answer(_without_rows(path), field, _shown(field, state), _old(field, state))


def _fields_of(elements: Iterable[object]) -> Iterator[PrintedField]:
    """The fields of a row, those of its groups included."""
    for element in elements:
        if is_field(element):
            yield element
        elif is_group(element):
            yield from _fields_of(element.elements)


def _column(path: str, field: PrintedField) -> JsonObject:
    return {
        "path": _without_rows(_joined(path, field.path)),
        "label": bound(field.label),
        "right": field.type in _NUMBERS,
        "narrow": field.type == "integer",
    }


def _cell(answer: _Answer | None) -> Json:
    return "" if answer is None else answer.shown


def _before_of(row: dict[str, _Answer], columns: list[PrintedField], width: int) -> Json:
    """The old answers of a row of a table, null where nothing changed."""
    found: list[Json] = []
    for field in columns:
        answer = row.get(field.path)
        found.append(None if answer is None else answer.before)
    return found + [None] * (width - len(found))


def _number_questions(blocks: Iterable[JsonObject]) -> None:
    """Number the questions of a row, from one under each heading, so that people can name them."""
    runs: list[list[JsonObject]] = [[]]
    for block in blocks:
        if _is_heading(block):
            runs.append([])
        elif block["kind"] == "questions":
            runs[-1] += [item for item in _items(block) if isinstance(item, dict)]
    if sum(map(len, runs)) > 1:
        for run in runs:
            for number_, item in enumerate(run, start=1):
                item["number"] = number_


def _shown(field: PrintedField, state: PrintedState) -> str | bool:
    """An answer as people write it; what could not be read stands exactly as it was typed."""
    labels = {choice.code: choice.label for choice in field.choices}
    match state.value:
        case bool() as agreed:
            return agreed
        case list() as codes:
            return ", ".join(labels.get(str(code), str(code)) for code in codes)
        case int() | str() as amount if field.type in _NUMBERS:
            return _amount(field, str(amount))
        case str() as written if field.type == "date":
            return day(date.fromisoformat(written))
        case str() as code if labels:
            return labels.get(code, code)
        case _:
            return state.typed


def _old(field: PrintedField, state: PrintedState) -> str | None:
    """The answer before, with what it counts."""
    if state.before and field.unit and field.type in _COUNTED:
        return f"{state.before}{NBSP}{field.unit}"
    return state.before


def _amount(field: PrintedField, value: str) -> str:
    amount = Decimal(value)
    if field.type == "money":
        written = money(amount)
        return written if not field.unit else written.replace("Kč", field.unit)
    places = max(0, -int(amount.normalize().as_tuple().exponent))
    written = number(amount, places)
    return f"{written}{NBSP}{field.unit}" if field.unit else written


def _joined(inside: str, path: str) -> str:
    return f"{inside}.{path}" if inside else path


def _without_rows(path: str) -> str:
    """The path of the field in the form: insured.0.surname is insured.surname."""
    return ".".join(part for part in path.split(".") if not part.isdigit())


def _items(block: JsonObject) -> list[Json]:
    items = block["items"]
    return items if isinstance(items, list) else []


def _is_heading(block: JsonObject) -> bool:
    return block["kind"] == "heading"
