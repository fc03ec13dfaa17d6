"""Documents: kept as typed, listed, found, and the rule of the new op."""

from dataclasses import replace

import pytest

from smartclient.domain.document_life import (
    Action,
    CoreAnswer,
    Marks,
    ServerState,
    ShownState,
    Stage,
    permission,
)
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import ClientId, DocumentId
from smartclient.store.changes import Changed
from smartclient.store.database import Database
from smartclient.store.document_lines import Situation, marks_after, situation_of
from smartclient.store.document_rows import DocumentFilter, DocumentSort
from smartclient.store.document_table import DocumentTable
from tests.simulators.time_and_ids import SetClock
from tests.unit.store.documents import offer


def test_that_a_body_is_kept_exactly_as_typed(database: Database) -> None:
    typed = offer() | {"answers": {"born": {"$typed": "31. 2. 2026"}, "unknown": [1, None, "ř"]}}
    with database.write() as tx:
        row = tx.documents.create(typed)
    with database.read() as tx:
        kept = tx.documents.get(row.id).body
    assert kept["answers"] == typed["answers"]


def test_that_an_op_stands_for_one_body_for_ever(database: Database) -> None:
    """Sent or not: an old image of the disk must hold no other body under the same op."""
    with database.write() as tx:
        identity = tx.documents.create(offer()).id
        ops = [tx.documents.get(identity).op]
        for surname in ("Nová", "Novotná"):
            tx.documents.save(identity, offer(surname=surname), Stage.DRAFT)
            ops.append(tx.documents.get(identity).op)
            tx.outgoing.take_records(tx.outgoing.record_ids())
        assert len(set(ops)) == 3


def test_that_a_locked_document_cannot_be_written_over(database: Database) -> None:
    with database.write() as tx:
        identity = tx.documents.create(offer(), Stage.COMPLETE).id
        _put_server_state(tx.table, identity, ServerState.LOCKED)
        assert tx.documents.get(identity).row.shown is ShownState.EXPORTED
    with pytest.raises(NotAllowed, match="SC-STORE-021"), database.write() as tx:
        tx.documents.save(identity, offer(surname="Late"), Stage.COMPLETE)


def test_that_a_form_of_the_kind_other_stays_editable_when_locked(database: Database) -> None:
    with database.write() as tx:
        identity = tx.documents.create(offer(kind="other"), Stage.COMPLETE).id
        _put_server_state(tx.table, identity, ServerState.LOCKED)
        saved = tx.documents.save(identity, offer(kind="other", surname="New"), Stage.DRAFT)
    assert saved.backed_up is False
    assert saved.shown is ShownState.DRAFT


def test_that_what_the_server_said_of_the_version_before_does_not_hold_for_a_new_one(
    database: Database,
) -> None:
    accepted = Marks(core=CoreAnswer.ACCEPTED)
    with database.write() as tx:
        identity = tx.documents.create(offer(kind="other"), Stage.COMPLETE).id
        tx.documents.stand(
            identity, Situation(Stage.COMPLETE, ServerState.LOCKED, True, marks=accepted)
        )
        saved = tx.documents.save(identity, offer(kind="other", surname="New"), Stage.COMPLETE)
    assert (saved.shown, saved.marks) == (ShownState.COMPLETE_HERE, Marks())


def test_that_a_cancelled_document_keeps_the_pages_of_its_completion(database: Database) -> None:
    with database.write() as tx:
        identity = tx.documents.create(offer(), Stage.COMPLETE).id
        row = tx.documents.change_stage(identity, Stage.CANCELLED)
    assert permission(row.standing(), Action.SHOW).allowed


@pytest.mark.parametrize(("paper", "expected"), [("expected", True), ("arrived", False)])
def test_that_the_server_tells_whether_paper_is_expected(paper: str, expected: bool) -> None:
    before = Marks(paper_expected=not expected)
    assert marks_after(before, {"paper": paper}).paper_expected is expected
    assert marks_after(before, {}).paper_expected is not expected


def test_that_an_unknown_document_is_said_to_be_gone(database: Database) -> None:
    with database.read() as tx, pytest.raises(NotAllowed, match="SC-STORE-020"):
        tx.documents.get(DocumentId("nowhere"))


def test_that_a_discarded_draft_comes_back_with_undo(database: Database) -> None:
    with database.write() as tx:
        identity = tx.documents.create(offer()).id
        tx.documents.discard(identity)
        assert tx.documents.count(DocumentFilter()) == 0
        assert tx.outgoing.record_ids() == ()
        tx.documents.restore(identity)
        assert tx.documents.count(DocumentFilter()) == 1


def test_that_a_discarded_draft_that_the_server_has_is_cancelled_there(database: Database) -> None:
    with database.write() as tx:
        identity = tx.documents.create(offer()).id
        tx.documents.stand(identity, Situation(Stage.DRAFT, ServerState.OPEN, True))
        tx.documents.discard(identity)
        row = tx.documents.get(identity).row
        assert (row.stage, row.backed_up) == (Stage.CANCELLED, False)
        tx.documents.restore(identity)
        assert tx.documents.get(identity).row.stage is Stage.DRAFT


def test_that_a_complete_document_cannot_be_discarded(database: Database) -> None:
    with database.write() as tx:
        identity = tx.documents.create(offer(), Stage.COMPLETE).id
        with pytest.raises(NotAllowed, match="SC-STORE-023"):
            tx.documents.discard(identity)


def test_that_subscribers_hear_of_a_commit_and_of_nothing_that_was_rolled_back(
    database: Database,
) -> None:
    heard: list[Changed] = []
    end = database.subscribe(heard.append)
    with pytest.raises(NotAllowed), database.write() as tx:
        tx.documents.discard(tx.documents.create(offer(), Stage.COMPLETE).id)
    assert heard == []
    with database.write() as tx:
        identity = tx.documents.create(offer()).id
        assert heard == []
    assert heard == [Changed("document", frozenset({identity}))]
    end()
    with database.write() as tx:
        tx.documents.create(offer())
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nov", ["Petr Novák", "Jana Nováková"]),
        ("NOVAK pet", ["Petr Novák"]),
        ("lodz", ["Łukasz Łódź"]),
        ("1873", ["Petr Novák"]),
        ("41 873", ["Petr Novák"]),
        ("7200041", ["Petr Novák", "Jana Nováková"]),
        ("873 petr", ["Petr Novák"]),
        ("xyz", []),
        ("%", []),
        ('"', []),
        ("  ", ["Petr Novák", "Łukasz Łódź", "Jana Nováková"]),
    ],
)
def test_that_documents_are_found_by_beginnings_and_last_digits(
    database: Database, typed: str, found: list[str]
) -> None:
    with database.write() as tx:
        tx.documents.create(offer("7200041870", "Jana Nováková"))
        tx.documents.create(offer("7100332211", "Łukasz Łódź"))
        tx.documents.create(offer("7200041873", "Petr Novák"))
    with database.read() as tx:
        rows = tx.documents.page(DocumentFilter(typed), 0, 10)
        assert sorted(row.client_name for row in rows) == sorted(found)
        assert tx.documents.count(DocumentFilter(typed)) == len(found)


def test_that_a_changed_name_is_found_and_the_old_one_no_more(database: Database) -> None:
    with database.write() as tx:
        identity = tx.documents.create(offer(client_name="Eva Malá")).id
        tx.documents.save(identity, offer(client_name="Eva Veliká"), Stage.DRAFT)
        assert tx.documents.count(DocumentFilter("mala")) == 0
        assert tx.documents.count(DocumentFilter("velika")) == 1


def test_that_a_text_that_matches_thousands_gives_the_same_page_as_one_that_matches_few(
    database: Database, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    with database.write() as tx:
        for number in range(60):
            clock.pass_time(seconds=1)
            tx.documents.create(offer(f"72{number:08}", f"Nov {number % 7}"))
        few = tx.documents.page(DocumentFilter("nov"), 5, 10)
        monkeypatch.setattr("smartclient.store.full_text._MANY", 10)
        assert tx.documents.page(DocumentFilter("nov"), 5, 10) == few
        assert tx.documents.count(DocumentFilter("nov")) == 60


@pytest.mark.parametrize("sort", list(DocumentSort))
@pytest.mark.parametrize("descending", [True, False])
def test_that_pages_joined_are_the_whole_list_in_order(
    database: Database, sort: DocumentSort, descending: bool
) -> None:
    with database.write() as tx:
        for number in range(23):
            name = "Čeněk" if number % 2 else "Cyril"
            tx.documents.create(offer(f"72{number % 5:08}", name), Stage.COMPLETE)
        wanted = DocumentFilter(sort=sort, descending=descending)
        pages = [row.id for start in range(0, 23, 5) for row in tx.documents.page(wanted, start, 5)]
        assert pages == [row.id for row in tx.documents.page(wanted, 0, 100)]
        assert len(set(pages)) == 23


def test_that_names_stand_in_the_czech_order(database: Database) -> None:
    names = ["Adam", "Cyril", "Čeněk", "Dana", "Hana", "Chrudoš", "Igor", "Řehoř", "Žofie"]
    with database.write() as tx:
        for name in reversed(names):
            tx.documents.create(offer(client_name=name))
        wanted = DocumentFilter(sort=DocumentSort.CLIENT, descending=False)
        assert [row.client_name for row in tx.documents.page(wanted, 0, 20)] == names


def test_that_clients_stand_by_their_surnames(database: Database) -> None:
    names = [
        *("Eva Černá", "Čtyřlístek s.r.o.", "Ing. Petr Černý", "Adam Novák", "Zita Nováková"),
        *("Bořek Ždych", "Stavby a. s."),
    ]
    with database.write() as tx:
        for name in names:
            tx.documents.create(offer(client_name=name))
        wanted = DocumentFilter(sort=DocumentSort.CLIENT, descending=False)
        assert [row.client_name for row in tx.documents.page(wanted, 0, 20)] == [
            *("Eva Černá", "Ing. Petr Černý", "Čtyřlístek s.r.o.", "Adam Novák", "Zita Nováková"),
            *("Stavby a. s.", "Bořek Ždych"),
        ]


def test_that_filters_narrow_by_state_and_client(database: Database) -> None:
    with database.write() as tx:
        draft = tx.documents.create(offer()).id
        tx.documents.create(offer() | {"client_id": "c-2"}, Stage.COMPLETE)
        by_state = DocumentFilter(states=frozenset({ShownState.DRAFT}))
        assert [row.id for row in tx.documents.page(by_state, 0, 9)] == [draft]
        assert tx.documents.counts_by_state() == {
            ShownState.DRAFT: 1,
            ShownState.COMPLETE_HERE: 1,
        }
        of_client = tx.documents.page(DocumentFilter(client_id=ClientId("c-1")), 0, 9)
        assert [row.id for row in of_client] == [draft]


def _put_server_state(table: DocumentTable, identity: DocumentId, state: ServerState) -> None:
    lines = table.lines([identity])
    now = replace(situation_of(lines[identity]), server=state, backed_up=True)
    table.stand({identity: now}, lines)


@pytest.mark.parametrize("text", ["", "7200041"])
@pytest.mark.parametrize("sort", list(DocumentSort))
@pytest.mark.parametrize("descending", [True, False])
def test_that_the_place_of_a_document_is_that_of_its_line(
    database: Database, clock: SetClock, descending: bool, sort: DocumentSort, text: str
) -> None:
    with database.write() as tx:
        for number in range(7):
            clock.pass_time(minutes=number % 3)  # some were changed at the same instant
            body = offer(f"720004187{number}")
            priced = body if number % 3 else {**body, "premium": None}
            tx.documents.create(priced, Stage.DRAFT)
    wanted = DocumentFilter(text, sort=sort, descending=descending)
    with database.read() as tx:
        rows = tx.documents.page(wanted, 0, 10)
        assert [tx.documents.place(row.id, wanted) for row in rows] == list(range(7))
        assert (
            tx.documents.place(rows[0].id, DocumentFilter(states=frozenset({ShownState.EXPORTED})))
            is None
        )
