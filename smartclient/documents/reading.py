"""What a person had before the eyes when signing: kept with the signing record, for a court.

It is the laptop's word, not a signature's: that the pages of the frozen file were shown on its
screen, and that somebody pressed "Go on to sign" below the summary. It says where, because a press
on the pad is the hand that signs next, and one in the window may be the adviser's.
"""

from dataclasses import dataclass
from datetime import datetime

from smartclient.domain.clock import to_text
from smartclient.wire.values import Json, JsonObject, instant, listed, mapping, text, whole

_MOST_PAGES = 500
IN_THE_WINDOW = "window"
"""Where a summary was confirmed that was not confirmed on a pad's own screen."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One page, and since when on the day it was last shown it had been seen whole."""

    page: int
    """From 1."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What was shown before one field was signed."""

    field: str
    pages: tuple[ShownPage, ...]
    """Pages nobody had seen are not among them."""
    read_at: datetime | None = None
    """When the summary was confirmed as read; None on a pad without a screen."""
    read_on: str = ""
    """The model of the pad on which that was pressed, or `window`; empty when nowhere."""

    def to_json(self) -> JsonObject:
        """The reading as JSON."""
        pages: list[Json] = [{"page": each.page, "at": to_text(each.at)} for each in self.pages]
        return {
            "field": self.field,
            "pages": pages,
            "read_at": "" if self.read_at is None else to_text(self.read_at),
            "read_on": self.read_on,
        }

    @classmethod
    def from_json(cls, source: Json) -> "Reading":
        """The reading of `to_json`; raises BadInput SC-SYNC-010 naming the field."""
        reading = mapping(source, "reading")
        is_read = bool(text(reading, "read_at", 40))
        return cls(
            text(reading, "field", 80),
            listed(reading, "pages", shown_page, _MOST_PAGES),
            instant(reading, "read_at") if is_read else None,
            text(reading, "read_on", 60),
        )


def shown_page(source: Json) -> ShownPage:
    """A page as it stands in JSON; raises BadInput SC-SYNC-010 naming the field."""
    shown = mapping(source, "page")
    return ShownPage(whole(shown, "page", 1, _MOST_PAGES), instant(shown, "at"))
