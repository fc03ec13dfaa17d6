"""Sentences about synchronisation."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_SAFE_HERE = N_("Your documents are safe on this computer.")
_KEPT = N_("What the server had confirmed is kept; the rest is safe on this computer.")
_AGAIN = N_("SmartClient tries again by itself.")

SENTENCES: dict[str, Sentence] = {
    "SC-SYNC-010": Sentence(
        N_(
            "A message of the synchronisation breaks a rule: {field} is {value}, it must be {rule}."
        ),
        N_("Nothing was changed on either side."),
        N_("Update the application and synchronise again."),
    ),
    "SC-SYNC-011": Sentence(
        N_("A message of the synchronisation could not be read."),
        N_("Nothing was changed on either side."),
        N_("Synchronise again."),
    ),
    "SC-SYNC-012": Sentence(
        N_("A message of the synchronisation arrived damaged."),
        N_("Nothing was changed on either side."),
        N_("Synchronise again."),
    ),
    "SC-SYNC-013": Sentence(
        N_("A message of the synchronisation is larger than {limit} bytes."),
        N_("Nothing was changed on either side."),
        N_("Synchronise again; if it happens again, call the help desk."),
    ),
    "SC-SYNC-014": Sentence(
        N_("The server's answer did not arrive whole."),
        N_("Your documents are safe on this computer."),
        N_("SmartClient tries again by itself."),
    ),
    "SC-SYNC-015": Sentence(
        N_("The attachments arrived in a form that cannot be read."),
        N_("Nothing was changed on either side."),
        N_("Synchronise again."),
    ),
    "SC-SYNC-020": Sentence(
        N_("There is no connection to the server."),
        _SAFE_HERE,
        N_("Work on without a network. As soon as there is one, SmartClient sends everything."),
    ),
    "SC-SYNC-021": Sentence(
        N_("The connection to the server ended in the middle."),
        _KEPT,
        _AGAIN,
    ),
    "SC-SYNC-022": Sentence(
        N_("The server did not answer in time."),
        _SAFE_HERE,
        _AGAIN,
    ),
    "SC-SYNC-023": Sentence(
        N_("Something on the way answers instead of the insurer's server."),
        N_("Nothing was sent to it. Your documents are safe on this computer."),
        N_("Use another network, for example your phone's, or call the help desk."),
    ),
    "SC-SYNC-024": Sentence(
        N_("The server cannot take anything at the moment."),
        _KEPT,
        _AGAIN,
    ),
    "SC-SYNC-025": Sentence(
        N_("The server refused the proof of this computer twice."),
        _SAFE_HERE,
        N_("Synchronise again; if it happens again, call the help desk."),
    ),
    "SC-SYNC-027": Sentence(
        N_("The server needs a newer version of SmartClient."),
        _SAFE_HERE,
        N_("Update the application, then synchronise again."),
    ),
    "SC-SYNC-028": Sentence(
        N_("A synchronisation is already running."),
        _SAFE_HERE,
        N_("Wait until it has finished."),
    ),
    "SC-SYNC-029": Sentence(
        N_("The document is larger than what the server takes."),
        N_("It is safe on this computer; the other documents were sent."),
        N_("Shorten it, or call the help desk."),
    ),
    "SC-SYNC-030": Sentence(
        N_("The server refused for a reason this version does not know ({reason})."),
        _SAFE_HERE,
        N_("Update the application. If it happens again, call the help desk."),
    ),
    "SC-SYNC-032": Sentence(
        N_("The server is being put in order and did not come to rest."),
        N_("Your documents are safe in this computer; nothing that waits was marked as sent."),
        N_("Try again in a few minutes."),
    ),
    "SC-SYNC-031": Sentence(
        N_("The disk became full while news from the server was being received."),
        N_("What came before is kept, and nothing of yours was lost."),
        N_("Free some space on the disk and synchronise again."),
    ),
    "SC-SYNC-033": Sentence(
        N_(
            "The server was restored from a backup and does not have the file of this record. It "
            "was never on this computer either."
        ),
        N_("What else is known of it is kept."),
        N_(
            "Synchronise the computer on which it was made; then this line goes away by itself. If "
            "that computer is lost, have it signed or attach it again, and discard this line."
        ),
    ),
}
