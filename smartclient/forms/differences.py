"""The changes of a form that compares, old beside new, for people and for the core system."""

from collections.abc import Iterator

from smartclient.forms.comparison import Comparison
from smartclient.forms.evaluation import Evaluation
from smartclient.forms.exporting import Exported, ExportMap
from smartclient.forms.extracts import Extracts
from smartclient.forms.fitting import to_json
from smartclient.forms.model import FieldSpec, Key, RepeatSpec
from smartclient.forms.overview import Overview
from smartclient.forms.package import FormPackage
from smartclient.forms.states import Difference
from smartclient.wire.messages import Json, JsonObject


class Differences:
    """Tells what differs in one form; nothing is kept."""

    def __init__(
        self,
        package: FormPackage,
        comparison: Comparison,
        evaluation: Evaluation,
        overview: Overview,
        extracts: Extracts,
    ) -> None:
        self._package = package
        self._comparison = comparison
        self._evaluation = evaluation
        self._overview = overview
        self._extracts = extracts
        self._row_keys = package.model.row_keys()

    def all(self) -> Iterator[Difference]:
        """Every change, in the order of the layout."""
        keys = self._comparison.differing(self._evaluation)
        for key in sorted(keys, key=self._package.positions.order):
            item, spec = self._overview.item(key), self._package.model.specs[key[0]]
            assert isinstance(spec, FieldSpec)  # noqa: S101 - only fields differ
            new = self._evaluation.read(key)
            yield Difference(
                item.path,
                item.label,
                item.section,
                item.about,
                self._shown(spec, key),
                self._evaluation.wording.showing.text(spec, new),
                to_json(spec, self._comparison.old(key)),
                to_json(spec, new),
            )

    def any(self) -> bool:
        """Whether there is a change at all."""
        return next(self._comparison.differing(self._evaluation), None) is not None

    def before(self, key: Key) -> str | None:
        """The old answer as people write it, where the new one differs; None where it does not.

        What cannot be read differs as well.
        """
        spec = self._package.model.specs[key[0]]
        if not isinstance(spec, FieldSpec) or not self._comparison.differs(key, self._evaluation):
            return None
        return self._shown(spec, key)

    def record(self, map_: ExportMap) -> JsonObject:
        """The outgoing record of the changes, and of what is asked beside them.

        A row stands in it when something in it changed, then with the field that names the row.
        """
        return self._record(map_, ())[0]

    def _shown(self, spec: FieldSpec, key: Key) -> str:
        return self._evaluation.wording.showing.text(spec, self._comparison.old(key))

    def _record(self, map_: ExportMap, row: tuple[int, ...]) -> tuple[JsonObject, bool]:
        found: JsonObject = {}
        says_something = False
        for each in map_:
            key = (each.spec.id, *row)
            if isinstance(each.spec, RepeatSpec):
                rows = list(self._rows(each, key))
                says_something = says_something or bool(rows)
                if rows:
                    found[each.name] = rows
                continue
            value = self._extracts.asked(key)
            beside = not each.spec.compared and value is not None
            if beside or self._comparison.differs(key, self._evaluation):
                found[each.name] = value
                says_something = True
            elif each.spec.id in self._row_keys and value is not None:
                found[each.name] = value
        return found, says_something

    def _rows(self, each: Exported, key: Key) -> Iterator[Json]:
        for index in range(self._extracts.row_count(key)):
            record, says_something = self._record(each.record, (*key[1:], index))
            if says_something:
                yield record
