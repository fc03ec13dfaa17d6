"""The places of the program that its left side leads to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from smartclient.domain.language import N_


class Place(StrEnum):
    """A page of the main window. Conflicts are reached from the top bar only."""

    HOME = "home"
    CLIENTS = "clients"
    DOCUMENTS = "documents"
    SYNCHRONISATION = "synchronisation"
    SETTINGS = "settings"
    CONFLICTS = "conflicts"


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands for a place: its icon and its name as a source text for `_`."""

    icon: str
    name: str


SIGNS: Mapping[Place, Sign] = MappingProxyType(
    {
        Place.HOME: Sign("home", N_("Home")),
        Place.CLIENTS: Sign("clients", N_("Clients")),
        Place.DOCUMENTS: Sign("documents", N_("Documents")),
        Place.SYNCHRONISATION: Sign("synchronisation", N_("Synchronisation")),
        Place.SETTINGS: Sign("settings", N_("Settings")),
    }
)
