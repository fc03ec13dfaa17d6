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
    "SC-SERV-071": Sentence(
        N_("Records of this kind are not kept in that place."), _PARKED, _CALL
    ),
    "SC-SERV-072": Sentence(
        N_("The record does not say rightly how confidential it is."), _PARKED, _CALL
    ),
    "SC-SERV-073": Sentence(
        N_("The record does not say rightly what it belongs to."), _PARKED, _CALL
    ),
    "SC-SERV-076": Sentence(
        N_("Nothing of this operation waits among what was handed in."),
        _NOTHING_CHANGED,
        N_("List what waits and choose from it."),
    ),
}
