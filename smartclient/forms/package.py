"""A form package: everything one form is, loaded from files and found sound."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from smartclient.forms.layout import SectionLayout
from smartclient.wire.messages import JsonObject


@dataclass(frozen=True, slots=True)
class FormPackage:
    """One version of one form. Made once, shared by every session."""

    id: str
    version: int
    document_kind: str
    tariff_id: str
    """Empty for a form without a premium."""
    template_id: str
    valid_from: date
    valid_to: date | None
    languages: tuple[str, ...]

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> "FormPackage":
        """The package of the files (names relative to its folder).

        Raises PackageRefused SC-FORM-001 whose `faults` name file, field and rule of every fault.
        """
        raise NotImplementedError

    def title(self, language: str = "cs") -> str:
        """The name of the form as people know it."""
        raise NotImplementedError

    def layout(self, language: str = "cs") -> tuple[SectionLayout, ...]:
        """The sections in order."""
        raise NotImplementedError

    def path_of(self, meaning: str) -> str | None:
        """The path of the field with the meaning code; rows as `*` ("insured.*.surname")."""
        raise NotImplementedError

    def answers_schema(self) -> JsonObject:
        """JSON Schema (2020-12) of the answers, for documents from outside."""
        raise NotImplementedError
