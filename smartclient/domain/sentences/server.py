"""Sentences of the back office, as the adviser or the operator of the server reads them."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_SAFE_HERE = N_("Your documents are safe on this computer.")
_NOTHING_CHANGED = N_("Nothing was changed on the server.")
_CALL = N_("Call the help desk.")
_AGAIN_BY_ITSELF = N_("SmartClient tries again by itself.")
_UPDATE = N_("Update the application and synchronise again.")
_PARKED = N_("The record stays on this computer, the others were sent.")

_NOT_EXPORTED = N_("The document is backed up; it is not exported.")

SENTENCES: dict[str, Sentence] = {
    "SC-SERV-001": Sentence(
        N_("The message is larger than the {limit} bytes that the server takes."),
        _NOTHING_CHANGED,
        _AGAIN_BY_ITSELF,
    ),
    "SC-SERV-002": Sentence(
        N_("The server does not take messages of this kind, only {rule}."),
        _NOTHING_CHANGED,
        _UPDATE,
    ),
    "SC-SERV-003": Sentence(N_("The server knows no such address."), _NOTHING_CHANGED, _UPDATE),
    "SC-SERV-004": Sentence(
        N_("The server takes no such call at this address."), _NOTHING_CHANGED, _UPDATE
    ),
    "SC-SERV-005": Sentence(
        N_("The server wants this computer to prove itself again."), _SAFE_HERE, _AGAIN_BY_ITSELF
    ),
    "SC-SERV-006": Sentence(
        N_("The activation of this computer was revoked."),
        N_("Your documents stay on this computer and can be read."),
        N_("Call the help desk. What was not sent can be handed in under Help and contacts."),
    ),
    "SC-SERV-007": Sentence(
        N_("The server does not recognise the activation of this computer."), _SAFE_HERE, _CALL
    ),
    "SC-SERV-008": Sentence(
        N_("This version of the application is too old or too new for the server."),
        _SAFE_HERE,
        N_("Install the update of the application, then synchronise again."),
    ),
    "SC-SERV-009": Sentence(
        N_("The server was restored from a backup in the meantime."), _SAFE_HERE, _AGAIN_BY_ITSELF
    ),
    "SC-SERV-010": Sentence(
        N_("This computer has not synchronised for a very long time."),
        _SAFE_HERE,
        N_("SmartClient reads the list of your documents from the beginning by itself."),
    ),
    "SC-SERV-011": Sentence(
        N_("This computer has no right to the records it asked for."), _SAFE_HERE, _CALL
    ),
    "SC-SERV-012": Sentence(
        N_("There were too many tries in a short time."),
        _NOTHING_CHANGED,
        N_("Wait {seconds} seconds and try again."),
    ),
    "SC-SERV-013": Sentence(
        N_("The identification of the partner (HR) must be a number that begins with 9."),
        _NOTHING_CHANGED,
        N_("Check the number; your partner's headquarters can tell you which one is right."),
    ),
    "SC-SERV-014": Sentence(
        N_("No partner with this identification (HR) is known."),
        _NOTHING_CHANGED,
        N_("Check the number; your partner's headquarters can tell you which one is right."),
    ),
    "SC-SERV-015": Sentence(
        N_("The insurer has blocked this partner (HR)."),
        N_("Your documents stay on this computer; what was signed is still sent."),
        N_("Ask your partner's headquarters, or activate the application for another partner."),
    ),
    "SC-SERV-016": Sentence(
        N_("The request for certificates breaks a rule: {rule}."),
        N_("Nothing was activated."),
        N_("Activate again; if it happens again, call the help desk."),
    ),
    "SC-SERV-017": Sentence(
        N_("Something unexpected happened on the server."),
        _SAFE_HERE,
        N_(
            "SmartClient tries again by itself. If it lasts, call the help desk and read out "
            "{support}."
        ),
    ),
    "SC-SERV-018": Sentence(N_("The server is busy."), _SAFE_HERE, _AGAIN_BY_ITSELF),
    "SC-SERV-019": Sentence(
        N_("The message did not reach the server whole."), _SAFE_HERE, _AGAIN_BY_ITSELF
    ),
    "SC-SERV-020": Sentence(
        N_("Records of this kind are written by the server alone."), _PARKED, _UPDATE
    ),
    "SC-SERV-021": Sentence(
        N_("One edit reached the server with two different contents."),
        N_("The server keeps the first; both are safe, and the insurer was told."),
        _CALL,
    ),
    "SC-SERV-022": Sentence(N_("The record does not match its own fingerprint."), _PARKED, _CALL),
    "SC-SERV-023": Sentence(
        N_("The server has a record of another kind under the same identifier."), _PARKED, _CALL
    ),
    "SC-SERV-024": Sentence(
        N_("The signed package is not put together as it must be."), _PARKED, _CALL
    ),
    "SC-SERV-025": Sentence(
        N_("The attachment is not on the server."), _SAFE_HERE, N_("Synchronise again.")
    ),
    "SC-SERV-026": Sentence(
        N_("An attachment reached the server damaged."), _SAFE_HERE, _AGAIN_BY_ITSELF
    ),
    "SC-SERV-027": Sentence(
        N_("The next part of the attachment must begin at byte {offset}."),
        _SAFE_HERE,
        _AGAIN_BY_ITSELF,
    ),
    "SC-SERV-028": Sentence(
        N_("The proof of this computer's activation reached the server twice."),
        _SAFE_HERE,
        _AGAIN_BY_ITSELF,
    ),
    "SC-SERV-029": Sentence(
        N_("The attachment has only {size} bytes."), _SAFE_HERE, _AGAIN_BY_ITSELF
    ),
    "SC-SERV-030": Sentence(
        N_("The server does not know this version of the form yet."),
        _NOT_EXPORTED,
        N_("It is exported once the insurer has published the form."),
    ),
    "SC-SERV-031": Sentence(
        N_("The partner (HR) of the document is not known to the insurer or is blocked."),
        _NOT_EXPORTED,
        N_("Ask your partner's headquarters."),
    ),
    "SC-SERV-032": Sentence(
        N_("The same document is already backed up by another activation."),
        N_("Both versions are backed up; only the earlier one is exported."),
        _CALL,
    ),
    "SC-SERV-033": Sentence(
        N_("The server could not judge the document."),
        N_("The document is backed up; it is not exported yet."),
        N_("The insurer's staff were told; the server tries again by itself."),
    ),
    "SC-SERV-034": Sentence(
        N_("The signed file did not pass the insurer's checks."),
        N_("The signed document is stored safely at the insurer; it is not exported yet."),
        N_("The insurer's staff look at it; call the help desk if it is urgent."),
    ),
    "SC-SERV-035": Sentence(
        N_("The signed file of the document has not arrived yet."),
        _NOT_EXPORTED,
        N_("Synchronise the computer on which it was signed."),
    ),
    "SC-SERV-036": Sentence(
        N_("No contract of your partner has the number of this request."),
        _NOT_EXPORTED,
        N_("Begin a new request by the number of the policy."),
    ),
    "SC-SERV-037": Sentence(
        N_("The contract was changed after this request was begun."),
        _NOT_EXPORTED,
        N_("Begin a new request: it opens on the settings that are in force now."),
    ),
    "SC-SERV-038": Sentence(
        N_("The settings in this request are not those of the contract."),
        _NOT_EXPORTED,
        N_("Begin a new request: it opens on the settings that are in force now."),
    ),
    "SC-SERV-039": Sentence(
        N_("The document says that it is of another kind than its form."), _NOT_EXPORTED, _CALL
    ),
    "SC-SERV-040": Sentence(
        N_("There is no back office in the folder {folder}."),
        N_("Nothing was opened."),
        N_("Make one with the command init, or give its folder with --home."),
    ),
    "SC-SERV-041": Sentence(
        N_("The home was made for {home} mode, the program runs in {asked} mode."),
        N_("Nothing was opened."),
        N_("Set SMARTCLIENT_MODE as the home was made, or use another home."),
    ),
    "SC-SERV-042": Sentence(
        N_("The key or certificate {file} cannot be read."),
        N_("Nothing was opened."),
        N_("Restore the file from the insurer's copy."),
    ),
    "SC-SERV-043": Sentence(
        N_("{file} is a practice certificate; production mode refuses it."),
        N_("Nothing was opened."),
        N_("Use the certificates of the insurer, or practice mode."),
    ),
    "SC-SERV-044": Sentence(
        N_("The file {file} is missing."),
        N_("Nothing was made."),
        N_("Put it into the folder and run init again."),
    ),
    "SC-SERV-092": Sentence(
        N_("The settings in {file} cannot be used: {problem}."),
        N_("Nothing was opened."),
        N_("Correct the file and try again."),
    ),
    "SC-SERV-045": Sentence(
        N_("The database is not of this version."),
        N_("Nothing was changed in it."),
        N_("Run init with this version, or start the version it belongs to."),
    ),
    "SC-SERV-046": Sentence(
        N_("The port {port} cannot be listened on."),
        N_("Nothing was changed."),
        N_("Choose another port."),
    ),
    "SC-SERV-047": Sentence(
        N_("An export was begun and is not written yet."),
        N_("Nothing was changed in the database."),
        N_("Finish it with the version that began it, then run init again."),
    ),
    "SC-SERV-050": Sentence(
        N_("The mail server did not take the message."),
        N_("The message is kept."),
        N_("The worker tries again by itself."),
    ),
    "SC-SERV-051": Sentence(
        N_("The mail server refused the message for good."),
        N_("The message is kept and is not tried again."),
        N_("Check the address of the recipient."),
    ),
    "SC-SERV-052": Sentence(
        N_("The message could not be sent in many tries."),
        N_("The message is kept and is not tried again."),
        N_("Check the settings of the mail server."),
    ),
    "SC-SERV-053": Sentence(
        N_("The address of the database is none that SmartClient can use."),
        _NOTHING_CHANGED,
        N_("Write it as postgresql://USER@HOST/NAME."),
    ),
    "SC-SERV-054": Sentence(
        N_("The address of the database holds a password."),
        _NOTHING_CHANGED,
        N_("Leave it out and put the password into the file that PGPASSFILE names."),
    ),
    "SC-SERV-055": Sentence(
        N_("The place for attachments is neither a folder nor a bucket."),
        _NOTHING_CHANGED,
        N_("Name a folder, or a bucket as s3://BUCKET/PREFIX."),
    ),
    "SC-SERV-060": Sentence(
        N_("Something the server keeps cannot be opened."),
        N_("Nothing was overwritten."),
        N_("The operator of the server restores it from a backup."),
    ),
    "SC-SERV-061": Sentence(
        N_("The server cannot reach its store of attachments."), _SAFE_HERE, _AGAIN_BY_ITSELF
    ),
    "SC-SERV-062": Sentence(
        N_("The database does not answer, refuses us, or is in use."),
        N_("Nothing was changed in it."),
        N_(
            "Look whether it runs, at its address, at the free space, and at the file that "
            "PGPASSFILE names."
        ),
    ),
}
