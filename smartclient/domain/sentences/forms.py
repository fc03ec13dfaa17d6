"""Sentences about forms: packages, expressions, answers, and the verdict on a document."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_NOT_USED = N_("A form with a fault is not used; the one before it stays.")
_CORRECT_PACKAGE = N_("The publisher of the form must correct it.")
_NOT_EVALUATED = N_("Nothing was evaluated.")
_CORRECT_EXPRESSION = N_("Write the expression differently.")
_KEPT = N_("What you filled in is saved.")
_CALL = N_("Call the help desk and name the form.")
_SERVER_KEPT = N_("The document is backed up; it is only not handed over to PČS.")

_PACKAGE = {
    "SC-FORM-001": Sentence(
        N_("The form package has {count} faults. The first: {file} {field} must be {rule}."),
        _NOT_USED,
        _CORRECT_PACKAGE,
    ),
    "SC-FORM-002": Sentence(
        N_("The form package has no file {file}."), _NOT_USED, _CORRECT_PACKAGE
    ),
    "SC-FORM-003": Sentence(
        N_("The file {file} of the form package cannot be read as {rule} ({problem})."),
        _NOT_USED,
        _CORRECT_PACKAGE,
    ),
    "SC-FORM-004": Sentence(
        N_("In the file {file}, {field} must be: {rule}."), _NOT_USED, _CORRECT_PACKAGE
    ),
    "SC-FORM-005": Sentence(
        N_("In the file {file}, {field} is not known."), _NOT_USED, _CORRECT_PACKAGE
    ),
    "SC-FORM-006": Sentence(
        N_("In the file {file}, {field} repeats {doubled}."), _NOT_USED, _CORRECT_PACKAGE
    ),
    "SC-FORM-007": Sentence(
        N_("In the file {file}, {field} names {unknown}, which is not {rule}."),
        _NOT_USED,
        _CORRECT_PACKAGE,
    ),
    "SC-FORM-008": Sentence(
        N_("In the file {file}, the expression of {field} is refused ({rule}). {problem}"),
        _NOT_USED,
        _CORRECT_PACKAGE,
    ),
    "SC-FORM-009": Sentence(
        N_("In the file {file}, rules depend on each other in a circle: {field}."),
        _NOT_USED,
        _CORRECT_PACKAGE,
    ),
    "SC-FORM-010": Sentence(
        N_("The file {file} has no text {field}."), _NOT_USED, _CORRECT_PACKAGE
    ),
    "SC-FORM-011": Sentence(
        N_("The field {field} stands in no section of {file}."), _NOT_USED, _CORRECT_PACKAGE
    ),
    "SC-FORM-012": Sentence(
        N_("The form belongs to the tariff {wanted}; the tariff {given} was given."),
        _NOT_EVALUATED,
        N_("Give the tariff that the form names."),
    ),
}

_EXPRESSION = {
    "SC-FORM-101": Sentence(
        N_("The expression is longer than {limit} characters."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-102": Sentence(
        N_("The expression has more than {limit} parts."), _NOT_EVALUATED, _CORRECT_EXPRESSION
    ),
    "SC-FORM-103": Sentence(
        N_("The expression is nested deeper than {limit} levels."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-104": Sentence(
        N_("The expression cannot be understood ({problem})."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-105": Sentence(
        N_("The language of expressions has no {construct}."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-106": Sentence(
        N_("The language of expressions has no function {name}."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-107": Sentence(
        N_("The function {name} takes {least} to {most} values."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-108": Sentence(
        N_("There is no answer named {name} here."), _NOT_EVALUATED, _CORRECT_EXPRESSION
    ),
    "SC-FORM-109": Sentence(
        N_("A constant in the expression is longer than {limit} characters."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-110": Sentence(
        N_("{name} is rows; only a function over rows can ask for it."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-111": Sentence(
        N_("The operation {operation} does not fit what it was given ({kinds})."),
        _KEPT,
        _CALL,
    ),
    "SC-FORM-112": Sentence(
        N_("The result of the operation {operation} is too large."), _KEPT, _CALL
    ),
    "SC-FORM-113": Sentence(
        N_("The result of the operation {operation} is too long a text."), _KEPT, _CALL
    ),
    "SC-FORM-114": Sentence(
        N_("A name must be small letters, digits and underscores; {name} is not."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-115": Sentence(
        N_("There is no pattern and no kind of identifier named {name}."), _KEPT, _CALL
    ),
    "SC-FORM-116": Sentence(N_("There is no code list named {name}."), _KEPT, _CALL),
    "SC-FORM-117": Sentence(N_("The code list {table} has no column {column}."), _KEPT, _CALL),
    "SC-FORM-118": Sentence(
        N_("The function {name} stands inside another function over rows."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
    "SC-FORM-119": Sentence(
        N_("{name} is one answer; a function over rows needs rows."),
        _NOT_EVALUATED,
        _CORRECT_EXPRESSION,
    ),
}

_ANSWERS = {
    "SC-FORM-201": Sentence(
        N_("The form has no place {field}."), _KEPT, N_("Check the name of the field.")
    ),
    "SC-FORM-202": Sentence(
        N_("No more can be added; {most} is the most."),
        _KEPT,
        N_("Remove one that is not needed, or make another document."),
    ),
    "SC-FORM-203": Sentence(
        N_("It cannot be removed; at least {least} must stay."),
        _KEPT,
        N_("Change it instead of removing it."),
    ),
    "SC-FORM-204": Sentence(
        N_("The answers do not fit the form: {field} must be {rule}."),
        N_("They were not changed."),
        _CALL,
    ),
    "SC-FORM-205": Sentence(
        N_("The answers from outside do not fit the form: {field} breaks the rule {rule}."),
        N_("They were not taken over."),
        _CALL,
    ),
    "SC-FORM-206": Sentence(
        N_("The premium {payable} is below the least that can be agreed, {minimum}."),
        _KEPT,
        N_("Raise an amount, add a cover, or pay less often."),
    ),
    "SC-FORM-207": Sentence(
        N_("This row is part of the contract and cannot be removed."),
        _KEPT,
        N_("Change it, or fill in when it is to end."),
    ),
}

# A verdict travels as its code alone, so its sentences have nothing to fill in.
_VERDICT = {
    "SC-FORM-301": Sentence(
        N_("The document was made with a version of the form that is not here."),
        _SERVER_KEPT,
        N_("The insurer must publish this version."),
    ),
    "SC-FORM-302": Sentence(
        N_("The document is not complete."),
        _SERVER_KEPT,
        N_("Open it, complete what is missing and synchronise again."),
    ),
    "SC-FORM-303": Sentence(
        N_("The premium in the document is not the one that the tariff gives."),
        _SERVER_KEPT,
        N_("Open the document, look at the premium again and complete it."),
    ),
    "SC-FORM-304": Sentence(
        N_("A signature is missing in the document."),
        _SERVER_KEPT,
        N_("Let everybody sign and synchronise again."),
    ),
    "SC-FORM-305": Sentence(
        N_("What was signed is not what stands in the document."),
        _SERVER_KEPT,
        N_("Call the help desk and name the number of the document."),
    ),
    "SC-FORM-306": Sentence(
        N_("The document was priced with a tariff that does not belong to its form."),
        _SERVER_KEPT,
        N_("Synchronise, open the document and complete it again."),
    ),
    "SC-FORM-307": Sentence(
        N_("The answers of the document cannot be read."),
        _SERVER_KEPT,
        N_("Call the help desk and name the number of the document."),
    ),
    "SC-FORM-308": Sentence(
        N_("The document holds other answers than its form asks."),
        _SERVER_KEPT,
        N_("Open the document and complete it again."),
    ),
    "SC-FORM-309": Sentence(
        N_("The changes in the document are not those that its answers make."),
        _SERVER_KEPT,
        N_("Open the document and complete it again."),
    ),
    "SC-FORM-310": Sentence(
        N_("The document changes nothing in the contract."),
        _SERVER_KEPT,
        N_("Open the document, fill in what is to change and complete it again."),
    ),
    "SC-FORM-311": Sentence(
        N_("People signed in another order than the form gives."),
        _SERVER_KEPT,
        N_("Call the help desk and name the number of the document."),
    ),
}

SENTENCES: dict[str, Sentence] = {**_PACKAGE, **_EXPRESSION, **_ANSWERS, **_VERDICT}
