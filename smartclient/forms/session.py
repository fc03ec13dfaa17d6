"""One form being filled in: typed text in, states out, only what depends on it evaluated again."""

from collections.abc import Iterator, Mapping
from datetime import date

from smartclient.domain.errors import BadInput, NotAllowed, SmartClientError
from smartclient.forms.answers import Answers, laid_over_rows
from smartclient.forms.beginning import Beginning
from smartclient.forms.choices import cells_of
from smartclient.forms.comparison import Comparison
from smartclient.forms.differences import Differences
from smartclient.forms.evaluation import Evaluation, opened_on
from smartclient.forms.extracts import Extracts
from smartclient.forms.field_states import FieldStates
from smartclient.forms.functions import Surroundings
from smartclient.forms.guards import Value
from smartclient.forms.history import Edit, History
from smartclient.forms.layout import (
    Element,
    FieldLayout,
    GroupLayout,
    HeadingLayout,
    RepeatLayout,
    SectionLayout,
)
from smartclient.forms.manifest import SignatureWay
from smartclient.forms.model import FieldSpec, Key, RepeatSpec, Spec
from smartclient.forms.overview import Overview
from smartclient.forms.package import FormPackage
from smartclient.forms.pricing import projecting
from smartclient.forms.quote import Quote
from smartclient.forms.reading import EMPTY, Reader, Reading, Typed
from smartclient.forms.states import (
    Changes,
    Difference,
    FieldState,
    MissingItem,
    SectionState,
    Signer,
)
from smartclient.premium.ages import AgeRule
from smartclient.premium.pricing import Premium
from smartclient.premium.projection import Projection
from smartclient.premium.tariff import Tariff
from smartclient.wire.messages import Json, JsonObject


class FormSession:
    """The form with its answers. Not for several threads at once.

    Empty `answers` begin a new form: the package's defaults are filled in. Other answers are taken
    as they are; BadInput SC-FORM-204 when their groups and rows are not those of the form. `header`
    holds what the document knows besides the answers (number, adviser); rules see it. Without a
    tariff there is no premium. A `baseline` holds the settings a change request is opened on, as
    answers of the same form: a new form begins as they are, and what differs is a change.
    """

    def __init__(
        self,
        package: FormPackage,
        answers: Mapping[str, Json],
        *,
        today: date,
        tariff: Tariff | None = None,
        language: str = "cs",
        header: Mapping[str, Json] | None = None,
        baseline: Mapping[str, Json] | None = None,
    ) -> None:
        codes = {name: frozenset(each.options) for name, each in package.lists.items()}
        rule = tariff.age_rule if tariff else AgeRule.COMPLETED
        around = Surroundings(today, rule, cells_of(package.lists), _scalars(header or {}))
        self._package = package
        self._model = package.model
        self._language = language = package.spoken(language)
        self._tariff = tariff
        self._header = dict(header or {})
        self._history = History()
        self._reader = Reader(today, codes)
        self._answers = Answers(package.model, self._reader, answers or baseline or {})
        self._comparison = Comparison(
            package.model,
            self._answers,
            None if baseline is None else opened_on(package, self._reader, around, baseline),
        )
        self._evaluation = Evaluation(
            package, self._answers, around, tariff, language, self._comparison
        )
        self._overview = Overview(package, self._evaluation, language)
        self._extracts = Extracts(package, self._answers, self._evaluation, language)
        self._differences = Differences(
            package, self._comparison, self._evaluation, self._overview, self._extracts
        )
        self._field_states = FieldStates(
            package, self._answers, self._evaluation, self._extracts, self._differences
        )
        self._beginning = Beginning(package, self._answers, self._evaluation, self._reader)
        self._quote = Quote()
        self._projecting = projecting(package.pricing, tariff, self._evaluation)
        if not answers:
            self._beginning.of_everything(on_settings=baseline is not None)
            self._requote()
        else:
            self._evaluate_everything()
        if answers or baseline:
            self._forget_what_is_calculated()

    @classmethod
    def begun_with(
        cls,
        package: FormPackage,
        answers: Mapping[str, Json],
        *,
        today: date,
        tariff: Tariff | None = None,
        language: str = "cs",
        header: Mapping[str, Json] | None = None,
        baseline: Mapping[str, Json] | None = None,
    ) -> "FormSession":
        """A new form with its defaults, over which the answers are laid.

        Rows replace rows; those with a key are laid over the row with the same key.
        """
        new = cls(package, {}, today=today, header=header, baseline=baseline).answers
        laid = laid_over_rows(package.model, new, answers)
        return cls(
            package,
            laid,
            today=today,
            tariff=tariff,
            language=language,
            header=header,
            baseline=baseline,
        )

    @property
    def package(self) -> FormPackage:
        """The package the form was opened with."""
        return self._package

    @property
    def language(self) -> str:
        """The language of its texts."""
        return self._language

    @property
    def today(self) -> date:
        """The day as of which it is filled in."""
        return self._reader.today

    @property
    def header(self) -> Mapping[str, Json]:
        """What was given in beside the answers."""
        return self._header

    @property
    def layout(self) -> tuple[SectionLayout, ...]:
        """The sections in the language of the session."""
        return self._package.layout(self._language)

    # Editing

    def set(self, path: str, value: Typed) -> Changes:
        """Answer a field with the text as typed (codes for choices); None and "" clear it.

        Consecutive calls for one path are one step of undo until `finish_typing`.
        """
        key, spec = self._existing(path)
        if not isinstance(spec, FieldSpec):
            raise BadInput("SC-FORM-201", field=path)
        before, reading = self._answers.reading(key), self._reader.typed(spec, value)
        if reading == before:
            return Changes()
        self._history.typed(key, before.json, reading.json)
        return self._put(key, reading)

    def finish_typing(self) -> None:
        """The person left the field: the next edit of the same field is a new step of undo."""
        self._history.finish_typing()

    def add_row(self, path: str) -> int:
        """Add an empty row with its defaults and return its index; NotAllowed at the maximum."""
        key, repeat = self._repeat(path)
        before = self._answers.rows_of(key)
        if len(before) >= repeat.max:
            raise NotAllowed("SC-FORM-202", most=repeat.max)
        self._answers.put_rows(key, [*before, {}])
        self._beginning.of_row(repeat, (*key[1:], len(before)))
        self._requote()
        self._history.rows_changed(key, before, self._answers.rows_of(key))
        return len(before)

    def remove_row(self, path: str, index: int) -> Changes:
        """Remove a row; NotAllowed at the minimum, and for a row of the baseline.

        Undo brings it back whole.
        """
        key, repeat = self._repeat(path)
        before = self._answers.rows_of(key)
        if not 0 <= index < len(before):
            raise BadInput("SC-FORM-201", field=f"{path}.{index}")
        if len(before) <= repeat.min:
            raise NotAllowed("SC-FORM-203", least=repeat.min)
        if self.is_row_kept(path, index):
            raise NotAllowed("SC-FORM-207")
        after = [row for number, row in enumerate(before) if number != index]
        self._history.rows_changed(key, before, after)
        return self._put_rows(key, after)

    def undo(self) -> Changes:
        """Take the last step back; nothing changes when there is none."""
        edit = self._history.back()
        return self._replay(edit, edit.before) if edit else Changes()

    def redo(self) -> Changes:
        """Make the step taken back again."""
        edit = self._history.forth()
        return self._replay(edit, edit.after) if edit else Changes()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make again."""
        return self._history.can_redo

    # Showing

    def field(self, path: str) -> FieldState:
        """How a field stands; for a group, a row or a repeat its relevance and own problems."""
        return self._field_states.of(path, *self._existing(path))

    def is_calculated(self, path: str) -> bool:
        """Whether the form works a field out by itself now, so that nobody types it."""
        return self._existing(path)[0] in self._evaluation.computed

    def paths(self) -> Iterator[str]:
        """Every group, row and field that is there, in the order of the model."""
        for spec in self._model.specs[1:]:
            for indices in self._answers.instances(spec.repeats, ()):
                yield self._model.path_of((spec.id, *indices))

    def rows(self, path: str) -> int:
        """How many rows a repeat has."""
        return self._answers.row_count(self._repeat(path)[0])

    def rows_shown(self, repeat: RepeatLayout, inside: str = "") -> tuple[int, ...]:
        """The rows in which at least one element of this layout is relevant.

        `inside` is the path of the row around a repeat inside a repeat, for example "insured.0".
        """
        path = f"{inside}.{repeat.path}" if inside else repeat.path
        return tuple(
            index
            for index in range(self.rows(path))
            if any(self._is_shown(element, f"{path}.{index}") for element in repeat.elements)
        )

    def is_row_kept(self, path: str, index: int) -> bool:
        """Whether a row is one of the baseline: it may be changed, but it cannot be removed."""
        key, _repeat = self._repeat(path)
        return self._comparison.is_there and self._comparison.partner((*key, index)) is not None

    def row_title(self, path: str, index: int) -> str:
        """What a row is called: "1. Eva Černá"; never empty."""
        key, repeat = self._repeat(path)
        return self._overview.row_title(repeat, (*key[1:], index))

    def sections(self) -> tuple[SectionState, ...]:
        """The sections in order, with what is wrong and what is missing in each."""
        return self._overview.sections()

    def section_of(self, path: str) -> str:
        """The id of the section where a field is asked; empty when it is asked nowhere."""
        return self._package.positions.section(self._existing(path)[1].id)

    def missing(self) -> tuple[MissingItem, ...]:
        """Required answers that are not there, in the order of the layout."""
        return self._overview.missing()

    def wrong(self) -> tuple[MissingItem, ...]:
        """Answers with errors, in the order of the layout."""
        return self._overview.wrong()

    @property
    def is_complete(self) -> bool:
        """Nothing missing, no error, priced where the package prices, changed where it compares."""
        unpriced = self._package.pricing is not None and self._quote.premium is None
        if self._package.manifest.compares and not self._differences.any():
            return False
        if unpriced or self._quote.problems or self._evaluation.broken:
            return False
        standings = self._evaluation.standings.values()
        return not any(each.missing or each.has_error for each in standings)

    @property
    def premium(self) -> Premium | None:
        """The premium of the lines that can be priced now; None where there is none."""
        return self._quote.premium

    @property
    def premium_problems(self) -> tuple[SmartClientError, ...]:
        """Why a line, or the whole, cannot be priced."""
        return self._quote.problems

    @property
    def projection(self) -> Projection | None:
        """How the contract's value may develop; None while an answer it needs is not there."""
        return self._projecting.now().projection

    @property
    def projection_problem(self) -> SmartClientError | None:
        """Why the value of what is answered cannot be projected."""
        return self._projecting.now().problem

    @property
    def is_digital(self) -> bool:
        """Whether the document is to be signed digitally.

        As the package says; where it leaves the choice, as the field with the meaning
        signing.digital says.
        """
        match self._package.manifest.signature:
            case SignatureWay.NEVER:
                return False
            case SignatureWay.ALWAYS:
                return self._header.get("signing_installed") is not False
        path = self._package.path_of("signing.digital")
        if path is None:
            return False
        return self._evaluation.read(self._model.key_of(path)) is True

    def signers(self) -> tuple[Signer, ...]:
        """Who signs, in order; raises ExpressionRefused where a role does not fit the answers."""
        return tuple(self._extracts.signers())

    # Comparing

    def differences(self) -> tuple[Difference, ...]:
        """What differs from the baseline, in the order of the layout; nothing without one."""
        return tuple(self._differences.all())

    def lost_rows(self) -> tuple[str, ...]:
        """Paths of the baseline's rows that these answers do not have; there should be none."""
        return tuple(self._model.path_of(key) for key in self._comparison.lost_rows())

    # Taking away

    @property
    def answers(self) -> JsonObject:
        """All answers with calculated values, as stored in a draft; a copy."""
        return self._extracts.everything()

    @property
    def answers_in_force(self) -> JsonObject:
        """Only what is asked and readable: printed, signed, sent and judged; a copy."""
        return self._extracts.in_force()

    @property
    def record(self) -> JsonObject:
        """The answers in force under the names of the insurer's core system.

        Of a form that compares, only what differs and what is asked beside the comparison.
        """
        if self._package.manifest.compares:
            return self._differences.record(self._package.export_map)
        return self._extracts.record()

    # Inside

    def _existing(self, path: str) -> tuple[Key, Spec]:
        """The key of a path whose rows exist; BadInput SC-FORM-201 otherwise."""
        key = self._model.key_of(path)
        spec = self._model.specs[key[0]]
        repeats = (*spec.repeats, spec.id)
        for level, index in enumerate(key[1:]):
            if index >= self._answers.row_count((repeats[level], *key[1 : level + 1])):
                raise BadInput("SC-FORM-201", field=path)
        return key, spec

    def _repeat(self, path: str) -> tuple[Key, RepeatSpec]:
        key, spec = self._existing(path)
        if not isinstance(spec, RepeatSpec) or len(key) != spec.depth + 1:
            raise BadInput("SC-FORM-201", field=path)
        return key, spec

    def _is_shown(self, element: Element, row: str) -> bool:
        match element:
            case HeadingLayout():
                return False
            case FieldLayout():
                return self.field(f"{row}.{element.path}").relevant
            case GroupLayout():
                return any(self._is_shown(each, row) for each in element.elements)
            case RepeatLayout():
                return self.field(f"{row}.{element.path}").relevant

    def _put(self, key: Key, reading: Reading) -> Changes:
        self._answers.put(key, reading)
        if self._comparison.matches_by(key[0]):
            premium = self._evaluate_everything()
            path = frozenset({self._model.path_of(key)})
            return Changes(path, structure=True, premium=premium)
        outcome = self._evaluation.after(key)
        paths = frozenset(self._model.path_of(each) for each in outcome.changed)
        return Changes(paths, structure=False, premium=outcome.priced and self._requote())

    def _put_rows(self, key: Key, rows: list[Json]) -> Changes:
        self._answers.put_rows(key, rows)
        premium = self._evaluate_everything()
        return Changes(frozenset({self._model.path_of(key)}), structure=True, premium=premium)

    def _replay(self, edit: Edit, content: Json) -> Changes:
        spec = self._model.specs[edit.key[0]]
        if isinstance(spec, FieldSpec):
            return self._put(edit.key, self._reader.stored(spec, content))
        return self._put_rows(edit.key, content if isinstance(content, list) else [])

    def _evaluate_everything(self) -> bool:
        self._evaluation.everything()
        return self._requote()

    def _requote(self) -> bool:
        before = self._quote
        self._quote = self._evaluation.quote()
        return not self._quote.says_the_same_as(before)

    def _forget_what_is_calculated(self) -> None:
        """What was calculated when the document was stored is no typed answer now."""
        for key in self._evaluation.computed:
            self._answers.put(key, EMPTY)


def _scalars(header: Mapping[str, Json]) -> dict[str, Value]:
    """What of the header rules may ask: texts, whole numbers, yes and no."""
    return {name: value for name, value in header.items() if isinstance(value, str | int)}
