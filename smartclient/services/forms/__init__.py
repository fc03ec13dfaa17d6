"""Forms: start, open, keep what is typed, complete, copy, and show the frozen pages.

`forms` has the verbs; the other modules are its parts: published components read once, the body of
a document, the frozen PDF, and the premium in words.
"""

from smartclient.services.forms.body import Adviser
from smartclient.services.forms.comparing import ComparedAnswer
from smartclient.services.forms.contracts import belongs_to
from smartclient.services.forms.forms import Forms
from smartclient.services.forms.kinds import FormKind
from smartclient.services.forms.library import Library
from smartclient.services.forms.migrating import Migration
from smartclient.services.forms.opened import (
    Completed,
    Newer,
    OpenForm,
    Prefilled,
    Shown,
    Snapshot,
)
from smartclient.services.forms.outlook import Curve, Outlook, has_outlook, outlook, why_no_outlook
from smartclient.services.forms.summary import (
    Chapter,
    CoverLine,
    Explanation,
    PremiumPerson,
    PremiumSummary,
    explain,
    premium_faults,
    summarise,
)
from smartclient.services.forms.variants import LETTERS, Compared, ComparedLine

__all__ = [
    "LETTERS",
    "Adviser",
    "Chapter",
    "Compared",
    "ComparedAnswer",
    "ComparedLine",
    "Completed",
    "CoverLine",
    "Curve",
    "Explanation",
    "FormKind",
    "Forms",
    "Library",
    "Migration",
    "Newer",
    "OpenForm",
    "Outlook",
    "Prefilled",
    "PremiumPerson",
    "PremiumSummary",
    "Shown",
    "Snapshot",
    "belongs_to",
    "explain",
    "has_outlook",
    "outlook",
    "premium_faults",
    "summarise",
    "why_no_outlook",
]
