"""One form being filled in: typed text in, states out, only what depends on it evaluated again."""

from collections.abc import Mapping
from datetime import date

from smartclient.domain.errors import SmartClientError
from smartclient.forms.layout import RepeatLayout, SectionLayout
from smartclient.forms.package import FormPackage
from smartclient.forms.states import Changes, FieldState, MissingItem, SectionState, Signer
from smartclient.wire.messages import Json, JsonObject


class FormSession:
    """The form with its answers. Not for several threads at once.

    Empty `answers` begin a new form: the package's defaults are filled in. Other answers are taken
    as they are. `header` holds what the document knows besides the answers (number, adviser).
    """

    def __init__(
        self,
        package: FormPackage,
        answers: Mapping[str, Json],
        *,
        today: date,
        tariff: None = None,
        language: str = "cs",
        header: Mapping[str, Json] | None = None,
    ) -> None:
        raise NotImplementedError

    @property
    def package(self) -> FormPackage:
        """The package the form was opened with."""
        raise NotImplementedError

    @property
    def header(self) -> Mapping[str, Json]:
        """What was given in beside the answers."""
        raise NotImplementedError

    @property
    def layout(self) -> tuple[SectionLayout, ...]:
        """The sections in the language of the session."""
        raise NotImplementedError

    def set(self, path: str, value: str | bool | list[str] | None) -> Changes:
        """Answer a field with the text as typed (codes for choices); None and "" clear it.

        Consecutive calls for one path are one step of undo until `finish_typing`.
        """
        raise NotImplementedError

    def finish_typing(self) -> None:
        """The person left the field: the next edit of the same field is a new step of undo."""
        raise NotImplementedError

    def add_row(self, path: str) -> int:
        """Add an empty row with its defaults and return its index; NotAllowed at the maximum."""
        raise NotImplementedError

    def remove_row(self, path: str, index: int) -> Changes:
        """Remove a row; NotAllowed at the minimum. Undo brings it back whole."""
        raise NotImplementedError

    def undo(self) -> Changes:
        """Take the last step back; nothing changes when there is none."""
        raise NotImplementedError

    def redo(self) -> Changes:
        """Make the step taken back again."""
        raise NotImplementedError

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        raise NotImplementedError

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make again."""
        raise NotImplementedError

    def field(self, path: str) -> FieldState:
        """How a field stands; for a group, a row or a repeat its relevance and own problems."""
        raise NotImplementedError

    def rows(self, path: str) -> int:
        """How many rows a repeat has."""
        raise NotImplementedError

    def rows_shown(self, repeat: RepeatLayout, inside: str = "") -> tuple[int, ...]:
        """The rows in which at least one element of this layout is relevant.

        `inside` is the path of the row around a repeat inside a repeat, for example "insured.0".
        """
        raise NotImplementedError

    def row_title(self, path: str, index: int) -> str:
        """What a row is called: "1. Eva Černá"; never empty."""
        raise NotImplementedError

    def sections(self) -> tuple[SectionState, ...]:
        """The sections in order, with what is wrong and what is missing in each."""
        raise NotImplementedError

    def section_of(self, path: str) -> str:
        """The id of the section where a field is asked; empty when it is asked nowhere."""
        raise NotImplementedError

    def missing(self) -> tuple[MissingItem, ...]:
        """Required answers that are not there, in the order of the layout."""
        raise NotImplementedError

    @property
    def is_complete(self) -> bool:
        """Nothing missing, no error, and priced where the package prices."""
        raise NotImplementedError

    @property
    def premium(self) -> None:
        """The premium of what is answered now; None while a line cannot be priced."""
        raise NotImplementedError

    @property
    def premium_problems(self) -> tuple[SmartClientError, ...]:
        """Why a line, or the whole, cannot be priced."""
        raise NotImplementedError

    def signers(self) -> tuple[Signer, ...]:
        """Who signs, in order."""
        raise NotImplementedError

    @property
    def answers(self) -> JsonObject:
        """The answers with calculated values, as stored and sent; a copy."""
        raise NotImplementedError
