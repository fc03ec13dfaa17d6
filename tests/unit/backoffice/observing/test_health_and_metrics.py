"""What those who watch the back office are told: whether it works, why not, and how much it does."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.request import ProxyHandler, build_opener

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from smartclient.backoffice.api.application import FOR_INSTALLS, OPEN, application
from smartclient.backoffice.api.metrics import ASKED_AGAIN_AFTER, Metrics
from smartclient.backoffice.api.watching import Visit, Watch
from smartclient.backoffice.operations import observing_health
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.export.runs import ANSWERED_WITHIN
from smartclient.backoffice.operations.observing_health import (
    BEAT_MISSED,
    EXPORT_LATE,
    LEAST_FREE,
    Condition,
    Reason,
    Surroundings,
    reasons_of,
)
from smartclient.backoffice.operations.observing_state import State, count_what_is_large, state_of
from smartclient.backoffice.operations.observing_syncs import Notes, SyncBook
from smartclient.backoffice.operations.office import Office
from smartclient.backoffice.watched import metrics_of, metrics_served
from smartclient.backoffice.watched import watched as writing_beside
from smartclient.domain.document_life import Stage
from smartclient.domain.lock_time import cutoff, last_cutoff_date
from smartclient.wire import encoding
from smartclient.wire.messages import Answer, JsonObject, mapping
from smartclient.wire.transport import Request
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

NOW = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
FINE = Condition(NOW, LEAST_FREE, NOW, True, True, True, NOW + timedelta(hours=1))


def test_that_everything_in_order_has_no_reason() -> None:
    assert reasons_of(FINE) == []


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (replace(FINE, free_bytes=LEAST_FREE - 1), Reason.DISK),
        (replace(FINE, beaten_at=None), Reason.WORKER),
        (replace(FINE, beaten_at=NOW - EXPORT_LATE), Reason.WORKER),
        (replace(FINE, exported=False), Reason.EXPORT),
        (replace(FINE, handed_over=False), Reason.HAND_OVER),
        (replace(FINE, answered=False), Reason.ANSWER),
        (replace(FINE, fresh_until=None), Reason.CATALOGUE),
        (replace(FINE, fresh_until=NOW), Reason.CATALOGUE),
    ],
)
def test_that_each_fault_is_named(found: Condition, reason: Reason) -> None:
    assert reasons_of(found) == [reason]


def test_that_a_worker_in_the_middle_of_a_long_export_is_not_called_dead() -> None:
    busy = replace(FINE, beaten_at=NOW - BEAT_MISSED - timedelta(minutes=20))
    assert reasons_of(busy) == []


@pytest.fixture
def watched(server: InProcessServer) -> InProcessServer:
    """A back office that counts, and that looks around for its health."""
    around = Surroundings(lambda: LEAST_FREE, lambda: datetime(2030, 1, 1, tzinfo=UTC))
    metrics = metrics_of(server.office)
    server.front = replace(server.front, watch=Watch(counts=metrics, around=around))
    server.application = application(server.front)
    return server


def _health(server: InProcessServer) -> tuple[int, JsonObject]:
    reply = server.send(Request("GET", "/health", {}))
    return reply.status, mapping(encoding.parse(reply.body))


def test_that_health_says_503_with_its_reasons_and_200_once_they_are_gone(
    watched: InProcessServer, clock: SetClock
) -> None:
    assert _health(watched) == (503, {"status": "failing", "reasons": ["export", "worker"]})
    with watched.office.writing() as desk:
        observing_health.beat(desk)
    watched.export()
    watched.answer()
    assert _health(watched) == (200, {"status": "ok"})
    clock.pass_time(hours=11)  # 22:00 in Prague: the export of the day may still be on its way
    with watched.office.writing() as desk:
        observing_health.beat(desk)
    assert _health(watched)[0] == 200
    clock.pass_time(hours=2)
    assert _health(watched) == (503, {"status": "failing", "reasons": ["export", "worker"]})


def test_that_a_batch_the_core_did_not_get_is_a_reason_of_its_own(
    watched: InProcessServer, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a holiday it waits without being one."""
    holiday = last_cutoff_date(clock.now())
    policy = ExportPolicy(is_holiday=lambda day: day == holiday)
    watched.exporter = replace(watched.exporter, policy=policy)
    _export_and_beat(watched)
    assert _health(watched) == (200, {"status": "ok"})
    clock.set(cutoff(holiday + timedelta(days=1)))
    module = "smartclient.backoffice.operations.export.handing_over.copy_durably"
    with monkeypatch.context() as away:
        away.setattr(module, _no_share)
        with pytest.raises(OSError, match="no share"):
            _export_and_beat(watched)
    assert _health(watched) == (200, {"status": "ok"})
    clock.pass_time(minutes=31)
    with watched.office.writing() as desk:
        observing_health.beat(desk)
    assert _health(watched) == (503, {"status": "failing", "reasons": ["hand_over"]})
    watched.exporter.finish()
    assert _health(watched) == (200, {"status": "ok"})


def _export_and_beat(server: InProcessServer) -> None:
    with server.office.writing() as desk:
        observing_health.beat(desk)
    server.export()


def test_that_a_core_that_does_not_answer_is_a_reason_by_the_morning(
    watched: InProcessServer, clock: SetClock
) -> None:
    clock.set(cutoff(last_cutoff_date(clock.now())))
    _export_and_beat(watched)
    clock.pass_time(seconds=ANSWERED_WITHIN.total_seconds())
    with watched.office.writing() as desk:
        observing_health.beat(desk)
    assert _health(watched) == (200, {"status": "ok"})
    clock.pass_time(seconds=1)
    assert _health(watched) == (503, {"status": "failing", "reasons": ["answer"]})
    watched.answer()
    assert _health(watched) == (200, {"status": "ok"})


def _no_share(*_folders: object) -> None:
    raise OSError(112, "no share")


def test_that_a_standing_worker_sends_no_laptop_away(watched: InProcessServer) -> None:
    assert watched.send(Request("GET", "/ready", {})).status == 200


def test_that_a_database_that_is_gone_is_a_reason_and_no_traceback(
    watched: InProcessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_arguments: object, **_more: object) -> object:
        raise OperationalError("SELECT 1", {}, RuntimeError("secret host"))

    monkeypatch.setattr(type(watched.engine), "begin", gone)
    assert _health(watched) == (503, {"status": "failing", "reasons": ["database"]})
    assert watched.send(Request("GET", "/ready", {})).status == 503


def _measured(metrics: Metrics, port_host: str = "127.0.0.1") -> dict[str, dict[str, float]]:
    """Every sample by its name and labels, as a scraper reads them over HTTP."""
    with metrics_served(metrics, port_host, 0) as port:
        opener = build_opener(ProxyHandler({}))
        with opener.open(f"http://{port_host}:{port}/metrics", timeout=20) as reply:
            text = reply.read().decode()
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def test_that_metrics_count_requests_pushes_conflicts_and_what_waits(
    watched: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    metrics = watched.front.watch.counts
    assert isinstance(metrics, Metrics)
    draft = adviser.offer()
    adviser.push_ok(draft)
    draft.op, draft.lineage = adviser.offer().op, []
    assert adviser.push_one(draft.line()).answer is Answer.STALE
    adviser.pull()
    watched.send(Request("GET", f"/v1/person/{draft.id}", {}))
    count_what_is_large(watched.office)
    found = _measured(metrics)
    requests = found["smartclient_requests_total"]
    assert requests["method=POST,route=/v1/push,status=200"] == 2
    assert found["smartclient_pushed_lines_total"] == {"answer=ok": 1, "answer=stale": 1}
    assert found["smartclient_pulled_rows_total"][""] > 0
    assert found["smartclient_judgements_waiting"][""] == 1
    assert found["smartclient_outbox_waiting"][""] == 1
    assert found["smartclient_installs"] == {"state=active": 1, "state=revoked": 0}
    assert found["smartclient_export_cutoff_age_seconds"][""] == -1
    assert found["smartclient_blob_bytes"][""] == 0
    assert found["smartclient_request_seconds_count"]["route=/v1/push"] == 2


def test_that_nobody_who_watches_counts_the_archive(
    watched: InProcessServer, adviser: Adviser
) -> None:
    """It grows for ten years; each of many servers is asked every fifteen seconds."""
    adviser.push_ok(adviser.offer())
    count_what_is_large(watched.office)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(watched.engine, "before_cursor_execute", note)
    try:
        with watched.office.reading() as desk:
            state_of(desk)
    finally:
        event.remove(watched.engine, "before_cursor_execute", note)
    large = ["archived_record", "FROM blob", "FROM record ", "record_body", "record_op"]
    large += ["export_line", "signed_package"]
    assert not [each for each in asked if any(name in each for name in large)]


def test_that_every_label_is_of_a_bounded_set_and_names_nobody(
    watched: InProcessServer, adviser: Adviser
) -> None:
    metrics = watched.front.watch.counts
    assert isinstance(metrics, Metrics)
    for place in range(30):
        watched.send(Request("GET", f"/v1/blobs/{place:064x}", adviser.headers))
        watched.send(Request("GET", f"/anything/{place}", {}))
        watched.send(Request("BREW", f"/coffee/{place}", {}))
    adviser.push_ok(adviser.offer(Stage.DRAFT))
    found = _measured(metrics)
    declared = {route.path for route in (*OPEN, *FOR_INSTALLS)} | {"other"}
    for labels in found["smartclient_requests_total"]:
        said = dict(pair.split("=") for pair in labels.split(","))
        assert said["route"] in declared
        assert said["method"] in ("GET", "POST", "PUT", "other")
    assert len(found["smartclient_requests_total"]) < 10
    assert adviser.installed.id not in str(found)


def test_that_a_process_tells_its_counts_while_the_database_is_away(
    watched: InProcessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.send(Request("GET", "/ready", {}))
    metrics = metrics_of(watched.office)
    metrics.served(Visit("GET", "/ready", 200, 0.1, "", (0, 0)), Notes())
    assert _measured(metrics)["smartclient_database_up"] == {"": 1.0}

    def gone(*_arguments: object, **_more: object) -> object:
        raise OperationalError("SELECT 1", {}, RuntimeError("secret host"))

    monkeypatch.setattr(type(watched.engine), "begin", gone)
    metrics = metrics_of(watched.office)
    metrics.served(Visit("GET", "/ready", 503, 0.1, "", (0, 0)), Notes())
    found = _measured(metrics)
    assert found["smartclient_database_up"] == {"": 0.0}
    assert sum(found["smartclient_requests_total"].values()) == 1
    assert "smartclient_installs" not in found


def test_that_a_database_that_is_away_is_told_of_now_and_then(
    server: InProcessServer,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Ten minutes of scraping, and a history that is written again and again."""
    tried = threading.Semaphore(0)

    def gone(*_arguments: object, **_more: object) -> object:
        raise OperationalError("BEGIN", {}, RuntimeError("secret host"))

    def not_written(_book: SyncBook, _office: Office) -> int:
        tried.release()
        raise OperationalError("COMMIT", {}, RuntimeError("secret host"))

    metrics = metrics_of(server.office)
    with monkeypatch.context() as away:
        away.setattr(type(server.engine), "begin", gone)
        for _ in range(60):
            list(metrics.registry.collect())
            clock.pass_time(seconds=10)
        away.setattr(SyncBook, "write", not_written)
        away.setattr("smartclient.backoffice.watched.WRITTEN_EVERY", 0.0)
        with writing_beside(server.front):
            assert all(tried.acquire(timeout=20) for _ in range(5))
    told = Counter(record.message for record in caplog.records)
    assert 1 < told["state not read"] <= 16
    assert told["synchronisations not written"] == 1


def test_that_many_scrapers_ask_the_database_once(
    memory_server: InProcessServer, clock: SetClock
) -> None:
    asked = []

    def state() -> State:
        asked.append(clock.now())
        with memory_server.office.reading() as desk:
            return state_of(desk)

    metrics = Metrics(["/v1/push"], state, clock)
    for _ in range(5):
        list(metrics.registry.collect())
    assert len(asked) == 1
    clock.pass_time(seconds=ASKED_AGAIN_AFTER)
    list(metrics.registry.collect())
    assert len(asked) == 2
