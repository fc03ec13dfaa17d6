"""The shape of a sentence for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened, what is safe, what to do. Only `happened` may never be empty."""

    happened: str
    safe: str = ""
    do: str = ""
