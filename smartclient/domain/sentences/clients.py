"""Sentences of the area "clients"."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_FILE_LEFT = N_("The file was left as it is, and nothing was added to the client.")
_UNCHANGED = N_("Nothing was changed.")

SENTENCES: dict[str, Sentence] = {
    "SC-CLI-001": Sentence(
        N_("The client cannot be saved yet: {rule}"),
        N_("What you typed is kept."),
        N_("Correct the marked field and save again."),
    ),
    "SC-CLI-002": Sentence(
        N_("The text of the information for the client has changed in the meantime."),
        N_("The client and what you typed are saved."),
        N_("Read the new text with the client and confirm it again."),
    ),
    "SC-CLI-003": Sentence(
        N_("The file is larger than {limit} MB."),
        _FILE_LEFT,
        N_("Choose a smaller file, for example one scanned in a lower quality."),
    ),
    "SC-CLI-004": Sentence(
        N_("Files of the kind {ending} are neither put to a client nor opened."),
        _FILE_LEFT,
        N_("Use a PDF, a picture, or a document of Word, Excel or LibreOffice."),
    ),
    "SC-CLI-005": Sentence(
        N_("The file {name} cannot be read, or there is nothing in it."),
        _FILE_LEFT,
        N_("Open it in its own program, save it again, and choose it once more."),
    ),
    "SC-CLI-006": Sentence(
        N_("This file is not with the client any more."),
        _UNCHANGED,
        N_("Open the client again."),
    ),
    "SC-CLI-007": Sentence(
        N_("Nothing is offered at this field any more: somebody has chosen already."),
        _UNCHANGED,
        N_("Open the client again to see what is kept."),
    ),
    "SC-CLI-008": Sentence(
        N_("A client cannot become part of itself."),
        _UNCHANGED,
        N_("Choose another client."),
    ),
    "SC-CLI-009": Sentence(
        N_("This client is not part of another one."),
        _UNCHANGED,
        N_("Open the list of clients again."),
    ),
    "SC-CLI-010": Sentence(
        N_("The insurer has already been asked to erase this client."),
        _UNCHANGED,
        N_("Wait for the insurer's decision; the client then disappears by itself."),
    ),
    "SC-CLI-011": Sentence(
        N_("A request to erase a client needs a reason."),
        _UNCHANGED,
        N_("Write in a few words why the client is to be erased."),
    ),
    "SC-CLI-012": Sentence(
        N_("This client belongs to another office, so the two cannot become one."),
        _UNCHANGED,
        N_("Work with the client of your office, or call the help desk."),
    ),
    "SC-CLI-013": Sentence(
        N_("It is not known yet to which office one of the two clients belongs."),
        _UNCHANGED,
        N_("Synchronise, then merge them."),
    ),
}
