"""The page of a form for the other kinds: a change request, a modelling, Ostatní, a newer form."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from smartclient.domain.contract_number import contract_number
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import DocumentId
from smartclient.services.forms import Snapshot
from smartclient.ui.form_page.changes import ChangesDialog
from smartclient.ui.form_page.moved import prefilled_dialog
from smartclient.ui.form_page.page import FormPage
from smartclient.ui.form_page.result import ResultView
from smartclient.ui.form_page.sections import RESULT
from smartclient.ui.form_page.why import WhyDialog
from smartclient.ui.tasks import Tasks
from tests.simulators.laptop import Laptop
from tests.ui.keyboard import press
from tests.unit.forms.published import answers

DEATH = "insured.0.covers.0.sum"
Open = Callable[[DocumentId], FormPage]


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    made = Laptop(tmp_path, every_kind=True)
    yield made
    made.close()


@pytest.fixture
def page(qtbot: QtBot, laptop: Laptop, tasks: Tasks) -> Iterator[FormPage]:
    made = FormPage(laptop.forms, tasks, laptop.clock, lambda _parent, _question: True)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close_form()


@pytest.fixture
def opened(page: FormPage, qtbot: QtBot) -> Open:
    def open_it(document_id: DocumentId) -> FormPage:
        page.open(document_id)
        qtbot.waitUntil(lambda: page.form is not None)
        return page

    return open_it


def keep(laptop: Laptop, document_id: DocumentId, stage: Stage, **more: object) -> None:
    with laptop.db.write() as tx:
        body = {**tx.documents.get(document_id).body, **more}
        tx.documents.save(document_id, body, stage)  # type: ignore[arg-type]


def change(laptop: Laptop) -> DocumentId:
    contract = laptop.forms.contract(contract_number("7200000017"))
    return laptop.forms.start_change(laptop.new_client(), "flexi-change", contract)


def modelling(laptop: Laptop) -> DocumentId:
    document_id = laptop.forms.start(laptop.new_client(), "flexi-modelling")
    session = laptop.forms.open(document_id).session
    start = session.answers["contract"]
    family = answers("flexi-modelling", "family")
    assert isinstance(start, dict)
    assert isinstance(family["contract"], dict)
    family["contract"] = {**start, **family["contract"]}
    keep(laptop, document_id, Stage.DRAFT, answers={**session.answers, **family})
    return document_id


def result_of(page: FormPage, qtbot: QtBot, tasks: Tasks) -> ResultView:
    page.side.sections.result.click()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert page.result is not None
    assert page.is_result_shown
    return page.result


# --- the change request --------------------------------------------------------------------------


def test_that_a_change_stands_at_the_right_with_old_and_new_and_leads_to_its_field(
    opened: Open, laptop: Laptop, qtbot: QtBot
) -> None:
    page = opened(change(laptop))
    assert page.opened is not None
    assert page.premium.changes.isVisible()
    assert page.premium.changes.lines == []
    page._follow(page.opened.session.set(DEATH, "2000000"))
    qtbot.waitUntil(lambda: len(page.premium.changes.lines) == 1)
    (line,) = page.premium.changes.lines
    assert line.words.text() == "1\u00a0500\u00a0000\u00a0Kč → 2\u00a0000\u00a0000\u00a0Kč"
    assert page.premium.note.startswith("+")
    line.link.click()
    assert page.form is not None
    assert DEATH in page.form.section.cells


def test_that_the_premium_of_a_request_is_told_against_the_contract_at_every_change(
    opened: Open, laptop: Laptop
) -> None:
    page = opened(change(laptop))
    assert page.opened is not None
    assert page.premium.note == "as much as before the change"
    page._follow(page.opened.session.set(DEATH, "2000000"))
    page._field_left()
    page._follow(page.opened.session.set(DEATH, "1500000"))
    assert page.premium.note == "as much as before the change"
    page._explain()
    (why,) = page.findChildren(WhyDialog)
    assert why.isVisible()
    why.close()


def test_that_the_contract_is_named_beside_the_form(opened: Open, laptop: Laptop) -> None:
    page = opened(change(laptop))
    shown = [label.text() for label in page.side.findChildren(type(page.premium.amount))]
    assert "Contract 7200000017" in shown


# --- the modelling -------------------------------------------------------------------------------


def test_that_the_result_shows_three_scenarios_as_lines_and_as_a_table(
    opened: Open, laptop: Laptop, qtbot: QtBot, tasks: Tasks
) -> None:
    result = result_of(opened(modelling(laptop)), qtbot, tasks)
    lines = result.chart.lines
    assert len(lines.accessibleDescription()) > 20
    lines.setFocus()
    press(lines, Qt.Key.Key_Right)
    assert lines.told.startswith("Year 1: ")
    assert lines.told.count("% a year") == 3
    table = result.chart.table
    assert table is not None
    assert table.rowCount() == 24
    assert table.columnCount() == 7


def test_that_a_variant_is_added_compared_and_let_go(
    opened: Open, laptop: Laptop, qtbot: QtBot, tasks: Tasks
) -> None:
    page = opened(modelling(laptop))
    first = result_of(page, qtbot, tasks)
    assert first.variants.table is None
    first.variants.add.click()
    qtbot.waitUntil(lambda: page.opened is not None and page.opened.variant == "B")
    qtbot.waitUntil(lambda: tasks.is_idle)
    second = page.result
    assert second is not None
    assert page.is_result_shown, "the result stays in sight"
    assert second.variants.table is not None
    assert second.variants.table.columnCount() == 3
    second.variant_dropped.emit("A")
    qtbot.waitUntil(lambda: page.opened is not None and page.opened.variants == ("B",))


def test_that_going_to_a_section_leaves_the_result(
    opened: Open, laptop: Laptop, qtbot: QtBot, tasks: Tasks
) -> None:
    page = opened(modelling(laptop))
    result_of(page, qtbot, tasks)
    page.side.sections.items["covers"].click()
    assert not page.is_result_shown
    assert page.form is not None
    assert page.form.current_section == "covers"
    page._line.chosen.emit(RESULT)
    assert page.is_result_shown


def test_that_the_offer_is_asked_for_with_everything_kept(
    opened: Open, laptop: Laptop, qtbot: QtBot, tasks: Tasks
) -> None:
    document_id = modelling(laptop)
    page = opened(document_id)
    assert page.opened is not None
    page._follow(page.opened.session.set(DEATH, "999000"))
    result = result_of(page, qtbot, tasks)
    with qtbot.waitSignal(page.prefill_requested) as asked:
        result.prefill.click()
    assert asked.args == [document_id]
    prefilled = laptop.forms.prefill_offer(document_id)
    assert laptop.forms.open(prefilled.document_id).session.field(DEATH).value == "999000.00"
    dialog = prefilled_dialog(prefilled, page)
    qtbot.addWidget(dialog)
    assert not dialog.no.isVisible()


def test_that_an_offer_without_a_value_has_no_result(opened: Open, laptop: Laptop) -> None:
    page = opened(laptop.forms.start(laptop.new_client(), "other-complaint"))
    assert not page.side.sections.result.isVisible()
    assert not page.premium.amount.isVisible(), "Ostatní has no premium"
    assert not page.premium.changes.isVisible()
    assert page.premium.missing.isVisible()


# --- a newer version of the form -----------------------------------------------------------------


def in_first_version(laptop: Laptop) -> DocumentId:
    document_id = laptop.forms.start(laptop.new_client(), "flexi-offer")
    keep(
        laptop,
        document_id,
        Stage.DRAFT,
        form_version=1,
        tariff_version=1,
        template_version=1,
        answers={"policyholder": {"given_name": "Petr", "surname": "Novák"}},
    )
    return document_id


def test_that_a_newer_form_is_offered_and_the_draft_moves_once_it_is_agreed_to(
    opened: Open, laptop: Laptop, qtbot: QtBot
) -> None:
    page = opened(in_first_version(laptop))
    assert "newer version" in page.banner.words
    page.banner._take_step()
    qtbot.waitUntil(lambda: page.versions is not None)
    dialog = page.versions
    assert dialog is not None
    assert dialog.no.hasFocus(), "nobody agrees by an Enter too much"
    dialog.yes.click()
    qtbot.waitUntil(lambda: page.opened is not None and page.opened.session.package.version == 2)
    assert page.versions is None


def test_that_an_expired_form_is_not_filled_in_any_more(
    page: FormPage, laptop: Laptop, qtbot: QtBot
) -> None:
    document_id = in_first_version(laptop)
    laptop.clock.pass_time(days=60)
    page.open(document_id)
    qtbot.waitUntil(lambda: page.versions is not None)
    dialog = page.versions
    assert dialog is not None
    assert page.form is None
    with qtbot.waitSignal(page.left):
        dialog.no.click()
    with laptop.db.read() as tx:
        assert tx.documents.get(document_id).body["form_version"] == 1


def test_that_what_is_typed_in_a_request_is_kept_with_its_changes(
    opened: Open, laptop: Laptop
) -> None:
    document_id = change(laptop)
    page = opened(document_id)
    assert page.opened is not None
    page._follow(page.opened.session.set(DEATH, "2000000"))
    page.close_form()
    again = laptop.forms.open(document_id).session
    assert [each.path for each in again.differences()] == [DEATH]
    assert Snapshot.of(again, "").changes == [
        {"path": DEATH, "old": "1500000.00", "new": "2000000.00"}
    ]


def test_that_a_small_screen_tells_the_changes_at_the_foot(
    opened: Open, laptop: Laptop, qtbot: QtBot
) -> None:
    page = opened(change(laptop))
    assert page.opened is not None
    page.resize(900, 640)
    page._follow(page.opened.session.set(DEATH, "2000000"))
    qtbot.waitUntil(lambda: page.foot.changes.text() == "1 change of the contract")
    assert page.foot.changes.isVisible()
    page.foot.changes.click()
    (dialog,) = page.findChildren(ChangesDialog)
    dialog.card.lines[0].link.click()
    assert page.form is not None
    assert DEATH in page.form.section.cells
    assert not dialog.isVisible()
