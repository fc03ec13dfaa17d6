"""Sentences about synchronisation."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

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
}
