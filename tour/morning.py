"""The morning after: the lock has come back, and the insurer has accepted the offer."""

from smartclient.domain.document_life import ShownState
from smartclient.ui.places import Place
from tour.hands import until
from tour.visit import Visit, only_state, workplace_of


def look_in_the_morning(visit: Visit) -> None:
    """Start the program, which synchronises by itself, and look at the documents."""
    visit.desktop.show()
    with visit.step("lock comes back"):
        workplace = workplace_of(visit)
        until(lambda: only_state(visit) is ShownState.ACCEPTED, "the accepted offer")
        workplace.window.open_page(Place.DOCUMENTS)
        until(lambda: visit.desktop.tasks.is_idle, "the list")
        visit.camera.take(workplace.window, "documents-accepted")
        workplace.window.open_page(Place.HOME)
        until(lambda: visit.desktop.tasks.is_idle, "the day")
        visit.camera.take(workplace.window, "home")
