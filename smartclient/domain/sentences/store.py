"""Sentences about the data on this computer: the encrypted database and its keys."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_UNTOUCHED = N_("Nothing was changed: your data on this computer are as they were.")
_LEFT = N_(
    "The file was left exactly as it is. Everything that was synchronised is safe at the insurer."
)
_SAVED = N_("What was saved before stays as it was.")
_SENT = N_("Everything that was synchronised is safe at the insurer.")

SENTENCES: dict[str, Sentence] = {
    "SC-STORE-001": Sentence(
        N_("The key on this computer does not belong to the data in this folder."),
        _UNTOUCHED,
        N_(
            "If the folder was copied from another computer, put it back. "
            "Otherwise call the help desk."
        ),
    ),
    "SC-STORE-002": Sentence(
        N_("The beginning of the file with your data is damaged; the key is the right one."),
        _LEFT,
        N_("Do not delete anything. Call the help desk, which can restore the data."),
    ),
    "SC-STORE-003": Sentence(
        N_("A part of the file with your data is damaged."),
        _LEFT,
        N_("Do not delete anything. Call the help desk, which can restore the data."),
    ),
    "SC-STORE-004": Sentence(
        N_("The file with your data is missing."),
        _SENT,
        N_(
            "If somebody moved or deleted it, put it back and start again. "
            "Otherwise call the help desk."
        ),
    ),
    "SC-STORE-005": Sentence(
        N_("Your data were already used by a newer version of SmartClient."),
        _UNTOUCHED,
        N_("Start the newer version, or let the application update itself."),
    ),
    "SC-STORE-006": Sentence(
        N_("The file with your data cannot be opened: it is damaged, or the key is not its own."),
        _LEFT,
        N_("Do not delete anything. Call the help desk, which can restore the data."),
    ),
    "SC-STORE-007": Sentence(
        N_("A stored attachment or PDF is damaged or missing."),
        N_("The document itself and all other documents are untouched."),
        N_("Synchronise, so that it is fetched from the server, or call the help desk."),
    ),
    "SC-STORE-010": Sentence(
        N_("There is no space left on the disk, so this was not saved."),
        N_("What was saved before stays as it was; what you see on the screen is still there."),
        N_("Free some space on the disk and try again."),
    ),
    "SC-STORE-011": Sentence(
        N_("The disk does not let SmartClient read or write its data."),
        _SAVED,
        N_(
            "Check that the disk is connected and that the folder is not read-only, then try again."
        ),
    ),
    "SC-STORE-012": Sentence(
        N_("Another program is holding the file with your data."),
        _SAVED,
        N_("Close other SmartClient windows and back-up programs, then try again."),
    ),
    "SC-STORE-020": Sentence(
        N_("The document is not on this computer any more."),
        _SENT,
        N_("Open the list of documents again."),
    ),
    "SC-STORE-021": Sentence(
        N_("The document can no longer be edited: it was locked, signed or cancelled meanwhile."),
        N_("What you typed is not lost; it is kept beside the document."),
        N_("Copy the values into a new document, or make a change request."),
    ),
    "SC-STORE-022": Sentence(
        N_("The PDF or attachment is not on this computer yet."),
        N_("It is safe at the insurer."),
        N_("Synchronise, then open it again."),
    ),
    "SC-STORE-023": Sentence(
        N_("Only a draft can be discarded."),
        N_("The document was left as it is."),
        N_("A complete document can be cancelled instead."),
    ),
    "SC-STORE-024": Sentence(
        N_("The client is not on this computer any more."),
        N_("Nothing was changed."),
        N_("Open the list of clients again."),
    ),
    "SC-STORE-025": Sentence(
        N_("No signing of this document is under way."),
        N_("The document was left as it is."),
        N_("Start the signing again."),
    ),
    "SC-STORE-026": Sentence(
        N_("This conflict is not in the list any more."),
        N_("Nothing was changed."),
        N_("Open the list of conflicts again."),
    ),
    "SC-STORE-027": Sentence(
        N_("This client became part of another client."),
        N_("Nothing was changed, and nothing of either client is lost."),
        N_("Open the other client, or take the merging back there."),
    ),
    "SC-STORE-030": Sentence(
        N_("The numbers reserved for new documents on this computer are used up."),
        N_("All your documents are safe."),
        N_("Synchronise once; SmartClient then gets new numbers by itself."),
    ),
    "SC-STORE-031": Sentence(
        N_("The server sent a block of document numbers that cannot be right."),
        N_("All your documents are safe; the numbers you have stay valid."),
        N_("Synchronise again; if it happens again, call the help desk."),
    ),
    "SC-STORE-040": Sentence(
        N_("This computer offers no safe place for the key to your data."),
        N_("Nothing was stored."),
        N_("Sign in to your own account of the computer, or call the help desk."),
    ),
    "SC-STORE-041": Sentence(
        N_("The computer's store of passwords is locked."),
        _UNTOUCHED,
        N_("Unlock it, usually by signing in to the computer, and start SmartClient again."),
    ),
    "SC-STORE-042": Sentence(
        N_("The computer's store of passwords did not answer properly."),
        _UNTOUCHED,
        N_("Restart the computer and try again. If it happens again, call the help desk."),
    ),
    "SC-STORE-043": Sentence(
        N_("The computer no longer has the secret that opens your data."),
        N_("Your data are still here, encrypted; nothing was changed."),
        N_("Sign in to the computer as usual. If that does not help, call the help desk."),
    ),
    "SC-STORE-044": Sentence(
        N_("The file with the key to your data is damaged."),
        N_("Your data are still here, encrypted; nothing was changed."),
        N_("Do not delete anything. Call the help desk, which can restore the key."),
    ),
    "SC-STORE-045": Sentence(
        N_("The secret in the computer's store of passwords does not open your data."),
        N_("Your data are still here, encrypted; nothing was changed."),
        N_(
            "Sign in to the computer under the account that you usually use, or call the help desk."
        ),
    ),
    "SC-STORE-046": Sentence(
        N_("The practice place for keys may not be used with real data."),
        N_("Nothing was stored."),
        N_("Start SmartClient without the practice setting."),
    ),
    "SC-STORE-047": Sentence(
        N_("The file with the key to your data is missing."),
        N_("Your data are still here, encrypted; nothing was changed."),
        N_("If somebody moved or deleted it, put it back. Otherwise call the help desk."),
    ),
    "SC-STORE-048": Sentence(
        N_("A key of this installation is damaged."),
        N_("Your documents and clients are untouched."),
        N_("Activate the application again, or call the help desk."),
    ),
}
