"""Sentences about what is looked at before a document opens."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_KEPT = N_("The document is kept as it is.")

SENTENCES: dict[str, Sentence] = {
    "SC-OPEN-001": Sentence(
        N_("The version of the form that this document was made with is not here: {form}."),
        _KEPT,
        N_("Connect to the internet and open it again; the form is then fetched by itself."),
    ),
    "SC-OPEN-002": Sentence(
        N_("The version of the form that this document was made with cannot be fetched: {form}."),
        _KEPT,
        N_("Call the help desk and read out this message."),
    ),
    "SC-OPEN-003": Sentence(
        N_("The form {form} cannot be fetched now: components are being updated."),
        _KEPT,
        N_("Try again in a minute."),
    ),
}
