"""What the button of a remedy says."""

from collections.abc import Mapping
from types import MappingProxyType

from smartclient.domain.language import N_
from smartclient.services.synchronisation import Remedy

REMEDY_NAMES: Mapping[Remedy, str] = MappingProxyType(
    {
        Remedy.RETRY: N_("Try again"),
        Remedy.UPDATE: N_("Application updates"),
        Remedy.ACTIVATE: N_("Application activation"),
        Remedy.HELP: N_("Help and contacts"),
        Remedy.CONFLICTS: N_("Show conflicts"),
        Remedy.OPEN: N_("Open the document"),
    }
)
"""Source texts for `_`."""
