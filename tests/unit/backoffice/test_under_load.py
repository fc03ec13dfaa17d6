"""A real serving process under a little load: restarts of PostgreSQL are felt, never as a fault."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.loading.adviser import Failed, Session, evening
from benchmarks.loading.site import Site, site
from tests.simulators import postgres

ADVISERS = 4
EACH = 6


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed")
def test_that_restarts_under_load_cost_only_coded_refusals() -> None:
    begun = threading.Semaphore(0)
    refused: list[Failed] = []
    with site(ADVISERS) as against, ThreadPoolExecutor(ADVISERS) as advisers:
        working = [
            advisers.submit(_evenings, against, number, begun, refused)
            for number in range(ADVISERS)
        ]
        for _ in range(2):
            for _ in range(ADVISERS):
                begun.acquire()
            against.postgres.stop()
            against.postgres.start()
        for each in working:
            each.result()
        with Session(against, against.tls(), against.installs[0]) as session:
            session.synchronise(evening(1))
    assert {(each.status, each.code, each.retry_after) for each in refused} <= {
        (503, "SC-SERV-018", "2")
    }


def _evenings(
    against: Site, number: int, begun: threading.Semaphore, refused: list[Failed]
) -> None:
    """Synchronise until it was taken often enough; what is refused is tried again."""
    context = against.tls()
    taken = 0
    while taken < EACH:
        begun.release()
        try:
            with Session(against, context, against.installs[number]) as session:
                session.synchronise(evening(1))
            taken += 1
        except Failed as refusal:
            refused.append(refusal)
