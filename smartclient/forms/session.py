"""One form being filled in: typed text in, states out, only what depends on it evaluated again."""

from collections.abc import Iterator, Mapping
from datetime import date

from smartclient.domain.errors import SmartClientError
from smartclient.forms.answers import Answers, laid_over_rows
from smartclient.forms.beginning import Beginning
from smartclient.forms.choices import cells_of
from smartclient.forms.comparison import Comparison
from smartclient.forms.editing import Editing
from smartclient.forms.evaluation import Evaluation, opened_on
from smartclient.forms.functions import Surroundings
from smartclient.forms.guards import Value
from smartclient.forms.layout import (
    Element,
    FieldLayout,
    GroupLayout,
    HeadingLayout,
    RepeatLayout,
    SectionLayout,
)
from smartclient.forms.manifest import SignatureWay
from smartclient.forms.package import FormPackage
from smartclient.forms.places import Places
from smartclient.forms.pricing import projecting
from smartclient.forms.reading import Reader, Typed
from smartclient.forms.states import (
    Changes,
    Difference,
    FieldState,
    MissingItem,
    SectionState,
    Signer,
)
from smartclient.forms.views import Views
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
        rule = tariff.age_rule if tariff else AgeRule.COMPLETED
        around = Surroundings(today, rule, cells_of(package.lists), _scalars(header or {}))
        self._package = package
        self._model = package.model
        self._today = today
        self._language = language = package.spoken(language)
        self._header = dict(header or {})
        reader = Reader.of_lists(today, package.lists)
        self._answers = Answers(package.model, reader, answers or baseline or {})
        self._comparison = Comparison(
            package.model,
            self._answers,
            None if baseline is None else opened_on(package, reader, around, baseline),
        )
        self._evaluation = Evaluation(
            package, self._answers, around, tariff, language, self._comparison
        )
        self._views = Views.of(package, self._answers, self._comparison, self._evaluation, language)
        self._projecting = projecting(package.pricing, tariff, self._evaluation)
        self._places = Places(package.model, self._answers)
        beginning = Beginning(package, self._answers, self._evaluation, reader)
        self._editing = Editing(
            self._places, self._answers, reader, self._comparison, self._evaluation, beginning
        )
        if answers:
            self._editing.evaluate_everything()
        else:
            self._editing.begin(on_settings=baseline is not None)
        if answers or baseline:
            self._editing.forget_what_is_calculated()

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
        return self._today

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
        return self._editing.set(path, value)

    def finish_typing(self) -> None:
        """The person left the field: the next edit of the same field is a new step of undo."""
        self._editing.history.finish_typing()

    def add_row(self, path: str) -> int:
        """Add an empty row with its defaults and return its index; NotAllowed at the maximum."""
        return self._editing.add_row(path)

    def remove_row(self, path: str, index: int) -> Changes:
        """Remove a row; NotAllowed at the minimum, and for a row of the baseline.

        Undo brings it back whole.
        """
        return self._editing.remove_row(path, index)

    def undo(self) -> Changes:
        """Take the last step back; nothing changes when there is none."""
        return self._editing.undo()

    def redo(self) -> Changes:
        """Make the step taken back again."""
        return self._editing.redo()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._editing.history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make again."""
        return self._editing.history.can_redo

    # Showing

    def field(self, path: str) -> FieldState:
        """How a field stands; for a group, a row or a repeat its relevance and own problems."""
        return self._views.field_states.of(path, *self._places.of(path))

    def is_calculated(self, path: str) -> bool:
        """Whether the form works a field out by itself now, so that nobody types it."""
        return self._places.of(path)[0] in self._evaluation.computed

    def paths(self) -> Iterator[str]:
        """Every group, row and field that is there, in the order of the model."""
        for spec in self._model.specs[1:]:
            for indices in self._answers.instances(spec.repeats, ()):
                yield self._model.path_of((spec.id, *indices))

    def rows(self, path: str) -> int:
        """How many rows a repeat has."""
        return self._answers.row_count(self._places.repeat(path)[0])

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
        key, _repeat = self._places.repeat(path)
        return self._comparison.is_kept((*key, index))

    def row_title(self, path: str, index: int) -> str:
        """What a row is called: "1. Eva Černá"; never empty."""
        key, repeat = self._places.repeat(path)
        return self._views.overview.row_title(repeat, (*key[1:], index))

    def sections(self) -> tuple[SectionState, ...]:
        """The sections in order, with what is wrong and what is missing in each."""
        return self._views.overview.sections()

    def section_of(self, path: str) -> str:
        """The id of the section where a field is asked; empty when it is asked nowhere."""
        return self._package.positions.section(self._places.of(path)[1].id)

    def missing(self) -> tuple[MissingItem, ...]:
        """Required answers that are not there, in the order of the layout."""
        return self._views.overview.missing()

    def wrong(self) -> tuple[MissingItem, ...]:
        """Answers with errors, in the order of the layout."""
        return self._views.overview.wrong()

    @property
    def is_complete(self) -> bool:
        """Nothing missing, no error, priced where the package prices, changed where it compares."""
        unpriced = self._package.pricing is not None and self._editing.quote.premium is None
        if self._package.manifest.compares and not self._views.differences.any():
            return False
        if unpriced or self._editing.quote.problems or self._evaluation.broken:
            return False
        standings = self._evaluation.standings.values()
        return not any(each.missing or each.has_error for each in standings)

    @property
    def premium(self) -> Premium | None:
        """The premium of the lines that can be priced now; None where there is none."""
        return self._editing.quote.premium

    @property
    def premium_problems(self) -> tuple[SmartClientError, ...]:
        """Why a line, or the whole, cannot be priced."""
        return self._editing.quote.problems

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
        return tuple(self._views.extracts.signers())

    # Comparing

    def differences(self) -> tuple[Difference, ...]:
        """What differs from the baseline, in the order of the layout; nothing without one."""
        return tuple(self._views.differences.all())

    def lost_rows(self) -> tuple[str, ...]:
        """Paths of the baseline's rows that these answers do not have; there should be none."""
        return tuple(self._model.path_of(key) for key in self._comparison.lost_rows())

    # Taking away

    @property
    def answers(self) -> JsonObject:
        """All answers with calculated values, as stored in a draft; a copy."""
        return self._views.extracts.everything()

    @property
    def answers_in_force(self) -> JsonObject:
        """Only what is asked and readable: printed, signed, sent and judged; a copy."""
        return self._views.extracts.in_force()

    @property
    def record(self) -> JsonObject:
        """The answers in force under the names of the insurer's core system.

        Of a form that compares, only what differs and what is asked beside the comparison.
        """
        if self._package.manifest.compares:
            return self._views.differences.record(self._package.export_map)
        return self._views.extracts.record()

    # Inside

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


def _scalars(header: Mapping[str, Json]) -> dict[str, Value]:
    """What of the header rules may ask: texts, whole numbers, yes and no."""
    return {name: value for name, value in header.items() if isinstance(value, str | int)}
