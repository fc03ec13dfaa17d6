"""The server's judgement of every kind of document, by the form it was made with.

The documents come of the trials that the forms of the catalogue bring along: what is typed there,
rightly or wrongly, is pushed here.
"""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import select

from smartclient.backoffice.operations import contracts
from smartclient.backoffice.operations.contracts import RegisterEntry
from smartclient.backoffice.operations.dossier_judge import Anchors, DossierJudge
from smartclient.backoffice.operations.judgements import Case, Verdict
from smartclient.backoffice.operations.published import Published
from smartclient.backoffice.tables import schema
from smartclient.domain.contract_number import contract_number
from smartclient.domain.document_life import DocumentKind, ServerState, Stage
from smartclient.domain.ids import IdSource, Op, RecordId
from smartclient.domain.lock_time import cutoff
from smartclient.wire.messages import Answer, Json, JsonObject, RecordKind, mapping
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.catalogue_documents import (
    FORMS,
    MadeDocument,
    documents_of,
    made,
    on_paper,
    package_of,
)
from tests.simulators.catalogue_sources import PublishedSources
from tests.simulators.inprocess import KNOWN_HR, InProcessServer, practice_issuers
from tests.simulators.time_and_ids import SetClock

DAY = date(2026, 11, 21)
KINDS = {
    DocumentKind.OFFER: ("flexi-offer", 2),
    DocumentKind.MODELLING: ("flexi-modelling", 1),
    DocumentKind.CHANGE_REQUEST: ("flexi-change", 1),
    DocumentKind.OTHER: ("other-revocation", 1),
}


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> DossierJudge:
    """The server's judge over the catalogue of this repository."""
    folder: Path = tmp_path_factory.mktemp("catalogue")
    root = practice_issuers(SetClock().now()).root
    return DossierJudge(Published(PublishedSources(folder)), Anchors(root, None))


def _case(body: JsonObject, stage: Stage = Stage.COMPLETE) -> Case:
    return Case(RecordId("0" * 8), Op("1" * 8), stage, body, None)


def _first(form: tuple[str, int]) -> MadeDocument:
    return next(documents_of(*form, whole=True))


def _refused(judge: DossierJudge, body: JsonObject, **changes: Json) -> str:
    verdict = judge(_case({**body, **changes}))
    assert verdict.exportable is False
    assert verdict.record == {}
    return verdict.code


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_that_a_whole_document_waits_for_its_signatures_or_goes_with_the_record_of_its_form(
    judge: DossierJudge, form: tuple[str, int]
) -> None:
    documents = list(documents_of(*form, whole=True))
    assert documents
    for document in documents:
        session, name = document.session, document.trial.name
        if session.is_digital:
            signers = tuple(each.field for each in session.signers())
            unsigned = Verdict(False, signers, "SC-FORM-304")
            assert judge(_case(document.body)) == unsigned, name
        verdict = judge(_case(on_paper(document)))
        assert (verdict.exportable, verdict.code, verdict.missing) == (True, "", ()), name
        assert verdict.record == session.record, name
        assert bool(verdict.record) is bool(package_of(*form).export_map), name
        assert verdict.on_paper is bool(session.signers()), name


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_that_what_people_mistype_is_not_exportable_and_is_named(
    judge: DossierJudge, form: tuple[str, int]
) -> None:
    documents = list(documents_of(*form, whole=False))
    assert documents
    for document in documents:
        verdict = judge(_case(document.body))
        assert (verdict.exportable, verdict.code) == (False, "SC-FORM-302"), document.trial.name
        session = document.session
        named = {item.path for item in (*session.missing(), *session.wrong())}
        assert set(verdict.missing) == named, document.trial.name


@pytest.mark.parametrize(
    "kind", [DocumentKind.OFFER, DocumentKind.MODELLING, DocumentKind.CHANGE_REQUEST]
)
def test_that_every_premium_is_computed_again(judge: DossierJudge, kind: DocumentKind) -> None:
    body = on_paper(_first(KINDS[kind]))
    premium = mapping(body["premium"])
    wrongs: list[Json] = [{**premium, "payable": "1"}, {**premium, "lines": []}, None, []]
    for wrong in wrongs:
        assert _refused(judge, body, premium=wrong) == "SC-FORM-303"


@pytest.mark.parametrize("kind", DocumentKind)
def test_that_a_form_or_tariff_that_nobody_published_is_not_exported(
    judge: DossierJudge, kind: DocumentKind
) -> None:
    body = on_paper(_first(KINDS[kind]))
    for version in (99, "1", None, True, -1):
        assert _refused(judge, body, form_version=version) == "SC-SERV-030"
    assert _refused(judge, body, form_id="../etc") == "SC-SERV-030"
    if body["tariff_id"]:
        assert _refused(judge, body, tariff_version=99) == "SC-FORM-306"
        assert _refused(judge, body, tariff_id="other") == "SC-FORM-306"


@pytest.mark.parametrize("kind", DocumentKind)
def test_that_a_document_cannot_pass_for_another_kind(
    judge: DossierJudge, kind: DocumentKind
) -> None:
    body = on_paper(_first(KINDS[kind]))
    others: list[Json] = [other.value for other in DocumentKind if other is not kind]
    for other in [*others, None, 1, "policy"]:
        assert _refused(judge, body, document_kind=other) == "SC-SERV-039"


@pytest.mark.parametrize("kind", DocumentKind)
def test_that_answers_that_are_none_of_the_form_are_not_exported(
    judge: DossierJudge, kind: DocumentKind
) -> None:
    body = on_paper(_first(KINDS[kind]))
    answers = mapping(body["answers"])
    numbers: Json = dict.fromkeys(answers, 1)
    wrongs: list[Json] = [[], None, "x", {**answers, "nowhere": "x"}, numbers]
    for wrong in wrongs:
        assert _refused(judge, body, answers=wrong).startswith("SC-FORM-30")


def test_that_answers_of_an_older_version_are_judged_by_their_own_version_only(
    judge: DossierJudge,
) -> None:
    old = on_paper(_first(("flexi-offer", 1)))
    assert judge(_case(old)).exportable
    newer: JsonObject = {"form_version": 2, "tariff_version": 2}
    assert _refused(judge, {**old, **newer}).startswith("SC-FORM-30")
    assert _refused(judge, old, tariff_version=2) == "SC-FORM-306"


def test_that_an_old_document_is_priced_by_its_own_tariff(judge: DossierJudge) -> None:
    """A request on a contract of the older tariff, priced by it and by no other."""
    package = package_of("flexi-change", 1)
    file = Path(__file__).parents[3] / "development" / "contracts.json"
    entry = json.loads(file.read_text(encoding="utf-8"))[1]
    assert entry["tariff_version"] == 1
    trial = _first(("flexi-change", 1)).trial
    steps: tuple[Json, ...] = (
        ["set", "contact.email", "marie@example.cz"],
        ["set", "request.effective", "1. 1. 2027"],
        ["set", "declarations.only_changes", True],
        ["set", "declarations.truth", True],
    )
    of_it = replace(
        trial, answers=entry["settings"], baseline=entry["settings"], steps=steps, header={}
    )
    document = made(package, of_it, tariff_version=1)
    assert judge(_case(on_paper(document))).code == ""
    assert document.session.premium is not None


def test_that_a_request_must_say_exactly_what_it_changes(judge: DossierJudge) -> None:
    document = _first(KINDS[DocumentKind.CHANGE_REQUEST])
    body = on_paper(document)
    changes = body["changes"]
    assert isinstance(changes, list)
    first = mapping(changes[0])
    for wrong in ([], None, [{**first, "new": "x"}, *changes[1:]], [*changes, first]):
        assert _refused(judge, body, changes=wrong) == "SC-FORM-309"
    assert _refused(judge, body, baseline=None) == "SC-FORM-307"
    unchanged = {**body, "baseline": body["answers"], "changes": []}
    assert _refused(judge, unchanged).startswith("SC-FORM-3")


# The whole way of every kind: pushed, judged, exported, accepted.


@pytest.fixture
def office(tmp_path: Path, clock: SetClock, ids: IdSource, judge: DossierJudge) -> InProcessServer:
    """A back office with the real judge."""
    return InProcessServer(clock, ids, folder=tmp_path, judge=judge)


def _payload(folder: Path, batch: str) -> dict[Json, JsonObject]:
    packed = (folder / "export" / batch / "documents.ndjson.zst").read_bytes()
    reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    return {line["id"]: line for line in map(json.loads, reader.read().splitlines())}


def _statuses(adviser: Adviser) -> dict[Json, JsonObject]:
    rows = [row for row in adviser.changes(0).rows if row.kind is RecordKind.DOCUMENT_STATUS]
    bodies = [adviser.body_of(RecordId(row.id)) for row in rows]
    return {body["document_id"]: body for body in bodies}


def test_that_documents_of_every_kind_are_exported_and_accepted(
    office: InProcessServer, clock: SetClock, tmp_path: Path
) -> None:
    adviser = Adviser(office, office.office.ids)
    documents = {kind: _first(form) for kind, form in KINDS.items()}
    settings = documents[DocumentKind.CHANGE_REQUEST].trial.baseline
    assert settings is not None
    number = contract_number(str(mapping(settings["contract"])["number"]))
    entry = RegisterEntry(number, KNOWN_HR, "flexi", 2, "Petr Novák", settings)
    with office.office.writing() as desk:
        contracts.save(desk, entry)
    drafts = {
        kind: Draft(RecordId(adviser.ids.new()), Op(adviser.ids.new()), on_paper(document))
        for kind, document in documents.items()
    }
    with office:
        adviser.push_ok(*drafts.values())
        clock.set(cutoff(DAY) + timedelta(minutes=1))
        adviser.headers = office.bearer(adviser.installed)
        run = office.export()
        assert run is not None
        assert run.documents == len(KINDS)
        lines = _payload(tmp_path, run.batch)
        for kind, draft in drafts.items():
            assert lines[draft.id]["record"] == (documents[kind].session.record or None)
        office.answer()
        statuses = _statuses(adviser)
        told = {kind: statuses[draft.id] for kind, draft in drafts.items()}
        assert {status["core"] for status in told.values()} == {"accepted"}
        assert {kind: status["paper"] for kind, status in told.items()} == {
            DocumentKind.OFFER: "expected",
            DocumentKind.MODELLING: "",
            DocumentKind.CHANGE_REQUEST: "expected",
            DocumentKind.OTHER: "expected",
        }
        with office.office.reading() as desk:
            found = contracts.find(desk, number)
        assert found is not None
        assert found.contract.revision == 2
        changes = drafts[DocumentKind.CHANGE_REQUEST].body["changes"]
        assert isinstance(changes, list)
        for change in map(mapping, changes):
            assert _at(found.contract.settings, str(change["path"])) == change["new"]


def _at(settings: object, path: str) -> object:
    for step in path.split("."):
        if isinstance(settings, list):
            settings = settings[int(step)]
        else:
            assert isinstance(settings, dict)
            settings = settings.get(step)
    return settings


def test_that_an_edit_of_a_signed_and_exported_other_form_is_a_new_unsigned_version(
    tmp_path: Path, clock: SetClock, ids: IdSource
) -> None:
    with InProcessServer(
        clock, ids, folder=tmp_path, judge=lambda _case: Verdict(exportable=True)
    ) as server:
        adviser = Adviser(server, ids)
        draft = adviser.offer(Stage.WAITING, document_kind="other")
        adviser.push_ok(draft)
        package = adviser.package(draft, b"%PDF signed by all")
        assert adviser.push_one(package).answer is Answer.OK
        clock.set(cutoff(DAY) + timedelta(minutes=1))
        adviser.headers = server.bearer(adviser.installed)
        first = server.export()
        assert first is not None
        signed = _payload(tmp_path, first.batch)[draft.id]
        assert (signed["stage"], signed["version"]) == ("signed", 1)
        adviser.edit(draft, Stage.COMPLETE, note="changed")
        adviser.push_ok(draft)
        clock.set(cutoff(DAY + timedelta(days=1)) + timedelta(minutes=1))
        adviser.headers = server.bearer(adviser.installed)
        second = server.export()
        assert second is not None
        edited = _payload(tmp_path, second.batch)[draft.id]
        assert (edited["stage"], edited["signed"], edited["version"]) == ("complete", None, 2)
        assert _payload(tmp_path, first.batch)[draft.id] == signed
        with server.office.reading() as desk:
            kept = desk.connection.execute(
                select(schema.record.c.id).where(schema.record.c.id == package.id)
            )
            assert kept.scalars().all() == [package.id]
        row = next(row for row in adviser.changes(0).rows if row.id == draft.id)
        assert row.state is ServerState.LOCKED
