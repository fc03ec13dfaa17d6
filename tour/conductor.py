"""Runs the tour: the practice site, the desk, the evening's export, the core, and the judges.

    python -m tour.conductor --out DIR

Writes `report.json`, the signed PDFs with their records, the certificates, the export batches and
the pictures. Exit 1 when a step failed; the report says which.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from development.practice import PracticeSite, SiteFault, run_tool
from development.prepare import ROOT
from smartclient.documents.biometrics import BIOMETRIC_OID
from smartclient.wire.messages import Json, JsonObject
from tour.steps import timed

ANSWERS = ROOT / "tour" / "answers" / "flexi-offer.json"
TRACES = ROOT / "tour" / "traces"
SIGNING_ORDER = ("dot", "petr", "lenka", "petr", "jana")
"""The first trace is a dot, which must be refused; then everybody signs in the order of fields."""
DESK_SECONDS = 420


class StepFault(Exception):
    """A step did not come to its end; the text says why."""


@dataclass
class Report:
    """What the tour tells."""

    out: Path
    steps: list[JsonObject] = field(default_factory=list)
    documents: list[Json] = field(default_factory=list)

    def step(self, name: str) -> AbstractContextManager[None]:
        """One step of the tour; a fault ends it and is told."""
        return timed(self.steps, name)

    @property
    def ok(self) -> bool:
        """Whether every step came to its end."""
        return all(step["ok"] is True for step in self.steps)

    def write(self) -> None:
        """Write report.json."""
        told: JsonObject = {
            "steps": [*self.steps],
            "documents": self.documents,
            "biometric_oid": BIOMETRIC_OID,
        }
        text = json.dumps(told, indent=2, ensure_ascii=False)
        (self.out / "report.json").write_text(text + "\n", encoding="utf-8")


def _at_the_desk(report: Report, site: PracticeSite, phase: str) -> JsonObject:
    """Let the desk work in a process of its own and take over its steps."""
    command = [sys.executable, "-m", "tour.desk", phase, "--home", str(site.desktop)]
    command += ["--out", str(report.out), "--answers", str(ANSWERS)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "SMARTCLIENT_MODE": "practice"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**environment, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=DESK_SECONDS,
    )
    path = report.out / f"desk-{phase}.json"
    if not path.exists():
        raise StepFault(f"the desk ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    told: JsonObject = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    steps = told["steps"]
    assert isinstance(steps, list)
    report.steps += [step for step in steps if isinstance(step, dict)]
    if done.returncode != 0:
        raise StepFault(done.stderr)
    return told


def _traces(folder: Path) -> Path:
    """The traces under names that sort in the order of signing."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, name in enumerate(SIGNING_ORDER):
        shutil.copy(TRACES / f"{name}.csv", folder / f"{place}-{name}.csv")
    return folder


def _conduct(report: Report, site: PracticeSite) -> None:
    with report.step("practice site with signed catalogue"):
        site.prepare()
        site.configuration((f"replay:{_traces(site.folder / 'traces')}",)).write()
    with site:
        site.start("worker")
        told = _two_evenings(report, site)
        with report.step("backup of the server"):
            backup = site.folder / "backup"
            site.back_office("backup", backup)
        paper = _at_the_desk(report, site, "paper")
    _at_the_desk(report, site, "edit")
    with site:
        with report.step("a third evening, of which the core rejects a line"):
            refused = f"{_newest_number(paper)}=chybí doklad totožnosti"
            _evening(site, 2, "--refuse", refused)
        _at_the_desk(report, site, "conflict")
    _lose_the_server(report, site, backup)
    _at_the_desk(report, site, "offline")
    with report.step("hand out what a court would ask for"):
        _hand_out(report, site, told)
    _judge(report)


def _two_evenings(report: Report, site: PracticeSite) -> tuple[JsonObject, JsonObject]:
    """What a day and the morning after it told; then the other kinds of documents."""
    day = _at_the_desk(report, site, "day")
    with report.step("export at the cut-off"):
        site.export_this_evening()
    with report.step("core accepts the batch"):
        _acknowledge(site)
    morning = _at_the_desk(report, site, "morning")
    _at_the_desk(report, site, "further")
    with report.step("export of the other documents"):
        _evening(site, 1)
    _at_the_desk(report, site, "settled")
    return day, morning


def _evening(site: PracticeSite, later: int, *to_core: str) -> None:
    """The export so many days later, and the core's answer."""
    site.export_this_evening(later=later)
    _acknowledge(site, *to_core)


def _acknowledge(site: PracticeSite, *to_core: str) -> None:
    site.core(*to_core)
    site.back_office("worker", "--once")


def _lose_the_server(report: Report, site: PracticeSite, backup: Path) -> None:
    with report.step("the server is lost and put back from its backup"):
        site.back_office("restore", backup)
    with site:
        _at_the_desk(report, site, "restored")
        with report.step("the export goes on"):
            site.back_office("restore", "release")
            site.back_office("worker", "--once")
        _at_the_desk(report, site, "answered")


def _judge(report: Report) -> None:
    """Let the acceptance rule and the authority look at every signed document."""
    out = report.out
    for document in report.documents:
        assert isinstance(document, dict)
        with report.step(f"verify {document['number']}"):
            verdict = run_tool(
                "smartclient",
                *("verify", out / str(document["pdf"])),
                *("--trust", out / "root.pem", "--record", out / str(document["record"])),
            )
            (out / f"{document['number']}.verdict.json").write_text(verdict, encoding="utf-8")
        with report.step(f"authority opens {document['number']}"):
            run_tool(
                "smartclient.authority",
                *("open", out / str(document["pdf"])),
                *("--key", out / "authority-key.pem"),
                *("--out", out / "authority" / str(document["number"])),
            )


def _newest_number(told: JsonObject) -> str:
    """The highest number among the documents of a visit."""
    documents = told["documents"]
    assert isinstance(documents, list)
    return max(str(each["number"]) for each in documents if isinstance(each, dict))


def _hand_out(report: Report, site: PracticeSite, visits: tuple[JsonObject, JsonObject]) -> None:
    for name in ("root.pem", "authority.pem", "authority-key.pem"):
        shutil.copy(site.certs / name, report.out / name)
    shutil.copytree(site.batches, report.out / "export", dirs_exist_ok=True)
    states: dict[str, list[Json]] = {}
    numbers: dict[str, Json] = {}
    for told in visits:
        documents = told["documents"]
        assert isinstance(documents, list)
        for document in documents:
            assert isinstance(document, dict)
            numbers[str(document["id"])] = document["number"]
            states.setdefault(str(document["id"]), []).append(document["state"])
    signed = visits[-1]["signed"]
    assert isinstance(signed, list)
    for each in signed:
        assert isinstance(each, dict)
        record = json.loads((report.out / str(each["record"])).read_text(encoding="utf-8"))
        report.documents.append(
            {
                **each,
                "number": numbers[str(each["id"])],
                "fields": [entry["name"] for entry in record["fields"]],
                "biometric_fields": [e["name"] for e in record["fields"] if e["biometric"]],
                "states": states[str(each["id"])],
            }
        )


def main() -> int:
    """Run the tour into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    out: Path = chosen.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    report = Report(out)
    with tempfile.TemporaryDirectory(prefix="smartclient-tour-") as folder:
        try:
            _conduct(report, PracticeSite(Path(folder)))
        except (StepFault, SiteFault, subprocess.TimeoutExpired) as fault:
            print(fault, file=sys.stderr)
        finally:
            report.write()
    for step in report.steps:
        print(f"{'ok  ' if step['ok'] else 'FAIL'} {step['seconds']:>8.2f} s  {step['name']}")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
