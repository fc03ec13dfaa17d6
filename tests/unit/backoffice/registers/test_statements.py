"""What a push costs in statements: as many for two hundred lines as for one, whatever the kinds."""

from collections.abc import Callable

from sqlalchemy import event

from smartclient.domain.ids import IdSource
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.unit.backoffice.registers.conftest import BRNO, Town

OF_DOCUMENTS = 16
"""As before records had scopes, parents and classes; the first push notes used numbers as well."""
OF_EDITS = 14
"""Statuses are asked for by themselves: only documents that are there have one."""
EACH_SCOPE = 5
"""What one scope more reads and writes by itself."""


def _statements(server: InProcessServer, work: Callable[[], object]) -> int:
    counted: list[str] = []

    def count(*executed: object) -> None:
        counted.append(str(executed[2]))

    event.listen(server.engine, "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(server.engine, "before_cursor_execute", count)
    return len(counted)


def test_that_documents_cost_no_statement_for_rights(
    memory_server: InProcessServer, ids: IdSource
) -> None:
    adviser = Adviser(memory_server, ids)
    drafts = [adviser.offer(number=str(7_200_000_001 + place)) for place in range(200)]
    assert _statements(memory_server, lambda: adviser.push_ok(*drafts)) <= OF_DOCUMENTS
    for draft in drafts:
        adviser.edit(draft)
    assert _statements(memory_server, lambda: adviser.push_ok(*drafts)) <= OF_EDITS


def test_that_lines_of_the_register_cost_by_the_push_and_not_by_the_line(memory_town: Town) -> None:
    server, jana = memory_town.server, memory_town.jana
    clients = [jana.client(BRNO) for _ in range(100)]
    offers = [jana.adviser.offer().line() for _ in range(100)]
    consents = [jana.consent(client) for client in clients]
    merges = [jana.merge(client, clients[99]) for client in clients[:99]]
    hides = [jana.hide(client) for client in clients]
    push = jana.adviser.push
    both = _statements(server, lambda: push(*clients, *offers))
    assert both <= OF_DOCUMENTS + EACH_SCOPE
    for lines in (consents, merges, hides):
        assert _statements(server, lambda: push(*lines)) <= OF_DOCUMENTS  # noqa: B023
