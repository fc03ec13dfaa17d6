"""Documents as a service: words, rights inside the transaction, conflicts, half a year."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from smartclient.domain.document_life import Action, ShownState, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.services.documents import Documents, premium_text
from smartclient.store.document_lines import Situation
from smartclient.store.document_rows import DocumentFilter
from tests.ui.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.fill()
    yield made
    made.close()


def documents_of(desk: Desk) -> Documents:
    return desk.services().documents


def test_that_a_line_says_who_what_number_money_and_when(desk: Desk) -> None:
    item = documents_of(desk).item(desk.documents[2])
    assert item is not None
    assert item.headline == "Offer 7200041869 · Tomáš Horák"
    assert item.premium.replace("\u00a0", " ") == "2 140 Kč / month"
    assert item.changed == "today 18:00"
    assert item.way[item.step] == "sent"


def test_that_what_left_the_way_has_none(desk: Desk) -> None:
    item = documents_of(desk).item(desk.documents[9])
    assert item is not None
    assert item.shown is ShownState.CANCELLED
    assert (item.way, item.step) == ((), -1)


def test_that_the_paper_way_is_completed_and_not_signed_here(desk: Desk) -> None:
    item = documents_of(desk).item(desk.documents[4])
    assert item is not None
    assert item.way[1] == "completed"


def test_that_a_missing_premium_is_a_dash() -> None:
    assert premium_text(None, 12, "CZK") == "–"


def test_that_the_list_goes_half_a_year_back_and_warns_before(desk: Desk) -> None:
    documents = documents_of(desk)
    whole = documents.page(DocumentFilter(), 0, 100)
    assert whole.total == 24
    warned = [item for item in whole.items if item.warning.startswith("It leaves this list")]
    assert [item.number for item in warned] == ["7200041588"]
    desk.clock.pass_time(days=14)
    assert documents.page(DocumentFilter(), 0, 100).total == 23


def test_that_cancelling_asks_the_rights_again(desk: Desk) -> None:
    documents = documents_of(desk)
    complete, draft = desk.documents[4], desk.documents[1]
    with pytest.raises(NotAllowed) as refused:
        documents.cancel(draft)
    assert refused.value.code == "SC-PROG-010"
    assert "A draft can be discarded instead." in refused.value.values["reason"]
    documents.cancel(complete)
    item = documents.item(complete)
    assert item is not None
    assert item.shown is ShownState.CANCELLED
    assert not item.may(Action.EDIT)
    assert item.may(Action.COPY)


def test_that_a_discarded_draft_comes_back_whole(desk: Desk) -> None:
    documents = documents_of(desk)
    draft = desk.documents[1]
    documents.discard(draft)
    assert documents.page(DocumentFilter(), 0, 100).total == 23
    documents.restore(draft)
    item = documents.item(draft)
    assert item is not None
    assert item.number == "7200041870"


def test_that_a_conflict_shows_both_versions(desk: Desk) -> None:
    (conflict,) = documents_of(desk).conflicts()
    assert conflict.headline == "Nabídka FLEXI 7200041655"
    assert conflict.yours.premium.replace("\u00a0", " ") == "2 610 Kč / month"
    assert conflict.valid is not None
    assert conflict.valid.premium.replace("\u00a0", " ") == "2 480 Kč / month"
    assert conflict.valid.state == "exported"


def test_that_a_document_the_server_refused_says_so(desk: Desk) -> None:
    with desk.db.write() as tx:
        refused = Situation(Stage.COMPLETE, parked="SC-SERV-030")
        tx.documents.stand(desk.documents[4], refused)
    item = documents_of(desk).item(desk.documents[4])
    assert item is not None
    assert "SC-SERV-030" in item.warning


def test_that_an_unknown_document_is_none(desk: Desk) -> None:
    assert documents_of(desk).item(desk.documents[0]) is not None
    desk.clock.pass_time(days=timedelta(days=400).days)
    assert documents_of(desk).item(desk.documents[0]) is not None, "out of the list, not gone"
