"""The main job, end to end, with real processes: what the tour shows must hold."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from smartclient.documents.biometrics import BIOMETRIC_OID
from tests.architecture.sources import ROOT

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("tour")]


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
    assert document["fields"] == ["issue", "policyholder", "insured_2", "adviser", "seal"]
    assert document["biometric_fields"] == ["policyholder", "insured_2", "adviser"]
    assert told["biometric_oid"] == BIOMETRIC_OID


def test_that_the_insurer_got_the_values_that_were_signed(report: Path) -> None:
    (manifest,) = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (report / "export").glob("*/manifest.json")
        if json.loads(path.read_text(encoding="utf-8"))["count"]
    ]
    told = json.loads((report / "report.json").read_text(encoding="utf-8"))
    assert [line["id"] for line in manifest["documents"]] == [told["documents"][0]["id"]]


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
    assert wanted - taken == set()
