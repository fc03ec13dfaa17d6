"""The whole job is driven with marked people; no line of any log may name one of them.

Every logger is heard at its most talkative, those of the libraries too: refused input, tracebacks,
a judge that fails, mail that nobody takes, a laptop on a bad network.
"""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from smartclient.backoffice.api.application import application
from smartclient.backoffice.operations import helpdesk, outbox, retention, retention_archive
from smartclient.backoffice.operations.judgements import Case, Verdict
from smartclient.backoffice.postmen import FilePostman
from smartclient.backoffice.tables import schema
from smartclient.backoffice.worker import AT_EACH_ROUND, Duty, Worker
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Damaged, Refused, SmartClientError, Unreachable
from smartclient.domain.ids import Op, RecordId
from smartclient.domain.log_lines import FIELDS, JsonLines, log_what_nobody_caught
from smartclient.wire.admission import AdviserUser
from smartclient.wire.messages import JsonObject
from smartclient.wire.support_codes import SYNC_HEADER
from smartclient.wire.transport import Request
from tests.simulators.adviser import Adviser
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.identities import identity_of
from tests.simulators.inprocess import InProcessServer, json_request
from tests.simulators.network import Fault, Network
from tests.simulators.time_and_ids import CountedIds, SetClock

CLIENT, BIRTH_NUMBER = "Zdislava Značkovaná", "855512/1234"
MAIL, PHONE = "zdislava.znackovana@tajny-mail.example", "+420 777 987 654"
ADVISER, ADVISER_MAIL = "Kvido Označený", "kvido.oznaceny@tajny-mail.example"
MARKS = (
    *("Zdislava", "Značkovan", "znackovana", "tajny-mail", "855512", "8555121234"),
    *("777 987", "777987654", "Kvido", "Označen", "oznaceny", "SELECT", "parameters"),
)


def answers() -> JsonObject:
    """What an adviser types of a client."""
    person: JsonObject = {
        "surname": CLIENT,
        "national_id": BIRTH_NUMBER,
        "email": MAIL,
        "phone": PHONE,
    }
    return {"policyholder": person, "insured": [person]}


@pytest.fixture
def lines(clock: SetClock) -> Iterator[list[str]]:
    """Every line that anybody logs while the test runs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(clock))
    root = logging.getLogger()
    before, hooks = root.level, (sys.excepthook, threading.excepthook)
    ours = logging.getLogger("smartclient").level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("smartclient").setLevel(logging.DEBUG)
    said: list[str] = []
    try:
        yield said
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        logging.getLogger("smartclient").setLevel(ours)
        sys.excepthook, threading.excepthook = hooks
        said += stream.getvalue().splitlines()
        _require_nobody_named(said)


def _require_nobody_named(said: list[str]) -> None:
    known = {"time", "level", "logger", "event", "at", "error", *FIELDS}
    assert said
    for line in said:
        assert set(json.loads(line)) <= known, line
        for mark in MARKS:
            assert mark.lower() not in line.lower(), line


def test_that_the_whole_job_at_the_server_names_nobody(
    server: InProcessServer, ids: CountedIds, clock: SetClock, lines: list[str], tmp_path: Path
) -> None:
    user = AdviserUser(ADVISER, "OZNACENY-1", "OZNACENY-PPZ", ADVISER_MAIL, PHONE)
    server.activate(user=user)
    adviser = Adviser(server, ids)
    adviser.headers = {**adviser.headers, SYNC_HEADER: "7K3F9QXM"}
    offer = adviser.offer(answers=answers(), client_name=CLIENT)
    adviser.push_ok(offer)
    signed = adviser.offer(Stage.WAITING, answers=answers(), number="7200000003")
    adviser.push_ok(signed)
    adviser.push_one(adviser.package(signed, f"%PDF {CLIENT}".encode()))
    adviser.pull()
    server.judge()
    clock.pass_time(hours=13)
    server.export()
    server.answer()
    outbox.send_due(server.office, FilePostman(tmp_path / "mail", "office@example").take)
    server.front.watch.book.write(server.office)
    with server.office.writing() as desk:
        helpdesk.find(desk, ADVISER)
        helpdesk.revoke(desk, adviser.installed.id, f"{ADVISER} called from {PHONE}")
    for _ in range(3):
        clock.pass_time(days=100)
        retention.walk_all(server.office)
    with server.office.writing() as desk:
        retention_archive.listed(desk)
        clock.pass_time(days=4000)
        retention_archive.end_due(desk)


def test_that_refused_input_names_nobody(
    server: InProcessServer, ids: CountedIds, lines: list[str]
) -> None:
    adviser = Adviser(server, ids)
    marked = f"{CLIENT} {BIRTH_NUMBER} {MAIL} {PHONE}"
    as_header = MAIL + " 855512/1234 777987654"
    offer = adviser.offer(answers=answers())
    line = offer.line().to_json()
    bodies: list[JsonObject] = [
        {"epoch": adviser.epoch, "lines": [{**line, "sha256": marked}]},
        {"epoch": adviser.epoch, "lines": [{**line, "kind": marked}]},
        {"epoch": adviser.epoch, "lines": [{**line, "id": marked, "op": marked}]},
        {"epoch": adviser.epoch, "lines": [{**line, "scope": marked}]},
        {"epoch": marked, "lines": marked},
        {marked: marked},
    ]
    for body in bodies:
        adviser.send("/v1/push", body)
    for path in ("/v1/changes", "/v1/get", "/v1/blobs/missing", "/v1/activate", "/v1/token"):
        adviser.send(path, {"hr": marked, "since": {marked: 1}, "ids": [marked], "user": marked})
    server.send(json_request("/v1/activate/check", {"hr": marked}))
    for strange in (
        Request("GET", f"/v1/blobs/{MAIL}", adviser.headers),
        Request("GET", f"/v1/contracts/{BIRTH_NUMBER}", adviser.headers),
        Request("GET", f"/{MAIL}?q={PHONE.replace(' ', '')}", {"User-Agent": as_header}),
        Request("POST", "/v1/push", {"Authorization": f"Bearer {MAIL}", SYNC_HEADER: as_header}),
        Request("POST", "/v1/push", {**adviser.headers, "Content-Type": MAIL}, marked.encode()),
        Request(
            "POST",
            "/v1/push",
            {**adviser.headers, "Content-Type": "application/json"},
            f'{{"{marked}": '.encode(),
        ),
    ):
        server.send(strange)


def test_that_tracebacks_of_any_fault_name_nobody(
    memory_server: InProcessServer,
    ids: CountedIds,
    clock: SetClock,
    lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = memory_server
    log_what_nobody_caught()
    adviser = Adviser(server, ids)
    adviser.push_ok(adviser.offer(answers=answers()))

    def fails(_case: Case) -> Verdict:
        raise ValueError(f"cannot judge {CLIENT}, {BIRTH_NUMBER}")

    object.__setattr__(server.exporter, "judge", fails)
    server.judge()
    with server.office.writing() as desk:
        desk.connection.execute(update(schema.record).values(exportable=False))

    def breaks(*_arguments: object) -> object:
        raise RuntimeError(f"{MAIL} {PHONE}") from KeyError(CLIENT)

    monkeypatch.setattr("smartclient.backoffice.operations.reading.changes", breaks)
    server.application = application(server.front)
    assert adviser.send("/v1/changes", {"epoch": 1, "since": {}}).status == 503

    def undeliverable(mail: outbox.WaitingMail) -> None:
        raise Refused("SC-SERV-051")

    outbox.send_due(server.office, undeliverable)

    def refused() -> None:
        raise SmartClientError("SC-SYNC-010", field=MAIL, value=CLIENT, rule=PHONE)

    def no_disk() -> None:
        raise OSError(28, "No space", f"/home/{CLIENT}/{MAIL}")

    duties = [Duty("mail", AT_EACH_ROUND, refused), Duty("export", AT_EACH_ROUND, no_disk)]
    assert Worker(clock, duties).round() == ["mail", "export"]
    try:
        breaks()
    except RuntimeError as fault:
        sys.excepthook(RuntimeError, fault, fault.__traceback__)
    thread = threading.Thread(target=breaks)
    thread.start()
    thread.join()
    logging.getLogger("some.library").warning("cannot read %s", CLIENT)
    logging.getLogger("some.library").error(f"{MAIL} failed")
    logging.getLogger("smartclient.x").warning("told of %s", CLIENT, extra={"code": "SC-X-001"})


def test_that_a_laptop_on_a_bad_network_names_nobody(
    memory_server: InProcessServer, clock: SetClock, lines: list[str], tmp_path: Path
) -> None:
    user = AdviserUser(ADVISER, "OZNACENY-1", "OZNACENY-PPZ", ADVISER_MAIL, PHONE)
    network = Network(memory_server, lambda _said: None)
    identity = identity_of(memory_server.activate(user=user))
    laptop = ExchangingLaptop(tmp_path / "laptop", identity, network, clock, CountedIds(7))
    body: JsonObject = {
        "schema": 1,
        "document_kind": "offer",
        "number": "7200000001",
        "form_id": "flexi-offer",
        "form_version": 1,
        "client_name": CLIENT,
        "answers": answers(),
    }
    with laptop.database.write() as tx:
        tx.documents.create(body, Stage.COMPLETE)
    for fault in (Fault.LOSE_REQUEST, Fault.LOSE_REPLY, Fault.CUT_REPLY):
        network.expect([fault])
        with pytest.raises((Unreachable, Damaged)):
            laptop.synchronise()
    laptop.synchronise()
    clock.pass_time(hours=2)
    laptop.synchronise()
    laptop.close()


def test_that_both_sides_log_the_support_code_of_a_synchronisation(
    memory_server: InProcessServer, clock: SetClock, tmp_path: Path
) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(clock))
    logger = logging.getLogger("smartclient")
    logger.addHandler(handler)
    before = logger.level
    logger.setLevel(logging.INFO)
    network = Network(memory_server, lambda _said: None)
    identity = identity_of(memory_server.activate())
    laptop = ExchangingLaptop(tmp_path / "laptop", identity, network, clock, CountedIds(7))
    try:
        laptop.synchronise()
        with laptop.database.read() as tx:
            last = tx.sync_history.last()
    finally:
        laptop.close()
        logger.removeHandler(handler)
        logger.setLevel(before)
    assert last is not None
    said = [json.loads(line) for line in stream.getvalue().splitlines()]
    here = {line["logger"] for line in said if line.get("sync") == last.code}
    assert here == {"smartclient.sync.exchange.engine", "smartclient.backoffice.api"}
    memory_server.front.watch.book.write(memory_server.office)
    with memory_server.office.reading() as desk:
        [sync] = helpdesk.find_syncs(desk, last.code)
    assert (sync.install, sync.outcome) == (identity.install, "")
    assert sync.last_at - sync.started_at < timedelta(minutes=1)


def test_that_a_value_which_is_no_text_is_told_by_its_kind(clock: SetClock) -> None:
    record = logging.LogRecord("smartclient.x", logging.INFO, "f.py", 1, "event", None, None)
    record.code = object()
    record.record = RecordId(Op("x"))
    line = json.loads(JsonLines(clock).format(record))
    assert (line["code"], line["record"]) == ("object", "x")
