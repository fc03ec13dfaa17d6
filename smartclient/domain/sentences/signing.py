"""Sentences about pads, signatures and their sealed biometrics."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_SIGNATURES_SAFE = N_("The signatures given before are safe.")
_NOT_VALID = N_("The signature is not valid. Please sign again.")
_NOTHING_WRITTEN = N_("Nothing of this signature was written.")

SENTENCES: dict[str, Sentence] = {
    "SC-SIGN-001": Sentence(
        N_("The SignPad could not be started. Check that the SignPad is connected."),
        _SIGNATURES_SAFE,
        N_("Try another USB port and press Try again. If it does not help, call the help desk."),
    ),
    "SC-SIGN-002": Sentence(
        N_("The SignPad is used by another program."),
        _SIGNATURES_SAFE,
        N_("Close the other program and press Try again."),
    ),
    "SC-SIGN-003": Sentence(
        N_("This computer does not let SmartClient use the SignPad."),
        _SIGNATURES_SAFE,
        N_("The help desk can allow it; call them."),
    ),
    "SC-SIGN-004": Sentence(
        N_("The connection to the SignPad was lost while somebody signed."),
        N_("The signatures given before are safe; this one has to be given again."),
        N_("Connect the SignPad and press Try again."),
    ),
    "SC-SIGN-005": Sentence(
        N_("The SignPad did not understand SmartClient (report {report}, result {result})."),
        _SIGNATURES_SAFE,
        N_("Unplug the SignPad, plug it in again and press Try again."),
    ),
    "SC-SIGN-006": Sentence(
        N_("What came from the SignPad does not belong to this signature."),
        N_("It was not used; the signatures given before are safe."),
        N_("Unplug the SignPad, plug it in again and press Try again."),
    ),
    "SC-SIGN-007": Sentence(
        N_("The SignPad does not get ready (state {state})."),
        _SIGNATURES_SAFE,
        N_("Unplug the SignPad, plug it in again and press Try again."),
    ),
    "SC-SIGN-008": Sentence(
        N_("The SignPad was not opened."), _SIGNATURES_SAFE, N_("Press Try again.")
    ),
    "SC-SIGN-010": Sentence(
        _NOT_VALID,
        _SIGNATURES_SAFE,
        N_("It must be wider than 1 cm; try to sign larger."),
    ),
    "SC-SIGN-011": Sentence(
        _NOT_VALID,
        _SIGNATURES_SAFE,
        N_("It has too few strokes; sign as you do on paper."),
    ),
    "SC-SIGN-012": Sentence(
        _NOT_VALID,
        _SIGNATURES_SAFE,
        N_("It is too simple; sign with your whole name, as you do on paper."),
    ),
    "SC-SIGN-013": Sentence(
        _NOT_VALID,
        _SIGNATURES_SAFE,
        N_("It was too quick; sign a little more slowly."),
    ),
    "SC-SIGN-061": Sentence(
        N_("A SignPad {model} is connected; this model may not be used for signing."),
        _SIGNATURES_SAFE,
        N_("Connect a SignPad of a model that the insurer allows, or call the help desk."),
    ),
    "SC-SIGN-062": Sentence(
        N_("The SignPad {model} is switched to its serial port and cannot be used like this."),
        _SIGNATURES_SAFE,
        N_("Let the help desk switch it to USB; call them."),
    ),
    "SC-SIGN-063": Sentence(
        N_("You work on this computer from another one; the SignPad there is not seen here."),
        _SIGNATURES_SAFE,
        N_("Sign on the computer that the SignPad is connected to."),
    ),
    "SC-SIGN-064": Sentence(
        N_("A SignPad {model} is connected; SmartClient cannot use this model."),
        _SIGNATURES_SAFE,
        N_("Connect another SignPad, or call the help desk."),
    ),
    "SC-SIGN-065": Sentence(
        N_("No SignPad can be used: its driver could not be started ({driver})."),
        _SIGNATURES_SAFE,
        N_("Check that the SignPad is connected. If it is, call the help desk."),
    ),
    "SC-SIGN-066": Sentence(
        N_("The connected SignPad {model} cannot encrypt what it sends over its cable."),
        N_("Nothing was sent over it; the signatures given before are safe."),
        N_("Connect another SignPad. The insurer can allow this one; call the help desk."),
    ),
    "SC-SIGN-020": Sentence(
        N_("The pen trace {file} has a fault in line {line}. {rule}"),
        N_("Nothing was changed."),
        N_("Correct it and run the command again."),
    ),
    "SC-SIGN-021": Sentence(
        N_("The signature takes too long to be recorded."),
        _SIGNATURES_SAFE,
        N_("Press Again and sign without a long pause."),
    ),
    "SC-SIGN-022": Sentence(
        N_("What the SignPad sent cannot be recorded as a signature."),
        _SIGNATURES_SAFE,
        N_("Press Again and sign once more. If it happens again, try another SignPad."),
    ),
    "SC-SIGN-023": Sentence(
        N_("The signature record inside is damaged."),
        _NOTHING_WRITTEN,
        N_("Ask for the original file and open that."),
    ),
    "SC-SIGN-024": Sentence(
        N_("The certificate of the independent authority cannot be used for sealing."),
        _SIGNATURES_SAFE,
        N_("Synchronise; if it does not help, call the help desk."),
    ),
    "SC-SIGN-025": Sentence(
        N_("The sealed biometrics of a signature are damaged."),
        _NOTHING_WRITTEN,
        N_("Ask for the original file and open that."),
    ),
    "SC-SIGN-030": Sentence(
        N_("This document cannot be signed now. {reason}"),
        _SIGNATURES_SAFE,
        N_("Look at its state under Documents."),
    ),
    "SC-SIGN-031": Sentence(
        N_("The server still holds the version from before the last change and would export it."),
        N_("Everything you typed is saved; nothing was signed yet."),
        N_("Synchronise first, then sign; or copy the document under a new number and sign that."),
    ),
    "SC-SIGN-032": Sentence(
        N_("It is another person's turn to sign."),
        _SIGNATURES_SAFE,
        N_("Sign in the order of the list at the left."),
    ),
    "SC-SIGN-033": Sentence(
        N_("A signature is still missing."),
        _SIGNATURES_SAFE,
        N_("Let the person marked in the list sign."),
    ),
    "SC-SIGN-034": Sentence(
        N_("The signed document did not pass its own check ({check}), so it was not saved."),
        N_("The signatures are kept and nothing was sent."),
        N_("Press Save and send again. If it happens again, call the help desk."),
    ),
    "SC-SIGN-051": Sentence(
        N_("No certificate of the independent authority is valid today."),
        _NOTHING_WRITTEN,
        N_("Synchronise and check the date of this computer; if it stays so, call the help desk."),
    ),
    "SC-SIGN-052": Sentence(
        N_("The signing component holds only practice certificates of the independent authority."),
        _NOTHING_WRITTEN,
        N_("Call the help desk; the publisher has to put in the certificate of the authority."),
    ),
    "SC-SIGN-053": Sentence(
        N_("The signing component holds no certificate of the independent authority."),
        _NOTHING_WRITTEN,
        N_("Synchronise, so that the component is fetched again."),
    ),
    "SC-SIGN-054": Sentence(
        N_("The signing record belongs to another file."),
        _NOTHING_WRITTEN,
        N_("Ask for the record of this file, or open the file without one."),
    ),
    "SC-SIGN-040": Sentence(
        N_("The file is not a PDF with signatures."),
        N_("Nothing was written."),
        N_("Check that it is the signed document."),
    ),
    "SC-SIGN-041": Sentence(
        N_("This key does not open the biometrics in the field {field}."),
        _NOTHING_WRITTEN,
        N_("Use the private key of the authority whose fingerprint stands on the signed pages."),
    ),
    "SC-SIGN-042": Sentence(
        N_("The biometrics in the field {field} were changed after they were sealed."),
        _NOTHING_WRITTEN,
        N_("The file is no evidence; ask for the original one."),
    ),
    "SC-SIGN-043": Sentence(
        N_("The biometrics in the field {field} belong to another signature."),
        _NOTHING_WRITTEN,
        N_("The file is no evidence; somebody moved a sealed envelope into it."),
    ),
    "SC-SIGN-044": Sentence(
        N_("The signature in the field {field} does not hold: {problem}."),
        _NOTHING_WRITTEN,
        N_("The file is no evidence; ask for the original one."),
    ),
    "SC-SIGN-045": Sentence(
        N_("The private key in {file} cannot be used."),
        N_("Nothing was written."),
        N_("It must be an RSA key in PEM; if it has a password, give it when asked."),
    ),
    "SC-SIGN-049": Sentence(
        N_("The biometrics in the field {field} are not sealed for exactly one recipient."),
        _NOTHING_WRITTEN,
        N_("Somebody else could have opened them; tell the insurer before you go on."),
    ),
    "SC-SIGN-047": Sentence(
        N_("The address of the key in the token does not say {name}."),
        N_("Nothing was opened."),
        N_("Write it like pkcs11:token=NAME;object=LABEL?module-path=LIBRARY."),
    ),
    "SC-SIGN-048": Sentence(
        N_("The token {token} cannot be used ({problem})."),
        N_("Nothing was opened."),
        N_("Check that it is plugged in and that the library and the PIN are right."),
    ),
    "SC-SIGN-046": Sentence(
        N_("The folder {file} already holds an opening."),
        N_("Nothing was overwritten."),
        N_("Name a new folder."),
    ),
    "SC-SIGN-070": Sentence(
        N_("The signing part PČS SignoSoft is not installed on this computer."),
        N_("The document is kept and waits; signatures that were given stay valid."),
        N_("Install PČS SignoSoft and start SmartClient again, or print the document and sign it."),
    ),
}
