"""The trials a package brings along: what is typed, and what must come of it.

    tests/<name>.json   {"trials": [{
        "name": "…", "today": "2026-11-21", "header": {…},
        "answers": {…} or "answers_from": "answers/valid.json",
        "baseline": {…} or "baseline_from": "answers/contract.json",
        "steps": [["set", path, typed], ["add", path], ["remove", path, index]],
        "expect": {"relevant": {path: bool}, "required": {path: bool}, "readonly": {path: bool},
                   "values": {path: answer}, "errors": {path: [rule, …]}, "warnings": {…},
                   "missing": [path, …], "complete": bool, "payable": "1650", "signers": [field, …],
                   "changes": {path: [old, new]}, "titles": {row: title}, "record": {…}}
    }]}

`errors`, `warnings`, `missing`, `changes` and `record`, where given, are all there may be. The rule
of a problem that comes from the type of a field is "".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from smartclient.domain.errors import SmartClientError
from smartclient.forms.faults import PackageRefused
from smartclient.forms.package import FormPackage
from smartclient.forms.reading import Typed
from smartclient.forms.session import FormSession
from smartclient.forms.source import Faults, Source
from smartclient.forms.states import Severity
from smartclient.premium.tariff import Tariff
from smartclient.wire.messages import Json, JsonObject

FOLDER = "tests/"
_ANSWERS = FOLDER + "answers/"


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial, not yet made."""

    file: str
    name: str
    today: date
    header: JsonObject
    answers: JsonObject
    baseline: JsonObject | None
    steps: tuple[Json, ...]
    expected: JsonObject


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What came of a trial; no differences means that it went as expected."""

    file: str
    name: str
    differences: tuple[str, ...]


def read_trials(files: Mapping[str, bytes]) -> tuple[Trial, ...]:
    """The trials below tests/; raises PackageRefused naming every fault in them."""
    faults = Faults()
    names = sorted(name for name in files if name.startswith(FOLDER) and name.endswith(".json"))
    trials = [
        trial
        for name in names
        if not name.startswith(_ANSWERS)
        for trial in _read_file(Source.of_file(files, name, faults), files)
    ]
    if faults.found:
        raise PackageRefused(faults.found)
    return tuple(trials)


def _read_file(source: Source, files: Mapping[str, bytes]) -> Iterator[Trial]:
    for each in source.children("trials", lambda fields: fields.get("name")):
        today = each.day("today")
        if today is None:
            each.wrong("today", "date such as 2026-11-01")
        answers, baseline = _given(each, files, "answers"), _given(each, files, "baseline")
        steps, expected, header = each.raw("steps"), each.raw("expect"), each.raw("header")
        if not isinstance(expected, dict):
            each.wrong("expect", "object")
        yield Trial(
            source.file,
            each.text("name"),
            today or date.min,
            header if isinstance(header, dict) else {},
            answers or {},
            baseline,
            tuple(steps) if isinstance(steps, list) else (),
            expected if isinstance(expected, dict) else {},
        )
        each.end()
    source.end()


def _given(source: Source, files: Mapping[str, bytes], name: str) -> JsonObject | None:
    """What stands in the trial itself, or in a file of its own that several trials share."""
    if source.has(f"{name}_from"):
        file = FOLDER + source.text(f"{name}_from")
        return dict(Source.of_file(files, file, source.faults).items())
    given = source.raw(name)
    if given is None or isinstance(given, dict):
        return given
    source.wrong(name, "object")
    return None


def made(trial: Trial, package: FormPackage, tariff: Tariff | None) -> TrialResult:
    """The result of a trial. Without a tariff, what it expects of the premium is left aside."""
    try:
        session = FormSession.begun_with(
            package,
            trial.answers,
            today=trial.today,
            tariff=tariff,
            header=trial.header,
            baseline=trial.baseline,
        )
        for step in trial.steps:
            _take(session, step)
        differences = tuple(_differences(session, trial.expected, priced=tariff is not None))
    except SmartClientError as refusal:
        differences = (str(refusal),)
    return TrialResult(trial.file, trial.name, differences)


def _take(session: FormSession, step: Json) -> None:
    match step:
        case ["set", str(path), value]:
            session.set(path, cast("Typed", value))
        case ["add", str(path)]:
            session.add_row(path)
        case ["remove", str(path), int(index)]:
            session.remove_row(path, index)
        case _:
            raise PackageRefused(Faults.one("SC-FORM-004", FOLDER, str(step), "set, add or remove"))


def _differences(session: FormSession, expected: JsonObject, *, priced: bool) -> Iterator[str]:
    for name, wanted in expected.items():
        if name in ("payable", "complete") and not priced:
            continue
        found = _found(session, name, wanted)
        if found != wanted:
            yield f"{name}: expected {wanted}, found {found}"


def _found(session: FormSession, name: str, wanted: Json) -> Json:
    match name:
        case "relevant" | "required" | "readonly" if isinstance(wanted, dict):
            return {path: bool(getattr(session.field(path), name)) for path in wanted}
        case "values" if isinstance(wanted, dict):
            return {path: session.field(path).value for path in wanted}
        case "errors":
            return _problems(session, Severity.ERROR)
        case "warnings":
            return _problems(session, Severity.WARNING)
        case "missing":
            return [item.path for item in session.missing()]
        case "complete":
            return session.is_complete
        case "payable":
            return None if session.premium is None else str(session.premium.payable)
        case "signers":
            return [signer.field for signer in session.signers()]
        case "changes":
            return {each.path: [each.old, each.new] for each in session.differences()}
        case "record":
            return session.record
        case "titles" if isinstance(wanted, dict):
            return {row: _title(session, row) for row in wanted}
        case _:
            return "unknown expectation"


def _title(session: FormSession, row: str) -> str:
    path, _dot, index = row.rpartition(".")
    return session.row_title(path, int(index) if index.isdecimal() else -1)


def _problems(session: FormSession, severity: Severity) -> JsonObject:
    found: JsonObject = {}
    for path in session.paths():
        rules: list[Json] = [
            problem.rule for problem in session.field(path).problems if problem.severity is severity
        ]
        if rules:
            found[path] = rules
    return found
