"""Work off the window's thread: order, refusals, answers that come late."""

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.ui.tasks import Tasks


def refuse(error: SmartClientError) -> None:
    raise AssertionError(error)


def test_that_work_for_the_database_runs_in_its_order_and_off_the_thread(
    tasks: Tasks, qtbot: QtBot
) -> None:
    order: list[int] = []
    threads: set[int] = set()

    def work(number: int) -> int:
        threads.add(threading.get_ident())
        return number

    for number in range(20):
        tasks.run(lambda number=number: work(number), order.append, refuse)  # type: ignore[misc]
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert order == list(range(20))
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_that_a_refusal_reaches_who_asked(tasks: Tasks, qtbot: QtBot) -> None:
    refused: list[SmartClientError] = []

    def work() -> None:
        raise Unreachable("SC-SYNC-020")

    tasks.run(work, lambda _none: None, refused.append)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert [error.code for error in refused] == ["SC-SYNC-020"]


def test_that_something_unexpected_is_told_without_what_was_typed(
    tasks: Tasks, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    refused: list[SmartClientError] = []

    typed = "Eva Černá"

    def work() -> None:
        raise ValueError(typed)

    tasks.run(work, lambda _none: None, refused.append)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert refused[0].code == "SC-PROG-002"
    assert typed not in str(refused[0])
    assert typed not in caplog.text


def test_that_a_cancelled_question_is_not_answered(tasks: Tasks, qtbot: QtBot) -> None:
    answers: list[object] = []
    gate = threading.Event()
    task = tasks.run(lambda: gate.wait(5), answers.append, refuse)
    tasks.run(lambda: "second", answers.append, refuse)
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert answers == ["second"]


def test_that_an_answer_to_a_window_that_is_gone_is_dropped(tasks: Tasks, qtbot: QtBot) -> None:
    answers: list[str] = []

    class Window(QObject):
        def take(self, answer: str) -> None:
            answers.append(answer)

    gate, window = threading.Event(), Window()

    def work() -> str:
        gate.wait(5)
        return "late"

    tasks.run(work, window.take, refuse)
    window.deleteLater()
    qtbot.wait(1)
    gate.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert answers == []


def test_that_progress_arrives_before_the_end(tasks: Tasks, qtbot: QtBot) -> None:
    heard: list[object] = []

    def work(report: Callable[[int], None], _cancelled: Callable[[], bool]) -> str:
        for number in range(3):
            report(number)
        return "end"

    tasks.run_with_progress(work, heard.append, heard.append, refuse)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert heard == [0, 1, 2, "end"]


def test_that_closing_finishes_what_the_database_was_given_and_delivers_nothing_more(
    qtbot: QtBot,
) -> None:
    tasks = Tasks()
    answers: list[int] = []
    done = threading.Event()
    first = threading.Event()
    tasks.run(lambda: first.wait(0.05), lambda _done: answers.append(0), refuse)
    tasks.run(lambda: done.set(), lambda _none: answers.append(1), refuse)
    tasks.close()
    qtbot.wait(1)
    assert done.is_set()
    assert answers == []
