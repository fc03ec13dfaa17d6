"""What was handed in: a person writes it into the scope it was meant for, or refuses it, once."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations import handed_in_decisions
from smartclient.backoffice.operations.handed_in_decisions import AS_IT_IS, Choice, Edit, Wish
from smartclient.backoffice.operations.registers import erasures, receipt_check, rights
from smartclient.backoffice.tables import schema
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import BadInput, NotAllowed, Refused
from smartclient.domain.ids import ClientId, Op
from smartclient.wire.messages import Answer, JsonObject, PushLine
from tests.simulators.register_lines import client_body
from tests.unit.backoffice.registers.conftest import BRNO, REASON, Town, person_of

BY = ("Karel Vrba", "his notice came a day early")


def _handed_in(town: Town, *lines: PushLine) -> None:
    answers = town.jana.adviser.push(*lines)
    assert [(each.answer, each.handed_in) for each in answers] == [(Answer.OK, True)] * len(lines)


def _lost_client(town: Town) -> PushLine:
    client = town.jana.client(BRNO)
    assert town.jana.adviser.push_one(client).answer is Answer.OK
    town.take(town.jana)
    return client


def _accept(town: Town, op: Op, wish: Wish = AS_IT_IS) -> Edit:
    with town.server.office.writing() as desk:
        return handed_in_decisions.accept(desk, op, *BY, wish)


def _waiting(town: Town) -> list[Op]:
    with town.server.office.reading() as desk:
        return [each.op for each in handed_in_decisions.edits(desk, waiting=True)]


def test_that_an_accepted_edit_is_the_record_that_the_office_reads(town: Town) -> None:
    client = _lost_client(town)
    edit = town.jana.edit(client, client_body("Bílá"))
    _handed_in(town, edit)
    assert _waiting(town) == [edit.op]
    decided = _accept(town, edit.op).decided
    assert decided is not None
    assert (decided.decision, decided.by, decided.reason) == (Choice.ACCEPTED, *BY)
    assert town.petr.bodies(client.id) == {client.id: edit.body}
    (row,) = [row for row in town.petr.pull()[0] if row.id == client.id]
    assert (row.op, row.version) == (edit.op, 2)
    assert _waiting(town) == []
    assert town.jana.bodies(client.id) == {}
    # The laptop that sends it once more is answered as before, whatever became of it.
    town.give(town.jana)
    assert town.jana.adviser.push_one(edit).version == 2


def test_that_what_is_written_once_arrives_with_its_files_and_receipts(town: Town) -> None:
    client = _lost_client(town)
    town.jana.send_blobs(BRNO, b"letter")
    letter, consent = town.jana.attachment(client, b"letter"), town.jana.consent(client)
    _handed_in(town, letter, consent)
    for op in (letter.op, consent.op):
        _accept(town, op)
    assert town.petr.adviser.blob(letter.blobs[0]).body == b"letter"
    assert town.petr.bodies(consent.id) == {consent.id: consent.body}
    with town.server.office.reading() as desk:
        receipts = select(schema.consent_receipt.c.event).where(
            schema.consent_receipt.c.scope == BRNO
        )
        assert list(desk.connection.execute(receipts).scalars()) == [consent.id]
        assert receipt_check.check(desk, BRNO).broken is None


def test_that_a_record_changed_since_is_written_field_by_field_or_over(town: Town) -> None:
    client = _lost_client(town)
    theirs: JsonObject = {**client.body, "surname": "Zelená", "email": "eva@example.cz"}
    assert town.petr.adviser.push_one(town.petr.edit(client, theirs)).answer is Answer.OK
    mine: JsonObject = {**client.body, "surname": "Bílá", "address": {"city": "Brno"}}
    edit = town.jana.edit(client, mine)
    _handed_in(town, edit)
    with town.server.office.reading() as desk:
        assert handed_in_decisions.outlook(desk, edit).answer is Answer.STALE
        assert handed_in_decisions.differences(desk, edit) == [
            ("address.city", None, "Brno"),
            ("email", "eva@example.cz", None),
            ("surname", "Zelená", "Bílá"),
        ]
    with pytest.raises(NotAllowed, match="SC-SERV-089"):
        _accept(town, edit.op)
    with pytest.raises(BadInput, match="SC-SYNC-010"):
        _accept(town, edit.op, Wish(fields=("email",)))
    assert town.petr.bodies(client.id) == {client.id: theirs}
    _accept(town, edit.op, Wish(fields=("address.city",)))
    both: JsonObject = {**theirs, "address": {"city": "Brno"}}
    assert town.petr.bodies(client.id) == {client.id: both}
    later = town.jana.edit(client, mine)
    _handed_in(town, later)
    _accept(town, later.op, Wish(over=True))
    assert town.petr.bodies(client.id) == {client.id: mine}
    assert town.petr.adviser.push_one(later).answer is Answer.OK


def test_that_a_document_is_written_as_a_whole_and_judged(memory_town: Town) -> None:
    """Of a notebook that was parted from the person whose documents it could write."""
    town, petr, own = memory_town, memory_town.petr.adviser, memory_town.jana.adviser.scope
    town.give_scope(town.petr, own)
    offer = petr.offer()
    first = replace(offer.line(), scope=own)
    assert petr.push_one(first).answer is Answer.OK
    town.take(town.petr, own)
    petr.edit(offer, Stage.COMPLETE, note="after the parting")
    line = replace(offer.line(), scope=own)
    assert petr.push_one(line).handed_in
    with town.server.office.reading() as desk:
        (edit,) = handed_in_decisions.edits(desk)
    mine = town.jana.edit(first, {**first.body, "note": "mine"})
    assert town.jana.adviser.push_one(mine).answer is Answer.OK
    with pytest.raises(NotAllowed, match="SC-SERV-089"):
        _accept(town, edit.op, Wish(fields=("note",)))
    _accept(town, edit.op, Wish(over=True))
    assert town.jana.bodies(offer.id) == {offer.id: line.body}
    town.server.judge()
    with town.server.office.reading() as desk:
        table = schema.record
        query = select(table.c.exportable, table.c.op).where(table.c.id == offer.id)
        found = desk.connection.execute(query).one()
    assert found.exportable is True
    assert found.op != line.op


def test_that_a_refused_edit_stays_out_and_a_decision_is_made_once(memory_town: Town) -> None:
    town = memory_town
    client = _lost_client(town)
    edit = town.jana.edit(client, client_body("Bílá"))
    _handed_in(town, edit)
    with town.server.office.writing() as desk:
        handed_in_decisions.refuse(desk, edit.op, *BY)
    assert town.petr.bodies(client.id) == {client.id: client.body}
    assert _waiting(town) == []
    with pytest.raises(NotAllowed, match="SC-SERV-087"):
        _accept(town, edit.op)
    with town.server.office.writing() as desk:
        with pytest.raises(NotAllowed, match="SC-SERV-087"):
            handed_in_decisions.refuse(desk, edit.op, *BY)
        with pytest.raises(Refused, match="SC-SERV-076"):
            handed_in_decisions.refuse(desk, client.op, *BY)
        (told,) = handed_in_decisions.edits(desk)
    assert told.decided is not None
    assert told.decided.decision is Choice.REFUSED


@pytest.mark.parametrize(
    ("by", "reason", "code"), [(" ", "x", "HELP-011"), ("Karel", " ", "HELP-002")]
)
def test_that_nobody_decides_without_a_name_and_a_reason(
    memory_town: Town, by: str, reason: str, code: str
) -> None:
    edit = memory_town.jana.edit(_lost_client(memory_town), client_body("Bílá"))
    _handed_in(memory_town, edit)
    with memory_town.server.office.writing() as desk, pytest.raises(BadInput, match=code):
        handed_in_decisions.accept(desk, edit.op, by, reason)


def test_that_what_the_place_cannot_take_keeps_waiting(memory_town: Town) -> None:
    town = memory_town
    survivor = town.jana.client(BRNO)
    town.jana.adviser.push_one(survivor)
    client = _lost_client(town)
    edit = town.jana.edit(client, client_body("Bílá"))
    _handed_in(town, edit)
    town.petr.adviser.push_one(town.petr.merge(client, survivor))
    with pytest.raises(NotAllowed, match="SC-SERV-088") as refused:
        _accept(town, edit.op)
    assert refused.value.values["answer"] == f"merged {survivor.id}"
    assert _waiting(town) == [edit.op]


def test_that_a_decision_goes_with_the_client_that_is_erased(
    memory_town: Town, tmp_path: Path
) -> None:
    town = memory_town
    client = _lost_client(town)
    edit = town.jana.edit(client, client_body("Bílá"))
    _handed_in(town, edit)
    with town.server.office.writing() as desk:
        handed_in_decisions.refuse(desk, edit.op, "Karel", "Eva Bílá never asked for it")
        erasures.erase(desk, ClientId(client.id), tmp_path / "erasures", REASON)
        assert handed_in_decisions.edits(desk) == []
        table = schema.handed_in_decision
        assert desk.connection.execute(select(table)).all() == []


def test_that_the_right_is_lent_for_the_edit_alone(memory_town: Town) -> None:
    town = memory_town
    client = _lost_client(town)
    _handed_in(town, edit := town.jana.edit(client, client_body("Bílá")))
    _accept(town, edit.op)
    with town.server.office.reading() as desk:
        (office,) = rights.list_offices(desk)
    assert person_of(town.jana) not in {member.person for member in office.members}
    again = town.jana.edit(edit, client_body("Černá"))
    assert town.jana.adviser.push_one(again).handed_in
