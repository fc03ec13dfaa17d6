"""The main job, end to end, with real processes: what the tour shows must hold."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from smartclient.documents.biometrics import BIOMETRIC_OID
from tests.architecture.sources import ROOT

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one tour."""
    out = tmp_path_factory.mktemp("tour")
    command = [sys.executable, "-m", "tour.conductor", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_that_the_main_job_comes_to_its_end(report: Path) -> None:
    told = json.loads((report / "report.json").read_text(encoding="utf-8"))
    assert [step["name"] for step in told["steps"] if not step["ok"]] == []
    (document,) = told["documents"]
    assert document["states"] == ["signed_backed_up", "accepted"]
    people = ["policyholder", "insured_2", "guardian", "adviser"]
    assert document["fields"] == ["issue", *people, "seal"]
    assert document["biometric_fields"] == people
    assert told["biometric_oid"] == BIOMETRIC_OID


def _batches(report: Path) -> list[list[str]]:
    """The documents of each evening's batch, by id."""
    manifests = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((report / "export").glob("*/manifest.json"))
    ]
    return [[line["id"] for line in each["documents"]] for each in manifests if each["count"]]


def test_that_each_evening_takes_what_is_complete_and_nothing_twice(report: Path) -> None:
    told = json.loads((report / "report.json").read_text(encoding="utf-8"))
    first, second, third = _batches(report)
    assert first == [told["documents"][0]["id"]]
    assert len(second) == 2  # the change request and the claim; not the modelling, not the draft
    assert len(third) == 1  # the offer on paper, whose line the core rejected
    assert len({*first, *second, *third}) == 4


def test_that_the_authority_opened_every_signature_of_a_person(report: Path) -> None:
    told = json.loads((report / "report.json").read_text(encoding="utf-8"))
    (document,) = told["documents"]
    path = report / "authority" / document["number"] / "report.json"
    signatures = json.loads(path.read_text(encoding="utf-8"))["signatures"]
    opened = [each["field"] for each in signatures if each["state"] == "opened"]
    assert opened == document["biometric_fields"]


def test_that_every_place_has_its_picture(report: Path) -> None:
    taken = {path.stem for path in (report / "screens").glob("*.png")}
    wanted = {"activation", "user-data", "home", "clients", "documents", "synchronisation"}
    wanted |= {"settings", "offer-covers", "preview", "signing-begun", "documents-accepted"}
    wanted |= {"modelling-result", "prefilled-offer-left", "contract-refused", "change-preview"}
    wanted |= {"claim-preview", "documents-all-accepted", "signing-read-1"}
    wanted |= {"conflict-compared", "documents-rejected", "synchronisation-restored"}
    assert wanted - taken == set()
