"""What a revoked install hands in from an old disk goes where its client lives."""

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from smartclient.backoffice.operations import handed_in_decisions, helpdesk, taking_in
from smartclient.backoffice.operations.handed_in_decisions import Wish
from smartclient.backoffice.operations.taking_in import TakenIn
from smartclient.backoffice.tables import schema
from smartclient.wire import handed_in
from smartclient.wire.encoding import sha256
from smartclient.wire.messages import Answer, PushLine
from tests.simulators.identities import identity_of
from tests.simulators.register_lines import RegisterLaptop, client_body
from tests.unit.backoffice.registers.conftest import BRNO, REASON, Town

LETTER = b"letter"


def _take_in(town: Town, laptop: RegisterLaptop, *lines: PushLine) -> TakenIn:
    """Revoke the laptop, and take in these lines of it as its package would bring them."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    installed = laptop.adviser.installed
    sign = identity_of(installed).sign
    blobs = {sha256(LETTER): LETTER}
    now = town.clock.now()
    content = handed_in.sealed(installed.id, now, "0.1.0", lines, blobs, sign, public)
    with town.server.office.writing() as desk:
        helpdesk.revoke(desk, installed.id, "stolen")
        return taking_in.take_in(desk, handed_in.opened(content, key), REASON)


def _meant_for(town: Town) -> dict[str, str]:
    with town.server.office.reading() as desk:
        waiting = handed_in_decisions.edits(desk, waiting=True)
    return {each.op: each.meant_for for each in waiting}


def _scopes(town: Town, record: str) -> list[str]:
    table = schema.record
    with town.server.office.reading() as desk:
        return list(
            desk.connection.execute(select(table.c.scope).where(table.c.id == record)).scalars()
        )


def _edit_and_what_hangs(laptop: RegisterLaptop, client: PushLine) -> list[PushLine]:
    """What is typed on an image from before the client's first push, which knows of no scope."""
    image = replace(client, scope="")
    again = laptop.client(body=client_body("Bílá"))
    edit = replace(again, id=client.id)
    policy = laptop.policy(image)
    return [laptop.consent(image), laptop.attachment(image, LETTER), policy, edit]


def _must_come_home(town: Town, client: PushLine, home: str) -> None:
    lines = _edit_and_what_hangs(town.jana, client)
    taken = _take_in(town, town.jana, *lines)
    assert (taken.edits, taken.files, taken.missing_files) == (4, 1, 0)
    assert _meant_for(town) == {line.op: home for line in lines}
    for line in lines:
        with town.server.office.writing() as desk:
            handed_in_decisions.accept(desk, line.op, "Karel Vrba", REASON, Wish(over=True))
    assert _scopes(town, client.id) == [home]


def test_that_it_goes_to_the_office_that_the_person_still_works_in(town: Town) -> None:
    client = town.jana.client(BRNO)
    assert town.jana.adviser.push_one(client).answer is Answer.OK
    _must_come_home(town, client, BRNO)
    assert town.petr.bodies(client.id)[client.id] == client_body("Bílá")


def test_that_it_goes_to_the_office_that_was_lost(memory_town: Town) -> None:
    client = memory_town.jana.client(BRNO)
    assert memory_town.jana.adviser.push_one(client).answer is Answer.OK
    memory_town.take(memory_town.jana)
    _must_come_home(memory_town, client, BRNO)


def test_that_what_lives_with_the_person_stays_there(memory_town: Town) -> None:
    """The image was to send it to the office, because the right came back into it with a copy."""
    town = memory_town
    client = town.jana.client()
    assert town.jana.adviser.push_one(client).answer is Answer.OK
    edit = replace(town.jana.client(BRNO, client_body("Bílá")), id=client.id)
    _take_in(town, town.jana, edit)
    assert _meant_for(town) == {edit.op: town.jana.adviser.scope}


def test_that_a_new_client_and_documents_stay_in_the_own_scope(memory_town: Town) -> None:
    town = memory_town
    new, offer = town.jana.client(), town.jana.adviser.offer().line()
    _take_in(town, town.jana, new, town.jana.consent(new), offer)
    assert set(_meant_for(town).values()) == {town.jana.adviser.scope}


def test_that_a_scope_of_others_is_not_looked_at(memory_town: Town) -> None:
    town = memory_town
    client = town.petr.client(BRNO)
    assert town.petr.adviser.push_one(client).answer is Answer.OK
    edit = replace(town.stranger.client(), id=client.id)
    _take_in(town, town.stranger, edit)
    assert _meant_for(town) == {edit.op: town.stranger.adviser.scope}
