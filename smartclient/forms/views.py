"""What can be seen of a form that is being filled in."""

from dataclasses import dataclass

from smartclient.forms.answers import Answers
from smartclient.forms.comparison import Comparison
from smartclient.forms.differences import Differences
from smartclient.forms.evaluation import Evaluation
from smartclient.forms.extracts import Extracts
from smartclient.forms.field_states import FieldStates
from smartclient.forms.overview import Overview
from smartclient.forms.package import FormPackage


@dataclass(frozen=True, slots=True)
class Views:
    """Each reads the answers as they stand when it is asked; none changes anything."""

    overview: Overview
    extracts: Extracts
    differences: Differences
    field_states: FieldStates

    @classmethod
    def of(
        cls,
        package: FormPackage,
        answers: Answers,
        comparison: Comparison,
        evaluation: Evaluation,
        language: str,
    ) -> "Views":
        """The views of one session, in a language of the package."""
        overview = Overview(package, evaluation, language)
        extracts = Extracts(package, answers, evaluation, language)
        differences = Differences(package, comparison, evaluation, overview, extracts)
        states = FieldStates(package, answers, evaluation, extracts, differences)
        return cls(overview, extracts, differences, states)
