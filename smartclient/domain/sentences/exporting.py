"""Sentences about the daily export, for the operator of the back office."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_NOTHING = N_("No document was sealed or locked by this call.")

SENTENCES: dict[str, Sentence] = {
    "SC-EXP-001": Sentence(
        N_("The cut-off of {date} is still to come."),
        _NOTHING,
        N_("Wait for the cut-off; the worker exports by itself."),
    ),
    "SC-EXP-002": Sentence(
        N_("Another process is exporting right now."),
        _NOTHING,
        N_("Wait until it has finished."),
    ),
    "SC-EXP-003": Sentence(
        N_("There is no finished export of {date}."), _NOTHING, N_("Check the business date.")
    ),
    "SC-EXP-004": Sentence(
        N_("Another process has gone on with {batch} in the meantime."),
        N_("The batch is whole; this process stopped."),
        N_("Run the export again; it goes on where the other one stopped."),
    ),
    "SC-EXP-005": Sentence(
        N_("The batch {batch} on the disk is not the one that was sealed."),
        N_("Nothing was overwritten, and its documents stay sealed."),
        N_("Move the folder aside, find out who changed it, and run the export again."),
    ),
    "SC-EXP-006": Sentence(
        N_("The answer of the core system to {batch} cannot be used."),
        N_("No document changed its state."),
        N_("Ask the operator of the core system for the answer once more."),
    ),
    "SC-EXP-007": Sentence(
        N_("A newer business date than {date} was exported already."),
        _NOTHING,
        N_("What was left over goes with the next export."),
    ),
    "SC-EXP-008": Sentence(
        N_("Another time than the clock's may be given in practice mode only."),
        _NOTHING,
        N_("Leave --at out."),
    ),
    "SC-EXP-009": Sentence(
        N_("{value} is not written like {rule}."), _NOTHING, N_("Write it like the example.")
    ),
    "SC-EXP-010": Sentence(
        N_("The batch {batch} is not whole."),
        N_("The core system took nothing from it."),
        N_("Have the batch sent again."),
    ),
    "SC-EXP-011": Sentence(
        N_("The batch {batch} is not signed by the back office."),
        N_("The core system took nothing from it."),
        N_("Find out where the batch comes from before it is sent again."),
    ),
    "SC-EXP-012": Sentence(
        N_("The export is held, because the server was restored from a backup."),
        N_("Documents are taken and kept; nothing is sealed, locked or handed over."),
        N_("Look at the report of the restore, then run: smartclient-backoffice restore release"),
    ),
    "SC-EXP-013": Sentence(
        N_("The settings of the export name {name}, which nobody knows."),
        _NOTHING,
        N_("Choose one of: {rule}."),
    ),
    "SC-EXP-014": Sentence(
        N_("Nothing can be sealed for the certificate of the core system."),
        _NOTHING,
        N_("Ask its operator for a certificate with an RSA key of at least 3072 bits."),
    ),
    "SC-EXP-015": Sentence(
        N_("A sealed file of the batch cannot be opened with this key."),
        N_("The core system took nothing from it."),
        N_("Check which certificate the back office seals for, and have the batch sent again."),
    ),
    "SC-EXP-016": Sentence(
        N_("No late signed package has the id {package}."),
        N_("Nothing was decided."),
        N_("Look it up: smartclient-backoffice late list --all"),
    ),
    "SC-EXP-017": Sentence(
        N_("The package {package} was decided before."),
        N_("The first decision stands."),
        N_("Read it: smartclient-backoffice late show PACKAGE"),
    ),
    "SC-EXP-018": Sentence(
        N_("The check of the signed package {package} found a fault ({verdict})."),
        N_("Nothing was decided."),
        N_("Look at it with late show; to let it through all the same, add --despite-check."),
    ),
    "SC-EXP-020": Sentence(
        N_("{folder} is no whole backup for this office."),
        N_("Nothing was put back."),
        N_("Take another backup; a whole one holds backup.json."),
    ),
    "SC-EXP-021": Sentence(
        N_("The folder {folder} is not empty."),
        N_("Nothing was written into it."),
        N_("Name a new folder for each backup."),
    ),
    "SC-EXP-022": Sentence(
        N_("Our copy of the batch {batch} is not whole, not ours, or one before it is missing."),
        N_("Nothing was put back."),
        N_("Fetch the batch from the copy of the export folder and restore once more."),
    ),
    "SC-EXP-023": Sentence(
        N_("PostgreSQL's program {program} is missing or failed. {problem}"),
        N_("Nothing was released."),
        N_("Install PostgreSQL's client programs of the server's version and try again."),
    ),
    "SC-EXP-024": Sentence(
        N_("The backup {folder} was made with another office key."),
        N_("Nothing was put back."),
        N_("Take a backup of this office, or restore into an empty home."),
    ),
    "SC-EXP-025": Sentence(
        N_("A process of the back office has the database open."),
        N_("Nothing was put back."),
        N_("Stop the server and the worker, then restore."),
    ),
    "SC-EXP-026": Sentence(
        N_("{folder} is empty, although batches for the core system were put into it before."),
        N_("The documents are locked and their batch is safe with us; it was not handed over."),
        N_(
            "See whether the share is connected. If the folder is meant to be new and empty, make "
            "the file {mark} in it."
        ),
    ),
    "SC-EXP-027": Sentence(
        N_("The certificate of the core system is not valid; its last day is {date}."),
        N_("The documents are locked and their batch is safe with us; it was not handed over."),
        N_("Put the core system's new certificate in its place and restart the worker."),
    ),
    "SC-EXP-029": Sentence(
        N_(
            "The core system's folder has no room for {batch}: {needed} MB are needed and "
            "{free} MB are free."
        ),
        N_("The documents are locked and their batch is safe with us; nothing was copied."),
        N_("Make room there. The worker tries again by itself; a resend is to be run again."),
    ),
    "SC-EXP-028": Sentence(
        N_("The batch {batch} was removed on {date}, after its retention date."),
        N_("The core system had answered it; its manifest and its signature are kept."),
        N_("Look at its answers: smartclient-backoffice export reconcile DATE"),
    ),
}
