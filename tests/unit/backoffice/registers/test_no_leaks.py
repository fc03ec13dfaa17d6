"""No row, body or blob byte of a scope or class without a right ever leaves, whatever is asked.

Generated worlds: two offices, persons with and without rights and classes, records of every class.
Each world is then attacked by everybody with everything that a curious laptop could know: all ids,
all hashes, all names of scopes.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartclient.backoffice.operations.principals import right_of
from smartclient.backoffice.operations.registers import rights
from smartclient.domain.ids import IdSource
from smartclient.wire import encoding
from smartclient.wire.kinds import RecordClass
from smartclient.wire.messages import Answer, PushLine, mapping
from smartclient.wire.register_bodies import Purpose
from tests.simulators.adviser import Adviser, sha_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.register_lines import RegisterLaptop, client_body, missing_of
from tests.unit.backoffice.registers.conftest import BRNO, REASON, Town, person_of

OFFICES = (BRNO, rights.office_scope("praha"))
GRANTS = ("", "identity", "medical", "identity+medical")
_NAMES = itertools.count()


@dataclass(slots=True)
class World:
    """Who may read what, and what there is."""

    laptops: list[RegisterLaptop]
    grants: dict[tuple[int, str], str]
    secrets: list[tuple[PushLine, bytes]] = field(default_factory=list)
    """Each record with the bytes of its file."""

    def may_read(self, reader: int, line: PushLine) -> bool:
        """By the plain rule, which knows nothing of the server."""
        if line.scope == self.laptops[reader].adviser.scope:
            return True
        grant = self.grants.get((reader, line.scope))
        named = grant.split("+") if grant else []
        is_general = line.record_class is RecordClass.GENERAL
        return grant is not None and (is_general or line.record_class.value in named)


_RIGHTS = st.dictionaries(
    st.tuples(st.integers(0, 2), st.sampled_from(OFFICES)), st.sampled_from(GRANTS), max_size=5
)
_RECORDS = st.lists(
    st.tuples(st.sampled_from([*OFFICES, "own"]), st.integers(0, 2), st.sampled_from(Purpose)),
    min_size=1,
    max_size=4,
)


def _give(world: World, server: InProcessServer, who: int, scope: str, grant: str | None) -> None:
    person = person_of(world.laptops[who])
    with server.office.writing() as desk:
        if grant is None:
            rights.take(desk, person, scope, REASON)
        else:
            rights.give(desk, person, right_of(scope, grant, may_write=True), REASON)


def _built(
    server: InProcessServer,
    laptops: list[RegisterLaptop],
    given_rights: dict[tuple[int, str], str],
    records: list[tuple[str, int, Purpose]],
) -> World:
    world = World(laptops, given_rights)
    for who, scope in itertools.product(range(3), OFFICES):
        _give(world, server, who, scope, "identity+medical")
    for place, who, purpose in records:
        writer = laptops[who]
        scope = writer.adviser.scope if place == "own" else place
        content = f"secret file {next(_NAMES)}".encode()
        client = writer.client(scope, client_body(f"Secret {next(_NAMES)}"))
        writer.send_blobs(scope, content)
        file = replace(writer.attachment(client, content, purpose), scope=scope)
        assert {each.answer for each in writer.adviser.push(client, file)} == {Answer.OK}
        world.secrets += [(client, b""), (file, content)]
    for who, scope in itertools.product(range(3), OFFICES):
        _give(world, server, who, scope, given_rights.get((who, scope)))
    return world


@pytest.fixture
def laptops(memory_server: InProcessServer, ids: IdSource) -> list[RegisterLaptop]:
    """Three people."""
    with memory_server.office.writing() as desk:
        for office in ("brno", "praha"):
            rights.create_office(desk, office, office)
    return [RegisterLaptop(Adviser(memory_server, ids)) for _ in range(3)]


@given(given_rights=_RIGHTS, records=_RECORDS)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_that_every_way_of_asking_gives_what_a_right_allows_and_no_more(
    memory_server: InProcessServer,
    laptops: list[RegisterLaptop],
    given_rights: dict[tuple[int, str], str],
    records: list[tuple[str, int, Purpose]],
) -> None:
    world = _built(memory_server, laptops, given_rights, records)
    for reader, laptop in enumerate(laptops):
        own = RegisterLaptop(laptop.adviser)
        rows, left = own.pull()
        # Who begins anew is told once more what was lost; nobody knows what is still there.
        assert set(left) == {scope for scope in OFFICES if (reader, scope) not in given_rights}
        told = {row.id for row in rows}
        bodies = own.bodies(*(line.id for line, _ in world.secrets))
        for line, content in world.secrets:
            allowed = world.may_read(reader, line)
            assert (line.id in told) == allowed
            assert (line.id in bodies) == allowed
            if content:
                reply = laptop.adviser.blob(sha_of(content))
                assert (reply.status == 200, content in reply.body) == (allowed, allowed)


@given(given_rights=_RIGHTS, records=_RECORDS)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_that_naming_a_hash_an_id_or_a_scope_grants_nothing(
    memory_server: InProcessServer,
    laptops: list[RegisterLaptop],
    given_rights: dict[tuple[int, str], str],
    records: list[tuple[str, int, Purpose]],
) -> None:
    """Each writes records of their own that name what they may not read, wherever they can."""
    world = _built(memory_server, laptops, given_rights, records)
    hidden = [
        (reader, line, content)
        for reader in range(3)
        for line, content in world.secrets
        if not world.may_read(reader, line)
    ]
    for reader, line, content in hidden:
        attacker = laptops[reader]
        heard = b"".join(_attacks(attacker, line, content))
        assert line.sha256.encode() not in heard
        assert b"Secret" not in heard
        assert b"secret" not in heard
        reply = attacker.adviser.blob(sha_of(content))
        assert reply.status == 404
        assert line.id not in attacker.bodies(line.id)


def _attacks(attacker: RegisterLaptop, line: PushLine, content: bytes) -> Iterator[bytes]:
    """What the server says to everything that names the hidden record or its file."""
    adviser = attacker.adviser
    digest = sha_of(content)
    since = adviser.send("/v1/changes", {"epoch": adviser.epoch, "since": {line.scope: 0}})
    yield since.body
    for scope in {"", line.scope, *OFFICES, "portal", "office:x"}:
        asked = adviser.send("/v1/blobs/missing", {"sha256": [digest], "scope": scope})
        assert asked.status == 403 or missing_of(asked) == [digest]
        yield asked.body
        hanging = replace(attacker.attachment(line, b"", Purpose.OTHER), scope=scope)
        body = {**hanging.body, "sha256": digest}
        naming = replace(
            hanging, blobs=(digest,), body=body, sha256=encoding.sha256(encoding.canonical(body))
        )
        reply = adviser.push_one(naming)
        assert reply.answer in (Answer.MISSING, Answer.INVALID)
        as_parent = attacker.policy(replace(line, scope=scope))
        yield repr(adviser.push_one(as_parent)).encode()
        if scope == line.scope:
            same_id = replace(attacker.client(scope, {"schema": 1}), id=line.id)
            answered = adviser.push_one(same_id)
            # Everybody once had a right to the scope: what they lost is handed in, unanswered.
            assert answered.answer in (Answer.INVALID, Answer.OK)
            assert answered.version == 0


def test_that_who_shows_the_bytes_may_name_them(memory_town: Town) -> None:
    town, content = memory_town, b"the same form"
    town.give(town.jana, "medical")
    client = town.jana.client(BRNO)
    town.jana.send_blobs(BRNO, content)
    town.jana.adviser.push(client, town.jana.attachment(client, content, Purpose.MEDICAL))
    plain = town.petr.attachment(client, content)
    assert town.petr.adviser.push_one(plain).answer is Answer.MISSING
    assert town.petr.send_blobs(BRNO, content).status == 200
    asked = town.petr.adviser.send(
        "/v1/blobs/missing", {"sha256": [sha_of(content)], "scope": BRNO}
    )
    assert missing_of(asked) == []
    assert town.petr.adviser.push_one(plain).answer is Answer.OK
    assert town.petr.adviser.blob(sha_of(content)).body == content
    assert town.stranger.adviser.blob(sha_of(content)).status == 404


def test_that_nobody_goes_on_with_what_another_one_began_to_send(memory_town: Town) -> None:
    town, content = memory_town, b"0123456789"
    digest = sha_of(content)
    address = f"/v1/blobs/{digest}/part?offset={{}}&total=10&scope={BRNO}"
    began = town.jana.adviser.send_bytes(address.format(0), content[:9])
    assert mapping(encoding.parse(began.body)) == {"offset": 9, "complete": False}
    asked = town.petr.adviser.send("/v1/blobs/missing", {"sha256": [digest], "scope": BRNO})
    assert mapping(encoding.parse(asked.body))["begun"] == {}
    assert town.petr.adviser.send_bytes(address.format(9), content[9:]).status == 409
    done = town.jana.adviser.send_bytes(address.format(9), content[9:])
    assert mapping(encoding.parse(done.body)) == {"offset": 10, "complete": True}
    client = town.jana.client(BRNO)
    town.jana.adviser.push(client, town.jana.attachment(client, content))
    assert town.petr.adviser.blob(digest).body == content


@pytest.mark.parametrize("scope", ["office:praha", "portal", "person:someone", "x" * 80])
def test_that_blobs_are_not_taken_for_a_scope_never_had(memory_town: Town, scope: str) -> None:
    adviser = memory_town.jana.adviser
    assert adviser.send_blobs(b"x", scope=scope).status == 403
    assert adviser.send_bytes(f"/v1/blobs/{sha_of(b'x')}/part?scope={scope}", b"x").status == 403
    asked = adviser.send("/v1/blobs/missing", {"sha256": [sha_of(b"x")], "scope": scope})
    assert asked.status == 403


def test_that_a_scope_too_long_to_be_one_is_bad_input(memory_town: Town) -> None:
    adviser = memory_town.jana.adviser
    assert adviser.send_blobs(b"x", scope="x" * 81).status == 400
    asked = adviser.send("/v1/blobs/missing", {"sha256": [], "scope": "x" * 81})
    assert asked.status == 400


def test_that_an_attachment_says_the_class_of_its_purpose(memory_town: Town) -> None:
    town = memory_town
    town.give(town.jana, "identity+medical")
    client = town.jana.client(BRNO)
    town.jana.send_blobs(BRNO, b"card")
    card = town.jana.attachment(client, b"card", Purpose.IDENTITY)
    for wrong in (RecordClass.GENERAL, RecordClass.MEDICAL):
        result = town.jana.adviser.push_one(replace(card, record_class=wrong))
        assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-072")


def test_that_a_record_keeps_its_class(memory_town: Town) -> None:
    town = memory_town
    town.give(town.jana, "medical")
    client = replace(town.jana.client(BRNO), record_class=RecordClass.MEDICAL)
    town.jana.adviser.push_one(client)
    edit = replace(town.jana.edit(client, client_body("B")), record_class=RecordClass.GENERAL)
    result = town.jana.adviser.push_one(edit)
    assert (result.answer, result.code) == (Answer.INVALID, "SC-SERV-072")
