"""Sentences about the catalogue: forms, tariffs, templates, texts, and updates of the program."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_KEPT = N_("Your clients and documents are not affected; the application works with what it has.")
_TELL_HELP_DESK = N_("Call the help desk and read out this message.")
_NOTHING_PUBLISHED = N_("Nothing was published; laptops keep what they have.")
_NOTHING_SIGNED = N_("Nothing was signed and nothing was published.")

SENTENCES: dict[str, Sentence] = {
    "SC-CAT-001": Sentence(
        N_("It could not be checked whether there are updates: the server does not answer."),
        _KEPT,
        N_("Check the connection to the internet and try again."),
    ),
    "SC-CAT-002": Sentence(
        N_("It was not checked whether there are updates: another program is updating just now."),
        _KEPT,
        N_("Try again in a minute."),
    ),
    "SC-CAT-003": Sentence(
        N_("It could not be checked whether there are updates: the server answered {status}."),
        _KEPT,
        N_("Try again later; if it happens again, call the help desk."),
    ),
    "SC-CAT-004": Sentence(
        N_("You stopped the update."), _KEPT, N_("Run the synchronisation when it suits you.")
    ),
    "SC-CAT-005": Sentence(
        N_("It could not be checked whether there are updates: the disk cannot be written."),
        _KEPT,
        N_("Restart the computer and try again; if it happens again, call the help desk."),
    ),
    "SC-CAT-006": Sentence(
        N_("The folder {folder} trusts no root yet."),
        N_("Nothing was fetched."),
        N_("Run init with the first root first."),
    ),
    "SC-CAT-010": Sentence(
        N_("The update was refused: it is not signed by the insurer."),
        _KEPT,
        _TELL_HELP_DESK,
    ),
    "SC-CAT-011": Sentence(
        N_("The update was refused: it is older than what this computer already has."),
        _KEPT,
        _TELL_HELP_DESK,
    ),
    "SC-CAT-012": Sentence(
        N_("The update was refused: the server's list of updates is out of date."),
        _KEPT,
        N_("Try again tomorrow; if it happens again, call the help desk."),
    ),
    "SC-CAT-013": Sentence(
        N_(
            "The update was refused: this computer's clock seems to be wrong. The server's clock "
            "says {server_time}."
        ),
        _KEPT,
        N_("Set the date and time of this computer and try again."),
    ),
    "SC-CAT-014": Sentence(
        N_("The update was refused: the server sends more than was signed ({file})."),
        _KEPT,
        _TELL_HELP_DESK,
    ),
    "SC-CAT-015": Sentence(
        N_("The update was refused: the file {file} is not the one that was signed."),
        _KEPT,
        _TELL_HELP_DESK,
    ),
    "SC-CAT-016": Sentence(
        N_("The update was refused: {file} cannot be read."),
        _KEPT,
        _TELL_HELP_DESK,
    ),
    "SC-CAT-017": Sentence(
        N_("The update was refused: its parts do not belong together ({component})."),
        _KEPT,
        _TELL_HELP_DESK,
    ),
    "SC-CAT-018": Sentence(
        N_("The new forms and tariffs need version {version} of the application."),
        _KEPT,
        N_("Install the new version of the application first."),
    ),
    "SC-CAT-020": Sentence(
        N_("The application does not have the component {component} in version {version}."),
        N_("Your clients and documents are not affected."),
        N_("Run the synchronisation and try again."),
    ),
    "SC-CAT-021": Sentence(
        N_("A component of the application is damaged: {component}."),
        N_("Your clients and documents are not affected; nothing was overwritten."),
        N_("Run the synchronisation; the component is downloaded again."),
    ),
    "SC-CAT-023": Sentence(
        N_("The list of components of the application is damaged."),
        N_("Your clients and documents are not affected."),
        N_("Run the synchronisation; the components are downloaded again."),
    ),
    "SC-CAT-040": Sentence(
        N_("A file of a component has a name that cannot be packed: {file}."),
        _NOTHING_SIGNED,
        N_("Rename the file: plain letters, digits, dots and hyphens."),
    ),
    "SC-CAT-041": Sentence(
        N_("A component of the application could not be unpacked."),
        N_("Your clients and documents are not affected."),
        N_("Run the synchronisation; the component is downloaded again."),
    ),
    "SC-CAT-042": Sentence(
        N_("The published text breaks a rule: {file} must have: {rule}."),
        _NOTHING_SIGNED,
        N_("Correct the file and sign again."),
    ),
    "SC-CAT-050": Sentence(
        N_("There is already a key with the name {key}."),
        N_("It was left as it is; no key was made."),
        N_("Choose an empty folder for a new ceremony, or replace the one key with rotate."),
    ),
    "SC-CAT-051": Sentence(
        N_("The key {key} is not in the folder of keys."),
        _NOTHING_SIGNED,
        N_("Insert the medium with this key and try again."),
    ),
    "SC-CAT-052": Sentence(
        N_("The key {key} cannot be opened: the passphrase is wrong or the file is damaged."),
        _NOTHING_SIGNED,
        N_("Try again; if the passphrase is right, bring the key's second copy."),
    ),
    "SC-CAT-053": Sentence(
        N_("The keys in the folder are not those that may sign as {role}."),
        _NOTHING_SIGNED,
        N_("Use the keys of the last ceremony or rotation."),
    ),
    "SC-CAT-054": Sentence(
        N_("The folder {folder} holds no root of trust."),
        _NOTHING_SIGNED,
        N_("Run the key ceremony (init) first, or name the right folder."),
    ),
    "SC-CAT-055": Sentence(
        N_("The file {file} of the signed repository is damaged or differs from what was signed."),
        N_("It was left as it is."),
        N_("Restore the folder from its copy and try again."),
    ),
    "SC-CAT-056": Sentence(
        N_("Content changed under a version that was published already: {files}."),
        _NOTHING_SIGNED,
        N_("Give the changed component the next version."),
    ),
    "SC-CAT-057": Sentence(
        N_("Too few root keys are there to replace the key {key}."),
        N_("No key was changed."),
        N_("Bring two of the other root keys into the folder and try again."),
    ),
    "SC-CAT-058": Sentence(
        N_("Nothing was signed yet, so there is no delegation to change."),
        N_("No key was changed."),
        N_("Sign the catalogue first."),
    ),
    "SC-CAT-059": Sentence(
        N_("Content under a published version may be replaced only in practice."),
        _NOTHING_SIGNED,
        N_("Give the changed component the next version."),
    ),
    "SC-CAT-060": Sentence(
        N_("The list of components breaks a rule: {field} is {value}, it must be {rule}."),
        _NOTHING_SIGNED,
        N_("Correct set.json and sign again."),
    ),
    "SC-CAT-061": Sentence(
        N_("The folder {folder} does not hold the files of the component {component}."),
        _NOTHING_SIGNED,
        N_("Add its files, correct its id and version, or take it off the list in set.json."),
    ),
    "SC-CAT-062": Sentence(
        N_("The form {form} needs what is not in the set: {missing}."),
        _NOTHING_SIGNED,
        N_("Add what is missing to set.json."),
    ),
    "SC-CAT-063": Sentence(
        N_("The signing component needs the authority's certificate with an RSA key of 3072 bits."),
        _NOTHING_SIGNED,
        N_("Give the file with the certificate of the independent authority."),
    ),
    "SC-CAT-064": Sentence(
        N_("The file {file} could not be read or written: {problem}."),
        _NOTHING_PUBLISHED,
        N_("Check the medium and your rights to it, and try again."),
    ),
    "SC-CAT-065": Sentence(
        N_("The key {key} needs its passphrase, and nobody can type it here."),
        _NOTHING_SIGNED,
        N_("Run the command in a terminal; keys of the practice need --practice."),
    ),
    "SC-CAT-070": Sentence(
        N_("The on-line key {key} of the catalogue cannot be read."),
        _NOTHING_PUBLISHED,
        N_("Put the folder with the on-line keys from the publisher in its place."),
    ),
    "SC-CAT-071": Sentence(
        N_("The on-line key {key} is not the one that the publisher's root names."),
        _NOTHING_PUBLISHED,
        N_("Bring the newest on-line keys from the publisher."),
    ),
    "SC-CAT-072": Sentence(
        N_("The publisher's delivery is not complete: {file} is missing or damaged."),
        _NOTHING_PUBLISHED,
        N_("Copy the publisher's folder again."),
    ),
    "SC-CAT-073": Sentence(
        N_("The publisher's delivery is not signed as the role {role} requires."),
        _NOTHING_PUBLISHED,
        N_("Do not publish it. Ask the publisher where the folder comes from."),
    ),
    "SC-CAT-074": Sentence(
        N_("The publisher's delivery is older than what is served already ({role})."),
        _NOTHING_PUBLISHED,
        N_("Bring the publisher's newest folder."),
    ),
    "SC-CAT-075": Sentence(
        N_("The time of the publisher's signature is over ({role})."),
        _NOTHING_PUBLISHED,
        N_("Ask the publisher to sign again."),
    ),
    "SC-CAT-076": Sentence(
        N_("The signed set and the signed files do not fit together: {component}."),
        _NOTHING_PUBLISHED,
        N_("Ask the publisher to sign again."),
    ),
    "SC-CAT-077": Sentence(
        N_("The published file {file} is damaged on the server."),
        N_("Laptops refuse it and keep what they have."),
        N_("Publish the publisher's folder again."),
    ),
    "SC-CAT-078": Sentence(
        N_("Another process is publishing the catalogue just now."),
        _NOTHING_PUBLISHED,
        N_("Try again in a minute."),
    ),
    "SC-CAT-079": Sentence(
        N_("The server has no such file of the catalogue."),
        N_("Your clients and documents are not affected."),
        N_("Run the synchronisation; if it happens again, call the help desk."),
    ),
}
