"""The contract register: who may read it, and what the insurer's list makes of it."""

import json

import pytest
from sqlalchemy import func, select, update

from smartclient.backoffice.operations import contracts
from smartclient.backoffice.operations.contract_import import (
    MAX_ENTRY_BYTES,
    BadEntry,
    entries_of_lines,
    entries_of_list,
    import_contracts,
)
from smartclient.backoffice.operations.contracts import BY_INSTALL, Saved
from smartclient.backoffice.operations.partners import Partner, save_partners
from smartclient.backoffice.tables import schema
from smartclient.domain.contract_number import ContractNumber
from smartclient.domain.ids import HrNumber
from smartclient.wire import encoding
from smartclient.wire.contracts import PATH, Contract
from smartclient.wire.messages import Json, Problem
from smartclient.wire.transport import Reply, Request
from tests.simulators.adviser import Adviser
from tests.simulators.contracts import NUMBER, entry, settings
from tests.simulators.inprocess import BLOCKED_HR, KNOWN_HR, InProcessServer
from tests.simulators.time_and_ids import SetClock

OTHER_HR = HrNumber("90055555")


def _save(server: InProcessServer, *entries: contracts.RegisterEntry) -> list[Saved]:
    with server.office.writing() as desk:
        return [contracts.save(desk, each) for each in entries]


def _ask(adviser: Adviser, number: str = NUMBER) -> Reply:
    return adviser.server.send(Request("GET", f"{PATH}{number}", adviser.headers, b""))


def _refusal(reply: Reply) -> tuple[int, str]:
    return reply.status, Problem.from_json(encoding.parse(reply.body)).code


def _line(**changes: Json) -> Json:
    return {
        "number": NUMBER,
        "hr": KNOWN_HR,
        "product": "flexi",
        "tariff_version": 2,
        "policyholder": "Petr Novák",
        "settings": settings(),
        **changes,
    }


def test_that_an_adviser_reads_a_contract_of_the_own_partner(
    adviser: Adviser, server: InProcessServer
) -> None:
    _save(server, entry())
    reply = _ask(adviser)
    assert reply.status == 200
    found = Contract.from_json(encoding.parse(reply.body))
    assert (found.number, found.revision, found.product) == (NUMBER, 1, "flexi")
    assert (found.tariff_version, found.policyholder) == (2, "Petr Novák")
    assert found.settings == entry().settings


def test_that_an_unknown_contract_and_another_partners_look_the_same(
    adviser: Adviser, server: InProcessServer
) -> None:
    foreign = ContractNumber("7200000025")
    _save(server, entry(foreign, OTHER_HR))
    replies = [_ask(adviser, number) for number in (foreign, "7200000033")]
    assert [_refusal(reply) for reply in replies] == [(404, "SC-CONTRACT-002")] * 2
    assert replies[0].body == replies[1].body


@pytest.mark.parametrize("number", ["6200000017", "720000001", "72000000170", "72%C5%88", "7x"])
def test_that_what_is_no_number_of_a_contract_is_refused(
    memory_server: InProcessServer, number: str
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    assert _refusal(_ask(adviser, number)) == (422, "SC-CONTRACT-001")


def test_that_the_register_is_closed_to_strangers_and_to_blocked_partners(
    adviser: Adviser, server: InProcessServer
) -> None:
    _save(server, entry())
    own = adviser.headers
    adviser.headers = {}
    assert _refusal(_ask(adviser))[0] == 401
    adviser.headers = own
    with server.office.writing() as desk:
        save_partners(desk, [Partner(KNOWN_HR, "Partner", "", blocked=True)])
    assert _refusal(_ask(adviser)) == (403, "SC-SERV-015")


def test_that_numbers_cannot_be_tried_one_after_another(
    memory_server: InProcessServer, clock: SetClock
) -> None:
    adviser = Adviser(memory_server, memory_server.office.ids)
    _save(memory_server, entry())
    tried = [_ask(adviser, "7200000099").status for _ in range(BY_INSTALL.tries)]
    assert tried == [404] * BY_INSTALL.tries
    refused = _ask(adviser)
    assert _refusal(refused) == (429, "SC-SERV-012")
    clock.pass_time(seconds=int(refused.headers["retry-after"]))
    assert _ask(adviser).status == 200


def test_that_the_list_can_be_imported_again_without_a_new_revision(
    server: InProcessServer,
) -> None:
    assert _save(server, entry(), entry()) == [Saved.NEW, Saved.UNCHANGED]
    changed = entry(contact={"email": "novak@example.com"})
    assert _save(server, changed, changed) == [Saved.CHANGED, Saved.UNCHANGED]
    with server.office.reading() as desk:
        newest, first = contracts.find(desk, NUMBER), contracts.find(desk, NUMBER, 1)
    assert newest is not None
    assert first is not None
    assert (newest.contract.revision, newest.contract.settings) == (2, changed.settings)
    assert first.contract.settings == entry().settings


def test_that_a_contract_that_moves_to_another_partner_keeps_its_revision(
    adviser: Adviser, server: InProcessServer
) -> None:
    assert _save(server, entry(), entry(hr=OTHER_HR)) == [Saved.NEW, Saved.CHANGED]
    assert _refusal(_ask(adviser)) == (404, "SC-CONTRACT-002")
    with server.office.reading() as desk:
        found = contracts.find(desk, NUMBER)
    assert found is not None
    assert (found.hr, found.contract.revision) == (OTHER_HR, 1)


def test_that_settings_lie_sealed_and_open_only_as_their_own_revision(
    server: InProcessServer,
) -> None:
    _save(server, entry(), entry(contact={"email": "novak@example.com"}))
    table = schema.contract_revision
    with server.office.reading() as desk:
        kept = desk.connection.execute(select(table.c.content).order_by(table.c.revision)).all()
    assert all(b"Petr" not in row.content for row in kept)
    with server.office.writing() as desk:
        of_it = table.c.revision == 2
        desk.connection.execute(update(table).where(of_it).values(content=kept[0].content))
    with server.office.reading() as desk, pytest.raises(Exception, match="SC-SERV-060"):
        contracts.find(desk, NUMBER)


BAD_LINES: dict[str, tuple[Json, str, str]] = {
    "no object": ([], "entry", "object"),
    "no number": (_line(number=None), "number", "ten digits, the first 7"),
    "first digit": (_line(number="6200000017"), "number", "ten digits, the first 7"),
    "spaces": (_line(number="7200 000 017"), "number", "ten digits, the first 7"),
    "no partner": (_line(hr="12"), "hr", "an HR number of the list of partners"),
    "unknown partner": (_line(hr="90077777"), "hr", "an HR number of the list of partners"),
    "product": (_line(product=" "), "product", "not empty"),
    "tariff": (_line(tariff_version="2"), "tariff_version", "whole number from 1 to 1000000"),
    "policyholder": (_line(policyholder=""), "policyholder", "not empty"),
    "settings": (_line(settings=[]), "settings", "object"),
    "another number": (
        _line(settings=settings(contract={"number": "7200000025"})),
        "settings.contract.number",
        "the number of the entry",
    ),
    "an amount as a number": (
        _line(settings=settings(premium={"payable": 1223.5})),
        "settings.premium.payable",
        "amounts as texts",
    ),
    "a doubled key": (
        _line(settings=settings(pledges=[{"key": "1"}, {"key": "1"}])),
        "settings.pledges",
        "a key of its own for each row, or for none",
    ),
    "a row without its key": (
        _line(settings=settings(pledges=[{"key": "1"}, {}])),
        "settings.pledges",
        "a key of its own for each row, or for none",
    ),
    "a key that is no text": (
        _line(settings=settings(pledges=[{"key": 1}])),
        "settings.pledges",
        "keys as texts",
    ),
    "a name": (
        _line(settings=settings(contact={"E-mail": "x"})),
        "settings.contact",
        "names of fields in small letters, digits and _",
    ),
    "nothing storable": (
        _line(settings=settings(contact={"email": "\x00"})),
        "settings.contact.email",
        "text of at most 20000 characters",
    ),
    "a large number": (
        _line(settings=settings(contact={"age": 2**60})),
        "settings.contact.age",
        "whole numbers up to 2^53",
    ),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_that_a_bad_entry_is_named_and_leaves_the_others(
    memory_server: InProcessServer, name: str
) -> None:
    source, field, rule = BAD_LINES[name]
    good = _line(number="7200000025", settings=settings(contract={}))
    lines = [encoding.canonical(source), b"", encoding.canonical(good)]
    imported = import_contracts(memory_server.office, entries_of_lines(lines))
    assert imported.refused == (BadEntry(1, field, rule),)
    assert imported.new == 1
    as_list = import_contracts(
        memory_server.office, entries_of_list(encoding.canonical([source, good]))
    )
    assert (as_list.unchanged, as_list.refused) == (1, imported.refused)


def test_that_lines_that_are_no_json_or_too_long_are_named(
    memory_server: InProcessServer,
) -> None:
    deep: Json = {}
    for _ in range(20):
        deep = {"inside": deep}
    lines = [
        b"{",
        b'{"a": NaN}',
        b'"' + b"x" * MAX_ENTRY_BYTES + b'"',
        b"[" * 100_000,
        encoding.canonical(_line(settings=deep)),
        b"\xff\xfe",
    ]
    imported = import_contracts(memory_server.office, entries_of_lines(lines))
    assert [(bad.line, bad.rule) for bad in imported.refused] == [
        (1, "JSON"),
        (2, "JSON"),
        (3, f"at most {MAX_ENTRY_BYTES} bytes"),
        (4, "JSON"),
        (5, "at most 12 groups inside one another"),
        (6, "JSON"),
    ]


@pytest.mark.parametrize("content", [b"", b"{}", b'"list"', b"[", b"null"])
def test_that_a_file_that_is_no_list_is_named(
    memory_server: InProcessServer, content: bytes
) -> None:
    imported = import_contracts(memory_server.office, entries_of_list(content))
    assert imported.refused == (BadEntry(1, "", "a JSON list, or one JSON object a line"),)


def test_that_a_long_list_is_taken_in_parts_and_again_without_any_change(
    memory_server: InProcessServer,
) -> None:
    numbers = [f"72{number:08}" for number in range(450)]
    lines = [
        encoding.canonical(_line(number=number, settings=settings(contract={})))
        for number in reversed(numbers)
    ]
    first = import_contracts(memory_server.office, entries_of_lines(lines))
    again = import_contracts(memory_server.office, entries_of_lines(lines))
    assert (first.new, again.unchanged, first.refused, again.refused) == (450, 450, (), ())
    with memory_server.office.reading() as desk:
        count = select(func.count()).select_from(schema.contract_revision)
        assert desk.connection.execute(count).scalar_one() == 450


def test_that_what_an_import_refuses_names_no_person(memory_server: InProcessServer) -> None:
    person = _line(policyholder="Petr Novák", settings=settings(premium={"payable": 1.5}))
    imported = import_contracts(
        memory_server.office, entries_of_lines([encoding.canonical(person), b"Petr Nov\xc3\xa1k"])
    )
    told = json.dumps([bad.to_json() for bad in imported.refused], ensure_ascii=False)
    assert "Nov" not in told


def test_that_a_blocked_partners_contracts_are_kept(
    memory_server: InProcessServer,
) -> None:
    lines = [encoding.canonical(_line(hr=BLOCKED_HR))]
    assert import_contracts(memory_server.office, entries_of_lines(lines)).new == 1


def test_that_a_token_of_yesterday_opens_nothing(adviser: Adviser, clock: SetClock) -> None:
    clock.pass_time(hours=24)
    assert _refusal(_ask(adviser)) == (401, "SC-SERV-005")
