"""Whom to call: the lines and addresses of the insurer for advisers (SC-07, SC-32)."""

from dataclasses import dataclass

from smartclient.domain.language import _

ADVISER_LINE = "958 888 888"
HELP_DESK = "605 602 164"
INSTALLATION_EMAIL = "smartclient@pojistovnacs.cz"
OTHER_EMAIL = "podpora@pojistovnacs.cz"


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach somebody: for what, and how."""

    icon: str
    purpose: str
    value: str


def contacts() -> tuple[Contact, ...]:
    """All ways, the most asked for first."""
    return (
        Contact("phone", _("Line for advisers"), ADVISER_LINE),
        Contact("phone", _("Help Desk PČS"), HELP_DESK),
        Contact("envelope", _("Problems with the installation"), INSTALLATION_EMAIL),
        Contact("envelope", _("Other questions"), OTHER_EMAIL),
    )
