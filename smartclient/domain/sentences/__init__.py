"""Codes become sentences for people here and nowhere else.

A sentence says what happened, what is safe, and what to do. Each area keeps its own table; a code
belongs to exactly one of them. Placeholders in braces are filled from the values of the error.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from smartclient.domain.errors import SmartClientError
from smartclient.domain.language import _
from smartclient.domain.sentences.sentence import Sentence

AREAS = (
    "activation",
    "catalogue",
    "clients",
    "commands",
    "contracts",
    "documents",
    "exporting",
    "forms",
    "observing",
    "offers",
    "opening",
    "premium",
    "program",
    "registers",
    "server",
    "signing",
    "store",
    "syncing",
)


def _gathered() -> Mapping[str, Sentence]:
    gathered: dict[str, Sentence] = {}
    for area in AREAS:
        table: dict[str, Sentence] = import_module(f"{__name__}.{area}").SENTENCES
        doubled = gathered.keys() & table.keys()
        if doubled:
            raise ValueError(f"{area} repeats {sorted(doubled)}")
        gathered.update(table)
    return MappingProxyType(gathered)


SENTENCES: Mapping[str, Sentence] = _gathered()


def sentence_for(error: SmartClientError) -> Sentence:
    """The three parts of the sentence in the language that is spoken now, placeholders filled."""
    source = SENTENCES[error.code]
    happened, safe, do = (
        _(part).format_map(error.values) for part in (source.happened, source.safe, source.do)
    )
    return Sentence(happened, safe, do)


def text_for(error: SmartClientError) -> str:
    """The sentence in one line, for a message at a field, a log of the help desk or a command."""
    spoken = sentence_for(error)
    return " ".join(part for part in (spoken.happened, spoken.safe, spoken.do) if part)
