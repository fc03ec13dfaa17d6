"""The operator's commands on a home of their own, and the server as a process over TLS."""

import json
import os
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from certs.practice import make
from smartclient.backoffice import __main__ as program
from smartclient.backoffice.commands.named_files import write_file
from smartclient.backoffice.home import Home
from smartclient.backoffice.opening import Opened, opened
from smartclient.backoffice.operations.blob_bucket import BlobBucket
from smartclient.backoffice.operations.record_rows import RecordRow
from smartclient.backoffice.operations.registers.scopes import make_scope
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import HrNumber, InstallId, Op, RandomIds, RecordId, Sha256
from smartclient.domain.mode import VARIABLE, Mode
from smartclient.publisher.repository import SignedRepository
from smartclient.publisher.signing import sign_catalogue
from smartclient.wire.messages import Json, JsonObject, RecordKind
from tests.simulators.operator_commands import OperatorCommands, refusal_of
from tests.simulators.publishing import catalogue_of, key_folder
from tests.simulators.time_and_ids import SetClock

PARTNERS: list[JsonObject] = [
    {"hr": "90012345", "name": "Partner", "contact_email": "c@partner.example"},
    {"hr": "90099999", "name": "Blocked", "contact_email": "", "blocked": True},
]


@pytest.fixture
def home(run: OperatorCommands, certificates: Path, tmp_path: Path) -> Home:
    """A home that was made by `init`."""
    run("init", "--certificates", certificates, "--batches", tmp_path / "batches")
    return Home(tmp_path / "office")


def _written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_that_init_makes_a_home_and_only_completes_it_afterwards(
    home: Home, run: OperatorCommands, certificates: Path
) -> None:
    key = home.office_key()
    assert (home.folder / "office.sqlite3").exists()
    assert not (home.keys / "root-key.pem").exists()
    assert not (home.keys / "authority-key.pem").exists()
    if os.name != "nt":
        modes = {path.stat().st_mode & 0o077 for path in home.keys.rglob("*")}
        assert modes == {0}
    again = run("init", "--certificates", certificates)
    assert home.office_key() == key
    assert str(again["to_core"]).endswith("batches")


def test_that_init_keeps_where_blobs_lie_and_how_tables_are_divided(
    run: OperatorCommands, certificates: Path, tmp_path: Path
) -> None:
    base = ["init", "--certificates", certificates]
    bucket = ["--blobs", "s3://policies/office", "--s3-endpoint", "http://127.0.0.1:9"]
    run(*base, *bucket, "--partitions", "8")
    said = run(*base)
    blobs = said["blobs"]
    assert isinstance(blobs, dict)
    assert (said["partitions"], blobs["bucket"], blobs["prefix"]) == (8, "policies", "office/")
    with opened(Home(tmp_path / "office"), Mode.PRACTICE, SetClock(), serves=True) as found:
        assert isinstance(found.office.blobs, BlobBucket)
    refused = run(*base, "--database", "postgresql://office:secret@db/office", code=2)
    assert refusal_of(refused) == "SC-SERV-054"


def test_that_init_takes_the_certificate_that_batches_are_sealed_for(
    run: OperatorCommands, certificates: Path, tmp_path: Path
) -> None:
    base = ["init", "--certificates", certificates]
    weak = run(*base, "--core-certificate", certificates / "server.pem", code=2)
    assert refusal_of(weak) == "SC-EXP-014"
    run(*base, "--core-certificate", certificates / "core.pem")
    export = run(*base)["export"]
    assert isinstance(export, dict)
    assert export["core_certificate"] == "core.pem"
    with opened(Home(tmp_path / "office"), Mode.PRACTICE, SetClock()) as found:
        assert found.exporter().policy.reader is not None
    assert run("restore", "status") == {"epoch": 1, "export_held": False}
    assert run("late", "list") == {"packages": []}
    assert refusal_of(run("export", "reconcile", "2026-11-20", code=2)) == "SC-EXP-003"


def test_that_a_database_that_is_away_is_told(
    run: OperatorCommands, certificates: Path, home: Home, tmp_path: Path
) -> None:
    away = "postgresql://nobody@127.0.0.1:1/none"
    said = run("init", "--certificates", certificates, "--database", away, code=2)
    assert refusal_of(said) == "SC-SERV-062"
    assert refusal_of(run("worker", "--once", code=2)) == "SC-SERV-062"


def test_that_a_fault_nobody_foresaw_is_no_verdict_and_names_nobody(
    run: OperatorCommands, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: object) -> int:
        raise RuntimeError("Petr Novák")

    monkeypatch.setattr("smartclient.backoffice.commands.retention.show", broken)
    said = run("retention", "show", code=2)
    assert refusal_of(said) == "SC-CMD-007"
    assert "RuntimeError" in str(said)
    assert "Novák" not in str(said)
    assert [line.getMessage() for line in caplog.records] == ["unforeseen"]


def test_that_a_disk_that_cannot_be_written_is_not_called_unreadable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput) as refusal:
        write_file(tmp_path / "file" / "signed.pdf", b"%PDF")
    assert refusal.value.code == "SC-CMD-006"


def test_that_init_names_what_is_missing(run: OperatorCommands, tmp_path: Path) -> None:
    said = run("init", "--certificates", tmp_path, code=2)
    assert refusal_of(said) == "SC-SERV-044"
    assert "root.pem" in str(said["refusal"])
    assert not (tmp_path / "office" / "settings.json").exists()


def test_that_production_refuses_practice_certificates_and_practice_homes(
    home: Home, run: OperatorCommands, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "production")
    assert refusal_of(run("init", "--certificates", certificates, code=2)) == "SC-SERV-043"
    assert refusal_of(run("export", code=2)) == "SC-SERV-041"


def test_that_a_folder_without_a_home_is_told(run: OperatorCommands) -> None:
    assert refusal_of(run("export", code=2)) == "SC-SERV-040"


def test_that_a_damaged_key_is_named(home: Home, run: OperatorCommands) -> None:
    (home.keys / "export-manifest-key.pem").write_bytes(b"nonsense")
    said = run("export", code=2)
    assert refusal_of(said) == "SC-SERV-042"
    assert "export-manifest-key.pem" in str(said["refusal"])


def test_that_partners_are_imported_all_or_none(
    home: Home, run: OperatorCommands, tmp_path: Path
) -> None:
    file = _written(tmp_path / "partners.json", PARTNERS)
    assert run("advisers", "import", file) == {"partners": 2, "blocked": 1}
    bad = [PARTNERS[0], {**PARTNERS[1], "hr": "80000000"}]
    said = run("advisers", "import", _written(tmp_path / "bad.json", bad), code=2)
    assert refusal_of(said) == "SC-SERV-013"
    assert refusal_of(run("advisers", "import", tmp_path / "none.json", code=2)) == "SC-CMD-002"
    assert refusal_of(run("advisers", "import", _written(file, "x"), code=2)) == "SC-CMD-009"


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("SC-SERV-031", ("advisers", "import", "partners.json")),
        ("SC-SERV-036", ("contracts", "import", "contracts.json")),
        ("SC-SERV-033", ("worker", "--once")),
        ("SC-SERV-034", ("worker", "--once")),
        ("SC-SERV-060", ("worker", "--once")),
    ],
)
def test_that_what_waited_for_a_repair_is_judged_again(
    home: Home, run: OperatorCommands, tmp_path: Path, code: str, command: tuple[str, ...]
) -> None:
    """A signed document is never pushed anew: nobody but the office can have it looked at."""
    _written(tmp_path / "partners.json", PARTNERS)
    _written(tmp_path / "contracts.json", [])
    with opened(home, Mode.PRACTICE, SystemClock()) as found:
        mended = _refused_with(found, code)
        other = _refused_with(found, "SC-SERV-037")
        run(*(tmp_path / word if word.endswith(".json") else word for word in command))
        with found.office.reading() as desk:
            due = set(desk.connection.execute(select(schema.judgement_due.c.document)).scalars())
            verdicts = select(schema.record.c.id, schema.record.c.verdict_code)
            now = {row.id: row.verdict_code for row in desk.connection.execute(verdicts)}
    assert mended in due or now[mended] != code
    assert other not in due
    assert now[other] == "SC-SERV-037"


def _refused_with(found: Opened, code: str) -> RecordId:
    """A complete document of nobody's, with this verdict."""
    record = RecordId(RandomIds().new())
    nobody = (InstallId(""), HrNumber(""))
    row = RecordRow(
        id=record,
        kind=RecordKind.DOCUMENT,
        version=1,
        op=Op(record),
        sha256=Sha256("0" * 64),
        stage=Stage.COMPLETE,
        state=ServerState.OPEN,
        seq=0,
        blobs=(),
        form_version="",
        document_kind="offer",
        number="",
        install=nobody[0],
        hr=nobody[1],
        first_received_at=SystemClock().now(),
        received_at=SystemClock().now(),
        verdict_code=code,
    )
    with found.office.writing() as desk:
        make_scope(desk, "person:nobody")
        records = hold_one(desk, "person:nobody")
        records.put(row, b"{}")
        records.flush()
    return record


def test_that_export_tells_its_batch_and_another_time_is_for_practice_only(
    home: Home, run: OperatorCommands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run("export", "--at", "2026-11-21T21:00:30+01:00")
    assert (said["batch"], said["state"]) == ("smartclient-20261121-01", "handed_over")
    assert said["cutoff"] == "2026-11-21T20:00:00.000Z"
    assert (tmp_path / "batches" / "smartclient-20261121-01" / "READY").exists()
    again = run("export", "--at", "2026-11-21T21:05:00+01:00")
    assert again["manifest_sha256"] == said["manifest_sha256"]
    resent = run("export", "--date", "2026-11-21", "--resend")
    assert resent["manifest_sha256"] == said["manifest_sha256"]
    assert refusal_of(run("export", "--date", "2126-01-01", code=2)) == "SC-EXP-001"
    assert refusal_of(run("export", "--date", "21. 11.", code=2)) == "SC-EXP-009"
    assert refusal_of(run("export", "--at", "2026-11-21T21:00", code=2)) == "SC-EXP-009"
    monkeypatch.setenv(VARIABLE, "production")
    assert refusal_of(run("export", "--at", "2026-11-21T21:00:30+01:00", code=2)) == "SC-EXP-008"


def test_that_publishing_needs_the_online_keys_and_serves_the_set(
    home: Home, run: OperatorCommands, certificates: Path, tmp_path: Path
) -> None:
    clock = SetClock()
    keys = key_folder(tmp_path / "publisher", clock.now())
    repository = SignedRepository(tmp_path / "signed", keys.root_history)
    catalogue = catalogue_of({"calc/flexi-1": b"a tariff"})
    set_id = sign_catalogue(catalogue, repository, keys, clock.now()).set_id
    assert refusal_of(run("publish", tmp_path / "signed", code=2)) == "SC-CAT-070"
    run(
        *("init", "--certificates", certificates),
        *("--online-keys", tmp_path / "publisher" / "online"),
    )
    said = run("publish", tmp_path / "signed")
    assert said["set"] == set_id
    assert said["tag"] != ""


def test_that_the_worker_does_a_round(home: Home, run: OperatorCommands) -> None:
    assert run("worker", "--once") == {"failed": []}
    assert run("export")["state"] == "handed_over"


def test_that_an_unknown_command_is_refused_with_its_usage(run: OperatorCommands) -> None:
    said = run("nonsense", code=2)
    assert "usage: smartclient-backoffice" in str(said["refusal"])


def _ask(address: str, root: Path) -> bytes:
    trusted = ssl.create_default_context(cafile=str(root))
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted)
    )
    with opener.open(f"{address}/ready", timeout=20) as reply:
        content: bytes = reply.read()
    return content


def test_that_the_server_is_a_process_that_answers_over_tls_and_stops_when_told(
    run: OperatorCommands, tmp_path: Path
) -> None:
    make(tmp_path / "now", mode=Mode.PRACTICE, clock=SystemClock())
    run("init", "--certificates", tmp_path / "now")
    command: Sequence[str] = [sys.executable, "-m", program.__name__.removesuffix(".__main__")]
    command = [*command, "--home", str(tmp_path / "office"), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        listening = json.loads(server.stdout.readline())["listening"]
        assert _ask(listening, tmp_path / "now" / "root.pem") == b'{"status":"ok"}'
        server.terminate()
        assert server.wait(timeout=20) in (0, -15, 1)


def _contract(number: str, **changes: Json) -> JsonObject:
    settings: JsonObject = {"policyholder": {"surname": "Novák"}, "contract": {"number": number}}
    stated: JsonObject = {
        "number": number,
        "hr": "90012345",
        "product": "flexi",
        "tariff_version": 2,
    }
    return {**stated, "policyholder": "Petr Novák", "settings": settings, **changes}


def test_that_contracts_are_imported_but_for_those_that_cannot_be(
    home: Home, run: OperatorCommands, tmp_path: Path
) -> None:
    run("advisers", "import", _written(tmp_path / "partners.json", PARTNERS))
    good = [_contract("7200000017"), _contract("7200000025")]
    file = _written(tmp_path / "contracts.json", good)
    nothing_wrong: JsonObject = {"refused": 0, "lines": []}
    first = run("contracts", "import", file)
    assert first == {"new": 2, "changed": 0, "unchanged": 0, **nothing_wrong}
    lines = [*good, _contract("6200000017"), _contract("7200000033", settings=None)]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    second = run("contracts", "import", file, code=1)
    assert second == {
        "new": 0,
        "changed": 0,
        "unchanged": 2,
        "refused": 2,
        "lines": [
            {"line": 3, "field": "number", "rule": "ten digits, the first 7"},
            {"line": 4, "field": "settings", "rule": "object"},
        ],
    }
    assert refusal_of(run("contracts", "import", tmp_path / "none.json", code=2)) == "SC-CMD-002"


def test_that_the_arrival_of_paper_names_the_numbers_it_could_not_be_recorded_for(
    home: Home, run: OperatorCommands
) -> None:
    said = run("paper", "arrived", "7200000001", "7200000001", "7200000002", code=1)
    unknown = ["7200000001", "7200000002"]
    assert said == {"arrived": [], "unknown": unknown, "not_expected": [], "doubled": []}
    assert refusal_of(run("paper", "arrived", "7" * 21, code=2)) == "SC-CMD-009"
    assert refusal_of(run("paper", "arrived", code=2)) == "SC-CMD-001"
