"""The tree of groups, repeats and fields of a form, without rules and without texts."""

from enum import StrEnum


class FieldType(StrEnum):
    """What kind of answer a field holds. In JSON: see `FormPackage.answers_schema`."""

    TEXT = "text"
    MULTILINE = "multiline"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    BOOL = "bool"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    IDENTIFIER = "identifier"
    """Text checked by `domain.identifiers`; the field says of which kind."""
