"""Sentences of the area "clients"."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

SENTENCES: dict[str, Sentence] = {
    "SC-CLI-001": Sentence(
        N_("The client cannot be saved yet: {rule}"),
        N_("What you typed is kept."),
        N_("Correct the marked field and save again."),
    ),
    "SC-CLI-002": Sentence(
        N_("The text of the information for the client has changed in the meantime."),
        N_("The client and what you typed are saved."),
        N_("Read the new text with the client and confirm it again."),
    ),
}
