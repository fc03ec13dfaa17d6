"""What happened with a client, in words: the lines that the server wrote down."""

from dataclasses import dataclass
from datetime import datetime

from smartclient.domain import presentation
from smartclient.domain.consents import INFORMATION_DUTY
from smartclient.domain.language import _
from smartclient.wire.register_bodies import UNCERTAIN
from smartclient.wire.register_bodies import ContactLine as WrittenLine


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One line of the history of a client."""

    at: datetime
    when: str
    text: str


def line_of(written: WrittenLine, now: datetime) -> ContactLine:
    """The line as it is shown; what a newer server wrote is named by its code."""
    text = _text(written)
    if written.values.get("clock") == UNCERTAIN:
        text = _("{event} Unchecked clock.").format(event=text)
    return ContactLine(written.at, presentation.moment(written.at, now), text)


def _text(written: WrittenLine) -> str:
    option = written.values.get("option", "")
    if option == INFORMATION_DUTY:
        return _information(written.code)
    match written.code:
        case "consent.given":
            return _("The client gave the consent {option}.").format(option=option)
        case "consent.refused":
            return _("The client refused the consent {option}.").format(option=option)
        case "consent.withdrawn":
            return _("The client withdrew the consent {option}.").format(option=option)
        case "consent.informed":
            return _("The client was informed about {option}.").format(option=option)
        case _:
            return _("Recorded by the insurer: {code}").format(code=written.code)


def _information(code: str) -> str:
    if code in ("consent.given", "consent.informed"):
        return _("The client was given the information for clients.")
    return _("The client refused the information for clients.")
