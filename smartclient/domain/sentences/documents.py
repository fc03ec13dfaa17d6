"""Sentences of the area "documents"."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_VALUES_SAFE = N_("Everything you filled in is saved.")
_SIGNATURES_SAFE = N_("The signatures already made stay valid.")
_UNCHANGED = N_("Nothing was changed.")

SENTENCES: dict[str, Sentence] = {
    "SC-DOC-001": Sentence(
        N_("The template of the document is not complete: {file} is missing."),
        _VALUES_SAFE,
        N_("Synchronise, so that the template is fetched again."),
    ),
    "SC-DOC-002": Sentence(
        N_("The file {file} of the document's template is damaged."),
        _VALUES_SAFE,
        N_("Synchronise, so that the template is fetched again."),
    ),
    "SC-DOC-003": Sentence(
        N_("The template's list of files cannot be read: {problem}."),
        _VALUES_SAFE,
        N_("Synchronise, so that the template is fetched again."),
    ),
    "SC-DOC-004": Sentence(
        N_("The document could not be drawn by the template {template}: {problem}."),
        _VALUES_SAFE,
        N_("Give the help desk this code and the name of the template."),
    ),
    "SC-DOC-010": Sentence(
        N_("The record of the signatures is not one that this version knows."),
        _UNCHANGED,
        N_("Use the record that was saved beside the document."),
    ),
    "SC-DOC-090": Sentence(
        N_("The printer cannot be used."),
        N_("The document itself is safe."),
        N_("Check that it is switched on and connected, or save the document as PDF."),
    ),
    "SC-DOC-020": Sentence(
        N_("There is no empty signature field {field} in the document."),
        _SIGNATURES_SAFE,
        N_("Open the document again and choose a field that is not signed yet."),
    ),
    "SC-DOC-021": Sentence(
        N_("The document is already sealed and takes no further signature."),
        _SIGNATURES_SAFE,
        N_("Nothing more is needed; it is sent at the next synchronisation."),
    ),
    "SC-DOC-022": Sentence(
        N_("The PDF file is damaged and cannot be read."),
        _UNCHANGED,
        N_("Open the document again from the list; if it stays so, call the help desk."),
    ),
    "SC-DOC-023": Sentence(
        N_("The sealed biometrics did not fit into the place that was kept for them."),
        _SIGNATURES_SAFE,
        N_("Let the client sign once more; if it stays so, call the help desk."),
    ),
    "SC-DOC-024": Sentence(
        N_("The PDF is not a frozen document of SmartClient: {problem}."),
        _UNCHANGED,
        N_("Use a PDF that was made from a template of SmartClient."),
    ),
    "SC-DOC-030": Sentence(
        N_("The request for a seal certificate is not signed by a key on the curve P-256."),
        _UNCHANGED,
        N_("Activate SmartClient on this computer again."),
    ),
    "SC-DOC-041": Sentence(
        N_("The signed file is not what was signed: {problem}."),
        N_("The file was not accepted; the document itself is kept."),
        N_("Open the document from the list; if it stays so, call the help desk."),
    ),
    "SC-DOC-042": Sentence(
        N_("A signature in the file is not valid: {problem}."),
        N_("The file was not accepted; the document itself is kept."),
        N_("Open the document from the list; if it stays so, call the help desk."),
    ),
    "SC-DOC-050": Sentence(
        N_("The time stamp authority refused to stamp the document ({status})."),
        _SIGNATURES_SAFE,
        N_("The server tries again by itself; if it stays so, ask the authority."),
    ),
    "SC-DOC-051": Sentence(
        N_("The time stamp is not valid: {problem}."),
        N_("The file was not accepted; the document itself is kept."),
        N_("The operator of the server checks the address of the time stamp authority."),
    ),
    "SC-DOC-052": Sentence(
        N_("The time stamp did not fit into the place that was kept for it."),
        _SIGNATURES_SAFE,
        N_("The operator of the server chooses an authority with shorter time stamps."),
    ),
    "SC-DOC-053": Sentence(
        N_("Only a sealed document takes a time stamp, and only one."),
        _UNCHANGED,
        N_("Nothing more is needed if it is stamped; otherwise let it be sealed first."),
    ),
    "SC-DOC-054": Sentence(
        N_("The time stamp authority cannot be reached."),
        _SIGNATURES_SAFE,
        N_("The server tries again by itself."),
    ),
    "SC-DOC-031": Sentence(
        N_("There is no certificate in {file}."),
        _UNCHANGED,
        N_("Give a certificate in PEM."),
    ),
    "SC-DOC-032": Sentence(
        N_("{file} is not a practice key. Documents can be signed here with practice keys only."),
        _UNCHANGED,
        N_("Real documents are signed in SmartClient itself."),
    ),
    "SC-DOC-033": Sentence(
        N_("The field {field} asks for biometrics, but there is no trace for it."),
        _UNCHANGED,
        N_("Give its trace, or leave out the mark of biometrics."),
    ),
    "SC-DOC-034": Sentence(
        N_("It is not the turn of {step}; next is {next}."),
        _SIGNATURES_SAFE,
        N_("Take the steps in the order of the record."),
    ),
    "SC-DOC-035": Sentence(
        N_("The file {file} cannot be written: {problem}."),
        _UNCHANGED,
        N_("Check the folder and whether there is room, then run the command again."),
    ),
}
