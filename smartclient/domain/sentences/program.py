"""Sentences about the program itself."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

SENTENCES: dict[str, Sentence] = {
    "SC-PROG-002": Sentence(
        N_("Something unexpected happened ({kind})."),
        N_("Everything you typed up to now is saved."),
        N_("Try the step again. If it happens again, call the help desk and read out {support}."),
    ),
    "SC-PROG-003": Sentence(
        N_("There is no space left on the disk."),
        N_("What was saved before stays as it was; what you see on the screen is still there."),
        N_("Free some space on the disk and press save again."),
    ),
    "SC-PROG-010": Sentence(
        N_("This cannot be done with the document now. {reason}"),
        N_("Nothing was changed."),
        N_("The list shows what can be done with it."),
    ),
    "SC-PROG-004": Sentence(
        N_("SmartClient is not set up on this computer."),
        N_("Nothing was changed."),
        N_("Run the installation again; if that does not help, call the help desk."),
    ),
    "SC-PROG-005": Sentence(
        N_("SmartClient is not activated yet."),
        N_("What you typed is kept on this computer."),
        N_("Activate it with the number of your partner (HR)."),
    ),
}
