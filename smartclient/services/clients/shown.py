"""What the windows show of clients and give back; values only."""

from collections.abc import Mapping
from dataclasses import dataclass

from smartclient.domain.ids import ClientId, InstallId, Sha256
from smartclient.wire.messages import Json

Typed = Mapping[str, Json]
"""What stands in the fields of the form, by their names; what cannot be read is kept as typed."""


@dataclass(frozen=True, slots=True)
class InformationText:
    """The text of the information duty as it is published now; `digest` binds the event to it."""

    id: str
    version: int
    title: str
    body: str
    """Paragraphs parted by an empty line; "# " begins a heading, "- " an entry of a list."""
    language: str
    digest: Sha256

    @property
    def version_id(self) -> str:
        """What the event names: id, version and language."""
        return f"{self.id}-{self.version}-{self.language}"


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, and with which install."""

    name: str
    install: InstallId
    device: str
    clock_uncertain: bool = False
    """Nobody can vouch for the clock of this computer now."""


@dataclass(frozen=True, slots=True)
class ClientItem:
    """One line of the list, in words."""

    id: ClientId
    name: str
    national_id: str
    city: str
    phone: str
    email: str
    informed: bool
    changed: str


@dataclass(frozen=True, slots=True)
class ClientPage:
    """Some lines of the list, and how many it has altogether."""

    items: tuple[ClientItem, ...]
    total: int


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A client that was being typed and not saved."""

    id: str
    name: str
    """Empty while no name was typed."""
    changed: str
    typed: Typed
    client_id: ClientId | None = None
    """The client that was being changed; None for one that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of what is known of a client."""

    label: str
    value: str
    fields: tuple[str, ...] = ()
    """The fields of the form that it shows."""


@dataclass(frozen=True, slots=True)
class ClientPanel:
    """Everything the panel of a client shows of the client."""

    id: ClientId
    name: str
    summary: str
    details: tuple[Detail, ...]
    informed_on: str
    """When and in which version the information was given; empty while it was not."""
    typed: Typed
    """The same as the form of changes begins with."""
    reach: tuple[str, ...]
    """What is missing for a digital signature: phone, e-mail."""
    is_backed_up: bool = True
    """The server has the newest edit."""
    refused: str = ""
    """The code with which the server refused the newest edit; empty otherwise."""

    @property
    def is_informed(self) -> bool:
        """Whether an offer may start."""
        return bool(self.informed_on)
