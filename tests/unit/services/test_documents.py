"""Documents as a service: words, rights inside the transaction, conflicts, half a year."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from smartclient.domain.admission import REVOKED
from smartclient.domain.document_life import (
    Action,
    CoreAnswer,
    Marks,
    ServerState,
    ShownState,
    Stage,
)
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId, Sha256
from smartclient.services.documents import Documents, premium_text
from smartclient.services.home import Step as HomeStep
from smartclient.store.document_lines import Situation, situation_of
from smartclient.store.document_rows import DocumentFilter
from smartclient.store.server_records import ServerRecords
from smartclient.wire.messages import FeedRow, JsonObject
from tests.ui.desk import INSTALL, Desk


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


def test_that_the_day_of_the_archive_is_the_servers_word_and_no_clock_takes_a_line_away(
    desk: Desk,
) -> None:
    documents = documents_of(desk)
    whole = documents.page(DocumentFilter(), 0, 100)
    assert not any("archive" in item.warning for item in whole.items)
    desk.clock.pass_time(days=4000)
    assert documents.page(DocumentFilter(), 0, 100).total == whole.total
    leaves = desk.documents[2]
    with desk.db.write() as tx:
        op = tx.documents.get(leaves).op
        tx.records.keep([replace(tx.records.find_all([leaves])[leaves], dirty=False)])
        told: JsonObject = {"document_id": leaves, "leaves_op": op}
        tx.retention.told([{**told, "leaves_at": "2027-05-20T22:00:00.000Z"}])
    item = documents.item(leaves)
    assert item is not None
    assert "21. 5. 2027" in item.warning.replace("\u00a0", " ")
    todos = desk.services().home.overview().todos
    [todo] = [each for each in todos if (each.target, each.step) == (leaves, HomeStep.SHOW)]
    assert "goes to the archive on 21. 5. 2027" in todo.detail.replace("\u00a0", " ")


def _go_to_the_archive(desk: Desk, count: int) -> list[DocumentId]:
    """So many documents go, one a day from the 21st of May on."""
    going = desk.documents[8 : 8 + count]
    with desk.db.write() as tx:
        said: list[JsonObject] = []
        for place, document in enumerate(going):
            state = tx.records.find(document)
            assert state is not None
            tx.records.keep([replace(state, dirty=False)])
            at = f"2027-05-{20 + place}T22:00:00.000Z"
            said.append({"document_id": document, "leaves_op": state.op, "leaves_at": at})
        tx.retention.told(said)
    return going


@pytest.mark.parametrize(("count", "lines"), [(3, 3), (4, 4), (5, 4), (9, 4)])
def test_that_many_that_go_to_the_archive_are_told_as_a_number_of_nobody(
    desk: Desk, count: int, lines: int
) -> None:
    going = _go_to_the_archive(desk, count)
    todos = [each for each in desk.services().home.overview().todos if each.icon == "box"]
    assert [each.target for each in todos] == going[:lines]
    last = todos[-1]
    if count > lines:
        assert (last.headline, last.about) == (f"{count - 3} more documents", "")
        assert last.detail.replace("\u00a0", " ") == (
            "the first of them goes to the archive on 24. 5. 2027"
        )
    else:
        assert last.about


def test_that_a_revoked_install_is_not_told_to_copy_what_goes_to_the_archive(desk: Desk) -> None:
    [document] = _go_to_the_archive(desk, 1)
    documents = documents_of(desk)
    item = documents.item(document)
    assert item is not None
    assert item.warning.endswith("Copy it if you still need it.")
    with desk.db.write() as tx:
        tx.feed.set_notice(REVOKED)
    item = documents.item(document)
    assert item is not None
    assert item.warning.replace("\u00a0", " ") == "It goes to the archive on 21. 5. 2027."


def test_that_the_archive_is_shown_only_when_it_is_asked_for(desk: Desk) -> None:
    documents, archived = documents_of(desk), desk.documents[2]
    before = documents.page(DocumentFilter(), 0, 100).total
    with desk.db.write() as tx:
        state = replace(tx.records.find_all([archived])[archived], dirty=False)
        tx.records.keep([state])
        row = FeedRow(
            id=state.id,
            kind=state.kind,
            version=3,
            op=state.op,
            sha256=Sha256(state.sha256 or "0" * 64),
            stage=Stage.SIGNED,
            state=ServerState.ARCHIVED,
            blobs=(),
            seq=99,
        )
        assert tx.retention.take([row]) == 1
    assert documents.page(DocumentFilter(), 0, 100).total == before - 1
    stubs = documents.page(DocumentFilter(states=frozenset({ShownState.ARCHIVED})), 0, 100)
    assert [item.id for item in stubs.items] == [archived]
    [stub] = stubs.items
    assert stub.state == "in the archive"
    assert not any(stub.may(action) for action in Action)


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


def test_that_a_late_signature_stays_in_the_list_and_says_what_happens_next(desk: Desk) -> None:
    documents, late = documents_of(desk), desk.documents[17]
    item = documents.item(late)
    assert item is not None
    assert item.shown is ShownState.LATE_SIGNED
    assert late in [each.id for each in documents.page(DocumentFilter(), 0, 100).items]
    assert "its staff decide whether it goes to PČS as well" in item.warning
    for answer, told in (
        (CoreAnswer.ACCEPTED, "The signed version goes to PČS as well: the data are the same"),
        (CoreAnswer.REJECTED, "The signed version was not taken: the data are the same. Copy it"),
    ):
        marks = Marks(late_signed=True, core=answer, core_reason="the data are the same")
        with desk.db.write() as tx:
            line = tx.documents.lines([late])[late]
            tx.documents.stand(late, replace(situation_of(line), marks=marks))
        decided = documents.item(late)
        assert decided is not None
        assert decided.shown is ShownState.LATE_SIGNED
        assert decided.warning.startswith(told)


def test_that_a_late_signature_on_an_archived_document_is_told_and_not_the_archive(
    desk: Desk,
) -> None:
    documents, late = documents_of(desk), desk.documents[19]
    archived = Situation(Stage.SIGNED, ServerState.ARCHIVED, backed_up=True)
    refused = Marks(late_signed=True, core=CoreAnswer.REJECTED, core_reason="It came too late.")
    told = (
        (Marks(late_signed=True), "It was signed after it had gone to the archive."),
        (refused, "It came too late. Begin a new document"),
    )
    for marks, words in told:
        with desk.db.write() as tx:
            tx.documents.stand(late, replace(archived, marks=marks))
        item = documents.item(late)
        assert item is not None
        assert item.shown is ShownState.LATE_SIGNED
        assert late in [each.id for each in documents.page(DocumentFilter(), 0, 100).items]
        assert words in item.warning
        assert not item.may(Action.COPY), "only its stub is here"


def judged(desk: Desk, place: int, code: str, missing: tuple[str, ...] = ()) -> DocumentId:
    """A document on which the server gave its verdict."""
    document = desk.documents[place]
    with desk.db.write() as tx:
        op = tx.documents.get(document).op
        verdict: JsonObject = {"exportable": False, "missing": list(missing), "code": code}
        said: JsonObject = {"document_id": document, "document_op": op, "verdict": verdict}
        tx.records.keep([replace(tx.records.find_all([document])[document], dirty=False)])
        ServerRecords(tx.unit, tx.table, tx.records, INSTALL).take_statuses([said])
    return document


def test_that_nobody_is_promised_the_export_of_what_the_server_would_not_export(
    desk: Desk,
) -> None:
    documents = documents_of(desk)
    promised = documents.item(judged(desk, 3, ""))
    assert promised is not None
    assert (promised.warning, promised.icon) == ("", "tick"), "no reason was given"
    refused = documents.item(judged(desk, 3, "SC-SERV-037"))
    assert refused is not None
    assert refused.is_urgent
    assert "does not go to PČS" in refused.note[0]
    assert "The contract was changed after this request was begun." in refused.warning
    assert "Begin a new request" in refused.warning
    signed = documents.item(judged(desk, 2, "", ("insured.0.name", "payment")))
    assert signed is not None
    assert "2 answers are missing." in signed.warning
    unknown = documents.item(judged(desk, 2, "SC-NEWER-001"))
    assert unknown is not None
    assert "this code: SC-NEWER-001" in unknown.warning


def test_that_a_verdict_on_an_older_edit_says_nothing_of_the_newer_one(desk: Desk) -> None:
    document = judged(desk, 3, "SC-SERV-037")
    with desk.db.write() as tx:
        tx.documents.save(document, tx.documents.get(document).body, Stage.COMPLETE)
    item = documents_of(desk).item(document)
    assert item is not None
    assert "does not go" not in item.warning


def test_that_a_document_rejected_without_a_reason_still_names_the_next_step(desk: Desk) -> None:
    document = desk.documents[12]
    with desk.db.write() as tx:
        stands = situation_of(tx.table.lines([document])[document])
        tx.documents.stand(document, replace(stands, marks=Marks(core=CoreAnswer.REJECTED)))
    item = documents_of(desk).item(document)
    assert item is not None
    assert item.warning.startswith("PČS gave no reason.")


def test_that_home_names_what_does_not_go_to_the_insurer(desk: Desk) -> None:
    document = judged(desk, 3, "SC-SERV-037")
    judged(desk, 2, "")
    lines = [todo for todo in desk.services().home.overview().todos if "does not go" in todo.detail]
    assert [(line.step, line.target) for line in lines] == [(HomeStep.SHOW, document)]
    assert lines[0].urgent
    with desk.db.write() as tx:
        tx.documents.save(document, tx.documents.get(document).body, Stage.DRAFT)
    todos = desk.services().home.overview().todos
    assert not any("does not go" in todo.detail for todo in todos), "it is being mended"
