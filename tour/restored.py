"""The server was put back to the day before: a synchronisation later everything is as it was.

Two visits: first the laptop offers again what the backup did not know and hears that what was
exported is locked; once the export goes on, the core's answers are there again, too.
"""

from smartclient.domain.document_life import ShownState
from smartclient.domain.language import _
from smartclient.ui.places import Place
from tour.hands import press, until
from tour.visit import Visit, states, workplace_of


def synchronise_with_the_restored_server(visit: Visit) -> None:
    """Nothing is lost and nothing is in conflict; what was exported stays locked."""
    before = states(visit)
    visit.desktop.show()
    with visit.step("synchronised with the restored server"):
        _synchronise(visit)
        visit.camera.take(workplace_of(visit).window, "synchronisation-restored")
        assert len(states(visit)) == len(before)
        assert states(visit).count(ShownState.DRAFT) == before.count(ShownState.DRAFT)
        assert states(visit).count(ShownState.EXPORTED) == before.count(ShownState.REJECTED)


def hear_the_answers_again(visit: Visit) -> None:
    """The rejection that came after the backup is known again."""
    visit.desktop.show()
    with visit.step("the core's answers are there again"):
        _synchronise(visit)
        until(lambda: ShownState.REJECTED in states(visit), "the rejection")
        assert ShownState.EXPORTED not in states(visit)


def _synchronise(visit: Visit) -> None:
    workplace = workplace_of(visit)
    until(lambda: not workplace.runner.is_running, "the synchronisation at the start")
    workplace.window.open_page(Place.SYNCHRONISATION)
    press(workplace.window, _("Start synchronisation"))
    until(lambda: not workplace.runner.is_running, "the synchronisation")
    until(lambda: visit.desktop.tasks.is_idle, "the list")
    with visit.desktop.storage.db.read() as tx:
        assert tx.conflicts.count() == 0
        assert tx.feed.waiting().total == 0
