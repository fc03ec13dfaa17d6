"""Sentences of the help desk's commands, of the archive and of what is handed to the help desk."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

SENTENCES: dict[str, Sentence] = {
    "SC-HELP-001": Sentence(
        N_("There is no archived document {name}."),
        N_("Nothing was opened."),
        N_("Check the number; `archive list` shows what there is."),
    ),
    "SC-HELP-002": Sentence(
        N_("A reason is needed, at most {limit} characters long."),
        N_("Nothing was done."),
        N_("Say why with --reason."),
    ),
    "SC-HELP-003": Sentence(
        N_("There is no such install."),
        N_("Nothing was changed."),
        N_("Find it with `helpdesk find`."),
    ),
    "SC-HELP-004": Sentence(
        N_("No synchronisation has this code."),
        N_("Nothing was changed."),
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
    "SC-HELP-007": Sentence(
        N_("The package cannot be opened, or its signature is not the install's."),
        N_("Nothing was taken in."),
        N_("Ask for the file again; it must come from the laptop unchanged."),
    ),
    "SC-HELP-008": Sentence(
        N_("There is nothing that the server does not have."),
        N_("Nothing was written."),
        N_("You need not hand anything in."),
    ),
    "SC-HELP-009": Sentence(
        N_("This computer does not know the key of the insurer's office yet."),
        N_("Everything you have is kept on this computer."),
        N_("Call the Help Desk; do not uninstall SmartClient meanwhile."),
    ),
    "SC-HELP-010": Sentence(
        N_("The file could not be written there."),
        N_("Nothing on this computer was changed."),
        N_("Choose another folder, for example Documents."),
    ),
    "SC-HELP-011": Sentence(
        N_("The name of who decides is needed, at most {limit} characters long."),
        N_("Nothing was done."),
        N_("Say who with --by."),
    ),
}
