"""Late signed packages: a person decides, the next export takes along what was let through."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import zstandard

from smartclient.backoffice.operations import late_packages
from smartclient.backoffice.operations.export.formats import FORMATS, chosen_formats
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.domain.document_life import ServerState
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import RecordId
from smartclient.domain.lock_time import cutoff
from smartclient.wire import encoding
from smartclient.wire.batches import Manifest
from smartclient.wire.messages import JsonObject, PushLine, RecordKind, mapping
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
SECOND = "smartclient-20261122-01"
WHO = ("Jana Malá", "the client signed before the lock, the laptop was off-line")
EVERY = chosen_formats(FORMATS)


@pytest.fixture
def late(adviser: Adviser, server: InProcessServer, clock: SetClock) -> tuple[Draft, PushLine]:
    """A document that was exported unsigned, and the package that signs that very version."""
    server.exporter = replace(server.exporter, policy=ExportPolicy(formats=EVERY))
    draft = adviser.offer()
    adviser.push_ok(draft)
    clock.set(cutoff(DAY))
    server.export()
    server.answer()
    adviser.headers = server.bearer(adviser.installed)
    package = adviser.package(draft)
    adviser.push(package)
    return draft, package


def _status(adviser: Adviser, draft: Draft) -> JsonObject:
    rows = [row for row in adviser.changes(0).rows if row.kind is RecordKind.DOCUMENT_STATUS]
    bodies = [adviser.body_of(RecordId(row.id)) for row in rows]
    return next(body for body in bodies if body["document_id"] == draft.id)


def _accept(server: InProcessServer, package: PushLine) -> None:
    with server.office.writing() as desk:
        late_packages.accept(desk, package.id, WHO, {"PH_SURNAME": "Černá"}, EVERY)


def _next_evening(server: InProcessServer, adviser: Adviser, clock: SetClock) -> Path:
    clock.set(cutoff(DAY + timedelta(days=1)))
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    return server.core.folder / SECOND


def _lines(folder: Path, name: str = "documents.ndjson.zst") -> str:
    reader = zstandard.ZstdDecompressor().stream_reader(
        (folder / name).read_bytes(), read_across_frames=True
    )
    return reader.read().decode()


def test_that_a_late_package_waits_for_a_person_and_the_export_goes_on(
    server: InProcessServer, adviser: Adviser, clock: SetClock, late: tuple[Draft, PushLine]
) -> None:
    draft, package = late
    with server.office.reading() as desk:
        (waiting,) = late_packages.late_packages(desk, undecided=True)
        assert late_packages.differences(desk, waiting) == []
        assert late_packages.signed_pdf(desk, waiting) == b"%PDF signed"
    assert (waiting.id, waiting.document, waiting.decided) == (package.id, draft.id, None)
    status = _status(adviser, draft)
    assert (status["late_signed"], status["core"], "late" in status) == (True, "accepted", False)
    folder = _next_evening(server, adviser, clock)
    assert Manifest.from_json(encoding.parse((folder / "manifest.json").read_bytes())).totals == (
        replace_totals(folder)
    )
    assert _lines(folder) == ""


def replace_totals(folder: Path) -> object:
    """The totals of an evening without documents."""
    manifest = Manifest.from_json(encoding.parse((folder / "manifest.json").read_bytes()))
    assert manifest.documents == ()
    return manifest.totals


def test_that_an_accepted_package_goes_under_its_own_id_with_a_mark(
    server: InProcessServer, adviser: Adviser, clock: SetClock, late: tuple[Draft, PushLine]
) -> None:
    draft, package = late
    _accept(server, package)
    told = mapping(_status(adviser, draft)["late"])
    assert (told["decision"], told["reason"], told["batch"]) == ("accepted", WHO[1], "")
    folder = _next_evening(server, adviser, clock)
    (line,) = [json.loads(each) for each in _lines(folder).splitlines()]
    assert (line["id"], line["op"], line["stage"]) == (package.id, package.op, "signed")
    assert line["late"]["document"] == draft.id
    assert line["values"]["answers"] == draft.body["answers"]
    assert (folder / "blobs" / line["signed"]["pdf_sha256"]).read_bytes() == b"%PDF signed"
    assert "Jana" not in _lines(folder)  # who decided is ours to know
    (row,) = csv.DictReader(io.StringIO(_lines(folder, "documents.csv.zst"), newline=""))
    assert (row["id"], row["late_signed_of"]) == (package.id, draft.id)
    assert mapping(_status(adviser, draft)["late"])["batch"] == SECOND
    server.answer()
    status = _status(adviser, draft)
    assert mapping(status["late"])["core"] == "accepted"
    assert (status["late_signed"], status["core"]) == (False, "accepted")
    assert _row_state(adviser, draft) is ServerState.LOCKED


def test_that_an_accepted_package_goes_once(
    server: InProcessServer, adviser: Adviser, clock: SetClock, late: tuple[Draft, PushLine]
) -> None:
    _accept(server, late[1])
    _next_evening(server, adviser, clock)
    clock.set(cutoff(DAY + timedelta(days=2)))
    third = server.export()
    assert third is not None
    assert third.documents == 0


def test_that_what_was_let_through_after_the_cutoff_goes_with_the_batch_after_it(
    server: InProcessServer, adviser: Adviser, clock: SetClock, late: tuple[Draft, PushLine]
) -> None:
    clock.set(cutoff(DAY + timedelta(days=1)) + timedelta(minutes=5))
    _accept(server, late[1])
    second = server.export()
    clock.set(cutoff(DAY + timedelta(days=2)))
    third = server.export()
    assert second is not None
    assert third is not None
    assert (second.documents, third.documents) == (0, 1)


def test_that_a_refused_package_stays_visible_and_is_not_handed_over(
    server: InProcessServer, adviser: Adviser, clock: SetClock, late: tuple[Draft, PushLine]
) -> None:
    draft, package = late
    with server.office.writing() as desk:
        late_packages.refuse(desk, package.id, "Jana Malá", "the client signed another version")
    status = _status(adviser, draft)
    assert mapping(status["late"])["decision"] == "refused"
    assert mapping(status["late"])["reason"] == "the client signed another version"
    assert status["late_signed"] is True
    assert _lines(_next_evening(server, adviser, clock)) == ""
    with server.office.reading() as desk:
        assert late_packages.late_packages(desk, undecided=True) == []
        (kept,) = late_packages.late_packages(desk)
        assert kept.decided is not None
        assert (kept.decided.by, kept.decided.batch) == ("Jana Malá", None)


def test_that_a_decision_is_made_once(
    server: InProcessServer, late: tuple[Draft, PushLine]
) -> None:
    _accept(server, late[1])
    with server.office.writing() as desk, pytest.raises(NotAllowed, match="SC-EXP-017"):
        late_packages.refuse(desk, late[1].id, *WHO)
    with server.office.writing() as desk, pytest.raises(NotAllowed, match="SC-EXP-016"):
        late_packages.refuse(desk, "no such package", *WHO)


def test_that_a_rejected_late_package_says_so_and_keeps_its_mark(
    server: InProcessServer, adviser: Adviser, clock: SetClock, late: tuple[Draft, PushLine]
) -> None:
    draft, package = late
    _accept(server, package)
    _next_evening(server, adviser, clock)
    refused = {"7200000001": "the contract is concluded already"}
    server.core = CoreSystem(server.core.folder, server.core.trusted, refused)
    server.answer()
    status = _status(adviser, draft)
    told = mapping(status["late"])
    assert (told["core"], told["core_reason"]) == ("rejected", refused["7200000001"])
    # The version that was exported first stays what the core said of it.
    assert (status["core"], status["late_signed"]) == ("accepted", True)


def test_that_the_differences_to_the_document_are_shown(
    server: InProcessServer, adviser: Adviser, clock: SetClock
) -> None:
    draft = adviser.offer()
    adviser.push_ok(draft)
    signs, before = draft.op, adviser.package(draft)
    adviser.edit(draft, answers={"insured": [{"surname": "Bílá"}]})
    adviser.push_ok(draft)
    clock.set(cutoff(DAY))
    server.export()
    adviser.headers = server.bearer(adviser.installed)
    adviser.push(before)
    with server.office.reading() as desk:
        (waiting,) = late_packages.late_packages(desk)
        assert waiting.document_op == signs
        shown = late_packages.differences(desk, waiting)
        case = late_packages.case_of(desk, waiting)
    assert shown == [("insured[1].surname", "Bílá", "Černá")]
    assert mapping(case.body)["answers"] == {"insured": [{"surname": "Černá"}]}


def _row_state(adviser: Adviser, draft: Draft) -> ServerState:
    return next(row for row in adviser.changes(0).rows if row.id == draft.id).state
