"""Formats: the same sealed lines as JSON, CSV and ACORD, sealed for the core where it has a key."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from smartclient.backoffice.export_settings import ExportSettings
from smartclient.backoffice.operations.export import acord
from smartclient.backoffice.operations.export.csv_files import FIELD_COLUMNS, FieldsFile
from smartclient.backoffice.operations.export.formats import FORMATS, chosen_formats
from smartclient.backoffice.operations.export.policy import ExportPolicy
from smartclient.backoffice.operations.judgements import Case, Verdict
from smartclient.backoffice.practice_core import CoreSystem
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.lock_time import cutoff
from smartclient.wire import encoding
from smartclient.wire.batches import Manifest
from smartclient.wire.messages import Json, JsonObject, mapping
from tests.simulators.adviser import Adviser
from tests.simulators.core_keys import CORE_KEY, core_certificate
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
BATCH = "smartclient-20261121-01"
CATALOGUE = Path(__file__).resolve().parents[3] / "catalogue" / "forms"
RECORD: JsonObject = {
    "PH_KIND": "person",
    "PH_SURNAME": 'Černá; "<Eva>"\x0b',
    "PH_SEX": "F",
    "NEEDS_RISKS": ["death", "illness"],
    "INS": [{"SURNAME": "Černá", "COVERS": [{"CODE": "DTH", "SUM": "900000.00"}]}],
}


def _judge(_case: Case) -> Verdict:
    return Verdict(exportable=True, record=RECORD)


@pytest.fixture
def judged_server(memory_server: InProcessServer) -> InProcessServer:
    """A back office that exports in every format."""
    policy = ExportPolicy(formats=chosen_formats(FORMATS))
    exporter = replace(memory_server.exporter, judge=_judge, policy=policy)
    memory_server.exporter = exporter
    return memory_server


def _exported(server: InProcessServer, clock: SetClock) -> Path:
    """Three documents of that evening: an offer, a signed one, and a complaint."""
    adviser = Adviser(server, server.office.ids)
    signed = adviser.offer(Stage.WAITING, number="7200000002")
    adviser.push_ok(adviser.offer(), signed, adviser.offer(document_kind="other", number="3"))
    adviser.push(adviser.package(signed))
    clock.set(cutoff(DAY))
    server.export()
    return server.core.folder / BATCH


def _unpacked(path: Path) -> bytes:
    reader = zstandard.ZstdDecompressor().stream_reader(path.read_bytes(), read_across_frames=True)
    return reader.read()


def _manifest(folder: Path) -> Manifest:
    return Manifest.from_json(encoding.parse((folder / "manifest.json").read_bytes()))


def test_that_every_file_stands_in_the_one_signed_manifest(
    judged_server: InProcessServer, clock: SetClock
) -> None:
    folder = _exported(judged_server, clock)
    manifest = _manifest(folder)
    for file in manifest.files:
        content = (folder / file.name).read_bytes()
        assert (encoding.sha256(content), len(content)) == (file.sha256, file.size)
    assert {file.name: (file.format, file.entries) for file in manifest.files} == {
        "documents.csv.zst": ("csv", 3),
        "fields.csv.zst": ("csv", 3),
        "txlife-103.xml.zst": ("acord-txlife-103", 2),
    }
    assert manifest.retained_until == DAY + timedelta(days=365)
    judged_server.answer()
    assert judged_server.core.waiting() == []


def test_that_the_tables_hold_every_document_and_every_value(
    judged_server: InProcessServer, clock: SetClock
) -> None:
    folder = _exported(judged_server, clock)
    text = _unpacked(folder / "documents.csv.zst").decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    ids = [document.id for document in _manifest(folder).documents]
    assert [row["id"] for row in rows] == ids
    (signed,) = [row for row in rows if row["pdf"]]
    assert (folder / signed["pdf"]).read_bytes() == b"%PDF signed"
    assert (signed["number"], signed["premium_payable"]) == ("7200000002", "1223")
    fields = _unpacked(folder / "fields.csv.zst").decode()
    of_first = [
        (row["field"], row["value"])
        for row in csv.DictReader(io.StringIO(fields, newline=""))
        if row["id"] == ids[0]
    ]
    assert ("INS[1].COVERS[1].SUM", "900000.00") in of_first
    assert ("PH_SURNAME", RECORD["PH_SURNAME"]) in of_first
    assert len(of_first) == 8


def test_that_offers_are_well_formed_new_business(
    judged_server: InProcessServer, clock: SetClock
) -> None:
    folder = _exported(judged_server, clock)
    root = ElementTree.fromstring(_unpacked(folder / "txlife-103.xml.zst"))
    acord_name = "{http://ACORD.org/Standards/Life/2}"
    requests = root.findall(f"{acord_name}TXLifeRequest")
    assert [each.find(f"{acord_name}TransType").get("tc") for each in requests] == ["103"] * 2  # type: ignore[union-attr]
    names = [each.text for each in root.iter(f"{acord_name}LastName")]
    assert names == ['Černá; "<Eva>"\ufffd', "Černá"] * 2
    assert [each.text for each in root.iter(f"{acord_name}CurrentAmt")] == ["900000.00"] * 2
    extended = {each.get("name") for each in root.iter(f"{acord_name}Value")}
    assert {"record.NEEDS_RISKS[1]", "record.NEEDS_RISKS[2]"} <= extended


def _names(record: Json, before: str = "record.") -> Iterator[str]:
    assert isinstance(record, list)
    for each in record:
        said = mapping(each)
        name = f"{before}{said['name']}"
        if "repeat" in said:
            yield from _names(said["record"], f"{name}[].")
        else:
            yield name


def test_that_the_table_names_every_field_of_every_offer() -> None:
    for path in sorted(CATALOGUE.glob("*/*/manifest.json")):
        map_file = path.with_name("export.json")
        if json.loads(path.read_bytes())["document_kind"] == "offer" and map_file.exists():
            names = list(_names(json.loads(map_file.read_bytes())["record"]))
            assert [name for name in names if acord.row_of(name) is None] == []
            assert len(names) > 400


def test_that_no_row_of_the_table_is_without_a_field_and_none_is_doubled() -> None:
    of_forms = set[str]()
    for path in CATALOGUE.glob("flexi-offer/*/export.json"):
        of_forms |= set(_names(json.loads(path.read_bytes())["record"]))
    rows = acord.table()
    assert len({row.field for row in rows}) == len(rows)
    idle = [
        row.field
        for row in rows
        if row.field.startswith("record.") and not any(map(row.names, of_forms))
    ]
    assert idle == []


def test_that_every_value_is_in_the_message_at_its_place_or_by_its_name() -> None:
    line: JsonObject = {
        "id": "i",
        "op": "o",
        "version": 1,
        "sha256": "s",
        "stage": "complete",
        "hr": "90012345",
        "body": {"document_kind": "offer", "number": "7200000001"},
        "record": {**RECORD, "NOT_IN_THE_TABLE": "kept"},
        "signed": None,
    }
    written = AcordRequest(line)
    for name, value in acord.canonical_fields(line):
        row = acord.row_of(acord_name(name))
        assert written.holds(name, value, is_placed=row is not None and bool(row.entity)), name


class AcordRequest:
    """A request as it was written."""

    def __init__(self, line: JsonObject) -> None:
        file = acord.AcordFile()
        self.root = ElementTree.fromstring(file.opening + file.entry(line) + file.closing)

    def holds(self, name: str, value: str, *, is_placed: bool) -> bool:
        """Whether the value is there."""
        value = value.replace("\x0b", "\ufffd")
        if not is_placed:
            return any(each.get("name") == name and each.text == value for each in self.root.iter())
        return any(
            each.text == value or (each.get("tc") and each.text) for each in self.root.iter()
        )


def acord_name(name: str) -> str:
    """The name as the table has it."""
    stripped = name.rsplit("[", 1)[0] if name.endswith("]") else name
    return "".join(
        part if not part[:1].isdigit() else f"]{part.partition(']')[2]}"
        for part in stripped.replace("[", "[\0").split("\0")
    )


@given(st.text(max_size=60))
def test_that_any_text_makes_well_formed_files(text: str) -> None:
    body: JsonObject = {"document_kind": "offer", "number": text}
    line: JsonObject = {"id": "i", "op": "o", "version": 1, "body": body, "record": {"PH_X": text}}
    file = acord.AcordFile()
    ElementTree.fromstring(file.opening + file.entry(line) + file.closing)
    written = io.StringIO(FieldsFile().entry(line).decode(), newline="")
    assert next(csv.DictReader(written, FIELD_COLUMNS))["value"] == text


def test_that_a_format_switched_on_later_is_made_when_the_batch_is_written(
    judged_server: InProcessServer, clock: SetClock
) -> None:
    every = judged_server.exporter
    judged_server.exporter = replace(every, policy=ExportPolicy())
    adviser = Adviser(judged_server, judged_server.office.ids)
    adviser.push_ok(adviser.offer())
    judged_server.judge()
    judged_server.exporter = every
    clock.set(cutoff(DAY))
    judged_server.export()
    files = _manifest(judged_server.core.folder / BATCH).files
    assert [file.entries for file in files] == [1, 1, 1]


def test_that_a_sealed_batch_is_opened_by_the_core_alone_and_answered(
    judged_server: InProcessServer, clock: SetClock
) -> None:
    every = judged_server.exporter.policy
    sealed = replace(every, reader=core_certificate())
    judged_server.exporter = replace(judged_server.exporter, policy=sealed)
    folder = _exported(judged_server, clock)
    names = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert [name for name in names if not name.endswith(".p7m")] == [
        "READY",
        "manifest.json",
        "manifest.sig",
    ]
    assert all(b"7200000002" not in path.read_bytes() for path in folder.rglob("*.p7m"))
    with pytest.raises(Damaged, match="SC-EXP-015"):
        judged_server.core.take(BATCH)
    core = CoreSystem(judged_server.core.folder, judged_server.core.trusted, key=CORE_KEY)
    answer = core.take(BATCH)
    assert (len(answer.accepted), answer.rejected) == (3, ())


def test_that_a_resend_of_a_sealed_batch_sends_the_same_bytes_even_without_the_certificate(
    judged_server: InProcessServer, clock: SetClock
) -> None:
    exporter = judged_server.exporter
    sealed = replace(exporter.policy, reader=core_certificate())
    judged_server.exporter = replace(exporter, policy=sealed)
    folder = _exported(judged_server, clock)
    sent = _files(folder)
    folder.rename(folder.with_name("taken-away"))
    exporter.resend(DAY)
    assert _files(folder) == sent


def test_that_a_batch_that_went_in_the_clear_is_sent_again_in_the_clear(
    judged_server: InProcessServer, clock: SetClock
) -> None:
    folder = _exported(judged_server, clock)
    sent = _files(folder)
    folder.rename(folder.with_name("taken-away"))
    exporter = judged_server.exporter
    sealing = replace(exporter.policy, reader=core_certificate())
    replace(exporter, policy=sealing).resend(DAY)
    assert _files(folder) == sent


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_that_an_altered_file_of_a_further_format_stops_the_core(
    judged_server: InProcessServer, clock: SetClock
) -> None:
    folder = _exported(judged_server, clock)
    with (folder / "fields.csv.zst").open("ab") as file:
        file.write(b"x")
    with pytest.raises(Damaged, match="SC-EXP-010"):
        judged_server.core.take(BATCH)


@pytest.mark.parametrize(
    "said", [{"formats": ["xls"]}, {"holidays": "XX"}, {"formats": ["json", "CSV"]}]
)
def test_that_settings_which_nobody_knows_are_refused(said: JsonObject) -> None:
    settings = ExportSettings.from_json(said)
    with pytest.raises(BadInput, match="SC-EXP-013"):
        settings.policy(lambda _name: core_certificate())


def test_that_settings_come_back_as_they_were_written() -> None:
    chosen = ExportSettings(("csv",), "core.pem", "CZ", 90, ("office@insurer.example",), "en")
    assert ExportSettings.from_json(chosen.to_json()) == chosen
    policy = chosen.policy(lambda _name: core_certificate())
    assert [each.name for each in policy.formats] == ["json", "csv"]
    assert policy.is_holiday(date(2026, 12, 25))
    assert ExportSettings.from_json({}) == ExportSettings()
