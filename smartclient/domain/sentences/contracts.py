"""Sentences about contracts in force and the requests to change them."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_NOTHING = N_("Nothing was begun and nothing was sent.")

SENTENCES: dict[str, Sentence] = {
    "SC-CONTRACT-001": Sentence(
        N_("This is not a number of a contract that can be changed here."),
        _NOTHING,
        N_("It has ten digits and begins with 7. Copy it from the policy."),
    ),
    "SC-CONTRACT-002": Sentence(
        N_("No contract of your partner has this number."),
        _NOTHING,
        N_("Compare the number with the policy. Contracts of other partners are not shown."),
    ),
    "SC-CONTRACT-003": Sentence(
        N_("The settings of the contract are known only on-line, and there is no connection."),
        _NOTHING,
        N_("Connect to the internet and try again. The client can also use the paper form."),
    ),
    "SC-CONTRACT-004": Sentence(
        N_("The form on this computer does not know the rates of this contract."),
        _NOTHING,
        N_("Synchronise, so that the newest form comes, and try again."),
    ),
    "SC-CONTRACT-005": Sentence(
        N_("The settings of this contract do not fit the form on this computer."),
        _NOTHING,
        N_("Synchronise and try again; if it happens again, call the help desk."),
    ),
}
