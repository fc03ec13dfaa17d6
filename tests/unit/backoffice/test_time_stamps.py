"""After the verdict the server stamps the sealed file, and tells the laptop by its status."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import func, select, update

from smartclient.backoffice.operations import blobs, judgements_due, late_packages, stamps_due
from smartclient.backoffice.operations.blob_folder import BlobFolder
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.operations.server_records import status_id
from smartclient.backoffice.operations.stamps_due import WaitingStamp
from smartclient.backoffice.operations.time_stamps import Stamper, stamp_due
from smartclient.backoffice.practice_tsa import PracticeTsa
from smartclient.backoffice.stampers import http_stamper, practice_stamper
from smartclient.backoffice.tables import schema
from smartclient.documents.certificates import Issuer, root_certificate, time_stamp_certificate
from smartclient.documents.keys import SealKey
from smartclient.documents.verification import verify
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import Refused, Unreachable
from smartclient.domain.ids import IdSource, Op
from smartclient.domain.lock_time import cutoff
from smartclient.wire.messages import Answer, JsonObject, RecordKind, mapping, sha256_text
from smartclient.wire.transport import Request
from tests.simulators.adviser import Adviser, Draft, sha_of
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock
from tests.unit.documents.workshop import NOW, Signed, rendered, sign_all


@contextmanager
def listening(answers: PracticeTsa, status: int = 200) -> Iterator[str]:
    """The practice authority behind a real HTTP server; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = answers.answer(asked)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def root(clock: SetClock) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    return Issuer(key, root_certificate(key, "stamps", clock.now()))


@pytest.fixture
def tsa(clock: SetClock, root: Issuer) -> PracticeTsa:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = time_stamp_certificate(key.public_key(), "stamps", root, clock.now())
    return PracticeTsa(key, certificate, clock)


def test_that_an_authority_is_asked_over_http(tsa: PracticeTsa) -> None:
    with listening(tsa) as url:
        token = http_stamper(url, Random(1).randbytes)(bytes(32))
    assert len(token) > 500


def test_that_an_authority_that_fails_is_asked_again_later(tsa: PracticeTsa) -> None:
    with listening(tsa, status=503) as url, pytest.raises(Unreachable, match="SC-DOC-054"):
        http_stamper(url, Random(1).randbytes)(bytes(32))
    with listening(tsa, status=403) as url, pytest.raises(Refused, match="SC-DOC-050"):
        http_stamper(url, Random(1).randbytes)(bytes(32))
    with pytest.raises(Unreachable, match="SC-DOC-054"):
        http_stamper(url, Random(1).randbytes)(bytes(32))


@pytest.fixture
def adviser(memory_server: InProcessServer, ids: IdSource, clock: SetClock) -> Adviser:
    """An adviser shortly after the document was signed."""
    clock.set(NOW.replace(minute=40))
    return Adviser(memory_server, ids)


@pytest.fixture
def stamper(memory_server: InProcessServer, tsa: PracticeTsa, root: Issuer) -> Stamper:
    """Who stamps for that back office."""
    issuers = memory_server.issuers
    chain = (tsa.certificate, root.certificate)
    stamp = practice_stamper(tsa, Random(1).randbytes)
    return Stamper(stamp, chain, issuers.root, issuers.document)


def signed_by(adviser: Adviser) -> Signed:
    """The small offer, signed with the seal of that install."""
    installed, issuer = adviser.installed, adviser.server.issuers.document
    certificate = x509.load_pem_x509_certificate(installed.reply.certificate_seal.encode())
    return sign_all(rendered(), SealKey(installed.seal_key, certificate, (issuer.certificate,)))


def pushed(adviser: Adviser, document: Signed) -> Draft:
    """Push the document with its package, and have it judged."""
    draft = adviser.offer(Stage.SIGNED)
    package: JsonObject = {
        **adviser.package(draft, document.pdf).body,
        "record": document.record.to_json(),
    }
    blobs = (sha_of(document.pdf), sha256_text(package["values_sha256"]))
    results = adviser.push(draft.line(), adviser.append(package, blobs))
    assert [result.answer for result in results] == [Answer.OK, Answer.OK]
    adviser.server.judge()
    return draft


def status_of(adviser: Adviser) -> JsonObject:
    rows = adviser.changes(0).rows
    status = [row for row in rows if row.kind is RecordKind.DOCUMENT_STATUS][-1]
    return adviser.body_of(status.id)


def waiting(adviser: Adviser) -> int:
    with adviser.server.office.reading() as desk:
        query = select(func.count()).select_from(schema.stamp_due)
        return int(desk.connection.execute(query).scalar_one())


def test_that_an_accepted_file_comes_back_stamped_as_a_status(
    adviser: Adviser, stamper: Stamper, root: Issuer
) -> None:
    document = signed_by(adviser)
    draft = pushed(adviser, document)
    assert waiting(adviser) == 1
    assert stamp_due(adviser.server.office, stamper) == 1
    said = mapping(status_of(adviser)["time_stamp"])
    assert said["op"] == draft.op
    reply = adviser.server.send(
        Request("GET", f"/v1/blobs/{said['sha256']}", {**adviser.headers}, b"")
    )
    assert reply.body.startswith(document.pdf)
    verdict = verify(
        reply.body,
        document.record,
        adviser.server.issuers.root,
        at=adviser.server.clock.now(),
        stamp_roots=[root.certificate],
    )
    assert verdict.ok, verdict.checks
    row = next(row for row in adviser.changes(0).rows if row.id == draft.id)
    assert (row.version, row.op) == (1, draft.op)
    assert waiting(adviser) == 0


def test_that_a_file_is_stamped_once_and_stays_so(adviser: Adviser, stamper: Stamper) -> None:
    document = signed_by(adviser)
    draft = pushed(adviser, document)
    stamp_due(adviser.server.office, stamper)
    before = status_of(adviser)["time_stamp"]
    with adviser.server.office.writing() as desk:
        judgements_due.due(hold_one(desk, adviser.scope), [draft.id])
    adviser.server.judge()
    assert waiting(adviser) == 0
    assert status_of(adviser)["time_stamp"] == before


def test_that_a_silent_authority_is_asked_again_in_a_quarter_of_an_hour(
    adviser: Adviser, stamper: Stamper, clock: SetClock
) -> None:
    pushed(adviser, signed_by(adviser))

    def silent(_digest: bytes) -> bytes:
        raise Unreachable("SC-DOC-054")

    office = adviser.server.office
    with pytest.raises(Unreachable, match="SC-DOC-054"):
        stamp_due(office, replace(stamper, stamp=silent))
    assert "time_stamp" not in status_of(adviser)
    assert stamp_due(office, stamper) == 0
    clock.pass_time(minutes=16)
    assert stamp_due(office, stamper) == 1


def test_that_a_silent_authority_is_asked_once_a_round(adviser: Adviser, stamper: Stamper) -> None:
    """Twenty files would keep the export waiting for twenty time-outs."""
    document = signed_by(adviser)
    for _ in range(3):
        pushed(adviser, document)
    asked: list[bytes] = []

    def silent(digest: bytes) -> bytes:
        asked.append(digest)
        raise Unreachable("SC-DOC-054")

    with pytest.raises(Unreachable):
        stamp_due(adviser.server.office, replace(stamper, stamp=silent))
    assert (len(asked), waiting(adviser)) == (1, 3)
    assert stamp_due(adviser.server.office, stamper) == 2


def due_again(adviser: Adviser) -> list[tuple[str, int, str]]:
    """What waits: document, attempts and the code of the last one."""
    with adviser.server.office.reading() as desk:
        return [(each.document, each.attempts, each.problem) for each in stamps_due.waiting(desk)]


def test_that_a_file_that_makes_the_stamping_fail_keeps_no_other_waiting(
    adviser: Adviser, stamper: Stamper, clock: SetClock
) -> None:
    first = pushed(adviser, signed_by(adviser))
    clock.pass_time(seconds=1)
    pushed(adviser, signed_by(adviser))
    asked: list[bytes] = []

    def failing_once(digest: bytes) -> bytes:
        asked.append(digest)
        if len(asked) == 1:
            raise ValueError("a defect")
        return stamper.stamp(digest)

    failing = replace(stamper, stamp=failing_once)
    assert stamp_due(adviser.server.office, failing) == 1
    assert due_again(adviser) == [(first.id, 1, "SC-DOC-051")]
    assert stamp_due(adviser.server.office, failing) == 0
    assert len(asked) == 2


def test_that_a_status_that_cannot_be_written_keeps_no_other_file_waiting(
    adviser: Adviser, stamper: Stamper, clock: SetClock
) -> None:
    """The authority is not asked for the same stamp each second either."""
    first = pushed(adviser, signed_by(adviser))
    clock.pass_time(seconds=1)
    pushed(adviser, signed_by(adviser))
    body = schema.record_body
    damaged = update(body).where(body.c.id == status_id(first.id)).values(body=b"damaged")
    with adviser.server.office.writing() as desk:
        desk.connection.execute(damaged)
    assert stamp_due(adviser.server.office, stamper) == 1
    assert due_again(adviser) == [(first.id, 1, "SC-SERV-060")]


def test_that_a_file_that_cannot_be_read_keeps_no_other_from_its_stamp(
    adviser: Adviser,
    stamper: Stamper,
    clock: SetClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blobs, "IN_DATABASE", 0)
    document = signed_by(adviser)
    first = pushed(adviser, document)
    clock.pass_time(seconds=1)
    pushed(adviser, signed_by(adviser))
    table = schema.blob
    query = select(table.c.file).where(table.c.sha256 == sha_of(document.pdf))
    with adviser.server.office.reading() as desk:
        (place,) = tmp_path.rglob(desk.connection.execute(query).scalar_one())
    place.unlink()
    place.mkdir()
    assert stamp_due(adviser.server.office, stamper) == 1
    assert due_again(adviser) == [(first.id, 1, "SC-SERV-061")]


def test_that_a_store_that_takes_nothing_is_asked_for_few_stamps(
    adviser: Adviser, stamper: Stamper, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is full, or read-only: what is stamped can be read, and each stamp would be thrown away.

    The duty fails, so that the worker comes by after growing pauses.
    """
    monkeypatch.setattr(blobs, "IN_DATABASE", 0)
    for _ in range(4):
        pushed(adviser, signed_by(adviser))
        clock.pass_time(seconds=1)
    asked: list[bytes] = []

    def counting(digest: bytes) -> bytes:
        asked.append(digest)
        return stamper.stamp(digest)

    def full(_store: BlobFolder, _files: Mapping[str, bytes | bytearray]) -> None:
        raise Unreachable("SC-SERV-061")

    office, counted = adviser.server.office, replace(stamper, stamp=counting)
    with monkeypatch.context() as patch:
        patch.setattr(BlobFolder, "write_all", full)
        with pytest.raises(Unreachable, match="SC-SERV-061"):
            stamp_due(office, counted)
    assert len(asked) == 1
    assert [attempts for _document, attempts, _code in due_again(adviser)] == [0, 0, 0, 1]
    assert stamp_due(office, counted) == 3


def tried_until_given_up(adviser: Adviser, stamper: Stamper, clock: SetClock) -> WaitingStamp:
    """Let the worker come by until it tries no more."""
    for _attempt in range(100):
        with suppress(Unreachable):
            assert stamp_due(adviser.server.office, stamper) == 0
        with adviser.server.office.reading() as desk:
            (found,) = stamps_due.waiting(desk)
        if found.given_up_at is not None:
            return found
        assert found.due_at > clock.now()
        clock.set(found.due_at)
    raise AssertionError("it is tried for ever")


def alarms(adviser: Adviser) -> list[tuple[str, str]]:
    with adviser.server.office.reading() as desk:
        raised = select(schema.alarm.c.kind, schema.alarm.c.record)
        return [(row.kind, row.record) for row in desk.connection.execute(raised)]


def test_that_a_silent_authority_is_given_up_after_days_with_the_reason(
    adviser: Adviser, stamper: Stamper, clock: SetClock
) -> None:
    draft = pushed(adviser, signed_by(adviser))
    begun = clock.now()

    def silent(_digest: bytes) -> bytes:
        raise Unreachable("SC-DOC-054")

    given_up = tried_until_given_up(adviser, replace(stamper, stamp=silent), clock)
    assert (given_up.attempts, given_up.problem) == (20, "SC-DOC-054")
    assert timedelta(days=3) < clock.now() - begun < timedelta(days=5)
    assert alarms(adviser) == [("not_stamped", draft.id)]
    clock.pass_time(days=30)
    assert stamp_due(adviser.server.office, stamper) == 0
    with adviser.server.office.writing() as desk:
        assert stamps_due.try_again(desk, draft.id) == 1
        assert stamps_due.try_again(desk, draft.id) == 0
    assert stamp_due(adviser.server.office, stamper) == 1
    assert waiting(adviser) == 0


def test_that_a_file_with_a_fault_accepted_all_the_same_is_not_tried_for_ever(
    adviser: Adviser, stamper: Stamper, clock: SetClock
) -> None:
    """As `late accept --despite-check` leaves one: its last signature is missing."""
    document = signed_by(adviser)
    late_package(adviser, clock, adviser.offer(), document, document.revisions[-2])
    given_up = tried_until_given_up(adviser, stamper, clock)
    assert (given_up.attempts, given_up.problem) == (3, "SC-DOC-053")


def test_that_a_stamp_the_rule_refuses_is_not_sent(
    adviser: Adviser, stamper: Stamper, tsa: PracticeTsa, clock: SetClock
) -> None:
    """An authority whose clock is a day behind: its stamp is older than the seal."""
    behind = SetClock(clock.now() - timedelta(days=1))
    late = practice_stamper(replace(tsa, clock=behind), Random(2).randbytes)
    pushed(adviser, signed_by(adviser))
    assert stamp_due(adviser.server.office, replace(stamper, stamp=late)) == 0
    assert "time_stamp" not in status_of(adviser)


def test_that_a_seal_revoked_before_its_use_ends_with_an_alarm_for_a_person(
    adviser: Adviser, stamper: Stamper, clock: SetClock
) -> None:
    """The install was revoked after it sent the file; the loss of its key was earlier."""
    draft = pushed(adviser, signed_by(adviser))
    install = schema.install
    with adviser.server.office.writing() as desk:
        of_it = install.c.id == adviser.installed.reply.install
        desk.connection.execute(update(install).where(of_it).values(revoked_at=NOW))
    assert stamp_due(adviser.server.office, stamper) == 0
    assert waiting(adviser) == 0
    with adviser.server.office.reading() as desk:
        raised = select(schema.alarm.c.kind, schema.alarm.c.record, schema.alarm.c.op)
        assert [*desk.connection.execute(raised)] == [("seal_revoked", draft.id, draft.op)]


def test_that_a_late_package_is_stamped_once_a_person_accepted_it(
    adviser: Adviser, stamper: Stamper, clock: SetClock
) -> None:
    document, draft = signed_by(adviser), adviser.offer()
    late_package(adviser, clock, draft, document, document.pdf)
    assert waiting(adviser) == 1
    assert stamp_due(adviser.server.office, stamper) == 1
    assert mapping(status_of(adviser)["time_stamp"])["op"] == draft.op
    assert waiting(adviser) == 0


def test_that_a_late_package_of_an_older_version_is_stamped_too(
    adviser: Adviser, stamper: Stamper, clock: SetClock
) -> None:
    """The document was edited on another laptop while the client signed the version before."""
    document, draft = signed_by(adviser), adviser.offer()
    adviser.push_ok(draft)
    newer = replace(draft, op=Op(adviser.ids.new()), lineage=[draft.op])
    late_package(adviser, clock, newer, document, document.pdf, signs=draft)
    assert stamp_due(adviser.server.office, stamper) == 1
    status = status_of(adviser)
    assert "time_stamp" not in status
    late = mapping(status["late"])
    said = mapping(late["time_stamp"])
    assert said["op"] == draft.op
    reply = adviser.server.send(
        Request("GET", f"/v1/blobs/{said['sha256']}", {**adviser.headers}, b"")
    )
    assert reply.body.startswith(document.pdf)
    with adviser.server.office.writing() as desk:
        records = hold_one(desk, adviser.scope)
        records.load([draft.id, status_id(draft.id)])
        stands = records.get(draft.id)
        assert stands is not None
        stamps_due.due(records, stands, draft.op)
    assert waiting(adviser) == 0, "once is enough"


def late_package(
    adviser: Adviser,
    clock: SetClock,
    draft: Draft,
    document: Signed,
    pdf: bytes,
    signs: Draft | None = None,
) -> None:
    """A signed file comes after the lock and a person accepts it."""
    adviser.push_ok(draft)
    clock.set(cutoff(NOW.date()))
    adviser.server.export()
    adviser.server.answer()
    adviser.headers = adviser.server.bearer(adviser.installed)
    late = adviser.package(signs or draft, pdf)
    body: JsonObject = {**late.body, "record": document.record.to_json()}
    blobs = (sha_of(pdf), sha256_text(body["values_sha256"]))
    adviser.push(adviser.append(body, blobs))
    assert waiting(adviser) == 0
    with adviser.server.office.writing() as desk:
        (found,) = late_packages.late_packages(desk, undecided=True)
        late_packages.accept(desk, found.id, ("Jana", "signed before the lock"), {}, ())
