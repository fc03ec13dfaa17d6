"""Three bad days, with the real server process and real laptop stores; as the help desk's guide.

The server restored from yesterday, a laptop restored from an old disk image, two installs of one
adviser. What was acknowledged is there afterwards, on every laptop that had it.
"""

import io
import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from gettext import NullTranslations
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from certs import practice
from smartclient.backoffice.commands.export import PractisedClock
from smartclient.backoffice.commands.program import main
from smartclient.backoffice.opening import opened
from smartclient.backoffice.operations.judgements import Verdict
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.backoffice.tables import schema
from smartclient.domain.clock import SystemClock
from smartclient.domain.document_life import CoreAnswer, ServerState, ShownState, Stage
from smartclient.domain.errors import Refused
from smartclient.domain.language import speak
from smartclient.domain.lock_time import next_cutoff
from smartclient.domain.mode import Mode
from smartclient.store.conflicts import Reason
from tests.simulators import postgres
from tests.simulators.journey_laptop import JourneyLaptop
from tests.simulators.office_process import ROOT, OfficeProcess, environment

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(autouse=True)
def _practice(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SMARTCLIENT_MODE", "practice")
    monkeypatch.setenv("SMARTCLIENT_LANGUAGE", "en")
    yield
    logging.getLogger("smartclient").setLevel(logging.NOTSET)
    speak(NullTranslations())


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The insurer's practice keys, made once: their making takes longer than a restore."""
    folder = tmp_path_factory.mktemp("insurer") / "certs"
    practice.make(folder, mode=Mode.PRACTICE, clock=SystemClock())
    return folder


@pytest.fixture
def site(certificates: Path, tmp_path: Path) -> Path:
    """A folder for a server, with the keys in it."""
    shutil.copytree(certificates, tmp_path / "site" / "certs")
    return tmp_path / "site"


@pytest.fixture
def office(site: Path) -> Iterator[OfficeProcess]:
    """A server that serves."""
    with OfficeProcess(site) as serving:
        yield serving


@pytest.fixture(scope="module")
def lasting_office(
    certificates: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OfficeProcess]:
    """A server to which nothing bad happens; each test brings laptops of its own."""
    folder = tmp_path_factory.mktemp("lasting") / "site"
    shutil.copytree(certificates, folder / "certs")
    with OfficeProcess(folder) as serving:
        yield serving


@pytest.fixture
def other_laptop(lasting_office: OfficeProcess, tmp_path: Path) -> Iterator[JourneyLaptop]:
    """An activated laptop of that server."""
    made = JourneyLaptop(lasting_office, tmp_path / "laptop")
    made.synchronise()
    yield made
    made.close()


@pytest.fixture
def laptop(office: OfficeProcess, tmp_path: Path) -> Iterator[JourneyLaptop]:
    """An activated laptop with its lease of numbers."""
    made = JourneyLaptop(office, tmp_path / "laptop")
    made.synchronise()
    yield made
    made.close()


def _command(office: OfficeProcess, *words: str | Path, code: int = 0) -> dict[str, object]:
    """A command as somebody types it, a process of its own; what it printed."""
    command = [sys.executable, "-m", "smartclient.backoffice", "--home", office.home.folder, *words]
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=environment(ROOT, office.folder.parent),
        capture_output=True,
        text=True,
        check=False,
    )
    return _told(done.returncode, done.stdout, done.stderr, code)


def _typed(office: OfficeProcess, *words: str | Path, code: int = 0) -> dict[str, object]:
    """The same inside this process, for what does not need one of its own."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    handlers = logging.getLogger().handlers[:]
    with redirect_stdout(out), redirect_stderr(err):
        found = main(["--home", str(office.home.folder), *map(str, words)])
    logging.getLogger().handlers[:] = handlers
    out.flush()
    out.seek(0)
    return _told(found, out.read(), err.getvalue(), code)


def _told(found: int, out: str, err: str, code: int) -> dict[str, object]:
    assert found == code, out + err
    told: dict[str, object] = json.loads(out) if out else {"said": err}
    return told


def _evening(office: OfficeProcess) -> None:
    """What the worker and the core do at the next cut-off; every complete document may go."""
    clock = PractisedClock(next_cutoff(datetime.now(UTC)), SystemClock())
    with opened(office.home, Mode.PRACTICE, clock) as found:
        exporter = found.exporter()
        exporter = replace(exporter, judge=lambda _case: Verdict(exportable=True))
        if (due := exporter.due()) is not None:
            exporter.export(due)
        trusted = office.home.certificate("export-manifest.pem")
        core = CoreSystem(exporter.places.to_core, trusted)
        for batch in core.waiting():
            core.take(batch)
        exporter.read_answers()


def test_that_a_server_restored_from_yesterday_loses_nothing(
    office: OfficeProcess, laptop: JourneyLaptop, tmp_path: Path
) -> None:
    old, unfinished = laptop.write("before"), laptop.write("a draft", Stage.DRAFT)
    laptop.synchronise()
    stolen = JourneyLaptop(office, tmp_path / "stolen")
    backup = tmp_path / "backup"
    made = _command(office, "backup", backup)
    assert (made["epoch"], made["database"]) == (1, "sqlite")

    laptop.edit(old, "after the backup")
    new = laptop.write("only after the backup")
    laptop.synchronise()
    _typed(office, "helpdesk", "revoke", stolen.installed.id, "--reason", "stolen")
    _evening(office)
    laptop.edit(unfinished, "after the export", Stage.DRAFT)
    laptop.synchronise()
    assert laptop.rows()[new].shown is ShownState.ACCEPTED

    running = _typed(office, "restore", backup, code=2)
    assert "SC-EXP-025" in str(running["said"])
    port = office.port
    office.kill()
    told = _command(office, "restore", backup)
    (replayed,) = told["batches"].values()  # type: ignore[attr-defined]
    assert (told["epoch"], replayed, told["export_held"]) == (2, 2, True)
    assert told["rights_again"] == 1
    office.start(port)
    with pytest.raises(Refused, match="SC-SERV-006"):
        stolen.synchronise()
    stolen.close()

    laptop.synchronise()
    laptop.synchronise()
    assert laptop.conflicts() == []
    assert laptop.words(old) == ["before", "after the backup"]
    assert laptop.words(unfinished) == ["a draft", "after the export"]
    rows = laptop.rows()
    assert {rows[old].server, rows[new].server} == {ServerState.LOCKED}
    assert rows[unfinished].backed_up

    assert _typed(office, "restore", "status") == {"epoch": 2, "export_held": True}
    assert _typed(office, "restore", "release") == {"released": True}
    assert _typed(office, "restore", "release", code=1) == {"released": False}
    _evening(office)
    counted = _typed(office, "export", "reconcile", _day(office))
    assert (counted["accepted"], counted["even"]) == (2, True)
    laptop.synchronise()
    assert laptop.rows()[new].shown is ShownState.ACCEPTED

    # Another laptop of nobody's: a second restore of the same backup is a new epoch again.
    office.kill()
    assert _command(office, "restore", backup)["epoch"] == 3


def _day(office: OfficeProcess) -> str:
    (batch,) = (office.home.folder / "export").glob("smartclient-*")
    day = batch.name.split("-")[1]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


@pytest.mark.long
def test_that_a_laptop_activated_after_the_backup_sends_all_once_its_scope_is_adopted(
    office: OfficeProcess, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    _command(office, "backup", backup)
    laptop = JourneyLaptop(office, tmp_path / "late laptop")
    laptop.synchronise()
    lost = laptop.installed.reply
    sent, signed = laptop.write("sent"), laptop.write("signed and sent")
    laptop.synchronise()
    packages = [laptop.sign_off_line(signed)]
    laptop.synchronise()
    unsent = laptop.write("never sent")
    signed_here = laptop.write("signed, never sent")
    packages.append(laptop.sign_off_line(signed_here))

    port = office.port
    office.kill()
    _command(office, "restore", backup)
    office.start(port)
    with pytest.raises(Refused, match="SC-SERV-007"):
        laptop.synchronise()
    laptop.activate_again(office)
    for _ in range(2):
        laptop.synchronise()
    documents = {sent, signed, unsent, signed_here}
    with laptop.database.read() as tx:
        assert set(tx.feed.parked_codes()) == {"SC-SERV-070"}
        assert tx.feed.parked_scopes() == (lost.scope,)
    assert _kept(office, lost.scope) == set()
    reason = ("--reason", "activated after the backup")
    join = ("helpdesk", "join", laptop.installed.id, "--person", lost.person, *reason)
    assert "SC-SERV-077" in str(_typed(office, *join, code=2)["said"])

    adopt = ("helpdesk", "adopt", laptop.installed.id, "--scope", lost.scope, *reason)
    assert _typed(office, *adopt)["was_new"] is True
    for _ in range(2):
        laptop.synchronise()
    with laptop.database.read() as tx:
        assert tx.feed.waiting().total == 0
        assert tx.feed.parked_codes() == ()
    # What was never sent had no place yet: it is in that of the new install.
    anew = _kept(office, laptop.installed.reply.scope)
    assert _kept(office, lost.scope) | anew == documents | set(packages)
    assert _kept(office, lost.scope) >= {sent, signed, *packages}
    assert laptop.conflicts() == []
    assert laptop.words(sent) == ["sent"]
    assert laptop.rows().keys() == documents
    laptop.close()


def _kept(office: OfficeProcess, scope: str) -> set[str]:
    """The documents and signed packages that the server has of the scope."""
    kept = schema.record.c
    asked = select(kept.id).where(
        kept.scope == scope, kept.kind.in_(["document", "signed_package"]), kept.state == "open"
    )
    with office.office() as found, found.office.reading() as desk:
        return set(desk.connection.execute(asked).scalars())


@pytest.mark.long
def test_that_a_restore_onto_a_new_machine_brings_keys_and_settings_along(
    office: OfficeProcess, laptop: JourneyLaptop, tmp_path: Path
) -> None:
    document = laptop.write("kept")
    laptop.synchronise()
    backup = tmp_path / "backup"
    _command(office, "backup", backup)
    refused = _command(office, "backup", backup, code=2)
    assert "SC-EXP-021" in str(refused["said"])
    port = office.port
    office.kill()
    shutil.rmtree(office.home.folder)
    assert _command(office, "restore", backup)["epoch"] == 2
    office.start(port)
    laptop.edit(document, "and on", Stage.DRAFT)
    laptop.synchronise()
    laptop.synchronise()
    assert laptop.rows()[document].backed_up
    assert laptop.conflicts() == []


@pytest.mark.long
def test_that_a_backup_that_was_cut_off_is_none(
    office: OfficeProcess, laptop: JourneyLaptop, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    _command(office, "backup", backup)
    (backup / "backup.json").unlink()
    office.kill()
    refused = _command(office, "restore", backup, code=2)
    assert "SC-EXP-020" in str(refused["said"])
    _command(office, "restore", "status")


def test_that_a_laptop_restored_from_an_old_disk_image_loses_nothing(
    lasting_office: OfficeProcess, other_laptop: JourneyLaptop, tmp_path: Path
) -> None:
    office, laptop = lasting_office, other_laptop
    document = laptop.write("first", Stage.DRAFT)
    laptop.synchronise()
    laptop.image(tmp_path / "image")
    laptop.edit(document, "acknowledged later", Stage.DRAFT)
    later = laptop.write("written later")
    laptop.synchronise()
    number = laptop.rows()[later].number

    laptop.put_back(tmp_path / "image")
    assert laptop.words(document) == ["first"]
    laptop.edit(document, "typed on the old image", Stage.DRAFT)
    doubled = laptop.write("under a number that was used")
    laptop.synchronise()
    laptop.synchronise()

    assert laptop.words(document) == ["first", "acknowledged later"]
    (conflict,) = laptop.conflicts()
    assert (conflict.document_id, conflict.reason) == (document, Reason.STALE)
    assert conflict.body["answers"] == {"history": ["first", "typed on the old image"]}
    rows = laptop.rows()
    assert laptop.words(later) == ["written later"]
    assert rows[doubled].number == number
    assert rows[doubled].backed_up
    seen = _typed(office, "helpdesk", "install", laptop.installed.id)
    kinds = {alarm["kind"] for alarm in seen["alarms"]}  # type: ignore[attr-defined]
    assert "number_doubled" in kinds


def test_that_two_installs_of_one_adviser_come_to_hold_the_same(
    lasting_office: OfficeProcess, other_laptop: JourneyLaptop, tmp_path: Path
) -> None:
    office, laptop = lasting_office, other_laptop
    mine = laptop.write("from the first notebook", Stage.DRAFT)
    laptop.synchronise()
    second = JourneyLaptop(office, tmp_path / "second")
    try:
        second.synchronise()
        assert second.rows() == {}
        joined = ("helpdesk", "join", second.installed.id)
        person = ("--person", laptop.installed.reply.person, "--reason", "came with both notebooks")
        assert _typed(office, *joined, *person)["was_new"] is True
        own = second.write("from the second notebook", Stage.DRAFT)
        second.synchronise()
        laptop.synchronise()
        assert second.words(mine) == ["from the first notebook"]
        assert laptop.words(own) == ["from the second notebook"]

        laptop.edit(mine, "first", Stage.DRAFT)
        second.edit(mine, "second", Stage.DRAFT)
        laptop.synchronise()
        second.synchronise()
        laptop.synchronise()
        assert laptop.words(mine) == second.words(mine) == ["from the first notebook", "first"]
        assert laptop.conflicts() == []
        (lost,) = second.conflicts()
        assert lost.body["answers"] == {"history": ["from the first notebook", "second"]}
        assert laptop.rows().keys() == second.rows().keys()
    finally:
        second.close()


@pytest.mark.long
def test_that_a_server_on_postgresql_is_restored_by_its_own_programs(
    site: Path, tmp_path: Path
) -> None:
    binaries = postgres.programs()
    if binaries is None or shutil.which("pg_dump") is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.running(binaries) as server:
        address = server.new_database("restored")
        with OfficeProcess(site, database=address) as office:
            laptop = JourneyLaptop(office, tmp_path / "laptop")
            laptop.synchronise()
            old = laptop.write("before")
            laptop.synchronise()
            backup = tmp_path / "backup"
            assert _command(office, "backup", backup)["database"] == "postgresql"
            laptop.edit(old, "after the backup")
            laptop.synchronise()
            _evening(office)
            laptop.synchronise()
            running = _command(office, "restore", backup, code=2)
            assert "SC-EXP-025" in str(running["said"])
            port = office.port
            office.kill()
            with office.office() as found, found.office.writing() as desk:
                desk.connection.execute(delete(schema.record_body))  # the disaster
            told = _command(office, "restore", backup)
            assert (told["epoch"], told["export_held"]) == (2, True)
            office.start(port)
            laptop.synchronise()
            laptop.synchronise()
            assert laptop.words(old) == ["before", "after the backup"]
            assert laptop.rows()[old].server is ServerState.LOCKED
            assert laptop.conflicts() == []
            laptop.close()


def test_that_a_late_signature_is_decided_by_a_person_and_the_adviser_reads_it(
    lasting_office: OfficeProcess, other_laptop: JourneyLaptop
) -> None:
    office, laptop = lasting_office, other_laptop
    document = laptop.write("signed too late")
    laptop.synchronise()
    package = laptop.sign_off_line(document)
    _evening(office)
    laptop.synchronise()
    assert laptop.rows()[document].shown is ShownState.LATE_SIGNED

    listed = _typed(office, "late", "list")["packages"]
    assert [each["package"] for each in listed] == [package]  # type: ignore[attr-defined]
    shown = _typed(office, "late", "show", package, code=1)  # no form of the catalogue here
    assert shown["check"] == {"exportable": False, "missing": [], "code": "SC-SERV-030"}
    decided = ("--by", "Jana Malá", "--reason", "klient podepsal jinou verzi")
    refused = _typed(office, "late", "accept", package, *decided, code=2)
    assert "SC-EXP-018" in str(refused["said"])
    nameless = ("late", "refuse", package, "--by", " ", "--reason", "x")
    assert "SC-HELP-011" in str(_typed(office, *nameless, code=2)["said"])
    told = _typed(office, "late", "refuse", package, *decided)["decision"]
    assert (told["decision"], told["by"]) == ("refused", "Jana Malá")  # type: ignore[index]
    assert _typed(office, "late", "list") == {"packages": []}
    again = _typed(office, "late", "refuse", package, *decided, code=2)
    assert "SC-EXP-017" in str(again["said"])

    laptop.synchronise()
    row = laptop.rows()[document]
    assert (row.shown, row.marks.core) == (ShownState.LATE_SIGNED, CoreAnswer.REJECTED)
    assert row.marks.core_reason == "klient podepsal jinou verzi"
    counted = _typed(office, "export", "reconcile", _day(office), code=0)
    assert counted["late_signed"]["refused"] == 1  # type: ignore[index]
