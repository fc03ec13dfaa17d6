"""What an old disk offers to another scope than the lost one in which it lives is handed in."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from smartclient.backoffice.operations import handed_in_decisions
from smartclient.backoffice.operations.handed_in_decisions import AS_IT_IS, Edit, Wish
from smartclient.backoffice.operations.principals import ALL_CLASSES, Right
from smartclient.backoffice.operations.registers import erasures, handing_in, rights
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import ClientId, Op
from smartclient.wire.messages import Answer, PushLine, PushResult
from tests.simulators.register_lines import client_body
from tests.unit.backoffice.registers.conftest import BRNO, REASON, Town, person_of

ZLIN = rights.office_scope("zlin")


def _lost_client(town: Town) -> PushLine:
    """In the office that Jana lost, as a line of an image that never sent it says it."""
    client = town.jana.client(BRNO)
    assert town.jana.adviser.push_one(client).answer is Answer.OK
    town.take(town.jana)
    return replace(client, scope="")


def _went(results: list[PushResult]) -> bool:
    """Whether all went to a person, alone, with nothing told but that."""
    said = [PushResult(r.id, r.op, Answer.OK, handed_in=True, alone=True) for r in results]
    return results == said


def _waiting(town: Town) -> list[Edit]:
    with town.server.office.reading() as desk:
        return handed_in_decisions.edits(desk, waiting=True)


def _accept(town: Town, op: Op, wish: Wish = AS_IT_IS) -> None:
    with town.server.office.writing() as desk:
        handed_in_decisions.accept(desk, op, "Karel Vrba", REASON, wish)


def _scopes(town: Town, record: str) -> list[str]:
    table = schema.record
    with town.server.office.reading() as desk:
        query = select(table.c.scope).where(table.c.id == record)
        return list(desk.connection.execute(query).scalars())


def test_that_a_client_goes_to_the_lost_office_with_all_that_hangs_on_it(town: Town) -> None:
    """In whatever order, what hangs on something that comes with it as well, its files too."""
    client, jana = _lost_client(town), town.jana
    other = jana.client()
    edit = jana.edit(client, client_body("Bílá"))
    policy = jana.policy(client)
    jana.send_blobs(jana.adviser.scope, b"letter", b"page")
    letter, page = jana.attachment(client, b"letter"), jana.attachment(policy, b"page")
    merge = jana.merge(other, client)
    lines = (page, jana.consent(client), jana.hide(client), edit, policy, letter, merge)
    assert _went(jana.adviser.push(*lines))
    assert _went(jana.adviser.push(*lines)), "sent twice, as after a lost reply"
    assert {(each.op, each.meant_for) for each in _waiting(town)} == {(o.op, BRNO) for o in lines}
    assert _scopes(town, client.id) == [BRNO]
    assert not {row.id for row in jana.pull()[0]} & {line.id for line in lines}
    for op in (edit.op, letter.op, policy.op, page.op):
        _accept(town, op)
    assert town.petr.bodies(client.id) == {client.id: edit.body}
    assert town.petr.adviser.blob(letter.blobs[0]).body == b"letter"
    assert town.petr.adviser.blob(page.blobs[0]).body == b"page"


def test_that_nobody_decides_on_what_the_office_has(town: Town) -> None:
    client = _lost_client(town)
    assert _went(town.jana.adviser.push(client))
    assert _waiting(town) == []
    assert _scopes(town, client.id) == [BRNO]


def test_that_what_hangs_on_something_handed_in_before_follows_it(memory_town: Town) -> None:
    """The policy waits for a decision, so no scope has it yet."""
    town = memory_town
    client, jana = _lost_client(town), memory_town.jana
    policy = jana.policy(client)
    assert _went(jana.adviser.push(policy))
    jana.send_blobs("", b"page")
    page = jana.attachment(policy, b"page")
    assert _went(jana.adviser.push(page))
    assert [each.meant_for for each in _waiting(town)] == [BRNO, BRNO]


def test_that_files_sent_for_another_office_are_handed_in_as_well(town: Town) -> None:
    """Jana works in another office by now; her old disk offers the client to that one."""
    client, jana = _lost_client(town), town.jana
    with town.server.office.writing() as desk:
        rights.create_office(desk, "zlin", "Zlín")
        rights.give(desk, person_of(jana), Right(ZLIN, ALL_CLASSES, may_write=True), REASON)
    letter = replace(jana.attachment(client, b"letter"), scope=ZLIN)
    assert jana.adviser.push_one(letter).missing == letter.blobs
    jana.send_blobs(ZLIN, b"letter")
    assert _went(jana.adviser.push(letter, replace(client, scope=ZLIN)))
    with town.server.office.reading() as desk:
        assert handing_in.find(desk, letter.op).line.scope == BRNO
    _accept(town, letter.op)
    assert town.petr.adviser.blob(letter.blobs[0]).body == b"letter"
    assert not {row.id for row in jana.pull()[0]} & {client.id, letter.id}


def test_that_what_was_erased_in_a_lost_or_another_scope_stays_erased(
    town: Town, tmp_path: Path
) -> None:
    lost, jana, petr = _lost_client(town), town.jana, town.petr
    readable = petr.client(BRNO)
    assert petr.adviser.push_one(readable).answer is Answer.OK
    with town.server.office.writing() as desk:
        for client in (lost, readable):
            erasures.erase(desk, ClientId(client.id), tmp_path / "erasures", "by letter")
    readable = replace(readable, scope="")
    for laptop, client in ((jana, lost), (petr, readable)):
        lines = (laptop.consent(client), client, laptop.edit(client, client_body("Bílá")))
        answers = laptop.adviser.push(*lines)
        assert [(r.answer, r.handed_in, r.version) for r in answers] == [
            (Answer.ERASED, False, 0)
        ] * 3
        assert _scopes(town, client.id) == [BRNO]
    assert _waiting(town) == []


def test_that_a_scope_that_was_never_ones_own_is_not_told_of(town: Town) -> None:
    """Whoever learns an id learns nothing by offering it."""
    client = _lost_client(town)
    stranger = town.stranger
    lines = (client, stranger.consent(client))
    answers = stranger.adviser.push(*lines)
    assert [(r.answer, r.version, r.handed_in) for r in answers] == [(Answer.OK, 1, False)] * 2
    assert _waiting(town) == []


def test_that_a_right_that_is_back_or_a_client_of_ones_own_changes_nothing(town: Town) -> None:
    client, jana = _lost_client(town), town.jana
    own = jana.client()
    answers = jana.adviser.push(own, jana.consent(own))
    assert [(r.answer, r.handed_in) for r in answers] == [(Answer.OK, False)] * 2
    town.give(jana)
    result = jana.adviser.push_one(jana.edit(client, client_body("Bílá")))
    assert (result.answer, result.handed_in) == (Answer.STALE, False)
