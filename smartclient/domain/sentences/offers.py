"""Sentences about offers: starting, keeping, completing."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

SENTENCES: dict[str, Sentence] = {
    "SC-OFFER-001": Sentence(
        N_("The client was not yet informed about the processing of personal data."),
        N_("The client's details are kept as they are."),
        N_("Open the client, read out the information and confirm it; then start the offer."),
    ),
    "SC-OFFER-002": Sentence(
        N_("This document cannot be edited. {reason}"),
        N_("It stays as it is."),
        N_("You can copy it into a new document with a new number."),
    ),
    "SC-OFFER-003": Sentence(
        N_("The document was exported or signed while it was open, so it can no longer change."),
        N_("What you typed is kept under Show conflicts."),
        N_("Compare both versions there, or copy your values into a new document."),
    ),
    "SC-OFFER-009": Sentence(
        N_("The document was changed on another device while it was open here."),
        N_("What you typed is kept under Show conflicts."),
        N_("Compare both versions there, or copy your values into a new document."),
    ),
    "SC-OFFER-010": Sentence(
        N_("Another device changed the document just now, so this was not done."),
        N_("What you typed is saved."),
        N_("Open it again and check it."),
    ),
    "SC-OFFER-004": Sentence(
        N_("The document is not complete: {missing} answers are missing, {errors} are wrong."),
        N_("Everything you typed is saved as a draft."),
        N_("Follow the links beside the form to what is missing."),
    ),
    "SC-OFFER-008": Sentence(
        N_("At most {most} variants can be compared."),
        N_("All of them are kept."),
        N_("Let one of them go first."),
    ),
    "SC-OFFER-007": Sentence(
        N_("An offer cannot be filled from this document. {reason}"),
        N_("It stays as it is."),
        N_("Begin a new offer from the client instead."),
    ),
    "SC-OFFER-006": Sentence(
        N_("This version of the form is no longer in force."),
        N_("Everything you typed is saved as a draft."),
        N_("Open the draft and move it to the newer version; if none is there, synchronise."),
    ),
    "SC-OFFER-005": Sentence(
        N_("The document changed while it was being completed."),
        N_("Nothing was sent and everything you typed is saved."),
        N_("Open it again and check it."),
    ),
}
