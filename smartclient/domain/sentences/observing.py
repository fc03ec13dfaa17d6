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
    "SC-HELP-003": Sentence(
        N_("There is no such install."),
        "",
        N_("Find it with `helpdesk find`."),
    ),
    "SC-HELP-004": Sentence(
        N_("No synchronisation has this code."),
        "",
        N_("Check the code; the history reaches back 90 days."),
    ),
    "SC-HELP-005": Sentence(
        N_("The install is revoked already."),
        N_("Nothing was changed."),
        N_("`helpdesk install` shows since when."),
    ),
    "SC-HELP-006": Sentence(
        N_("The install is not revoked."),
        N_("Nothing was changed."),
        N_("A new laptop activates by its HR number; `helpdesk join` gives it its person."),
    ),
}
