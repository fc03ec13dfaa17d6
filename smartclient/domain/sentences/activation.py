"""Sentences about activation, keys and certificates."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_NOTHING_ACTIVATED = N_("Nothing was activated; what you typed is still here.")

SENTENCES: dict[str, Sentence] = {
    "SC-ACT-001": Sentence(
        N_("The identification of the partner (HR) must be a number that begins with 9."),
        _NOTHING_ACTIVATED,
        N_("Check the number; your partner's headquarters can tell you which one is right."),
    ),
    "SC-ACT-002": Sentence(
        N_("The server does not answer, so the activation could not be checked."),
        _NOTHING_ACTIVATED,
        N_("Check the connection to the internet and press the button again."),
    ),
    "SC-ACT-003": Sentence(
        N_("The connection to the server broke in the middle of the activation."),
        N_("What you typed is still here, and nothing will be activated twice."),
        N_("Press the button again; if it happens again, wait a few minutes."),
    ),
    "SC-ACT-005": Sentence(
        N_("The server's answer does not come from the insurer."),
        _NOTHING_ACTIVATED,
        N_("Use another network, for example your phone's, or call the help desk: 605 602 164."),
    ),
    "SC-ACT-006": Sentence(
        N_("What this computer kept of its activation cannot be read."),
        N_("Your clients and documents are not affected; nothing was overwritten."),
        N_("Call the help desk: 605 602 164."),
    ),
    "SC-ACT-010": Sentence(
        N_("Your name and surname are missing."), _NOTHING_ACTIVATED, N_("Fill them in.")
    ),
    "SC-ACT-011": Sentence(
        N_("The adviser's identification is missing."),
        _NOTHING_ACTIVATED,
        N_("Fill in your username or commission number in your company."),
    ),
    "SC-ACT-012": Sentence(
        N_("Your registration number at the Czech National Bank is missing."),
        _NOTHING_ACTIVATED,
        N_("Fill it in; you find it in the bank's public list of intermediaries."),
    ),
    "SC-ACT-030": Sentence(
        N_("The key that documents are sealed with cannot be reached: {place} does not answer."),
        N_("Nothing was signed or activated; everything you entered is kept."),
        N_("Insert the card or the token, wait a moment and try again."),
    ),
    "SC-ACT-031": Sentence(
        N_("The key that documents are sealed with was refused by {place} ({problem})."),
        N_("Nothing was signed or activated; everything you entered is kept."),
        N_("Check the PIN of the card or token. Otherwise call the help desk: 605 602 164."),
    ),
    "SC-ACT-032": Sentence(
        N_("The key that documents are sealed with is not in {place} any more."),
        N_("Nothing was signed. Documents signed before stay valid."),
        N_("Insert the right card or token, or call the help desk: 605 602 164."),
    ),
    "SC-ACT-033": Sentence(
        N_("This program cannot reach the place of the key that documents are sealed with."),
        N_("Nothing was changed; your clients and documents are not affected."),
        N_("Its setup names another place for the key. Call the help desk: 605 602 164."),
    ),
    "SC-ACT-034": Sentence(
        N_("The PIN of {place} was refused before; another try might lock it."),
        N_("Nothing was signed; signatures given before are safe."),
        N_(
            "Have the PIN in the settings of this computer corrected. If it is right, enter it "
            "once in the program of the card's maker. Then try again."
        ),
    ),
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
