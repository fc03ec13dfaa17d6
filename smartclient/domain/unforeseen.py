"""A fault of a command-line program as a refusal, so that no crash is taken for a verdict.

Python ends a crash with exit code 1, which our commands keep for a negative verdict.
"""

import traceback
from pathlib import Path

from smartclient.domain.errors import Damaged


def refusal_of(fault: Exception) -> Damaged:
    """SC-CMD-007 with kind and place of a fault; never its text, which may hold somebody's data."""
    frames = traceback.extract_tb(fault.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "-"
    return Damaged("SC-CMD-007", kind=type(fault).__name__, place=place)
