"""The day, the counts, the search and the settings as services."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smartclient.domain.document_life import ShownState
from smartclient.services.home import Step, greeting
from smartclient.services.settings import Appearance
from tests.ui.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.fill()
    yield made
    made.close()


def test_that_the_day_begins_with_what_waits_for_the_client(desk: Desk) -> None:
    overview = desk.services().home.overview()
    steps = [todo.step for todo in overview.todos]
    assert steps[:2] == [Step.SIGN, Step.SIGN]
    assert set(steps) == set(Step) - {Step.SEE_REFUSED, Step.CHOOSE, Step.UNDERSTOOD}
    urgent = [todo for todo in overview.todos if todo.urgent]
    assert {todo.step for todo in urgent} == {Step.CORRECT_CONTACT, Step.SHOW}
    assert all(todo.target and todo.headline and todo.detail for todo in overview.todos)


def test_that_each_document_is_in_at_most_one_bar(desk: Desk) -> None:
    bars = desk.services().home.overview().bars
    states = [state for bar in bars for state in bar.states]
    assert len(states) == len(set(states))
    unshown = set(ShownState) - set(states)
    assert unshown == {ShownState.CANCELLED, ShownState.CONFLICT, ShownState.ARCHIVED}
    assert sum(bar.count for bar in bars) == 23, "all but the cancelled one"


def test_that_what_is_not_sent_is_named(desk: Desk) -> None:
    unsent = desk.services().home.unsent()
    assert unsent.count == 2
    assert sorted(unsent.names) == [
        "Offer 7200041851 · Ludmila Pospíšilová",
        "Offer 7200041855 · Lucie Bílá",
    ]


def test_that_the_greeting_follows_the_hour_in_prague() -> None:
    def at(hour: int) -> str:
        return greeting(datetime(2026, 11, 21, hour, 30, tzinfo=UTC))

    assert (at(6), at(9), at(17)) == ("Good morning", "Good day", "Good evening")


def test_that_the_search_ignores_marks_and_finds_last_digits(desk: Desk) -> None:
    search = desk.services().search
    assert [hit.name for hit in search.find("ruzic").clients] == ["Pavel Růžička"]
    assert [hit.name for hit in search.find("1869").documents] == ["Tomáš Horák"]
    assert search.find("   ").is_empty
    assert search.find("nobody").is_empty


def test_that_appearance_is_kept_and_nonsense_is_not_believed(desk: Desk) -> None:
    settings = desk.services().settings
    assert settings.appearance() == Appearance("light", 100, "cs")
    settings.keep_appearance(Appearance("dark", 130, "en"))
    assert settings.appearance() == Appearance("dark", 130, "en")
    with desk.db.write() as tx:
        tx.settings.set("appearance", {"scheme": "pink", "scale": 7, "language": "xx"})
    assert settings.appearance() == Appearance("light", 100, "cs")
