"""Domů: the day's to-dos and the book in counts."""

from smartclient.services.home.home import Bar, Glance, Home, Overview, Unsent, greeting
from smartclient.services.home.todos import STEP_NAMES, Step, Todo

__all__ = [
    "STEP_NAMES",
    "Bar",
    "Glance",
    "Home",
    "Overview",
    "Step",
    "Todo",
    "Unsent",
    "greeting",
]
