"""Sentences of the help desk's commands, of the archive and of what is handed to the help desk."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

SENTENCES: dict[str, Sentence] = {
    "SC-HELP-001": Sentence(
        N_("There is no archived document {name}."),
        "",
        N_("Check the number; `archive list` shows what there is."),
    ),
    "SC-HELP-002": Sentence(
        N_("A reason is needed, at most {limit} characters long."),
        N_("Nothing was done."),
        N_("Say why with --reason."),
    ),
}
