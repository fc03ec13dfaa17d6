"""export.json: under which names the answers leave for the insurer's core system.

{"record": [{"name": "PH_SURNAME", "field": "policyholder.surname"},
            {"name": "PERSONS", "repeat": "insured", "record": [{"name": "SURNAME", …}]}]}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smartclient.forms.model import FieldSpec, GroupSpec, Key, Model, RepeatSpec, Spec
from smartclient.forms.source import Faults, Source
from smartclient.wire.messages import Json, JsonObject

FILE = "export.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """One name of the outgoing record, with the field, or the rows, that it carries."""

    name: str
    spec: Spec
    record: tuple["Exported", ...] = ()


ExportMap = tuple[Exported, ...]


def read_export_map(files: Mapping[str, bytes], model: Model, faults: Faults) -> ExportMap:
    """The map of export.json; empty for a package without the file."""
    if FILE not in files:
        return ()
    source = Source.of_file(files, FILE, faults)
    record = _record(source, model, model.root)
    source.end()
    return record


def _record(source: Source, model: Model, inside: GroupSpec) -> ExportMap:
    found: dict[str, Exported] = {}
    for each in source.children("record", lambda fields: fields.get("name")):
        name, kind = each.text("name"), "repeat" if each.has("repeat") else "field"
        if name in found:
            each.refused("SC-FORM-006", "name", "unique", doubled=name)
        relative = each.text(kind)
        spec = model.by_path.get(f"{inside.path}.{relative}" if inside.path else relative)
        if isinstance(spec, RepeatSpec) and kind == "repeat":
            found[name] = Exported(name, spec, _record(each, model, spec))
        elif isinstance(spec, FieldSpec) and kind == "field":
            found[name] = Exported(name, spec)
        else:
            each.refused("SC-FORM-007", kind, f"a {kind} of the model", unknown=relative)
            each.raw("record")
        each.end()
    return tuple(found.values())


def exported(
    record: ExportMap,
    answer: Callable[[Key], Json],
    rows: Callable[[Key], int],
    indices: tuple[int, ...] = (),
) -> JsonObject:
    """The outgoing record; names without an answer are left out."""
    found: JsonObject = {}
    for each in record:
        key = (each.spec.id, *indices)
        if isinstance(each.spec, RepeatSpec):
            found[each.name] = [
                exported(each.record, answer, rows, (*indices, index)) for index in range(rows(key))
            ]
        elif (value := answer(key)) is not None:
            found[each.name] = value
    return found
