"""Sentences about the commands without a window."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_NOTHING = N_("Nothing was changed.")

SENTENCES: dict[str, Sentence] = {
    "SC-CMD-001": Sentence(
        N_("The command was not understood: {problem}."),
        _NOTHING,
        N_("It is called like this: {usage}"),
    ),
    "SC-CMD-002": Sentence(
        N_("The file {file} cannot be read: {problem}."),
        _NOTHING,
        N_("Check the name and whether you may read it."),
    ),
    "SC-CMD-003": Sentence(
        N_("{file} is not JSON: {problem}."),
        _NOTHING,
        N_("Correct it and run the command again."),
    ),
    "SC-CMD-009": Sentence(
        N_("{field} is {value}; it must be {rule}."),
        _NOTHING,
        N_("Correct it and run the command again."),
    ),
    "SC-CMD-010": Sentence(
        N_("The file is not JSON in UTF-8."),
        _NOTHING,
        N_("Correct it and run the command again."),
    ),
    "SC-CMD-011": Sentence(
        N_("The database went away or is full in the middle of the command."),
        N_("It was done as a whole or not at all; nobody knows which."),
        N_("Look at the database, then whether it was done, and repeat it if it was not."),
    ),
    "SC-CMD-008": Sentence(
        N_("This command opens a window, and there is none here."),
        _NOTHING,
        N_("Run it as smartclient form preview on a computer with a screen."),
    ),
    "SC-CMD-007": Sentence(
        N_("The command failed in a way that nobody foresaw ({kind}, {place})."),
        N_("What was there before is unchanged."),
        N_("Give this line to the help desk."),
    ),
    "SC-CMD-006": Sentence(
        N_("Nothing can be written to {file}: {problem}."),
        N_("What was there before is unchanged."),
        N_("Check the name, the free space, and whether you may write there."),
    ),
    "SC-CMD-005": Sentence(
        N_("{file} is not a text in UTF-8."),
        _NOTHING,
        N_("Correct it and run the command again."),
    ),
    "SC-CMD-004": Sentence(
        N_("There is no folder {file}."),
        _NOTHING,
        N_("Check the name and whether you may read it."),
    ),
}
