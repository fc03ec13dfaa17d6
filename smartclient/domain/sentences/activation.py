"""Sentences about activation, keys and certificates."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

SENTENCES: dict[str, Sentence] = {
    "SC-ACT-090": Sentence(
        N_("Practice keys are not allowed in production mode."),
        N_("No key was made or used."),
        N_("Give the program the keys of the insurer, or start it in practice mode."),
    ),
    "SC-ACT-091": Sentence(
        N_("The practice key {file} cannot be read."),
        N_("It was left as it is, because something may be sealed to it."),
        N_("Restore the file from a copy, or choose an empty folder for new practice keys."),
    ),
}
