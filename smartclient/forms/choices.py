"""Code lists of a package: what can be chosen, with labels by language and validity."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: the code stands in the answers, the label on the screen."""

    code: str
    label: str
