"""Sentences of scopes and rights, of what hangs on clients, and of erasing."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_PARKED = N_("The record stays on this computer, the others were sent.")
_NOTHING_CHANGED = N_("Nothing was changed on the server.")
_CALL = N_("Call the help desk.")

SENTENCES: dict[str, Sentence] = {
    "SC-SERV-070": Sentence(
        N_("The record is meant for a place that this computer has no right to."), _PARKED, _CALL
    ),
    "SC-SERV-071": Sentence(N_("Records of this kind are not kept in that place."), _PARKED, _CALL),
    "SC-SERV-072": Sentence(
        N_("The record does not say rightly how confidential it is."), _PARKED, _CALL
    ),
    "SC-SERV-073": Sentence(
        N_("The record does not say rightly what it belongs to."), _PARKED, _CALL
    ),
    "SC-SERV-074": Sentence(
        N_("This is no office: its id is of small letters, digits and hyphens, its name of text."),
        _NOTHING_CHANGED,
        N_("Correct the id or the name; a name has at most {limit} characters."),
    ),
    "SC-SERV-075": Sentence(
        N_("There is no such office."), _NOTHING_CHANGED, N_("List the offices, or make this one.")
    ),
    "SC-SERV-076": Sentence(
        N_("Nothing of this operation waits among what was handed in."),
        _NOTHING_CHANGED,
        N_("List what waits and choose from it."),
    ),
    "SC-SERV-077": Sentence(
        N_("No person has this identifier."),
        _NOTHING_CHANGED,
        N_("Find the person by an install and copy the identifier."),
    ),
    "SC-SERV-078": Sentence(
        N_("No install has this identifier, or its activation was revoked."),
        _NOTHING_CHANGED,
        N_("Find the install and copy its identifier."),
    ),
    "SC-SERV-079": Sentence(
        N_("A right knows no such class of records."),
        _NOTHING_CHANGED,
        N_("Join the names of the classes by a plus sign: {classes}."),
    ),
    "SC-SERV-080": Sentence(
        N_("The server has nothing of such a client."),
        _NOTHING_CHANGED,
        N_("Check the identifier of the client."),
    ),
    "SC-SERV-081": Sentence(
        N_("The client was merged into another one."),
        _NOTHING_CHANGED,
        N_("Erase {survivor}, or have the merge taken back first."),
    ),
    "SC-SERV-082": Sentence(
        N_("A document of the client is being exported right now."),
        _NOTHING_CHANGED,
        N_("Erase the client again after the export."),
    ),
    "SC-SERV-083": Sentence(
        N_("Line {line} of the list {file} is damaged."),
        N_("Nothing was opened and nothing was overwritten."),
        N_("Put the file back from the insurer's copy, then go on with the restore."),
    ),
    "SC-SERV-084": Sentence(
        N_("The text {text} was published with another content."),
        N_("Nothing was published."),
        N_("Give the changed text a new version."),
    ),
    "SC-SERV-093": Sentence(
        N_("Text {number} of the list: {field} is {value}; it must be {rule}."),
        N_("Nothing was published."),
        N_("Correct it and run the command again."),
    ),
    "SC-SERV-085": Sentence(
        N_("This scope is not a lost one: an install, an office or another person has it."),
        _NOTHING_CHANGED,
        N_("Find the install it belongs to, and join the two if they are of one person."),
    ),
    "SC-SERV-086": Sentence(
        N_("Something of the client was handed in at this very moment."),
        _NOTHING_CHANGED,
        N_("Erase the client again."),
    ),
    "SC-SERV-087": Sentence(
        N_("{by} has decided about it before."),
        _NOTHING_CHANGED,
        N_("A decision is made once; `handed-in show` tells it."),
    ),
    "SC-SERV-088": Sentence(
        N_("The edit cannot be written: its place answers {answer}."),
        _NOTHING_CHANGED,
        N_(
            "Look at it with `handed-in show`; refuse it, or have somebody of the office "
            "type it in."
        ),
    ),
    "SC-SERV-089": Sentence(
        N_("The record was changed since the edit was made."),
        _NOTHING_CHANGED,
        N_(
            "`handed-in show` tells the differences. Name the fields to take with --field, or "
            "write it over what stands with --over; a document is only written as a whole."
        ),
    ),
    "SC-SERV-090": Sentence(
        N_("The two clients are not kept in one office, so they cannot be merged."),
        N_("Both clients stay as they are; everything else was sent."),
        N_("Discard the merging. Work with the client of your office, or call the help desk."),
    ),
    "SC-SERV-091": Sentence(
        N_("There are no consents in such a scope."),
        _NOTHING_CHANGED,
        N_("Leave --scope out to check all of them."),
    ),
}
