"""What a change request makes of the settings of its contract. Pure.

A change names a place by the path it has in the request's answers. Rows belong together by their
`key`, or where rows have none, by their numbers; so changes can also be laid over settings that
another request has changed in the meantime. A row whose end was asked for (`ends`) is no setting
any more.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from smartclient.domain.errors import BadInput
from smartclient.wire.messages import Json, JsonObject, listed, mapping, text

KEY = "key"
ENDS = "ends"
MAX_CHANGES = 5_000
MAX_PATH = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One place, and what stands there from now on; None empties it."""

    path: str
    new: Json

    @classmethod
    def from_json(cls, source: Json) -> "Change":
        """A change of a request's body; BadInput SC-SYNC-010."""
        fields = mapping(source, "change")
        return cls(text(fields, "path", MAX_PATH), fields.get("new"))


def settings_after(settings: Mapping[str, Json], body: JsonObject) -> JsonObject:
    """The settings with the changes of a request, and with the premium that it states.

    Raises BadInput SC-SYNC-010 for a body whose changes do not fit its answers.
    """
    changed = deepcopy(dict(settings))
    laying = _Laying(mapping(body.get("answers"), "answers"))
    for change in listed(body, "changes", Change.from_json, MAX_CHANGES):
        laying.lay(changed, change)
    _drop_ended(changed)
    premium = body.get("premium")
    if isinstance(premium, dict):
        before = changed.get("premium")
        stated: JsonObject = {
            name: premium[name] for name in ("payable", "frequency") if name in premium
        }
        frequency = stated.get("frequency")
        if isinstance(frequency, int):
            stated["frequency"] = str(frequency)
        changed["premium"] = {**(before if isinstance(before, dict) else {}), **stated}
    return changed


def policyholder_of(settings: Mapping[str, Json]) -> str:
    """The policyholder's name as the register shows it; empty where the settings do not tell."""
    holder = settings.get("policyholder")
    if not isinstance(holder, dict):
        return ""
    company = holder.get("company")
    if holder.get("kind") == "company" and isinstance(company, dict):
        return str(company.get("name") or "")
    parts = (holder.get("given_name"), holder.get("surname"))
    return " ".join(part for part in parts if isinstance(part, str))


@dataclass(frozen=True, slots=True)
class _Laying:
    """Lays changes over settings, one after the other."""

    answers: JsonObject
    added: dict[str, dict[str, Json]] = field(default_factory=dict)
    """Rows that the request adds, by their path in its answers."""

    def lay(self, settings: JsonObject, change: Change) -> None:
        """Lay one change."""
        place, answer = settings, self.answers
        *around, last = change.path.split(".")
        walked = ""
        while around:
            name = around.pop(0)
            walked = f"{walked}.{name}"
            if around and around[0].isdigit():
                index = int(around.pop(0))
                walked = f"{walked}.{index}"
                place, answer = self._row(place, answer, name, index, walked)
            else:
                place, answer = _group(place, name), _group_of(answer, name)
        if not last or last.isdigit() or not _is_answer(place.get(last), change.new):
            raise _misfit(change.path)
        if change.new is None:
            place.pop(last, None)
        else:
            place[last] = deepcopy(change.new)

    def _row(
        self, place: JsonObject, answer: JsonObject, name: str, index: int, walked: str
    ) -> tuple[JsonObject, JsonObject]:
        answered = answer.get(name)
        if not isinstance(answered, list) or not 0 <= index < len(answered):
            raise _misfit(walked)
        row = mapping(answered[index], name)
        rows = place.setdefault(name, [])
        if not isinstance(rows, list):
            raise _misfit(walked)
        found = self.added.get(walked) or _partner(rows, row, index)
        if found is None:
            found = {KEY: row.get(KEY) or _free_key(rows, row)} if _have_keys(rows) else {}
            rows.append(found)
            self.added[walked] = found
        return found, row


def _partner(rows: Sequence[Json], row: JsonObject, index: int) -> JsonObject | None:
    """The row of the settings that a row of the answers means."""
    if not _have_keys(rows):
        return mapping(rows[index], KEY) if index < len(rows) else None
    same = (each for each in rows if isinstance(each, dict) and each.get(KEY) == row.get(KEY))
    return next(same, None) if row.get(KEY) else None


def _have_keys(rows: Sequence[Json]) -> bool:
    """Whether rows are told apart by keys; an empty repeat begins with them."""
    return all(isinstance(each, dict) and KEY in each for each in rows)


def _free_key(rows: Sequence[Json], row: JsonObject) -> str:
    """A short key that no row has: the code of a cover where it is free, else a number."""
    taken = {each.get(KEY) for each in rows if isinstance(each, dict)}
    code = row.get("code")
    if isinstance(code, str) and code and code not in taken:
        return code
    return next(key for number in range(1, len(rows) + 2) if (key := str(number)) not in taken)


def _drop_ended(place: JsonObject) -> None:
    for name, value in place.items():
        if isinstance(value, dict):
            _drop_ended(value)
        elif isinstance(value, list):
            rows = [
                each for each in value if not (isinstance(each, dict) and each.get(ENDS) is True)
            ]
            place[name] = rows
            for row in rows:
                if isinstance(row, dict):
                    _drop_ended(row)


def _is_answer(old: Json, new: Json) -> bool:
    """Whether both are answers of a field: neither is a group, nor rows."""
    return not any(
        isinstance(each, dict)
        for value in (old, new)
        for each in (value if isinstance(value, list) else [value])
    )


def _group(place: JsonObject, name: str) -> JsonObject:
    found = place.setdefault(name, {})
    if not isinstance(found, dict):
        raise _misfit(name)
    return found


def _group_of(answer: JsonObject, name: str) -> JsonObject:
    """The group as the request answers it; one that is emptied is not among the answers."""
    found = answer.get(name)
    return found if isinstance(found, dict) else {}


def _misfit(path: str) -> BadInput:
    return BadInput("SC-SYNC-010", field="changes", value=path, rule="a path of the answers")
