"""What a look for updates found: one of four answers, each with its sentence.

"There are none" is said only after a look that succeeded; a look that failed says so.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from smartclient.domain.errors import Refused, SmartClientError
from smartclient.domain.language import _, ngettext
from smartclient.domain.presentation import day
from smartclient.domain.sentences import sentence_for
from smartclient.domain.sentences.sentence import Sentence
from smartclient.wire.catalogue import AppRelease, CatalogueSet, Component


class Outcome(StrEnum):
    """The four answers."""

    NONE = "none"
    AVAILABLE = "available"
    NOT_CHECKED = "not_checked"
    REFUSED = "refused"


def outcome_of(refusal: SmartClientError) -> Outcome:
    """A repository that says something wrong is refused; anything else was only not checked."""
    return Outcome.REFUSED if isinstance(refusal, Refused) else Outcome.NOT_CHECKED


@dataclass(frozen=True, slots=True)
class ComponentsAnswer:
    """The answer about the components of the application."""

    outcome: Outcome
    newest: CatalogueSet | None = None
    """The set that the server offers, once it was verified."""
    changed: tuple[Component, ...] = ()
    """The components that this laptop did not have."""
    installed: bool = False
    """They are in use now."""
    refusal: SmartClientError | None = None

    @property
    def sentence(self) -> Sentence:
        """What to tell the adviser."""
        if self.refusal is not None:
            return sentence_for(self.refusal)
        if self.outcome is Outcome.NONE:
            return Sentence(_("All components of the application are up to date."))
        count = len(self.changed)
        if self.installed:
            return Sentence(
                ngettext(
                    "{count} component of the application was updated.",
                    "{count} components of the application were updated.",
                    count,
                ).format(count=count)
            )
        return Sentence(
            ngettext(
                "{count} component of the application can be updated.",
                "{count} components of the application can be updated.",
                count,
            ).format(count=count),
            do=_("Run the synchronisation."),
        )


@dataclass(frozen=True, slots=True)
class AppAnswer:
    """The answer about the application itself."""

    outcome: Outcome
    current: str
    """The version that is running."""
    newest: str = ""
    released: date | None = None
    refusal: SmartClientError | None = None

    @classmethod
    def compared(cls, current: str, release: AppRelease) -> "AppAnswer":
        """The answer after a look that succeeded."""
        newer = release.is_newer_than(current)
        outcome = Outcome.AVAILABLE if newer else Outcome.NONE
        return cls(outcome, current, release.version, release.date)

    @property
    def sentence(self) -> Sentence:
        """What to tell the adviser."""
        if self.refusal is not None:
            return sentence_for(self.refusal)
        if self.outcome is Outcome.NONE or self.released is None:
            return Sentence(_("There are no updates of the application."))
        return Sentence(
            _("Version {version} of the application from {date} is available.").format(
                version=self.newest, date=day(self.released)
            ),
            _("Version {version} goes on working; your clients and documents stay.").format(
                version=self.current
            ),
            _("Install it with the insurer's installer; the help desk tells you where it is."),
        )
