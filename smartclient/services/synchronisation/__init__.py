"""Synchronisation as the adviser sees it: run it, what waits, what it came to, what to do.

`running` has the verbs; the other modules put into words how this computer stands, what the last
synchronisations did, which components are in use, and what helps about each code.
"""

from smartclient.services.synchronisation.outcome import SyncOutcome
from smartclient.services.synchronisation.remedies import Remedy, remedy_for
from smartclient.services.synchronisation.running import (
    Step,
    StepProgress,
    Synchronisation,
    step_names,
)
from smartclient.services.synchronisation.staleness import Staleness, days_since, staleness_of

__all__ = [
    "Remedy",
    "Staleness",
    "Step",
    "StepProgress",
    "SyncOutcome",
    "Synchronisation",
    "days_since",
    "remedy_for",
    "staleness_of",
    "step_names",
]
