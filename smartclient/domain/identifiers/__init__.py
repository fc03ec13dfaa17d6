"""Checks of the numbers and addresses that people type; all work without a network.

Each says ok, warning (may be saved) or error (may not), and what the number tells. The libraries
behind them are imported when the first value of a kind is checked.
"""

from smartclient.domain.identifiers.checking import IdentifierKind, check
from smartclient.domain.identifiers.result import Checked, Sex, Verdict

__all__ = ["Checked", "IdentifierKind", "Sex", "Verdict", "check"]
