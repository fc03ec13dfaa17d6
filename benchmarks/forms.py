"""Forms: a key press in an offer of 400 fields, and the loading of its package.

The package is made here: 360 fields of their own in twelve groups and ten covers of four, with 400
rules in chains, so that a key press wakes neighbours, a group, the totals and the premium. The
FLEXI offer and the change request of the catalogue are measured beside it. The clock is the
processor's, so that other programs do not count. Painting is measured with the windows.
"""

import ast
import json
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from benchmarks.measure import Row, in_turn, middle, p95, seconds
from smartclient.cli import form as form_command
from smartclient.forms.expression import compile_expression
from smartclient.forms.functions import Surroundings
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.forms.translating import Scope
from smartclient.premium import PremiumRequest, Tariff, price
from smartclient.wire.messages import Json, JsonObject

_CATALOGUE = Path(__file__).parents[1] / "catalogue"
_TODAY = date(2026, 11, 21)
_GROUPS, _FIELDS, _COVERS = 12, 30, 10
_RUNS = 200


def rows() -> Iterator[Row]:
    """One row a figure."""
    files = package_files()
    yield from _loading(files)
    tariff = _tariff(_CATALOGUE / "tariffs" / "flexi" / "1")
    session = FormSession(FormPackage.from_files(files), answers(), today=_TODAY, tariff=tariff)
    if session.premium is None or len(session.premium.lines) != _COVERS:
        raise RuntimeError("the offer of the benchmark is not priced")
    yield from _key_presses(session, tariff)
    opened = seconds(
        lambda: FormSession(session.package, answers(), today=_TODAY, tariff=tariff),
        40,
        clock=time.process_time,
    )
    yield Row("offer of 400 fields, opened", middle(opened) * 1e3, "ms")
    yield from _published("flexi-offer", 2, "full", settings=None)
    yield from _published("flexi-change", 1, None, settings="contract")
    yield from _expression()


def _published(
    form: str, version: int, filled: str | None, *, settings: str | None
) -> Iterator[Row]:
    """A form of the catalogue: loaded, opened whole, a sum insured typed."""
    folder = _CATALOGUE / "forms" / form / str(version)
    files = form_command.package_files(folder)
    package = FormPackage.from_files(files)
    fields = len(list(package.model.fields()))
    rules = sum(len(list(found.all())) for found in package.rules.values())
    loaded = seconds(lambda: FormPackage.from_files(files), 15, 2, time.process_time)
    name = f"{form} of the catalogue, {fields} fields and {rules} rules, loaded"
    yield Row(name, middle(loaded) * 1e3, "ms", budget=60)

    def answered(name: str | None) -> JsonObject | None:
        place = folder / "tests" / "answers" / f"{name}.json"
        return json.loads(place.read_bytes()) if name else None

    tariff = _tariff(_CATALOGUE / "tariffs" / package.tariff_id / str(package.manifest.tariff_to))
    session = FormSession.begun_with(
        package,
        answered(filled) or {},
        today=_TODAY,
        tariff=tariff,
        baseline=answered(settings),
    )
    if session.premium is None:
        raise RuntimeError(f"{form} is not priced")
    sums = iter(range(500_000, 500_000 + 1_000 * (_RUNS + 2), 1_000))

    def typed() -> None:
        session.set("insured.0.covers.0.sum", str(next(sums)))
        session.sections()
        session.missing()

    taken = seconds(typed, _RUNS, clock=time.process_time)
    yield Row(f"key press in {form}, premium included, p95", p95(taken) * 1e3, "ms", budget=16)


def _tariff(folder: Path) -> Tariff:
    return Tariff.from_files({file.name: file.read_bytes() for file in folder.iterdir()})


def _loading(files: dict[str, bytes]) -> Iterator[Row]:
    rules = json.loads(files["rules.json"])["rules"]
    sources = [rule["expression"] for rule in rules]

    def bare() -> None:
        for name, content in files.items():
            if name.endswith(".json"):
                json.loads(content)
        for source in sources:
            compile(ast.parse(source, mode="eval"), "<bare>", "eval")

    ours, floors = in_turn(
        lambda: FormPackage.from_files(files), bare, 30, warm_up=3, clock=time.process_time
    )
    name = f"package of 400 fields and {len(sources)} rules, loaded"
    yield Row(name, middle(ours) * 1e3, "ms", middle(floors) * 1e3, budget=60)


def _key_presses(session: FormSession, tariff: Tariff) -> Iterator[Row]:
    assert session.premium is not None
    request = PremiumRequest(12, tuple(line.line for line in session.premium.lines))
    amounts = iter(range(500_000, 500_000 + 10 * (_RUNS + 1)))

    def priced() -> None:
        session.set("covers.0.amount", str(next(amounts)))
        session.sections()
        session.missing()

    ours, floors = in_turn(priced, lambda: price(tariff, request), _RUNS, clock=time.process_time)
    name = "key press in an offer of 400 fields, premium included, p95"
    yield Row(name, p95(ours) * 1e3, "ms", p95(floors) * 1e3, budget=16)
    words = iter(range(10 * (_RUNS + 1)))

    def plain() -> None:
        session.set("group3.field0", str(next(words)))
        session.sections()
        session.missing()

    taken = seconds(plain, _RUNS, clock=time.process_time)
    yield Row("key press that wakes a chain of 30 fields, p95", p95(taken) * 1e3, "ms", budget=16)


def _expression() -> Iterator[Row]:
    class Names(Scope):
        def has_value(self, name: str) -> bool:
            return name in ("a", "b")

        def rows(self, name: str) -> None:  # noqa: ARG002 - it has no rows of any name
            return None

    guarded = compile_expression("a * 1.05 + b <= 100 and a != None", Names()).function
    around, one, other = Surroundings(_TODAY), Decimal(7), 12
    factor = Decimal("1.05")

    def bare() -> None:
        for _ in range(100):
            _ = one * factor + other <= 100 and one is not None

    def ours() -> None:
        for _ in range(100):
            guarded(around, one, other)

    taken, floors = in_turn(ours, bare, 100)
    yield Row("guarded expression, compiled", middle(taken) * 1e4, "us", middle(floors) * 1e4)


def answers() -> JsonObject:
    """Every field answered, ten covers priced."""
    covers: list[Json] = [
        {"code": code, "amount": str(amount), "end_age": 60, "age": 35}
        for code, amount in [
            *(("DTH", 500_000 + 10_000 * number) for number in range(4)),
            *(("TNU", 300_000), ("DNL", 300), ("HOSP", 200), ("ADTH", 500_000)),
            *(("CI", 400_000), ("INV3", 900_000)),
        ]
    ]
    groups: JsonObject = {
        f"group{group}": {f"field{field}": field for field in range(0, _FIELDS, 3)}
        for group in range(_GROUPS)
    }
    return {**groups, "covers": covers}


def package_files() -> dict[str, bytes]:
    """The files of the package."""
    documents: dict[str, Json] = {
        "manifest.json": {
            "schema": 1,
            "id": "bench",
            "version": 1,
            "document_kind": "offer",
            "valid_from": "2026-01-01",
            "languages": ["cs", "en"],
            "template": "bench",
            "tariff": {"id": "flexi", "from": 1, "to": 1},
        },
        "model.json": {"fields": [*_groups(), _covers()]},
        "rules.json": {"rules": [*_rules()]},
        "ui.json": {"sections": [*_sections()]},
        "pricing.json": {
            "frequency": "12",
            "lines": {
                "repeat": "covers",
                "persons": "covers",
                "report_at": {"": "covers.code"},
                "cover": "code",
                "age": "age",
                "term": "end_age - age",
                "amount": "amount",
            },
        },
        **{f"i18n/{language}.json": _texts() for language in ("cs", "en")},
    }
    files = {name: json.dumps(document).encode() for name, document in documents.items()}
    codes = ("DTH", "TNU", "DNL", "HOSP", "ADTH", "CI", "INV3")
    listed = "code,cs,en\n" + "".join(f"{code},{code},{code}\n" for code in codes)
    return {**files, "choices/covers.csv": listed.encode()}


def _groups() -> Iterator[JsonObject]:
    for group in range(_GROUPS):
        fields: list[Json] = [
            {"name": f"field{field}", "type": "integer"} for field in range(_FIELDS)
        ]
        yield {"name": f"group{group}", "type": "group", "fields": fields}


def _covers() -> JsonObject:
    return {
        "name": "covers",
        "type": "repeat",
        "max": _COVERS,
        "fields": [
            {"name": "code", "type": "choice", "choices": "covers", "required": True},
            {"name": "amount", "type": "money", "required": True},
            {"name": "end_age", "type": "integer", "required": True},
            {"name": "age", "type": "integer", "required": True},
        ],
    }


def _rules() -> Iterator[JsonObject]:
    """One rule a field and forty more: sums of a group, checks of covers, reasons to ask."""
    for group in range(_GROUPS):
        path = f"group{group}"
        for field in range(_FIELDS):
            place, above = f"{path}.field{field}", f"field{field - 1}"
            match field % 3:
                case 0:
                    limit = f"field{field} >= 0 and field{field} != 1000 + {field}"
                    yield _rule(place, "constraint", limit)
                case 1:
                    yield _rule(place, "calculate", f"coalesce({above}, 0) * 2 + {field}")
                case _:
                    yield _rule(place, "relevant", f"{above} > {field} and field0 != None")
        yield _rule(f"{path}.field3", "required", "field0 > 2 or field6 == None")
        yield _rule(f"{path}.field6", "warning", "field6 <= field0 + 1000000")
        yield _rule(f"{path}.field9", "readonly", f"group{(group + 1) % _GROUPS}.field0 == 77")
    yield _rule("covers.amount", "constraint", "amount <= 20000000")
    yield _rule("covers.amount", "warning", "amount <= 3 * sum(covers, amount)")
    yield _rule("covers.end_age", "constraint", "end_age > age")
    yield _rule("covers", "constraint", "count(covers, code == 'DTH') >= 1")


def _rule(path: str, kind: str, expression: str) -> JsonObject:
    return {"path": path, "kind": kind, "expression": expression, "message": "wrong"}


def _sections() -> Iterator[JsonObject]:
    for group in range(_GROUPS):
        elements: list[Json] = [{"field": f"group{group}.field{field}"} for field in range(_FIELDS)]
        yield {"id": f"group{group}", "elements": elements}
    fields: list[Json] = [
        {"field": name, "columns": 1} for name in ("code", "amount", "end_age", "age")
    ]
    rows: JsonObject = {"repeat": "covers", "edited": True, "elements": fields}
    yield {"id": "covers", "elements": [rows]}


def _texts() -> JsonObject:
    names = [f"field{field}" for field in range(_FIELDS)]
    names += ["code", "amount", "end_age", "age"]
    sections = [f"group{group}" for group in range(_GROUPS)]
    return {
        "title": "Bench",
        "fields": {f"*.{name}": {"label": name} for name in names},
        "sections": {name: {"title": name} for name in [*sections, "covers"]},
        "repeats": {"covers": {"title": "Covers", "add": "Add", "remove": "Remove"}},
        "messages": {"wrong": "Something is wrong here."},
    }
