"""Offers: start, open, keep what is typed, complete, copy, and show the frozen pages.

`offers` has the verbs; the other modules are its parts: published components read once, the body of
a document, the frozen PDF, and the premium in words.
"""

from smartclient.services.offers.body import Adviser
from smartclient.services.offers.library import Library
from smartclient.services.offers.offers import (
    Completed,
    Offers,
    OpenOffer,
    Shown,
    Snapshot,
)
from smartclient.services.offers.summary import (
    Chapter,
    CoverLine,
    Explanation,
    PremiumPerson,
    PremiumSummary,
    explain,
    summarise,
)

__all__ = [
    "Adviser",
    "Chapter",
    "Completed",
    "CoverLine",
    "Explanation",
    "Library",
    "Offers",
    "OpenOffer",
    "PremiumPerson",
    "PremiumSummary",
    "Shown",
    "Snapshot",
    "explain",
    "summarise",
]
