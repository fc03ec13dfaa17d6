"""Czech typography for running text: what must not be torn apart at the end of a line."""

import re

NBSP = "\u00a0"
_SHORT_WORD = re.compile(r"(?<![^\W\d_])([KkSsVvZzOoUuAaIi]) (?=\S)")
_NUMBER_AND_WORD = re.compile(r"(?<=\d) (?=\d{3}(?!\d)|Kč\b|%|[a-zá-ž]{2})")
"""A number holds on to the thousands, the unit or the word that it counts."""
_ABBREVIATION = re.compile(r"\b(č|čl|p|odst|písm|str|tj|např|max|min)\. (?=\S)")


def bound(text: str) -> str:
    """The text with no-break spaces after one-letter words, in numbers and after abbreviations."""
    text = _SHORT_WORD.sub(rf"\1{NBSP}", text)
    text = _NUMBER_AND_WORD.sub(NBSP, text)
    return _ABBREVIATION.sub(rf"\1.{NBSP}", text)
