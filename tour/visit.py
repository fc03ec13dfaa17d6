"""What the phases of the tour see of a visit to the desk."""

from contextlib import AbstractContextManager
from typing import Protocol

from smartclient.app.desktop import Desktop
from smartclient.app.windows import Workplace
from smartclient.domain.document_life import ShownState
from smartclient.store.document_rows import DocumentFilter
from smartclient.wire.messages import JsonObject
from tour.hands import Camera, NotSeen


class Visit(Protocol):
    """A running desktop program with a camera."""

    camera: Camera
    desktop: Desktop
    answers: JsonObject

    def step(self, name: str) -> AbstractContextManager[None]:
        """One step of the report."""


def workplace_of(visit: Visit) -> Workplace:
    """The main window and its pages of work."""
    workplace = visit.desktop.workplace
    if workplace is None:
        raise NotSeen("the main window")
    return workplace


def states(visit: Visit) -> list[ShownState]:
    """The shown states of all documents."""
    with visit.desktop.storage.db.read() as tx:
        return [row.shown for row in tx.documents.page(DocumentFilter(), 0, 100)]


def only_state(visit: Visit) -> ShownState:
    """The shown state of the one document there is."""
    with visit.desktop.storage.db.read() as tx:
        (row,) = tx.documents.page(DocumentFilter(), 0, 2)
    return row.shown
