"""Nothing typed is lost, whatever order the saves, the closings and the refusals come in."""

from collections.abc import Callable, Iterator
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import NoSpace, NotAllowed
from smartclient.domain.ids import DocumentId
from smartclient.ui.dialogs import Question
from smartclient.ui.form_page.page import FormPage
from smartclient.ui.forms.controls import LineControl
from smartclient.ui.forms.view import FormView
from smartclient.ui.tasks import Tasks
from smartclient.ui.widgets.button import Button
from tests.simulators.laptop import Laptop, lock
from tests.ui.keyboard import write
from tests.unit.services.test_keeping_typed import kept_work, work_of

WORK = "insured.0.occupation"


class Line:
    """The line of the database, which can be held up."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._free = Event()

    def hold(self) -> None:
        """Whatever comes after this waits."""
        self._free.clear()
        self._tasks.run(lambda: self._free.wait(30), lambda _done: None, lambda _error: None)

    def go_on(self) -> None:
        self._free.set()


class Disk:
    """The disk, which can be full."""

    def __init__(self, laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
        self._laptop, self._patch = laptop, monkeypatch
        self.refused = Event()

    def fill(self) -> None:
        def full(*_args: object) -> None:
            self.refused.set()
            raise NoSpace("SC-STORE-010")

        self._patch.setattr(self._laptop.forms, "keep", full)

    def free(self) -> None:
        self._patch.undo()


class Asked:
    """Answers the questions of the page."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self.answer = False

    def __call__(self, _parent: object, question: Question) -> bool:
        self.questions.append(question)
        return self.answer


@pytest.fixture
def document_id(laptop: Laptop) -> DocumentId:
    return laptop.filled_offer()


@pytest.fixture
def line(tasks: Tasks) -> Iterator[Line]:
    made = Line(tasks)
    yield made
    made.go_on()


@pytest.fixture
def disk(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(laptop, monkeypatch)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def settle(qtbot: QtBot, tasks: Tasks) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: tasks.is_idle)


@pytest.fixture
def page(
    qtbot: QtBot, laptop: Laptop, tasks: Tasks, document_id: DocumentId, asked: Asked, disk: Disk
) -> Iterator[FormPage]:
    made = FormPage(laptop.forms, tasks, laptop.clock, asked)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.open(document_id)
    qtbot.waitUntil(lambda: made.form is not None)
    yield made
    disk.free()
    made.close_form()


def type_work(page: FormPage, text: str) -> None:
    assert page.form is not None
    page.form.go_to(WORK)
    control = page.form.section.cells[WORK].control
    assert isinstance(control, LineControl)
    control.line.selectAll()
    write(control.line, text)


def lost_work(laptop: Laptop) -> list[object]:
    with laptop.db.read() as tx:
        return [work_of(each.body) for each in tx.conflicts.open()]


def press(page: FormPage, words: str) -> None:
    (button,) = [each for each in page.findChildren(Button) if each.text() == words]
    button.click()


def test_that_a_save_that_waited_never_writes_over_a_later_one(
    page: FormPage, laptop: Laptop, document_id: DocumentId, tasks: Tasks, line: Line
) -> None:
    """The program ends while a save waits: the last one is made at once, then the line ends."""
    line.hold()
    type_work(page, "učitel")
    page.hide()  # leaving the page keeps what is typed
    page.show()
    type_work(page, "učitel na gymnáziu")
    page.close_form()
    line.go_on()
    tasks.close()
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"


def test_that_the_save_before_a_comparison_never_writes_over_a_later_one(
    page: FormPage, laptop: Laptop, document_id: DocumentId, tasks: Tasks, line: Line
) -> None:
    line.hold()
    type_work(page, "učitel")
    waits = page._take_save()  # as the comparison of variants takes it
    tasks.run(waits, lambda _none: None, lambda _error: None)
    type_work(page, "učitel na gymnáziu")
    page.close_form()
    line.go_on()
    tasks.close()
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"


def test_that_completing_while_the_program_ends_completes_what_was_typed_last(
    page: FormPage, laptop: Laptop, document_id: DocumentId, tasks: Tasks, line: Line
) -> None:
    line.hold()
    type_work(page, "učitel")
    page.hide()
    page.show()
    type_work(page, "učitel na gymnáziu")
    page.complete()
    page.close_form()
    line.go_on()
    tasks.close()
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"
    with laptop.db.read() as tx:
        assert tx.documents.get(document_id).row.stage is Stage.WAITING


def test_that_what_was_typed_while_a_save_was_refused_goes_to_the_conflicts_as_well(
    page: FormPage,
    qtbot: QtBot,
    laptop: Laptop,
    document_id: DocumentId,
    line: Line,
    settle: Callable[[], None],
) -> None:
    lock(laptop, document_id)
    line.hold()
    type_work(page, "učitel")
    page._save_now()
    type_work(page, "učitel na gymnáziu")  # before the refusal arrives
    line.go_on()
    qtbot.waitUntil(page.banner.isVisible)
    settle()
    assert page.opened is None
    assert "kept under Show conflicts" in page.banner.words
    assert lost_work(laptop) == ["učitel na gymnáziu"]


def test_that_a_form_is_let_go_whatever_becomes_of_the_save_behind_a_refusal(
    page: FormPage,
    qtbot: QtBot,
    laptop: Laptop,
    document_id: DocumentId,
    line: Line,
    settle: Callable[[], None],
) -> None:
    """What is typed by then is just what the document says: that save is not refused."""
    before = kept_work(laptop, document_id)
    lock(laptop, document_id)
    line.hold()
    type_work(page, "učitel")
    page._save_now()
    type_work(page, str(before))
    line.go_on()
    qtbot.waitUntil(page.banner.isVisible)
    settle()
    assert page.opened is None
    assert "kept under Show conflicts" in page.banner.words
    assert lost_work(laptop) == ["učitel"]


def test_that_a_form_locked_meanwhile_closes_and_its_values_are_among_the_conflicts(
    page: FormPage, laptop: Laptop, document_id: DocumentId
) -> None:
    lock(laptop, document_id)
    type_work(page, "učitel na gymnáziu")
    assert page.close_form()
    assert page.opened is None
    assert lost_work(laptop) == ["učitel na gymnáziu"]


def test_that_a_form_that_cannot_be_kept_stays_open(
    page: FormPage, qtbot: QtBot, laptop: Laptop, document_id: DocumentId, disk: Disk, asked: Asked
) -> None:
    type_work(page, "učitel na gymnáziu")
    disk.fill()
    left: list[None] = []
    page.left.connect(lambda: left.append(None))
    page._leave()
    (question,) = asked.questions
    assert (
        question.headline == "What you typed last could not be kept. Leave the form all the same?"
    )
    assert not left
    assert page.form is not None
    assert "no space left" in page.banner.words
    disk.free()
    press(page, "Try again")
    qtbot.waitUntil(lambda: page.is_kept)
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"
    page._leave()
    assert left


def test_that_somebody_who_wants_to_leaves_a_form_that_cannot_be_kept(
    page: FormPage, laptop: Laptop, document_id: DocumentId, disk: Disk, asked: Asked
) -> None:
    before = kept_work(laptop, document_id)
    type_work(page, "učitel na gymnáziu")
    disk.fill()
    asked.answer = True
    assert page.close_form()
    assert page.opened is None
    disk.free()
    assert kept_work(laptop, document_id) == before


def test_that_another_document_does_not_open_over_one_that_cannot_be_kept(
    page: FormPage, laptop: Laptop, document_id: DocumentId, disk: Disk, settle: Callable[[], None]
) -> None:
    other = laptop.forms.copy(document_id)
    type_work(page, "učitel na gymnáziu")
    disk.fill()
    page.open(other)
    settle()
    assert page.opened is not None
    assert page.opened.document_id == document_id


def test_that_a_document_that_is_gone_holds_nobody_in_its_form(
    page: FormPage, laptop: Laptop, disk: Disk, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_work(page, "učitel na gymnáziu")

    def gone(*_args: object) -> None:
        raise NotAllowed("SC-STORE-020")

    monkeypatch.setattr(laptop.forms, "keep", gone)
    assert page.close_form()
    assert asked.questions == []


def test_that_a_good_save_ends_what_was_said_of_a_refused_one(
    page: FormPage, qtbot: QtBot, laptop: Laptop, document_id: DocumentId, disk: Disk
) -> None:
    type_work(page, "učitel")
    disk.fill()
    page._save_now()
    qtbot.waitUntil(page.banner.isVisible)
    assert "no space left" in page.banner.words
    assert page.side._saved.text() == "Not saved yet"
    disk.free()
    type_work(page, "učitel na gymnáziu")
    qtbot.waitUntil(lambda: page.is_kept)
    assert page.banner.isHidden()
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"


def test_that_a_refused_save_is_made_again_by_itself(
    page: FormPage, qtbot: QtBot, laptop: Laptop, document_id: DocumentId, disk: Disk
) -> None:
    type_work(page, "učitel na gymnáziu")
    disk.fill()
    page._save_now()
    qtbot.waitUntil(page.banner.isVisible)
    disk.free()
    qtbot.waitUntil(lambda: page.is_kept)
    assert page.banner.isHidden()
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"


def test_that_a_refusal_that_comes_after_the_last_save_is_not_told_over_the_next_document(
    page: FormPage,
    laptop: Laptop,
    document_id: DocumentId,
    disk: Disk,
    settle: Callable[[], None],
) -> None:
    other = laptop.forms.copy(document_id)
    type_work(page, "učitel na gymnáziu")
    disk.fill()
    page._save_now()
    assert disk.refused.wait(30)
    disk.free()
    page.open(other)
    settle()
    assert page.opened is not None
    assert page.opened.document_id == other
    assert page.banner.isHidden()
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"


def test_that_of_two_documents_asked_for_at_once_only_the_last_one_opens(
    page: FormPage, laptop: Laptop, document_id: DocumentId, settle: Callable[[], None]
) -> None:
    first, last = laptop.forms.copy(document_id), laptop.forms.copy(document_id)
    page.open(first)
    page.open(last)
    settle()
    assert page.opened is not None
    assert page.opened.document_id == last
    forms = [each for each in page.findChildren(FormView) if not each.isHidden()]
    assert forms == [page.form]
    type_work(page, "učitel na gymnáziu")
    assert page.close_form()
    assert kept_work(laptop, last) == "učitel na gymnáziu"
