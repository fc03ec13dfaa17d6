"""Rights: what a person may read and write, what a lost right leaves, two installs of one."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations import handed_in_decisions
from smartclient.backoffice.operations.principals import right_of
from smartclient.backoffice.operations.registers import handing_in, rights
from smartclient.backoffice.tables import schema
from smartclient.domain.errors import BadInput, Refused
from smartclient.domain.ids import InstallId, PersonId
from smartclient.wire import encoding
from smartclient.wire.messages import Answer, Problem, RecordKind
from smartclient.wire.register_bodies import Purpose
from tests.simulators.adviser import sha_of
from tests.unit.backoffice.registers.conftest import BRNO, REASON, Town, person_of, whole


def test_that_a_token_tells_where_new_records_live(memory_town: Town) -> None:
    town = memory_town
    in_office = town.server.token(town.jana.adviser.installed)
    alone = town.server.token(town.stranger.adviser.installed)
    assert (in_office.scope, in_office.office) == (town.jana.adviser.scope, BRNO)
    assert alone.office == alone.scope == town.stranger.adviser.scope


def test_that_what_one_writes_in_the_office_the_other_reads(town: Town) -> None:
    line = town.jana.client(BRNO)
    assert town.jana.adviser.push_one(line).answer is Answer.OK
    rows, _ = town.petr.pull()
    assert [(row.id, row.kind) for row in rows if row.kind is RecordKind.CLIENT] == [
        (line.id, RecordKind.CLIENT)
    ]
    assert town.petr.bodies(line.id) == {line.id: line.body}
    assert town.stranger.bodies(line.id) == {}


def test_that_one_push_may_write_several_scopes(town: Town) -> None:
    offer = town.jana.adviser.offer()
    client = town.jana.client(BRNO)
    own = town.jana.client()
    policy = town.jana.policy(client)
    answers = town.jana.adviser.push(offer.line(), client, own, policy)
    assert [result.answer for result in answers] == [Answer.OK] * 4
    rows, _ = town.petr.pull()
    assert {row.id for row in rows if row.kind is not RecordKind.NUMBER_LEASE} == {
        client.id,
        policy.id,
    }
    assert [row.parent for row in rows if row.id == policy.id] == [client.id]


def test_that_every_scope_has_its_own_gap_free_cursor(town: Town) -> None:
    for _ in range(3):
        town.jana.adviser.push(town.jana.client(BRNO), town.jana.adviser.offer().line())
    with town.server.office.reading() as desk:
        table = schema.record
        for scope in (BRNO, town.jana.adviser.scope):
            seqs = select(table.c.seq).where(table.c.scope == scope).order_by(table.c.seq)
            found = list(desk.connection.execute(seqs).scalars())
            assert found == list(range(1, len(found) + 1))


def test_that_nothing_new_in_any_scope_is_304(town: Town) -> None:
    town.jana.adviser.push(town.jana.client(BRNO), town.jana.adviser.offer().line())
    town.jana.pull()
    etag = town.jana.ask().headers["etag"]
    assert town.jana.ask(etag).status == 304
    town.petr.adviser.push_one(town.petr.client(BRNO))
    assert town.jana.ask(etag).status == 200


def test_that_a_document_lives_in_a_persons_scope_only(memory_town: Town) -> None:
    town = memory_town
    offer = town.jana.adviser.offer().line()
    misplaced = town.jana.adviser.push_one(replace(offer, scope=BRNO))
    assert (misplaced.answer, misplaced.code) == (Answer.INVALID, "SC-SERV-071")


@pytest.mark.parametrize("scope", ["office:praha", "office:nowhere", "portal", "person:x", " "])
def test_that_a_scope_never_had_is_refused_and_told_apart_from_none(
    memory_town: Town, scope: str
) -> None:
    with memory_town.server.office.writing() as desk:
        rights.create_office(desk, "praha", "Praha")
    result = memory_town.jana.adviser.push_one(memory_town.jana.client(scope))
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-070")


def test_that_another_persons_scope_is_refused_like_none(memory_town: Town) -> None:
    line = memory_town.jana.client(memory_town.petr.adviser.scope)
    result = memory_town.jana.adviser.push_one(line)
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-070")


def test_that_who_may_only_read_writes_nothing(memory_town: Town) -> None:
    town = memory_town
    town.give(town.stranger, may_write=False)
    result = town.stranger.adviser.push_one(town.stranger.client(BRNO))
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-070")
    town.jana.adviser.push_one(line := town.jana.client(BRNO))
    assert line.id in town.stranger.bodies(line.id)


def test_that_a_lost_scope_is_told_once_and_nothing_more_comes_of_it(town: Town) -> None:
    town.jana.adviser.push_one(line := town.jana.client(BRNO))
    town.petr.pull()
    town.take(town.petr)
    page = town.petr.page()
    assert (page.left, page.rows, page.more) == ((BRNO,), (), True)
    rows, left = town.petr.pull()
    assert (rows, left) == ([], [BRNO])
    assert town.petr.pull() == ([], [])
    assert town.petr.bodies(line.id) == {}


def test_that_an_etag_of_before_hides_no_lost_scope(memory_town: Town) -> None:
    town = memory_town
    town.jana.adviser.push_one(town.jana.client(BRNO))
    town.petr.pull()
    etag = town.petr.ask().headers["etag"]
    assert town.petr.ask(etag).status == 304
    town.take(town.petr)
    assert town.petr.ask(etag).status == 200


def test_that_a_scope_never_had_is_an_error_in_the_feed(memory_town: Town) -> None:
    town = memory_town
    town.stranger.since[BRNO] = 0
    reply = town.stranger.ask()
    assert reply.status == 403
    assert Problem.from_json(encoding.parse(reply.body)).code == "SC-SERV-011"


def test_that_a_right_given_back_reads_the_scope_from_its_beginning(memory_town: Town) -> None:
    town = memory_town
    town.jana.adviser.push_one(line := town.jana.client(BRNO))
    town.petr.pull()
    town.take(town.petr)
    town.petr.pull()
    town.give(town.petr)
    rows, left = town.petr.pull()
    assert ([row.id for row in rows], left) == ([line.id], [])


def test_that_a_wider_right_brings_the_scope_again_with_what_was_hidden(town: Town) -> None:
    client = town.jana.client(BRNO)
    town.give(town.jana, "medical")
    town.jana.send_blobs(BRNO, b"finding")
    finding = town.jana.attachment(client, b"finding", Purpose.MEDICAL)
    town.jana.adviser.push(client, finding)
    rows, _ = town.petr.pull()
    assert [row.id for row in rows if row.kind is not RecordKind.NUMBER_LEASE] == [client.id]
    town.give(town.petr, "medical")
    rows, left = town.petr.pull()
    assert (left, {row.id for row in rows}) == ([BRNO], {client.id, finding.id})
    assert town.petr.grants[BRNO] == "medical"


def test_that_a_narrower_right_takes_the_hidden_class_away(memory_town: Town) -> None:
    town = memory_town
    town.give(town.petr, "medical")
    town.give(town.jana, "medical")
    client = town.jana.client(BRNO)
    town.jana.send_blobs(BRNO, b"finding")
    finding = town.jana.attachment(client, b"finding", Purpose.MEDICAL)
    town.jana.adviser.push(client, finding)
    town.petr.pull()
    town.give(town.petr)
    rows, left = town.petr.pull()
    assert (left, [row.id for row in rows]) == ([BRNO], [client.id])


def test_that_hidden_rows_keep_nobody_behind_for_ever(memory_town: Town) -> None:
    town = memory_town
    town.give(town.jana, "medical")
    client = town.jana.client(BRNO)
    town.jana.send_blobs(BRNO, b"finding")
    town.jana.adviser.push(client, town.jana.attachment(client, b"finding", Purpose.MEDICAL))
    town.petr.pull()
    etag = town.petr.ask().headers["etag"]
    assert town.petr.ask(etag).status == 304


def test_that_an_edit_for_a_lost_scope_is_handed_in_sealed(town: Town) -> None:
    town.jana.adviser.push_one(line := town.jana.client(BRNO))
    town.take(town.jana)
    edit = town.jana.edit(line, {"schema": 1, "surname": "Bílá"})
    assert town.jana.adviser.push_one(edit).answer is Answer.OK
    assert town.jana.adviser.push_one(edit).answer is Answer.OK
    with town.server.office.writing() as desk:
        (waiting,) = handed_in_decisions.edits(desk, waiting=True)
        assert (waiting.record, waiting.meant_for) == (line.id, BRNO)
        assert waiting.scope == town.jana.adviser.scope
        assert handing_in.find(desk, edit.op).line == edit
        kept = desk.connection.execute(select(schema.handed_in.c.line)).scalar_one()
    assert "Bílá".encode() not in kept
    assert town.petr.bodies(line.id) == {line.id: line.body}


def test_that_what_the_scope_has_already_needs_nobody_to_decide(town: Town) -> None:
    """A laptop that lost the right offers again what a restored server may have forgotten."""
    client, forgotten = town.jana.client(BRNO), town.jana.client(BRNO)
    town.jana.adviser.push_one(client)
    town.take(town.jana)
    answers = town.jana.adviser.push(client, forgotten)
    assert [(each.answer, each.handed_in) for each in answers] == [(Answer.OK, True)] * 2
    with town.server.office.reading() as desk:
        assert [each.record for each in handed_in_decisions.edits(desk, waiting=True)] == [
            forgotten.id
        ]


def test_that_what_is_handed_in_brings_its_blobs_first(memory_town: Town) -> None:
    town = memory_town
    town.jana.adviser.push_one(client := town.jana.client(BRNO))
    town.take(town.jana)
    line = town.jana.attachment(client, b"letter")
    assert town.jana.adviser.push_one(line).answer is Answer.MISSING
    assert town.jana.send_blobs(BRNO, b"letter").status == 200
    assert town.jana.adviser.push_one(line).answer is Answer.OK
    with town.server.office.reading() as desk:
        table = schema.blob
        where = select(table.c.scope).where(table.c.sha256 == sha_of(b"letter"))
        assert list(desk.connection.execute(where).scalars()) == [town.jana.adviser.scope]


def test_that_an_edit_of_a_lost_class_is_handed_in(memory_town: Town) -> None:
    town = memory_town
    town.give(town.jana, "medical")
    town.jana.adviser.push_one(client := town.jana.client(BRNO))
    town.jana.send_blobs(BRNO, b"finding")
    town.give(town.jana)
    finding = town.jana.attachment(client, b"finding", Purpose.MEDICAL)
    assert town.jana.adviser.push_one(finding).answer is Answer.OK
    with town.server.office.reading() as desk:
        assert [each.record for each in handed_in_decisions.edits(desk, waiting=True)] == [
            finding.id
        ]


def test_that_two_installs_of_one_person_read_and_write_both_scopes(town: Town) -> None:
    first, second = town.jana, town.stranger
    offer, other = first.adviser.offer(), second.adviser.offer()
    first.adviser.push_ok(offer)
    second.adviser.push_ok(other)
    with town.server.office.writing() as desk:
        joined = rights.join(desk, second.adviser.installed.id, person_of(first), REASON)
        again = rights.join(desk, second.adviser.installed.id, person_of(first), REASON)
    assert (joined, again) == (True, False)
    assert {offer.id, other.id} <= set(first.bodies(offer.id, other.id))
    assert {offer.id, other.id} <= set(second.bodies(offer.id, other.id))
    rows, left = second.pull()
    assert left == []
    assert {offer.id, other.id} <= {row.id for row in rows}
    told = town.server.token(second.adviser.installed)
    assert (told.scope, told.office) == (second.adviser.scope, BRNO)
    first.adviser.edit(offer, note="from the other laptop")
    line = replace(offer.line(), scope=first.adviser.scope)
    assert second.adviser.push_one(line).answer is Answer.OK


def test_that_numbers_are_leased_in_the_own_scope_wherever_they_are_used(memory_town: Town) -> None:
    town = memory_town
    first, second = town.jana, town.stranger
    with town.server.office.writing() as desk:
        rights.join(desk, second.adviser.installed.id, person_of(first), REASON)
    line = replace(second.adviser.offer(number="7200000900").line(), scope=first.adviser.scope)
    assert second.adviser.push_one(line).answer is Answer.OK
    with town.server.office.reading() as desk:
        table = schema.number_lease
        mine = select(table.c.scope).where(table.c.install == second.adviser.installed.id)
        assert list(desk.connection.execute(mine).scalars()) == [second.adviser.scope]


def test_that_a_wrong_join_is_taken_back_and_the_data_go(town: Town) -> None:
    first, second = town.jana, town.stranger
    first.adviser.push_ok(offer := first.adviser.offer())
    first.adviser.push_one(town.jana.client(BRNO))
    with town.server.office.writing() as desk:
        rights.join(desk, second.adviser.installed.id, person_of(first), REASON)
    second.pull()
    with town.server.office.writing() as desk:
        assert rights.part(desk, second.adviser.installed.id, REASON)
        assert not rights.part(desk, second.adviser.installed.id, REASON)
    _, left = second.pull()
    assert set(left) == {first.adviser.scope, BRNO}
    assert second.bodies(offer.id) == {}
    second.adviser.push_ok(own := second.adviser.offer())
    assert first.bodies(own.id) == {}


LOST = "person:00000000-0000-4000-8000-00000000aaaa"


def test_that_a_scope_the_server_forgot_is_adopted_with_a_reason(town: Town) -> None:
    anew = town.stranger.adviser
    line = replace(anew.offer().line(), scope=LOST)
    assert anew.push_one(line).code == "SC-SERV-070"
    with town.server.office.writing() as desk:
        assert rights.adopt(desk, anew.installed.id, LOST, REASON)
        assert not rights.adopt(desk, anew.installed.id, LOST, REASON)
    assert anew.push_one(line).answer is Answer.OK
    assert town.stranger.bodies(line.id) == {line.id: line.body}
    assert town.jana.bodies(line.id) == {}
    with town.server.office.reading() as desk:
        table = schema.right_change
        asked = select(table.c.install, table.c.reason).where(table.c.action == "adopted")
        assert desk.connection.execute(asked).all() == [(anew.installed.id, REASON)]


def test_that_what_somebody_has_is_not_adopted(memory_town: Town) -> None:
    town = memory_town
    jana, anew = town.jana.adviser, town.stranger.adviser
    with town.server.office.writing() as desk:
        for scope in (jana.scope, anew.scope, BRNO, "portal"):
            with pytest.raises(Refused, match="SC-SERV-085"):
                rights.adopt(desk, anew.installed.id, scope, REASON)
        rights.adopt(desk, jana.installed.id, LOST, REASON)
        with pytest.raises(Refused, match="SC-SERV-085"):
            rights.adopt(desk, anew.installed.id, LOST, REASON)
        with pytest.raises(BadInput, match="SC-HELP-002"):
            rights.adopt(desk, jana.installed.id, LOST, " ")
        with pytest.raises(Refused, match="SC-SERV-078"):
            rights.adopt(desk, InstallId(LOST.removeprefix("person:")), LOST, REASON)
    line = replace(anew.offer().line(), scope=LOST)
    assert anew.push_one(line).code == "SC-SERV-070"


def test_that_every_act_leaves_its_reason(memory_town: Town) -> None:
    town = memory_town
    town.take(town.petr)
    with town.server.office.reading() as desk:
        table = schema.right_change
        acts = desk.connection.execute(select(table.c.action, table.c.reason)).all()
    assert [tuple(act) for act in acts] == [("given", REASON), ("given", REASON), ("taken", REASON)]


def test_that_what_stands_already_changes_nothing(town: Town) -> None:
    with town.server.office.writing() as desk:
        assert not rights.create_office(desk, "brno", "Brno")
        right = right_of(BRNO, "", may_write=True)
        assert not rights.give(desk, person_of(town.jana), right, REASON)
        assert not rights.take(desk, person_of(town.stranger), BRNO, REASON)
        (office,) = rights.list_offices(desk)
    assert {member.person for member in office.members} == {
        person_of(town.jana),
        person_of(town.petr),
    }


def test_that_acts_on_what_is_not_there_are_refused(memory_town: Town) -> None:
    nobody = PersonId("00000000-0000-4000-8000-ffffffffffff")
    jana = person_of(memory_town.jana)
    with memory_town.server.office.writing() as desk:
        with pytest.raises(Refused, match="SC-SERV-077"):
            rights.give(desk, nobody, whole(BRNO), REASON)
        with pytest.raises(Refused, match="SC-SERV-075"):
            rights.give(desk, jana, whole("office:nowhere"), REASON)
        with pytest.raises(Refused, match="SC-SERV-078"):
            rights.join(desk, InstallId(nobody), jana, REASON)
        with pytest.raises(BadInput, match="SC-HELP-002"):
            rights.take(desk, jana, BRNO, "  ")
        for office, name in (("Brno", "x"), ("", "x"), ("a b", "x"), ("brno2", " ")):
            with pytest.raises(BadInput, match="SC-SERV-074"):
                rights.create_office(desk, office, name)
        with pytest.raises(Refused, match="SC-SERV-076"):
            handing_in.find(desk, memory_town.jana.client().op)
