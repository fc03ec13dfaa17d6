"""migrations/<from>-<to>.json: what became of the places of an earlier version of a form.

    {"steps": [
        {"rename": "insured.job", "to": "occupation"},           the same place, another name
        {"move": "contact.email", "to": "policyholder.email"},   another place; also groups, rows
        {"map": "insured.risk_class", "values": {"1": "low"}, "otherwise": "other"},
        {"drop": "needs.budget", "message": "budget-moved"},     gone, and why
        {"default": "insured.smoker", "value": false}            a new answer, in every row
    ]}

`rename`, `move`, `map` and `drop` name a place of the earlier version, `default` one of the new.
What no step speaks of stays where it is. A place inside one that moved moves along.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from smartclient.forms.model import FieldSpec, Model
from smartclient.forms.reading import Reader
from smartclient.forms.source import Faults, Source
from smartclient.forms.texts import Texts
from smartclient.wire.messages import Json

FOLDER = "migrations/"
MAX_STEPS = 1_000
_FILE = re.compile(r"migrations/([1-9][0-9]{0,5})-([1-9][0-9]{0,5})\.json")
_KINDS = ("rename", "move", "map", "drop", "default")


@dataclass(frozen=True, slots=True)
class Mapped:
    """What becomes of the codes of a field; a code that is not there becomes `otherwise`."""

    values: Mapping[str, Json]
    otherwise: Json = None

    def of(self, value: Json) -> Json:
        """The new value of an old one; the old one itself where nothing is said of it."""
        if isinstance(value, str | int):
            written = str(value).lower() if isinstance(value, bool) else str(value)
            if written in self.values:
                return self.values[written]
            return value if self.otherwise is None else self.otherwise
        if isinstance(value, list):
            return list(dict.fromkeys(str(self.of(each)) for each in value))
        return value


@dataclass(slots=True)
class Migration:
    """The steps from one earlier version, by the place they speak of."""

    file: str
    moves: dict[str, str] = field(default_factory=dict)
    """Earlier schema path → its new one."""
    renames: dict[str, str] = field(default_factory=dict)
    """Earlier schema path → its new name where its surroundings are now."""
    mapped: dict[str, Mapped] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    """Earlier schema path → the message that says why; empty for none."""
    defaults: dict[str, Json] = field(default_factory=dict)
    """New schema path → the answer it gets where there is none."""

    def sources(self) -> frozenset[str]:
        """The places of the earlier version that the steps name."""
        return frozenset((*self.moves, *self.renames, *self.mapped, *self.dropped))

    def target(self, path: str) -> str:
        """Where a place of the earlier version is now."""
        if path in self.moves:
            return self.moves[path]
        around, _dot, name = path.rpartition(".")
        name = self.renames.get(path, name)
        return f"{self.target(around)}.{name}" if around else name

    def drop(self, path: str) -> str | None:
        """The message of the step that drops a place or one around it; None where none does."""
        while path:
            if path in self.dropped:
                return self.dropped[path]
            path = path.rpartition(".")[0]
        return None


def read_migrations(
    files: Mapping[str, bytes], version: int, model: Model, faults: Faults
) -> dict[int, Migration]:
    """The migrations to this version by the version they start from; faults are noted."""
    found: dict[int, Migration] = {}
    for file in sorted(name for name in files if name.startswith(FOLDER)):
        named = _FILE.fullmatch(file)
        if named is None or int(named[2]) != version or int(named[1]) >= version:
            rule = f"named <earlier version>-{version}.json"
            faults.note("SC-FORM-004", file, "", rule)
            continue
        source = Source.of_file(files, file, faults)
        found[int(named[1])] = _read(source, file, model)
        source.end()
    return found


def check_messages(migration: Migration, texts: Texts, faults: Faults) -> None:
    """Every message that a step names is there."""
    for path, message in migration.dropped.items():
        if message and message not in texts.messages:
            faults.note("SC-FORM-010", texts.file, f"messages.{message} ({path})", "there")


def check_sources(migration: Migration, earlier: Model, faults: Faults) -> None:
    """Every place that the steps name was one of the earlier version."""
    for path in sorted(migration.sources()):
        if path not in earlier.by_path:
            rule = "a place of the earlier version"
            faults.note("SC-FORM-007", migration.file, "steps", rule, unknown=path)


def _read(source: Source, file: str, model: Model) -> Migration:
    found = Migration(file)
    entries = source.children("steps", lambda fields: next((k for k in _KINDS if k in fields), ""))
    for entry in entries[:MAX_STEPS]:
        kind = next((name for name in _KINDS if entry.has(name)), "")
        path = entry.text(kind) if kind else ""
        match kind:
            case "rename" | "move":
                _read_target(entry, kind, path, found)
            case "map":
                values = entry.child("values")
                mapped = Mapped({name: values.raw(name) for name in values.names()})
                found.mapped[path] = Mapped(mapped.values, entry.raw("otherwise"))
            case "drop":
                found.dropped[path] = entry.text("message", "")
            case "default":
                _read_default(entry, path, model, found)
            case _:
                entry.wrong("", "one of " + ", ".join(_KINDS))
        entry.end()
    if len(entries) > MAX_STEPS:
        source.wrong("steps", f"at most {MAX_STEPS} steps")
    for path in (*found.moves, *found.renames):
        if found.target(path) not in model.by_path:
            rule, unknown = "a place of the model", found.target(path)
            source.refused("SC-FORM-007", f"steps[{path}].to", rule, unknown=unknown)
    return found


def _read_target(entry: Source, kind: str, path: str, found: Migration) -> None:
    target = entry.text("to")
    if path in found.moves or path in found.renames:
        entry.refused("SC-FORM-006", kind, "unique", doubled=path)
    if kind == "move":
        found.moves[path] = target
        return
    if "." in target:
        entry.wrong("to", "a name without a dot; to move is a step of its own")
    found.renames[path] = target


def _read_default(entry: Source, path: str, model: Model, found: Migration) -> None:
    spec, value = model.by_path.get(path), entry.raw("value")
    if not isinstance(spec, FieldSpec):
        entry.refused("SC-FORM-007", "default", "a field of the model", unknown=path)
    elif value is None:
        entry.wrong("value", "there")
    else:
        found.defaults[path] = value


def check_defaults(migration: Migration, model: Model, reader: Reader, faults: Faults) -> None:
    """Every answer that a step gives can be read."""
    for path, value in migration.defaults.items():
        spec = model.by_path[path]
        if isinstance(spec, FieldSpec) and reader.stored(spec, value).value is None:
            rule = "an answer of the field"
            faults.note("SC-FORM-004", migration.file, f"steps[{path}].value", rule)
