"""A day without a network: everything works, and the synchronisation says calmly that it waits."""

from smartclient.domain.document_life import ShownState
from smartclient.domain.language import _
from smartclient.ui.places import Place
from tour.hands import press, until
from tour.visit import Visit, states, workplace_of


def work_without_a_network(visit: Visit) -> None:
    """Start while nobody answers, look at a document, try to synchronise."""
    visit.desktop.show()
    with visit.step("without a network"):
        workplace = workplace_of(visit)
        until(lambda: not workplace.runner.is_running, "the first try")
        workplace.window.open_page(Place.SYNCHRONISATION)
        refusals: list[object] = []
        workplace.runner.failed.connect(refusals.append)
        press(workplace.window, _("Start synchronisation"))
        until(lambda: refusals, "the refusal")
        visit.camera.take(workplace.window, "synchronisation-offline", at_once=True)
        assert ShownState.ACCEPTED in states(visit)
